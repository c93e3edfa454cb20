"""Sound files in place of devices."""

import os
import resource
import signal
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from player.backends.wav import WavLoudspeaker, WavMicrophone
from player.errors import FileFault, StoreError
from player.ports import BLOCK, EARS_BLOCK, EARS_RATE_HZ, RATE_HZ, Loudspeaker, Samples
from tests.contracts.loudspeaker import LoudspeakerContract
from tests.contracts.microphone import MicrophoneContract
from tests.waiting import until


class TestWavLoudspeaker(LoudspeakerContract):
    @pytest.fixture
    def loudspeaker(self, tmp_path: Path) -> Iterator[WavLoudspeaker]:
        loudspeaker = WavLoudspeaker(tmp_path / "out.wav")
        yield loudspeaker
        loudspeaker.close()

    def advance(self, loudspeaker: Loudspeaker) -> None:
        assert isinstance(loudspeaker, WavLoudspeaker)
        loudspeaker.advance()


class TestPacedWavLoudspeaker(LoudspeakerContract):
    @pytest.fixture
    def loudspeaker(self, tmp_path: Path) -> Iterator[WavLoudspeaker]:
        loudspeaker = WavLoudspeaker(tmp_path / "out.wav", paced=True)
        yield loudspeaker
        loudspeaker.close()


class TestWavMicrophone(MicrophoneContract):
    @pytest.fixture
    def microphone(self, tmp_path: Path) -> Iterator[WavMicrophone]:
        soundfile.write(tmp_path / "in.wav", np.zeros(44100), 44100)
        microphone = WavMicrophone(tmp_path / "in.wav")
        yield microphone
        microphone.close()


def ramp(frames: int) -> Samples:
    return np.linspace(-0.5, 0.5, frames, dtype=np.float32)


def record(path: Path, blocks: int) -> bytes:
    speaker = WavLoudspeaker(path)
    speaker.start(ramp)
    for _ in range(blocks):
        speaker.advance()
    speaker.close()
    return path.read_bytes()


def test_writes_what_is_played_and_the_same_every_time(tmp_path: Path) -> None:
    first = record(tmp_path / "a.wav", 70)
    assert first == record(tmp_path / "b.wav", 70)
    sound, rate = soundfile.read(tmp_path / "a.wav")
    assert rate == RATE_HZ
    np.testing.assert_allclose(sound, np.tile(ramp(BLOCK), 70), atol=1e-4)


def test_the_header_is_right_when_the_run_is_cut_short(tmp_path: Path) -> None:
    path = tmp_path / "cut.wav"
    child = os.fork()
    if child == 0:
        speaker = WavLoudspeaker(path)
        speaker.start(ramp)
        for _ in range(125):
            speaker.advance()
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    with wave.open(str(path)) as file:
        frames = file.getnframes()
        assert RATE_HZ <= frames <= 125 * BLOCK
        assert len(file.readframes(frames)) == 2 * frames


def advance(speaker: WavLoudspeaker, blocks: int) -> None:
    for _ in range(blocks):
        speaker.advance()


def test_a_folder_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no folder") as caught:
        WavLoudspeaker(tmp_path / "none" / "out.wav")
    assert "\n" not in str(caught.value)


