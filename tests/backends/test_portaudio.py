"""PortAudio on virtual hardware: sound to the sample, and every way in which a device can go away."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sounddevice
import soundfile

from player.backends import portaudio_library
from player.backends.portaudio import LATENCY_S, PortAudioLoudspeaker, PortAudioMicrophone, devices
from player.errors import AudioDeviceError, BackendUnavailable
from player.ports import EARS_BLOCK, EARS_RATE_HZ, RATE_HZ, Samples
from player.sound import tones
from player.sound.mixer import Layer, Mixer, Sound
from tests.contracts.loudspeaker import LoudspeakerContract, Source
from tests.contracts.microphone import MicrophoneContract
from tests.virtual_audio import DRY, VirtualAudio, steady
from tests.waiting import until

BEAT = RATE_HZ // 2
BLOCKS_A_SECOND = EARS_RATE_HZ // EARS_BLOCK


@pytest.fixture
def hardware(virtual_audio_room: VirtualAudio) -> VirtualAudio:
    portaudio_library.reinitialise()
    return virtual_audio_room


@pytest.fixture
def loudspeaker(hardware: VirtualAudio) -> Iterator[PortAudioLoudspeaker]:
    loudspeaker = PortAudioLoudspeaker()
    yield loudspeaker
    loudspeaker.close()


@pytest.fixture
def microphone(hardware: VirtualAudio) -> Iterator[PortAudioMicrophone]:
    microphone = PortAudioMicrophone()
    yield microphone
    microphone.close()


class TestLoudspeaker(LoudspeakerContract):
    pass


class TestMicrophone(MicrophoneContract):
    pass


def beginnings(sound: Samples) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    loud = np.flatnonzero(np.abs(sound) > 1e-3)
    return loud[np.concatenate(([True], np.diff(loud) > RATE_HZ // 10))]


def beats(count: int) -> list[Sound]:
    return [Sound(place * BEAT, tones.tone("tick"), Layer.BEAT) for place in range(count)]


def busy() -> "subprocess.Popen[bytes]":
    return subprocess.Popen(["nice", "-n", "19", sys.executable, "-c", "while True: pass"])


@steady
def test_beats_are_exact_with_every_core_busy(hardware: VirtualAudio) -> None:
    load = [busy(), busy()]
    try:
        gaps = np.diff(recorded_beats(hardware, 20))
    finally:
        for process in load:
            process.kill()
            process.wait()
    assert gaps.tolist() == [BEAT] * 19


def recorded_beats(hardware: VirtualAudio, count: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return where beats begin in a recording of them."""
    mixer = Mixer()
    with hardware.recording() as recording, sounding(mixer) as loudspeaker:
        mixer.play(1, beats(count), count * BEAT)
        assert until(lambda: mixer.heard(loudspeaker.played()) == (1, count * BEAT), count)
    return beginnings(recording.samples())


@contextmanager
def sounding(mixer: Mixer) -> Iterator[PortAudioLoudspeaker]:
    """Play what a mixer gives."""
    loudspeaker = PortAudioLoudspeaker()
    loudspeaker.start(mixer.render)
    try:
        yield loudspeaker
    finally:
        loudspeaker.close()


def test_sound_that_is_used_up_is_counted(hardware: VirtualAudio, loudspeaker: PortAudioLoudspeaker) -> None:
    """The measure itself."""
    loudspeaker.start(Source())
    assert until(lambda: loudspeaker.played() > RATE_HZ)
    dry = hardware.ran_dry()
    hardware.freeze()
    time.sleep(2 * LATENCY_S)  # the machine that stands still
    hardware.thaw()
    assert until(lambda: hardware.ran_dry() > dry)


@pytest.mark.parametrize(("dry", "takes"), [("", 1), (DRY, 3)])
def test_only_what_ran_dry_is_tried_again(dry: str, takes: int) -> None:
    room, tried = VirtualAudio(), []

    @steady
    def fails(room: VirtualAudio) -> None:
        tried.append(room)
        (room.folder / "server.log").write_text(dry * len(tried))
        assert not tried

    (room.folder / "server.log").touch()
    with pytest.raises(AssertionError):
        fails(room=room)
    room.close()
    assert len(tried) == takes


