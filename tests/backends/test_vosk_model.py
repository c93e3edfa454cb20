"""Real Vosk on the tiny model in tests/vosk_model: what the fixture promises to every other test.

The clips are synthetic voices, at half of full scale; see tests/vosk_model/clips.py.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import vosk
import yaml

ROOT = Path(__file__).parents[2]
FIXTURE = ROOT / "tests" / "vosk_model"
MODEL = FIXTURE / "model"
CLIPS = {path.name.partition(",")[0]: path for path in sorted((FIXTURE / "clips").glob("*.flac"))}
COMMANDS = [
    phrase
    for phrases in yaml.safe_load((ROOT / "player" / "lang" / "en.yaml").read_text())["commands"].values()
    for phrase in phrases
]
NARRATION = sorted(CLIPS.keys() - set(COMMANDS))
RATE_HZ = 16_000
CHUNK = 8000  # bytes: a quarter of a second


@pytest.fixture(scope="module")
def model() -> vosk.Model:
    vosk.SetLogLevel(-1)
    return vosk.Model(str(MODEL))


def clip(text: str) -> bytes:
    samples, rate_hz = soundfile.read(CLIPS[text], dtype="int16")
    assert rate_hz == RATE_HZ
    return bytes(samples.tobytes())


def recogniser(model: vosk.Model, phrases: list[str] = COMMANDS) -> vosk.KaldiRecognizer:
    return vosk.KaldiRecognizer(model, RATE_HZ, json.dumps([*phrases, "[unk]"]))


def results(ears: vosk.KaldiRecognizer, sound: bytes, chunk: int = CHUNK) -> list[dict[str, Any]]:
    """Return every result that has a text, as Vosk gives it."""
    parts = [sound[i : i + chunk] for i in range(0, len(sound), chunk)]
    told = [ears.Result() for part in parts if ears.AcceptWaveform(part)]
    return [result for result in map(json.loads, [*told, ears.FinalResult()]) if result["text"]]


def texts(ears: vosk.KaldiRecognizer, sound: bytes, chunk: int = CHUNK) -> list[object]:
    return [result["text"] for result in results(ears, sound, chunk)]


def test_is_small() -> None:
    assert sum(path.stat().st_size for path in MODEL.rglob("*") if path.is_file()) < 1_000_000


def test_knows_every_word_of_the_commands(model: vosk.Model) -> None:
    words = {word for phrase in COMMANDS for word in phrase.split()}
    assert {word for word in words if model.vosk_model_find_word(word) < 0} == set()
    assert model.vosk_model_find_word("rhinoceros") == -1


@pytest.mark.parametrize("text", sorted(CLIPS.keys() & set(COMMANDS)))
def test_hears_a_command_exactly(model: vosk.Model, text: str) -> None:
    assert texts(recogniser(model), clip(text)) == [text]


@pytest.mark.parametrize("text", sorted(CLIPS.keys() & set(COMMANDS)))
def test_hears_a_command_in_a_hissing_room(model: vosk.Model, text: str) -> None:
    quiet = np.frombuffer(clip(text), "<i2")
    noise = np.random.default_rng(6).normal(0, 40, len(quiet))
    assert texts(recogniser(model), (quiet + noise).astype("<i2").tobytes()) == [text]


@pytest.mark.parametrize("text", NARRATION)
def test_plain_speech_is_unknown(model: vosk.Model, text: str) -> None:
    heard = " ".join(map(str, texts(recogniser(model), clip(text)))).split()
    assert set(heard) == {"[unk]"}


@pytest.mark.parametrize("chunk", [640, 3200, 12_800])
def test_the_size_of_the_chunks_does_not_matter(model: vosk.Model, chunk: int) -> None:
    assert texts(recogniser(model), clip("how much longer"), chunk) == ["how much longer"]


def test_the_same_sound_gives_the_same_result_to_the_last_digit(model: vosk.Model) -> None:
    first, second = recogniser(model), recogniser(model)
    for ears in (first, second):
        ears.SetWords(True)
    heard = results(first, clip("next step"))
    assert heard[0]["result"]
    assert heard == results(second, clip("next step"))


def test_partial_text_grows_while_the_phrase_is_spoken(model: vosk.Model) -> None:
    ears, sound = recogniser(model), clip("how much longer")
    partials = []
    for i in range(0, len(sound), 640):
        ears.AcceptWaveform(sound[i : i + 640])
        partials.append(json.loads(ears.PartialResult())["partial"])
    assert partials[0] == ""
    assert partials[-1] == "how much longer"
    assert len(dict.fromkeys(partials)) > 2


def test_word_times_lie_where_the_words_are(model: vosk.Model) -> None:
    ears, sound = recogniser(model), clip("next step")
    ears.SetWords(True)
    (result,) = results(ears, sound)
    first, second = result["result"]
    loud = np.flatnonzero(np.abs(np.frombuffer(sound, np.int16)) > 2000) / RATE_HZ
    assert first["start"] == pytest.approx(loud[0], abs=0.2)
    assert first["end"] <= second["start"]
    assert second["end"] == pytest.approx(loud[-1], abs=0.2)


def test_only_the_phrases_of_the_grammar_are_heard(model: vosk.Model) -> None:
    assert "next" not in str(texts(recogniser(model, ["pause", "stop"]), clip("next")))


def test_the_grammar_can_change_on_the_way(model: vosk.Model) -> None:
    ears = recogniser(model, ["pause"])
    assert texts(ears, clip("next")) != ["next"]
    ears.SetGrammar(json.dumps(["next", "[unk]"]))
    assert texts(ears, clip("next")) == ["next"]


def test_words_that_the_model_lacks_are_left_out_of_the_grammar(model: vosk.Model) -> None:
    assert texts(recogniser(model, [*COMMANDS, "rhinoceros"]), clip("pause")) == ["pause"]


def _white_noise() -> bytes:
    return np.random.default_rng(5).normal(0, 500, 5 * RATE_HZ).astype("<i2").tobytes()


@pytest.mark.parametrize("sound", [bytes(10 * RATE_HZ), _white_noise()], ids=["zeros", "white noise"])
def test_nothing_is_heard_in(model: vosk.Model, sound: bytes) -> None:
    assert texts(recogniser(model), sound) == []


# In a child, because some faults kill the process that loads the model.
_CHILD = """
import sys, vosk
ears = vosk.KaldiRecognizer(vosk.Model(sys.argv[1]), 16000, '["next", "[unk]"]')
ears.AcceptWaveform(bytes(64000))
sys.stdout.write(ears.FinalResult())
"""


def _load_in_a_child(model: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", _CHILD, str(model)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A model folder that may be spoilt."""
    return Path(shutil.copytree(MODEL, tmp_path / "model"))