def test_a_folder_instead_of_a_file(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is a folder"):
        WavLoudspeaker(tmp_path)


@pytest.fixture
def _small_disk() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    signal.signal(signal.SIGXFSZ, before)


@pytest.mark.usefixtures("_small_disk")
def test_a_full_disk_is_an_error_of_the_store_and_closing_still_works(tmp_path: Path) -> None:
    speaker = WavLoudspeaker(tmp_path / "out.wav")
    speaker.start(ramp)
    with pytest.raises(StoreError, match=r"out\.wav: "):
        advance(speaker, 200)
    assert not speaker.healthy()
    speaker.advance()
    speaker.close()


@pytest.mark.usefixtures("_small_disk")
def test_a_full_disk_in_real_time_shows_in_the_health(tmp_path: Path) -> None:
    speaker = WavLoudspeaker(tmp_path / "out.wav", paced=True)
    speaker.start(ramp)
    assert until(lambda: not speaker.healthy(), 5)
    speaker.close()


def test_a_disk_that_is_full_from_the_start(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    (tmp_path / "out.wav").symlink_to("/dev/full")
    with pytest.raises(StoreError, match="No space left"):
        WavLoudspeaker(tmp_path / "out.wav").close()


def pcm(path: Path) -> Samples:
    microphone = WavMicrophone(path)
    blocks = []
    while not microphone.ended:
        blocks.append(microphone.next_block())
        assert len(blocks[-1]) == 2 * EARS_BLOCK
    microphone.close()
    return np.frombuffer(b"".join(blocks), "<i2")


def test_sixteen_kilohertz_mono_passes_bit_for_bit_and_silence_follows(tmp_path: Path) -> None:
    path = tmp_path / "in.wav"
    sound = np.arange(-1000, 1000, dtype=np.int16) * 32
    soundfile.write(path, sound, EARS_RATE_HZ)
    heard = pcm(path)
    np.testing.assert_array_equal(heard[:2000], sound)
    assert not heard[2000:].any()
    microphone = WavMicrophone(path)
    blocks = [microphone.next_block() for _ in range(9)]
    microphone.close()
    assert microphone.ended
    assert blocks[7] == blocks[8] == bytes(2 * EARS_BLOCK)


@pytest.mark.parametrize("rate", [8000, 22050, 44100, 48000, 96000])
@pytest.mark.parametrize("channels", [1, 2, 6])
@pytest.mark.parametrize("kind", ["wav", "flac"])
def test_any_rate_and_number_of_channels(tmp_path: Path, rate: int, channels: int, kind: str) -> None:
    path = tmp_path / f"in.{kind}"
    time = np.arange(2 * rate) / rate
    tone = 0.5 * np.sin(2 * np.pi * 1000 * time)
    soundfile.write(path, np.repeat(tone[:, None], channels, axis=1), rate)
    heard = pcm(path) / 32768
    assert len(heard) / EARS_RATE_HZ == pytest.approx(2, abs=0.021)
    expected = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(len(heard)) / EARS_RATE_HZ)
    np.testing.assert_allclose(heard[2000:30000], expected[2000:30000], atol=0.01)


def test_a_file_cut_off_in_the_middle_is_heard_as_far_as_it_goes(tmp_path: Path) -> None:
    path = tmp_path / "in.flac"
    noise = np.random.default_rng(1).uniform(-0.5, 0.5, 2 * EARS_RATE_HZ)
    soundfile.write(path, noise, EARS_RATE_HZ)
    path.write_bytes(path.read_bytes()[:40_000])
    assert np.count_nonzero(pcm(path)) > 1000


def test_numbers_that_are_none_become_silence(tmp_path: Path) -> None:
    path = tmp_path / "in.wav"
    soundfile.write(path, np.full(EARS_RATE_HZ, np.nan, np.float32), EARS_RATE_HZ, subtype="FLOAT")
    assert not pcm(path).any()


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "no such file"), (b"", "not a sound file"), (b"RIFF but not really", "not a sound file")],
)
def test_what_is_no_sound_gives_one_line(tmp_path: Path, content: bytes | None, message: str) -> None:
    path = tmp_path / "in.wav"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(FileFault, match=message) as caught:
        WavMicrophone(path)
    assert "\n" not in str(caught.value)


def test_a_folder_is_no_sound(tmp_path: Path) -> None:
    with pytest.raises(FileFault, match="directory"):
        WavMicrophone(tmp_path)


def test_a_file_without_a_sample(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "in.wav", np.zeros(0), EARS_RATE_HZ)
    with pytest.raises(FileFault, match="no sound in this file"):
        WavMicrophone(tmp_path / "in.wav")


def test_the_last_word_of_a_file_at_another_rate_is_heard_to_its_end(tmp_path: Path) -> None:
    sound = np.zeros(RATE_HZ)
    sound[-90:] = 0.5
    soundfile.write(tmp_path / "in.wav", sound, RATE_HZ)
    assert np.abs(pcm(tmp_path / "in.wav")[EARS_RATE_HZ - 30 :]).max() > 8000