def test_played_says_what_can_be_heard_now(hardware: VirtualAudio, loudspeaker: PortAudioLoudspeaker) -> None:
    mixer = Mixer()
    loudspeaker.start(mixer.render)
    until(lambda: loudspeaker.played() > RATE_HZ)
    waiting = (mixer.rendered - loudspeaker.played()) / RATE_HZ
    assert 0.1 < waiting < 0.45
    first, begin = loudspeaker.played(), time.monotonic()
    time.sleep(1)  # the device is compared with the clock
    assert (loudspeaker.played() - first) / RATE_HZ == pytest.approx(time.monotonic() - begin, abs=0.1)


@steady
def test_hush_is_silence_and_a_frozen_position(hardware: VirtualAudio) -> None:
    mixer = Mixer()
    tone = np.full(10 * RATE_HZ, 0.25, np.float32)
    with hardware.recording() as recording, sounding(mixer) as loudspeaker:
        mixer.play(1, [Sound(0, tone, Layer.VOICE)], len(tone))
        until(lambda: mixer.heard(loudspeaker.played())[1] > RATE_HZ)
        mixer.hush()
        until(lambda: loudspeaker.played() >= mixer.rendered - 1, 0.7)
        position = mixer.heard(loudspeaker.played())
        time.sleep(1)  # that nothing comes has no event
        assert mixer.heard(loudspeaker.played()) == position
    sound = recording.samples()
    loud = np.flatnonzero(np.abs(sound) > 1e-3)
    assert loud[-1] - loud[0] == pytest.approx(
        position[1] + 2880, abs=200
    )  # the last of the fade is too soft
    assert not sound[loud[-1] + 200 :].any()
    assert len(sound) - loud[-1] > RATE_HZ
    assert np.abs(np.diff(sound[loud[0] + 10 :])).max() < 0.001


@steady
def test_closing_is_silence_at_once(hardware: VirtualAudio) -> None:
    mixer = Mixer()
    with hardware.recording() as recording, sounding(mixer) as loudspeaker:
        mixer.play(1, [Sound(0, np.full(10 * RATE_HZ, 0.25, np.float32), Layer.VOICE)], 10 * RATE_HZ)
        until(lambda: loudspeaker.played() > RATE_HZ)
        loudspeaker.close()
        time.sleep(0.5)  # that nothing comes has no event
    loud = np.flatnonzero(np.abs(recording.samples()) > 1e-3)
    assert loud[-1] - loud[0] < mixer.rendered - 0.05 * RATE_HZ  # what waited in the device is gone


# --- devices that go away


def recovers(device: PortAudioLoudspeaker | PortAudioMicrophone) -> bool:
    end = time.monotonic() + 10
    while time.monotonic() < end:
        try:
            device.reopen()
        except (AudioDeviceError, BackendUnavailable):
            time.sleep(0.2)  # the sound server takes its time
            continue
        if until(lambda: not device.healthy(), 1.0):
            continue
        return True
    return False


def loses(device: PortAudioLoudspeaker | PortAudioMicrophone, fault: Callable[[], None]) -> float:
    """Return the seconds until the fault shows."""
    assert device.healthy()
    fault()
    begin = time.monotonic()
    assert until(lambda: not device.healthy(), 3)
    return time.monotonic() - begin


def test_a_suspended_loudspeaker_shows_within_a_second_and_comes_back(
    hardware: VirtualAudio, loudspeaker: PortAudioLoudspeaker
) -> None:
    source = Source()
    loudspeaker.start(source)
    until(lambda: loudspeaker.played() > 0)
    assert loses(loudspeaker, hardware.suspend) < 1.0
    hardware.resume()
    played = loudspeaker.played()
    assert recovers(loudspeaker)
    assert until(lambda: loudspeaker.played() > played + RATE_HZ)
    assert loudspeaker.played() <= source.given


