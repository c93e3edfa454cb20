"""Sound files for the phone, opened by readers that are not ours: FFmpeg (in PyAV) and mutagen."""

import base64
import io
import resource
import subprocess
import sys
from pathlib import Path

import av
import mutagen
import mutagen.flac
import numpy as np
import pytest

from player.cli.main import main
from player.files import paths
from player.ports import RATE_HZ, Samples
from tests.care import FACTS, LASTING, interviewed
from tests.e2e import recorded
from tests.e2e.recorded import events

SCRIPT = """format: 1
title: Two & three places
gates: [contra-basic, neck-care]
steps:
  - {id: a, say: Make five circles., at: temple, stroke: circle, strokes: 5}
  - {id: b, say: Find the groove., at: temple, advance: wait, seconds: 2}
  - {id: c, say: Rest now., seconds: 2}
"""
TITLE = "Two & three places"
TAGGED = (".mp3", ".m4b", ".opus", ".flac")
STEP_S = 0.02


def export(*arguments: object) -> int:
    return main(["export", *map(str, arguments), "--voice", "espeak-calm"])


@pytest.fixture(scope="module")
def made(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the routine in every kind, its captions, and the same session led into a WAV."""
    folder = tmp_path_factory.mktemp("export")
    (folder / "mine.yaml").write_text(SCRIPT)
    for kind in TAGGED:
        assert (
            export(folder / "mine.yaml", folder / f"mine{kind}", "--captions", "vtt,srt,lrc", "--wait", "8")
            == 0
        )
    led = ["play", str(folder / "mine.yaml"), "--voice", "espeak-calm", "--out", str(folder / "led.wav")]
    assert main([*led, "--log", str(folder / "led.jsonl")]) == 0
    return folder


def steps(folder: Path) -> list[tuple[float, str]]:
    return [
        (float(one["t"]), str(one["label"])) for one in events(recorded.log(folder / "led.jsonl"), "step")
    ]


def chapters(path: Path) -> list[tuple[float, float, str]]:
    with av.open(str(path)) as file:
        return [
            (
                float(one["start"] * one["time_base"]),
                float(one["end"] * one["time_base"]),
                one["metadata"]["title"],
            )
            for one in file.chapters()
        ]


def heard(path: Path) -> Samples:
    """Decode a file, 48 kHz mono."""
    with av.open(str(path)) as file:
        resampler = av.AudioResampler("flt", "mono", RATE_HZ)
        parts = [part.to_ndarray()[0] for frame in file.decode(audio=0) for part in resampler.resample(frame)]
    return np.concatenate(parts)


@pytest.mark.parametrize("kind", TAGGED)
def test_the_chapters_are_the_steps_to_20_ms_and_the_care_is_the_first(made, kind):
    care, *others = chapters(made / f"mine{kind}")
    led = steps(made)
    assert care[0] == 0
    assert care[2] == "Before we begin"
    assert [title.lower() for _, _, title in others] == [label.lower() for _, label in led]
    assert [begin for begin, _, _ in others] == pytest.approx([at for at, _ in led], abs=STEP_S)
    ends = [end for _, end, _ in (care, *others)]
    whole_s = len(recorded.sound(made / "led.wav")) / RATE_HZ
    assert ends == pytest.approx([*(begin for begin, _, _ in others), whole_s], abs=STEP_S)


@pytest.mark.parametrize("kind", TAGGED)
def test_the_sound_is_that_of_the_session_in_step_with_its_chapters(made, kind):
    session, sound = recorded.sound(made / "led.wav"), heard(made / f"mine{kind}")
    assert abs(len(sound) - len(session)) < 0.1 * RATE_HZ
    begin, long = 4 * RATE_HZ, 5 * RATE_HZ
    reach = round(STEP_S * RATE_HZ)
    part = session[begin : begin + long]
    likeness = [part @ sound[begin + by : begin + by + long] for by in range(-reach, reach + 1, 12)]
    assert max(likeness) > 0.9 * (part @ part)


@pytest.mark.parametrize("kind", TAGGED)
def test_title_and_cover_are_read_by_others(made, kind):
    file = mutagen.File(made / f"mine{kind}")
    names = {".mp3": "TIT2", ".m4b": "©nam"}
    title = file.tags[names.get(kind, "title")]
    assert str(title[0]) == TITLE
    match kind:
        case ".mp3":
            picture = file.tags.getall("APIC")[0].data
        case ".m4b":
            picture = bytes(file.tags["covr"][0])
        case ".flac":
            picture = file.pictures[0].data
        case _:
            picture = mutagen.flac.Picture(base64.b64decode(file.tags["metadata_block_picture"][0])).data
    with av.open(io.BytesIO(picture)) as drawn:
        assert (drawn.streams.video[0].width, drawn.streams.video[0].height) == (600, 600)
        pixels = next(drawn.decode(video=0)).to_ndarray(format="rgb24")
    assert len(np.unique(pixels.reshape(-1, 3), axis=0)) > 50  # it is drawn, and not one colour


@pytest.mark.parametrize("kind", ["vtt", "srt", "lrc"])
def test_the_captions_are_in_step_with_what_is_said(made, kind):
    with av.open(str(made / f"mine.{kind}")) as file:
        read = [
            (float(packet.pts * packet.time_base), bytes(packet).decode())
            for packet in file.demux()
            if packet.pts is not None and packet.size
        ]
    said = events(recorded.log(made / "led.jsonl"), "speech_started")
    known = {str(one["text"]): float(one["t"]) for one in said}
    times = {text.strip(): at for at, text in read}
    assert set(known) <= set(times)
    assert [times[text] for text in known] == pytest.approx(list(known.values()), abs=STEP_S)
    assert any("cannot listen" in text for text in times)
    assert "Has anything changed, or is anything sore or feverish today?" in times
    assert not any("say stop" in text.lower() for text in times)  # nobody would obey


def test_the_same_input_gives_the_same_bytes(made, tmp_path):
    for kind in (".m4b", ".opus"):
        assert export(made / "mine.yaml", tmp_path / f"again{kind}", "--captions", "vtt", "--wait", "8") == 0
        assert (tmp_path / f"again{kind}").read_bytes() == (made / f"mine{kind}").read_bytes(), kind
    assert (tmp_path / "again.vtt").read_bytes() == (made / "mine.vtt").read_bytes()


def test_what_waits_may_take_longer(made, tmp_path):
    assert export(made / "mine.yaml", tmp_path / "long.mp3", "--captions", "none", "--wait", "28") == 0
    (*_, at, rest), (*_, later, last) = chapters(made / "mine.mp3"), chapters(tmp_path / "long.mp3")
    assert later[1] - later[0] == pytest.approx(at[1] - at[0] + 20, abs=STEP_S)
    assert last[1] - last[0] == pytest.approx(rest[1] - rest[0], abs=STEP_S)
    assert [path.name for path in tmp_path.iterdir()] == ["long.mp3"]


def test_a_file_is_whole_or_not_there(made, tmp_path):
    """The disk takes no more than 100 kB of a file."""
    before = tmp_path / "mine.mp3"
    before.write_bytes(b"older")
    command = [sys.executable, "-m", "player", "export", made / "mine.yaml", before, "--voice", "espeak-calm"]
    limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))  # noqa: E731
    done = subprocess.run(command, preexec_fn=limit, capture_output=True, text=True, check=False)
    assert done.returncode == 5, done.stderr
    assert "Traceback" not in done.stderr
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"older"]


def test_what_was_said_about_health_counts_and_who_may_not_is_given_no_file(made, tmp_path, capsys):
    assert export(made / "mine.yaml", tmp_path / "unknown.mp3", "--who", "nobody") == 0
    assert "Your interview is not known" in capsys.readouterr().err
    questions = (tmp_path / "unknown.vtt").read_text()
    assert sum(FACTS[name].question in questions for name in LASTING) > 5
    interviewed({"cancer": True}, "ill")
    assert export(made / "mine.yaml", tmp_path / "ill.mp3", "--who", "ill") == 1
    assert "no file is made" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["unknown.mp3", "unknown.vtt"]


def test_all_goes_into_one_folder_and_one_that_fails_keeps_no_other_back(made, tmp_path, monkeypatch, capsys):
    scripts = tmp_path / "scripts"
    scripts.mkdir()
    (scripts / "library").symlink_to(paths.scripts() / "library")
    for name in ("interview", "prep-clean-hands-only"):
        (scripts / f"{name}.yaml").write_bytes((paths.scripts() / f"{name}.yaml").read_bytes())
    (scripts / "mine.yaml").write_text(SCRIPT)
    monkeypatch.setattr(paths, "scripts", lambda: scripts)
    (scripts / "broken.yaml").write_text("format: 1\ntitle: [")
    (tmp_path / "out").mkdir()
    assert export("--all", tmp_path / "out", "--as", "opus", "--captions", "none") == 3
    assert "broken: " in capsys.readouterr().err
    made_now = {path.name for path in (tmp_path / "out").iterdir()}
    assert made_now == {"mine.opus", "prep-clean-hands-only.opus"}


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("x", "x.txt"), 2, "name it .mp3"),
        (("x",), 2, "player export ROUTINE FILE"),
        (("x", "y.mp3", "--captions", "pdf"), 2, "there are vtt, srt, lrc"),
        (("prep-clean-hands-only", "nowhere/y.mp3"), 5, "there is no folder nowhere"),
        (("prep-clean-hands-only", "y.mp3", "--bed", "sea"), 2, "bed `sea`"),
    ],
)
def test_what_cannot_be_is_one_line(player, arguments, code, told):
    answer = player("export", *arguments)
    assert (answer.code, told in answer.err) == (code, True), answer.err
    assert "Traceback" not in answer.err