def _halve(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.mark.parametrize(
    "piece",
    ["am/final.mdl", "conf/model.conf", "conf/mfcc.conf", "graph/words.txt", "graph/disambig_tid.int"],
)
def test_without_a_piece_the_model_does_not_load(folder: Path, piece: str) -> None:
    (folder / piece).unlink()
    child = _load_in_a_child(folder)
    assert child.returncode == 1
    assert "Failed to create a model" in child.stderr


def test_half_an_acoustic_model_does_not_load(folder: Path) -> None:
    _halve(folder / "am" / "final.mdl")
    child = _load_in_a_child(folder)
    assert child.returncode == 1
    assert "Failed to create a model" in child.stderr


def _without_graph(folder: Path) -> None:
    (folder / "graph" / "HCLr.fst").unlink()


def _with_half_a_graph(folder: Path) -> None:
    _halve(folder / "graph" / "HCLr.fst")


def _without_silence_phones(folder: Path) -> None:
    conf = folder / "conf" / "model.conf"
    lines = conf.read_text().splitlines(keepends=True)
    conf.write_text("".join(line for line in lines if "silence-phones" not in line))


@pytest.mark.skipif(sys.platform == "win32", reason="how a killed process looks is tested on POSIX")
@pytest.mark.parametrize("spoil", [_without_graph, _with_half_a_graph, _without_silence_phones])
def test_some_faults_kill_the_process(folder: Path, spoil: Callable[[Path], None]) -> None:
    spoil(folder)
    child = _load_in_a_child(folder)
    assert child.returncode < 0
    assert child.stdout == ""


@pytest.mark.parametrize("piece", ["graph/Gr.fst", "graph/phones/word_boundary.int"])
def test_some_pieces_can_be_spared(folder: Path, piece: str) -> None:
    (folder / piece).unlink()
    child = _load_in_a_child(folder)
    assert child.returncode == 0, child.stderr
    assert json.loads(child.stdout)["text"] == ""