@steady
def test_a_killed_server_shows_and_the_loudspeaker_comes_back_by_name(hardware: VirtualAudio) -> None:
    loudspeaker = PortAudioLoudspeaker("pulse")
    mixer = Mixer()
    loudspeaker.start(mixer.render)
    until(lambda: loudspeaker.played() > 0)
    assert loses(loudspeaker, hardware.kill) < 1.0
    with pytest.raises((AudioDeviceError, BackendUnavailable)):
        loudspeaker.reopen()
    assert not loudspeaker.healthy()
    hardware.start()
    assert recovers(loudspeaker)
    with hardware.recording() as recording:
        mixer.play(1, beats(4), 4 * BEAT)
        until(lambda: mixer.heard(loudspeaker.played()) == (1, 4 * BEAT), 5)
    loudspeaker.close()
    assert np.diff(beginnings(recording.samples())).tolist() == [BEAT] * 3


def test_everything_unplugged_shows_and_comes_back(
    hardware: VirtualAudio, loudspeaker: PortAudioLoudspeaker
) -> None:
    loudspeaker.start(Source())
    until(lambda: loudspeaker.played() > 0)
    assert loses(loudspeaker, hardware.unplug) < 1.0
    hardware.furnish()
    assert recovers(loudspeaker)


@pytest.mark.parametrize("kind", [PortAudioLoudspeaker, PortAudioMicrophone])
def test_a_frozen_server_holds_nobody_up(
    hardware: VirtualAudio, kind: type[PortAudioLoudspeaker] | type[PortAudioMicrophone]
) -> None:
    device = kind()
    _start(device)
    begin = time.monotonic()
    try:
        assert loses(device, hardware.freeze) < 1.5
        begin = time.monotonic()
        with pytest.raises(AudioDeviceError, match="does not answer"):
            device.reopen()
        assert time.monotonic() - begin < 5
        device.close()
    finally:
        hardware.thaw()
    assert recovers(device)
    device.close()


def _start(device: PortAudioLoudspeaker | PortAudioMicrophone) -> None:
    if isinstance(device, PortAudioLoudspeaker):
        device.start(Source())
        assert until(lambda: device.played() > 0)
    else:
        heard: list[bytes] = []
        device.start(heard.append)
        assert until(lambda: len(heard) > 3)


@pytest.mark.parametrize("fault", ["mute_microphone", "kill", "unplug"])
def test_a_lost_microphone_shows_within_a_second(
    hardware: VirtualAudio, microphone: PortAudioMicrophone, fault: str
) -> None:
    _start(microphone)
    assert loses(microphone, getattr(hardware, fault)) < 1.0


def test_a_microphone_comes_back_after_the_server_was_restarted(
    hardware: VirtualAudio, microphone: PortAudioMicrophone
) -> None:
    heard: list[bytes] = []
    microphone.start(heard.append)
    loses(microphone, hardware.kill)
    hardware.start()
    assert recovers(microphone)
    count = len(heard)
    assert until(lambda: len(heard) > count + 20)


def test_two_devices_in_one_process_come_back_one_after_the_other(
    hardware: VirtualAudio, loudspeaker: PortAudioLoudspeaker, microphone: PortAudioMicrophone
) -> None:
    _start(loudspeaker)
    _start(microphone)
    loudspeaker.reopen()  # ends the other's stream, too
    assert until(lambda: not microphone.healthy(), 2)
    assert loudspeaker.healthy()
    microphone.close()
    assert recovers(microphone)


# --- the microphone


def tone_file(folder: Path, hz: float) -> Path:
    path = folder / "tone.wav"
    time_s = np.arange(3 * RATE_HZ) / RATE_HZ
    soundfile.write(path, 0.5 * np.sin(2 * np.pi * hz * time_s), RATE_HZ)
    return path


def main_tone(heard: list[bytes]) -> tuple[float, float]:
    sound = np.frombuffer(b"".join(heard), "<i2")[-EARS_RATE_HZ:] / 32768
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    return float(spectrum.argmax()) * EARS_RATE_HZ / len(sound), float(np.abs(sound).max())


