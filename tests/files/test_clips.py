import errno
import os
import stat
import wave
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import soundfile

from player.backends import flac
from player.files import clips as module
from player.files.clips import Clips, key_of

KEY, OTHER = key_of("voice", "one"), key_of("voice", "two")
PCM = np.arange(-500, 500, dtype="<i2").tobytes()


def foreign() -> bytes:
    buffer = BytesIO()
    with wave.open(buffer, "wb") as wav:
        wav.setparams((1, 2, 44_100, 0, "NONE", ""))
        wav.writeframes(PCM)
    return buffer.getvalue()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "clips"


def test_what_is_put_is_there_for_the_next_player(folder: Path) -> None:
    Clips(folder).put(KEY, PCM)
    assert Clips(folder).get(KEY) == PCM
    assert Clips(folder).get(OTHER) is None


def test_an_empty_clip_is_a_clip(folder: Path) -> None:
    Clips(folder).put(KEY, b"")
    assert Clips(folder).get(KEY) == b""


def test_a_clip_is_a_file_that_any_program_plays(folder: Path) -> None:
    Clips(folder).put(KEY, flac.packed(PCM))
    samples, rate_hz = soundfile.read(folder / f"{KEY}.flac", dtype="int16")
    assert (samples.tobytes(), rate_hz) == (PCM, 48_000)


@pytest.mark.parametrize("pcm", [b"", PCM, PCM[:2]])
def test_what_is_packed_is_the_same_to_the_bit(pcm: bytes) -> None:
    assert flac.unpacked(flac.packed(pcm)) == pcm


@pytest.mark.parametrize("content", [b"no sound", flac.packed(PCM)[:30], foreign()])
def test_what_is_no_clip_is_none(content: bytes) -> None:
    assert flac.unpacked(content) is None


def test_keys_differ_in_every_part_and_where_it_stands() -> None:
    keys = {key_of("a", "b"), key_of("b", "a"), key_of("ab"), key_of("a", "b", ""), key_of('a", "b')}
    assert len(keys) == 5
    assert key_of("a", "b") == key_of("a", "b")


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _whole: b"",
    "cut off in the header": lambda whole: whole[:20],
    "cut off in the sound": lambda whole: whole[:500],
    "one byte short": lambda whole: whole[:-1],
    "one byte more": lambda whole: whole + b"\0",
    "one bit turned": lambda whole: whole[:300] + bytes([whole[300] ^ 1]) + whole[301:],
    "zeros": lambda whole: bytes(len(whole)),
    "text": lambda _whole: b"this is no sound",
    "somebody else's WAV": lambda _whole: foreign(),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_file_counts_as_missing_and_is_replaced(folder: Path, damage: str) -> None:
    clips = Clips(folder)
    clips.put(KEY, PCM)
    path = folder / f"{KEY}.flac"
    path.write_bytes(DAMAGE[damage](path.read_bytes()))
    assert clips.get(KEY) is None
    clips.put(KEY, PCM)
    assert clips.get(KEY) == PCM


def test_the_file_of_another_clip_counts_as_missing(folder: Path) -> None:
    clips = Clips(folder)
    clips.put(OTHER, PCM)
    (folder / f"{OTHER}.flac").rename(folder / f"{KEY}.flac")
    assert clips.get(KEY) is None


def test_only_the_user_may_read_what_was_said(folder: Path) -> None:
    Clips(folder).put(KEY, PCM)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / f"{KEY}.flac").stat().st_mode) == 0o600


def test_writing_leaves_nothing_half_done(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clips = Clips(folder)
    clips.put(KEY, PCM)

    def refuse(_self: Path, _target: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuse)
    clips.put(OTHER, PCM)
    assert [path.name for path in folder.iterdir()] == [f"{KEY}.flac"]


@pytest.mark.parametrize("place", ["/proc/nowhere/clips", "a file", "/dev/full"])
def test_without_a_disk_memory_serves_and_it_is_said_once(tmp_path: Path, place: str) -> None:
    blocked = tmp_path / "a file"
    blocked.write_text("not a folder")
    said: list[str] = []
    clips = Clips(tmp_path / place, report=said.append)
    clips.put(KEY, PCM)
    clips.put(OTHER, PCM[:100])
    assert clips.get(KEY) == PCM
    assert clips.get(OTHER) == PCM[:100]
    assert len(said) == 1
    assert place in said[0]
    assert "\n" not in said[0]


def test_a_full_disk_is_said_once_and_what_is_there_stays(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    clips = Clips(folder, report=said.append)
    clips.put(KEY, PCM)
    real = os.fdopen

    def full(handle: int, mode: str) -> object:
        os.close(handle)
        return real(os.open("/dev/full", os.O_WRONLY), mode)  # every write fails as on a full disk

    monkeypatch.setattr(module.os, "fdopen", full)
    clips.put(OTHER, PCM)
    assert clips.get(KEY) == PCM
    assert clips.get(OTHER) == PCM
    assert said == [f"clips cannot be kept in {folder}: No space left on device"]
    assert [path.name for path in folder.iterdir()] == [f"{KEY}.flac"]


def test_a_folder_in_the_place_of_a_clip_does_no_harm(folder: Path) -> None:
    (folder / f"{KEY}.flac").mkdir(parents=True)
    clips = Clips(folder)
    assert clips.get(KEY) is None
    clips.put(KEY, PCM)
    assert clips.get(KEY) == PCM


def test_the_clips_unused_for_longest_go_first(folder: Path) -> None:
    keys = [key_of(str(number)) for number in range(6)]
    clips = Clips(folder, max_bytes=5 * (len(PCM) + 100))
    for age, key in enumerate(keys[:5]):
        clips.put(key, PCM)
        os.utime(folder / f"{key}.flac", (1000 + age, 1000 + age))
    assert clips.get(keys[0]) == PCM  # used now
    clips.put(keys[5], PCM)
    left = [key for key in keys if clips.get(key) is not None]
    assert left == [keys[0], *keys[2:]]


def test_making_room_never_touches_other_files(folder: Path) -> None:
    folder.mkdir(parents=True)
    mine = folder / "my-song.wav"
    mine.write_bytes(bytes(100_000))
    stale = folder / "clip-left_over.part"
    stale.write_bytes(bytes(10_000))
    os.utime(stale, (1, 1))
    clips = Clips(folder, max_bytes=5000)
    for number in range(9):
        clips.put(key_of(str(number)), PCM)
    assert mine.stat().st_size == 100_000
    assert not stale.exists()
    assert sum(path.stat().st_size for path in folder.glob("*.flac") if path != mine) <= 5000


def test_memory_has_a_bound_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_MEMORY_BYTES", 3 * len(PCM))
    clips = Clips(Path("/proc/nowhere"))
    keys = [key_of(str(number)) for number in range(5)]
    for key in keys:
        clips.put(key, PCM)
    assert [clips.get(key) is not None for key in keys] == [False, False, True, True, True]


def test_the_usual_folder_is_the_users_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("PLAYER_HOME", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert Clips().folder == tmp_path / "handsfree-player" / "clips"
    monkeypatch.setenv("PLAYER_HOME", str(tmp_path / "mine"))
    assert Clips().folder == tmp_path / "mine" / "cache" / "clips"
