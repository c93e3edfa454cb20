"""Sound files are what their names say, and a recorder that was killed loses nothing."""

import os
import struct

import numpy as np
import pytest
import soundfile

from player.backends.wav import WavLoudspeaker, WavMicrophone
from player.errors import FileFault, UsageError
from player.ports import BLOCK, RATE_HZ

SECONDS = 1.5


def tone(begin: int, count: int) -> np.ndarray:
    return (0.5 * np.sin(2 * np.pi * 440 / RATE_HZ * (begin + np.arange(count)))).astype(np.float32)


def play(path) -> int:
    """Play a tone into a file; return its length in samples."""
    speaker, at = WavLoudspeaker(path), 0

    def source(count: int) -> np.ndarray:
        nonlocal at
        at += count
        return tone(at - count, count)

    speaker.start(source)
    for _ in range(round(SECONDS * RATE_HZ / BLOCK)):
        speaker.advance()
    speaker.close()
    return at


@pytest.mark.parametrize(
    ("suffix", "kind", "subtype"),
    [
        (".wav", "WAV", "PCM_16"),
        (".flac", "FLAC", "PCM_16"),
        (".FLAC", "FLAC", "PCM_16"),
        (".ogg", "OGG", "VORBIS"),
        (".opus", "OGG", "OPUS"),
        (".mp3", "MP3", "MPEG_LAYER_III"),
        (".aiff", "AIFF", "PCM_16"),
        ("", "WAV", "PCM_16"),  # no name says no other
    ],
)
def test_a_file_is_of_the_kind_that_its_name_says(tmp_path, suffix, kind, subtype):
    path = tmp_path / f"out{suffix}"
    length = play(path)
    with soundfile.SoundFile(path) as file:
        assert (file.format, file.subtype, file.samplerate, file.channels) == (kind, subtype, RATE_HZ, 1)
        sound = file.read(dtype="float32")
    assert abs(len(sound) - length) < 0.1 * RATE_HZ  # MP3 pads
    middle = sound[len(sound) // 3 : len(sound) // 2]
    assert np.sqrt(np.mean(middle**2)) == pytest.approx(0.5 / np.sqrt(2), rel=0.05)


@pytest.mark.parametrize("suffix", [".m4a", ".WMA", ".webm"])
def test_a_kind_that_cannot_be_written_is_one_clear_line_and_leaves_no_file(tmp_path, suffix):
    path = tmp_path / f"out{suffix}"
    with pytest.raises(UsageError, match="cannot be written as") as caught:
        WavLoudspeaker(path)
    assert ".mp3" in caught.value.hint
    assert not path.exists()


def test_a_pipe_gets_a_wav_of_unknown_length(tmp_path):
    path = tmp_path / "pipe.wav"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        speaker = WavLoudspeaker(path)
        speaker.start(lambda count: tone(0, count))
        speaker.advance()
        speaker.close()
        content = os.read(reader, 65536)
    finally:
        os.close(reader)
    assert content[:4] + content[8:12] + content[36:40] == b"RIFFWAVEdata"
    assert struct.unpack("<I", content[40:44]) == (0xFFFFFFFF,)
    assert len(content) == 44 + 2 * BLOCK


def heard(path) -> np.ndarray:
    """Return all that a microphone hears of a file at 16 kHz."""
    microphone = WavMicrophone(path)
    blocks = []
    while not microphone.ended:
        blocks.append(microphone.next_block())
    microphone.close()
    return np.frombuffer(b"".join(blocks), np.int16)


@pytest.fixture
def recording(tmp_path):
    path = tmp_path / "in.wav"
    soundfile.write(path, np.random.default_rng(1).normal(0, 0.1, 16_000), 16_000, subtype="PCM_16")
    return path


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF, 0x7FFFFFFF, 0xFFFFFFFF - 36])
@pytest.mark.parametrize("form", [0, 36, 0xFFFFFFFF])
def test_the_sizes_that_a_killed_recorder_leaves_are_read_to_the_end(recording, form, size):
    whole = heard(recording)
    content = bytearray(recording.read_bytes())
    content[4:8], content[40:44] = struct.pack("<I", form), struct.pack("<I", size)
    recording.write_bytes(content)
    assert np.array_equal(heard(recording), whole)


def test_other_chunks_before_the_sound_are_passed_over(recording):
    whole = heard(recording)
    content = recording.read_bytes()
    note = b"LIST" + struct.pack("<I", 5) + b"hello" + b"\0"
    recording.write_bytes(content[:36] + note + b"data" + bytes(4) + content[44:])
    assert np.array_equal(heard(recording), whole)


@pytest.mark.parametrize("behind", [b"", b"LIST" + struct.pack("<I", 4) + b"note"])
def test_a_wav_that_is_empty_stays_without_sound(recording, behind):
    recording.write_bytes(recording.read_bytes()[:40] + bytes(4) + behind)
    with pytest.raises(FileFault, match="no sound in this file"):
        WavMicrophone(recording)


def test_a_flac_of_unknown_length_is_read_to_the_end(tmp_path):
    path = tmp_path / "in.flac"
    soundfile.write(path, np.random.default_rng(1).normal(0, 0.1, 16_000), 16_000)
    whole = heard(path)
    content = bytearray(path.read_bytes())
    content[21] &= 0xF0  # the number of samples, 36 bits in the first block
    content[22:26] = bytes(4)
    path.write_bytes(content)
    assert len(whole) >= 16_000
    assert np.array_equal(heard(path), whole)


@pytest.mark.parametrize("kind", ["ogg", "flac", "mp3"])
@pytest.mark.parametrize("share", [0.004, 0.3, 0.97])
def test_a_file_that_was_cut_off_is_heard_as_far_as_it_goes_or_is_one_line(tmp_path, kind, share):
    whole, cut = tmp_path / f"whole.{kind}", tmp_path / f"cut.{kind}"
    soundfile.write(whole, np.random.default_rng(1).normal(0, 0.1, 160_000), 16_000)
    content = whole.read_bytes()
    cut.write_bytes(content[: round(share * len(content))])
    if share < 0.1:
        with pytest.raises(FileFault, match="sound") as caught:
            WavMicrophone(cut)
        assert len(caught.value.faults) == 1
        return
    microphone = WavMicrophone(cut)
    heard = b"".join(microphone.next_block() for _ in range(100))
    microphone.close()
    assert any(heard)
