"""What reads files of others, one function for each: bytes in; only a deliberate error may come out."""

import io
import os
import shutil
import tempfile
import zlib
from argparse import Namespace
from collections.abc import Callable
from contextlib import redirect_stdout, suppress
from pathlib import Path
from typing import NamedTuple

from player.app import resume
from player.backends.wav import WavMicrophone
from player.cli import replay
from player.errors import PlayerError
from player.files import journal, languages, paths, settings, voices
from player.files.journal import line
from player.models import store
from player.models.layout import missing_pieces, takes_phrases
from player.models.unpack import unpack
from player.routine.compile.compose import load_plan
from player.routine.compile.load import Scripts
from player.routine.lint.linter import check_script

ROOT = Path(__file__).parents[2]
FAULTS = ROOT / "tests" / "faults" / "faults.yaml"
LIMIT_S = 2.0
LIMIT_BYTES = 500_000_000


class Target(NamedTuple):
    """`read` takes what a file holds; `seeds` are files that are as they should be."""

    read: Callable[[bytes], None]
    seeds: Callable[[], list[bytes]]
    tokens: tuple[bytes, ...] = ()


ROOM = Path(tempfile.mkdtemp(prefix="fuzz-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
_SCRIPTS = Scripts(paths.scripts())


def _file(name: str, content: bytes) -> Path:
    path = ROOM / name
    path.write_bytes(content)
    return path


def script(content: bytes) -> None:
    path = _file("fuzzed.yaml", content)
    with suppress(PlayerError):
        load_plan(str(path))
    check_script(path, _SCRIPTS)


def language(content: bytes) -> None:
    folder = ROOM / "lang"
    folder.mkdir(exist_ok=True)
    (folder / "en.yaml").write_bytes(content)
    with suppress(PlayerError):
        languages.load("en", folder)


def voice(content: bytes) -> None:
    with suppress(PlayerError):
        voices.load(_file("voice.yaml", content))


_SETTINGS = b"words:\n  next: [onward]\n  how_long: [what remains, 'how far']\n"
_ENGLISH = languages.load("en")


def settings_file(content: bytes) -> None:
    folder = ROOM / "config"
    folder.mkdir(exist_ok=True)
    (folder / "settings.yaml").write_bytes(content)
    os.environ["PLAYER_HOME"] = str(ROOM)
    with suppress(PlayerError):
        settings.apply(settings.load(), _ENGLISH, ())


def raw_journal(content: bytes) -> None:
    path = _file("20260101T000000Z-1.journal", content)
    with suppress(PlayerError):
        resume.kept(journal.read(path))


def true_journal(content: bytes) -> None:
    """Whatever the lines hold, their checksums are right."""
    lines = (raw.partition(b" ")[2] for raw in content.split(b"\n"))
    raw_journal(b"".join(f"{zlib.crc32(text):08x} ".encode() + text + b"\n" for text in lines))


def replayed(content: bytes) -> None:
    """The same, as `player replay` shows it."""
    lines = (raw.partition(b" ")[2] for raw in content.split(b"\n"))
    true = b"".join(f"{zlib.crc32(text):08x} ".encode() + text + b"\n" for text in lines)
    path = _file("20260101T000000Z-1.journal", true)
    with redirect_stdout(io.StringIO()), suppress(PlayerError):
        replay.run(Namespace(journal=str(path)))


def sound(content: bytes) -> None:
    with suppress(PlayerError):
        microphone = WavMicrophone(_file("said.wav", content))
        try:
            for _ in range(200):
                microphone.next_block()
        finally:
            microphone.close()


def model(content: bytes) -> None:
    """One piece of a model folder after the other is this."""
    folder = ROOM / "model"
    for name in ("am/final.mdl", "conf/model.conf", "graph/HCLr.fst", "graph/Gr.fst", "graph/words.txt"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    with suppress(PlayerError):
        missing_pieces(folder)
        takes_phrases(folder)
        store.list_models()


def archive(content: bytes) -> None:
    target = ROOM / "unpacked"
    with suppress(PlayerError):
        unpack(_file("a.zip", content), target)
    shutil.rmtree(target, ignore_errors=True)
    assert not (ROOM.parent / "owned").exists()


# --- seeds


def _yaml(*folders: Path) -> list[bytes]:
    found = [path.read_bytes() for folder in folders for path in sorted(folder.glob("*.yaml"))]
    return [content for content in found if len(content) < 4000]


def _journals() -> list[bytes]:
    plan = load_plan(str(FAULTS))
    from player.core.session import Session
    from player.routine.compile.request import Request

    header = {"version": 1, **resume.header(plan, str(FAULTS), Request(), Session(), resumed=False)}
    entries = [
        {"event": "started"},
        {"event": "performed", "number": 1},
        {"event": "heard", "command": "faster", "place": [1, 1, 0, 4, 0]},
        {"event": "lost", "device": "microphone", "place": [1, 1, 0, 4, 0]},
        {"place": [1, 1, 0, 5, 0]},
        {"place": [1, 2, 0, 1, 0]},
        {"place": [3, 3, 0, 0, 4000]},
    ]
    return [b"".join(map(line, [header, *entries])), b"".join(map(line, [header, *entries[:2]]))]


def _sounds() -> list[bytes]:
    import numpy as np
    import soundfile

    found = []
    for kind, subtype in (("WAV", "PCM_16"), ("WAV", "FLOAT"), ("FLAC", "PCM_16"), ("AIFF", "PCM_16")):
        out = io.BytesIO()
        soundfile.write(out, np.zeros((800, 2), np.float32), 16_000, format=kind, subtype=subtype)
        found.append(out.getvalue())
    return found


def _archives() -> list[bytes]:
    import zipfile

    found = []
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", method) as opened:
            for name in ("m/am/final.mdl", "m/conf/model.conf", "m/graph/Gr.fst"):
                opened.writestr(name, b"x" * 200)
        found.append(out.getvalue())
    return found


_YAML_TOKENS = (
    *b": |- |? |[|]|{|}|&a |*a|!!python/object:|---\n|\"|'|\t|\x1b|\xff|\xe2\x80\xae|<<: ".split(b"|"),
    *(b"99999999999", b"-1", b"1e999", b".nan", b"repeat: 99\n", b"for_each: {side: [left, right]}\n"),
    *(b"when: ((a))\n", b"{a.b}", b"run: fuzzed\n"),
)
_JSON_TOKENS = (
    b"NaN",
    b"Infinity",
    b"-1",
    b"1e400",
    b"null",
    b"[[[[",
    b"{}",
    b'"place":',
    b"true",
    b"9" * 400,
)
_BINARY_TOKENS = (
    b"\xff\xff\xff\xff",
    b"\0\0\0\0",
    b"\x7f\xff\xff\xff",
    b"../../owned",
    b"/owned",
    b"RIFF",
    b"PK\x01\x02",
)

TARGETS = {
    "script": Target(script, lambda: _yaml(paths.scripts(), FAULTS.parent), _YAML_TOKENS),
    "language": Target(language, lambda: [(paths.languages() / "en.yaml").read_bytes()], _YAML_TOKENS),
    "voice": Target(voice, lambda: _yaml(paths.voices()), _YAML_TOKENS),
    "settings": Target(settings_file, lambda: [_SETTINGS], _YAML_TOKENS),
    "journal": Target(raw_journal, _journals, _JSON_TOKENS),
    "journal-lines": Target(true_journal, _journals, _JSON_TOKENS),
    "replay": Target(replayed, _journals, _JSON_TOKENS),
    "sound": Target(sound, _sounds, _BINARY_TOKENS),
    "model": Target(model, lambda: [bytes(100), b"\xd6\xfd\xb2\x7e" + bytes(60)], _BINARY_TOKENS),
    "archive": Target(archive, _archives, _BINARY_TOKENS),
}