def test_the_microphone_hears_what_is_said_in_the_room(
    hardware: VirtualAudio, microphone: PortAudioMicrophone, tmp_path: Path
) -> None:
    heard: list[bytes] = []
    microphone.start(heard.append)
    hardware.say(tone_file(tmp_path, 1000), gain=0.5)
    assert until(lambda: len(heard) >= 2 * BLOCKS_A_SECOND)
    microphone.close()
    hz, peak = main_tone(heard)
    assert hz == pytest.approx(1000, abs=3)
    assert peak == pytest.approx(0.25, rel=0.1)
    assert microphone.dropped == 0


def test_the_room_carries_the_player_to_its_own_microphone_as_loud_as_asked(
    hardware: VirtualAudio, tmp_path: Path
) -> None:
    loudspeaker, microphone = PortAudioLoudspeaker(), PortAudioMicrophone()
    mixer = Mixer()
    heard: list[bytes] = []
    hardware.echo(0.25)
    loudspeaker.start(mixer.render)
    microphone.start(heard.append)
    sound, _ = soundfile.read(tone_file(tmp_path, 440), dtype="float32")
    mixer.play(1, [Sound(0, sound, Layer.VOICE)], len(sound))
    assert until(lambda: len(heard) >= 2.5 * BLOCKS_A_SECOND)
    loudspeaker.close()
    microphone.close()
    hz, peak = main_tone(heard)
    assert hz == pytest.approx(440, abs=3)
    assert peak == pytest.approx(0.125, rel=0.1)


