"""A session as files for the phone: led in virtual time once, then encoded, tagged and captioned.

Every file is whole or not there: it is made in a folder beside its place and then takes it.
"""

import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import soundfile

from player.app import virtual
from player.app.session_config import SessionConfig
from player.backends import mp4_sound, picture
from player.backends.sound_writer import sound_writer
from player.core.plan import hands_off
from player.core.states import Ending
from player.errors import BackendUnavailable, PlayerError, SynthesisError, UsageError, not_written
from player.export import captions, id3, vorbis
from player.export.recording import ALBUM, GENRE, Caption, Recorder, Recording
from player.files import there
from player.ports import RATE_HZ

KINDS = (".mp3", *mp4_sound.KINDS, ".opus", ".flac", ".wav")
COVER_PX = 600
_BLOCK = 10 * RATE_HZ


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """Where a session goes. `wait_s` is the time of what would wait for "next"; `cover` is an SVG."""

    target: Path
    captions: tuple[str, ...] = ("vtt",)
    wait_s: float = 20.0
    cover: str = ""

    def __post_init__(self) -> None:
        suffix = self.target.suffix.lower()
        if suffix not in KINDS:
            raise UsageError(f"{self.target}: there is no such kind of file", f"name it {', '.join(KINDS)}")
        if suffix in mp4_sound.KINDS:
            mp4_sound.need()

    @property
    def files(self) -> Mapping[str, Path]:
        """Every file that is made, by what it is."""
        texts = {f"the captions (.{kind})": self.target.with_suffix(f".{kind}") for kind in self.captions}
        return {"the sound": self.target, **texts}


def without_cover() -> BackendUnavailable | None:
    """Return why files will have no cover here; None: they will."""
    try:
        picture.need()
    except BackendUnavailable as error:
        return error
    return None


def lead(setting: SessionConfig, asked: ExportRequest) -> None:
    """Lead the session into its files. Raises `PlayerError` where it may not be led, `StoreError`."""
    if there.is_dir(asked.target):
        raise not_written(asked.target, asked.target.parent, IsADirectoryError())
    plan = hands_off(setting.plan, asked.wait_s)
    recorder = Recorder(plan, setting.language.screen["chapter_care"])
    setting = replace(setting, plan=plan, observers=(*setting.observers, recorder))
    try:
        with tempfile.TemporaryDirectory(prefix=".player-export-", dir=asked.target.parent) as folder:
            made = _made(setting, asked, recorder, Path(folder))
            for path, target in made.items():
                path.replace(target)
    except OSError as error:
        raise not_written(asked.target, asked.target.parent, error) from error


def _made(setting: SessionConfig, asked: ExportRequest, recorder: Recorder, folder: Path) -> dict[Path, Path]:
    """Make every file in `folder`; return where each belongs."""
    wav = folder / "session.wav"
    virtual.lead(setting, virtual.Files(wav))
    if recorder.ending is Ending.DECLINED:
        raise PlayerError(
            f"{setting.plan.title}: not for you today, by what you said about your health: no file is made",
            "`player interview` asks again; `player play` says why",
        )
    if recorder.voiceless:
        raise SynthesisError("the voice has failed: no file is made", "run `player doctor`")
    recording = Recording(
        title=setting.plan.title,
        chapters=tuple(recorder.chapters),
        length_s=soundfile.info(wav).frames / RATE_HZ,
        cover=_cover(asked.cover),
    )
    sound = folder / f"sound{asked.target.suffix.lower()}"
    _encode(wav, sound, recording)
    return {sound: asked.target, **_written(recorder.captions, recording.title, asked, folder)}


def _cover(svg: str) -> bytes:
    with suppress(BackendUnavailable):  # `without_cover` told why
        return picture.png(svg, COVER_PX) if svg else b""
    return b""


def _written(texts: Sequence[Caption], title: str, asked: ExportRequest, folder: Path) -> dict[Path, Path]:
    made = {}
    for kind in asked.captions:
        path = folder / f"captions.{kind}"
        path.write_text(captions.KINDS[kind](texts, title), encoding="utf-8", newline="\n")
        made[path] = asked.target.with_suffix(f".{kind}")
    return made


def _encode(wav: Path, sound: Path, recording: Recording) -> None:
    """Turn the sound into the kind that its name says, with all that it says of itself (WAV: nothing)."""
    if sound.suffix == ".wav":
        wav.replace(sound)
        return
    if sound.suffix in mp4_sound.KINDS:
        tags = {"title": recording.title, "album": ALBUM, "genre": GENRE}
        mp4_sound.encode(wav, sound, tags, recording.spans(), recording.cover)
        return
    _copy(wav, sound)
    content = sound.read_bytes()
    match sound.suffix:
        case ".mp3":
            content = id3.tag(recording) + content
        case ".flac":
            content = vorbis.tagged_flac(content, recording)
        case ".opus":
            content = vorbis.tagged_opus(content, recording)
    sound.write_bytes(content)


def _copy(wav: Path, sound: Path) -> None:
    writer = sound_writer(sound)
    try:
        with soundfile.SoundFile(wav) as source:
            for block in source.blocks(_BLOCK, dtype="int16"):
                writer.write(block.tobytes())
    finally:
        writer.close()