def test_blocks_that_nobody_fetches_are_dropped_and_counted(
    hardware: VirtualAudio, microphone: PortAudioMicrophone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("player.backends.portaudio._WAITING_BLOCKS", 5)
    microphone.start(lambda pcm: time.sleep(0.3))  # somebody who fetches too slowly
    assert until(lambda: microphone.dropped > 3)


# --- devices that want another rate


@pytest.fixture
def _no_wish_granted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every rate but 44.1 kHz, as USB devices do; PulseAudio itself takes any."""
    for name in ("OutputStream", "InputStream"):
        real = getattr(sounddevice, name)

        def choosy(*, samplerate: int, real: Any = real, **options: Any) -> Any:
            if samplerate != 44100:
                raise sounddevice.PortAudioError("Invalid sample rate", -9997)
            return real(samplerate=samplerate, **options)

        monkeypatch.setattr(sounddevice, name, choosy)


@pytest.mark.usefixtures("_no_wish_granted")
@steady
def test_a_loudspeaker_at_another_rate_plays_the_same_in_the_same_time(hardware: VirtualAudio) -> None:
    gaps = np.diff(recorded_beats(hardware, 6))
    assert len(gaps) == 5
    np.testing.assert_allclose(gaps, BEAT, atol=3)


@pytest.mark.usefixtures("_no_wish_granted")
def test_a_microphone_at_another_rate_hears_the_same(
    hardware: VirtualAudio, microphone: PortAudioMicrophone, tmp_path: Path
) -> None:
    heard: list[bytes] = []
    microphone.start(heard.append)
    hardware.say(tone_file(tmp_path, 1000))
    assert until(lambda: len(heard) >= 2 * BLOCKS_A_SECOND)
    microphone.close()
    assert main_tone(heard)[0] == pytest.approx(1000, abs=3)
    assert {len(block) for block in heard} == {640}


# --- names, and machines without sound


def test_devices_are_listed_with_the_default_marked(hardware: VirtualAudio) -> None:
    listed = devices()
    assert {"pulse", "default"} <= {device.name for device in listed}
    assert [device.default_output for device in listed].count(True) == 1


def test_a_part_of_the_name_is_enough(hardware: VirtualAudio) -> None:
    loudspeaker = PortAudioLoudspeaker("PUL")
    loudspeaker.start(Source())
    assert loudspeaker.healthy()
    loudspeaker.close()


@pytest.mark.parametrize(
    ("kind", "what"), [(PortAudioLoudspeaker, "loudspeaker"), (PortAudioMicrophone, "microphone")]
)
def test_a_misspelt_name_is_answered_with_the_names_there_are(
    hardware: VirtualAudio, kind: Any, what: str
) -> None:
    with pytest.raises(AudioDeviceError, match=f"no {what} 'plse'; did you mean 'pulse'") as caught:
        kind("plse").start(lambda _: None)
    assert "default" in caught.value.hint
    assert "\n" not in str(caught.value)


def run(code: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=environment)


OPEN = """
import sys
from player.backends.portaudio import PortAudioLoudspeaker
from player.errors import BackendError
try:
    PortAudioLoudspeaker().start(lambda frames: None)
except BackendError as error:
    print(type(error).__name__, error, "|", error.hint)
"""


def test_no_sound_server_is_one_clear_line_and_nothing_else(tmp_path: Path) -> None:
    result = run(
        OPEN, HOME=str(tmp_path), XDG_RUNTIME_DIR=str(tmp_path), PULSE_SERVER=f"unix:{tmp_path}/none"
    )
    assert result.returncode == 0
    assert result.stderr == ""
    assert len(result.stdout.splitlines()) == 1
    assert result.stdout.startswith(("BackendUnavailable", "AudioDeviceError"))
    assert "sound server" in result.stdout


def test_a_missing_library_names_the_packages() -> None:
    hidden = "import sys, ctypes.util; ctypes.util.find_library = lambda name: None\n"
    result = run(hidden + OPEN)
    assert result.stdout.startswith("BackendUnavailable PortAudio cannot be loaded"), result
    assert "libportaudio2" in result.stdout
    assert result.stderr == ""


def test_the_modules_load_without_portaudio() -> None:
    result = run("import sys, player.backends.portaudio; print('sounddevice' in sys.modules)")
    assert result.stdout == "False\n"


def test_how_late_sound_was_asked_for_at_worst_is_known(loudspeaker: PortAudioLoudspeaker) -> None:
    assert loudspeaker.timekeeping is None
    late = iter([*[0.0] * 150, 0.25])  # 3 s

    def source(frames: int) -> Samples:
        time.sleep(next(late, 0.0))  # a machine that is busy, in the device's own thread
        return np.zeros(frames, np.float32)

    loudspeaker.start(source)
    assert until(lambda: loudspeaker.played() > 4 * RATE_HZ, 20)
    kept = loudspeaker.timekeeping
    assert kept is not None
    assert kept.late_s >= 0.25 - 0.1
    assert kept.seconds > 3
    assert kept.device == next(device.name for device in devices() if device.default_output)


def ahead_s(latency_s: float) -> float:
    """Return how much a loudspeaker that asks for that latency is given ahead of what is heard."""
    given = 0

    def source(frames: int) -> Samples:
        nonlocal given
        given += frames
        return np.zeros(frames, np.float32)

    asked: list[str] = []
    loudspeaker = PortAudioLoudspeaker(None, lambda device: asked.append(device) or latency_s)
    loudspeaker.start(source)
    try:
        assert until(lambda: loudspeaker.played() > RATE_HZ, 20)
        assert asked == [next(device.name for device in devices() if device.default_output)]
        ahead: list[int] = []
        assert until(lambda: ahead.append(given - loudspeaker.played()) or len(ahead) > 50, 20)
        return min(ahead) / RATE_HZ
    finally:
        loudspeaker.close()


def test_a_buffer_is_as_long_as_its_device_needs(hardware: VirtualAudio) -> None:
    assert ahead_s(0.1) < ahead_s(0.4) - 0.1


FAULT = """
import os, sys, time
from player.backends.portaudio import PortAudioLoudspeaker
from player.backends.mute_stderr import QuietStderr
from player.sound.mixer import Mixer
with QuietStderr():
    loudspeaker = PortAudioLoudspeaker()
    loudspeaker.start(Mixer().render)
    print("playing", flush=True)
    while loudspeaker.healthy():
        time.sleep(0.01)  # another process: between two looks
    loudspeaker.close()
print("lost")
print("still there", file=sys.stderr)
"""


def test_a_lost_device_leaves_the_terminal_clean(hardware: VirtualAudio) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", FAULT], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "playing\n"
    hardware.kill()
    out, err = process.communicate(timeout=20)
    assert out == "lost\n"
    assert err == "still there\n"
