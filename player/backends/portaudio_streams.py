"""Streams and devices of PortAudio, with the traps kept here.

- A stream is never stopped, only aborted and closed: `stop` waits for a device that may never come back.
- The list of devices is as old as the initialisation; only a new one shows what was plugged in.
- Devices are opened by name: after a new initialisation a number may mean another device.
- A lost device shows neither an exception nor a flag: only callbacks that no longer come.
- A thread that begins on a used stack may go round for ever (`fresh_stacks.py`).
"""

import difflib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from player.backends.fresh_stacks import forget_used_stacks
from player.backends.portaudio_library import (
    NO_DEVICE,
    bounded,
    epoch,
    leave_alone_at_exit,
    library,
    require_descriptors,
)
from player.errors import AudioDeviceError, BackendUnavailable

LATENCY_S = 0.2  # bears stalls of the machine of 100 ms and both cores busy; 0.1 s does not
SILENT_AFTER_S = 0.7
_SETTLED_S = 1.0  # until then a device fills its buffer and starts
_CLOSE_LIMIT_S = 0.5
_WHAT = {"input": "microphone", "output": "loudspeaker"}


@dataclass(frozen=True, slots=True)
class DeviceInfo:
    """A device as PortAudio lists it; the channels are the most it takes, 0 for none."""

    name: str
    inputs: int
    outputs: int
    rate_hz: int
    default_input: bool
    default_output: bool


def usual_latency_s(_device: str) -> float:
    """Return what any device bears."""
    return LATENCY_S


@dataclass(frozen=True, slots=True)
class Wish:
    """What a stream should be: kind is "input" or "output"."""

    kind: str
    device: str | None
    rate_hz: int
    channels: int
    dtype: str
    latency_s: Callable[[str], float] = usual_latency_s  # of a device with that name


@dataclass(frozen=True, slots=True)
class StreamFormat:
    """What a device agreed to; the latency is what it was asked for."""

    rate_hz: int
    channels: int
    latency_s: float = LATENCY_S

    @property
    def block(self) -> int:
        """Frames in 20 ms."""
        return self.rate_hz // 50


@dataclass(frozen=True, slots=True)
class Timekeeping:
    """How steadily a device has called: for how long, and how late at worst.

    Most devices call when half of their buffer is empty or full, some more often: what is longer is late.
    """

    device: str
    seconds: float
    late_s: float


class _Pulse:
    """What the callback leaves behind: when it last ran, and whether it will again."""

    def __init__(self) -> None:
        self.began = self.last = time.monotonic()
        self.longest_wait_s = 0.0
        self.over = False

    def beat(self) -> None:
        now = time.monotonic()
        if now > self.began + _SETTLED_S:
            self.longest_wait_s = max(self.longest_wait_s, now - self.last)
        self.last = now

    def finish(self) -> None:
        self.over = True


# Called on the audio thread with an array of frames by channels, to fill or to read, and PortAudio's times.
Callback = Callable[[Any, Any], None]


class OpenStream:
    """A running stream."""

    def __init__(self, stream: Any, device: str, setting: StreamFormat, pulse: _Pulse) -> None:
        self._stream = stream
        self._device = device
        self._pulse = pulse
        self._epoch = epoch()
        self.setting = setting

    def healthy(self) -> bool:
        """Whether the device has called within the last 0.7 s and has not given up."""
        pulse = self._pulse
        return not pulse.over and time.monotonic() - pulse.last < SILENT_AFTER_S

    @property
    def timekeeping(self) -> Timekeeping:
        """How steadily it has called so far."""
        pulse = self._pulse
        late_s = max(0.0, pulse.longest_wait_s - self.setting.latency_s / 2)
        return Timekeeping(self._device, pulse.last - pulse.began, late_s)

    def close(self) -> None:
        """Fall silent and free the device; returns within 0.5 s even if the sound server hangs."""
        self._pulse.over = True
        try:
            bounded(self.close_now, _CLOSE_LIMIT_S, even_late=True)
        except AudioDeviceError:
            leave_alone_at_exit()

    def close_now(self) -> None:
        """Do it on this thread, however long it takes. Only for `bounded`."""
        if self._epoch != epoch():
            return
        errors = library().PortAudioError
        for call in (self._stream.abort, self._stream.close):
            try:
                call()
            except errors:
                continue  # gone already: that is what was asked for


def devices() -> tuple[DeviceInfo, ...]:
    """Return what is plugged in. Raises `BackendUnavailable` when PortAudio is not there."""
    return bounded(_devices)


def find_microphone(name: str | None) -> None:
    """Raise `AudioDeviceError` when no microphone has this name, `BackendUnavailable` when there is none."""
    bounded(lambda: _find("input", name))


def open_stream(wish: Wish, connect: Callable[[StreamFormat], Callback]) -> OpenStream:
    """Open a device by name (None: the system's choice) and start it.

    The wanted rate and channels are asked for first, then what the device says it can do; `connect` gives the
    callback for what was agreed. Raises `BackendUnavailable` when there is no device or no library,
    `AudioDeviceError` when the device refuses.
    """
    return bounded(lambda: _open(wish, connect), discard=OpenStream.close_now)


def _open(wish: Wish, connect: Callable[[StreamFormat], Callback]) -> OpenStream:
    sounddevice = library()
    require_descriptors()
    number, info = _find(wish.kind, wish.device)
    refusal = ""
    for setting in _settings(wish, info):
        pulse = _Pulse()
        options = {"device": number, "callback": _watched(connect(setting), pulse)}
        try:
            stream = _start(wish, setting, pulse, options)
        except sounddevice.PortAudioError as error:
            refusal = str(error)
            continue
        return OpenStream(stream, info["name"], setting, pulse)
    hint = "see that a sound server runs and the device is plugged in; `player doctor` lists the devices"
    raise AudioDeviceError(f"the {_WHAT[wish.kind]} {info['name']!r} cannot be opened: {refusal}", hint)


def _watched(callback: Callback, pulse: _Pulse) -> Callable[[Any, int, Any, Any], None]:
    sounddevice = library()

    def called(data: Any, _frames: int, times: Any, _status: Any) -> None:
        if pulse.over:
            raise sounddevice.CallbackAbort
        pulse.beat()
        callback(data, times)

    return called


def _start(wish: Wish, setting: StreamFormat, pulse: _Pulse, options: dict[str, Any]) -> Any:
    sounddevice = library()
    kind = sounddevice.InputStream if wish.kind == "input" else sounddevice.OutputStream
    stream = kind(
        samplerate=setting.rate_hz,
        blocksize=setting.block,
        channels=setting.channels,
        dtype=wish.dtype,
        latency=setting.latency_s,
        finished_callback=pulse.finish,
        **options,
    )
    forget_used_stacks()
    try:
        stream.start()
    except sounddevice.PortAudioError:
        stream.close()
        raise
    return stream


def _settings(wish: Wish, info: dict[str, Any]) -> list[StreamFormat]:
    most = int(info[f"max_{wish.kind}_channels"])
    rates = dict.fromkeys((wish.rate_hz, int(info["default_samplerate"])))
    counts = dict.fromkeys((min(wish.channels, most), 1, min(2, most)))
    latency_s = wish.latency_s(info["name"])
    return [StreamFormat(rate, count, latency_s) for rate in rates for count in counts]


def _find(kind: str, name: str | None) -> tuple[int, dict[str, Any]]:
    sounddevice = library()
    able = [
        (number, dict(info))
        for number, info in enumerate(sounddevice.query_devices())
        if info[f"max_{kind}_channels"] > 0
    ]
    if not able:
        raise BackendUnavailable(f"there is no {_WHAT[kind]} on this machine", NO_DEVICE)
    if name is None:
        chosen = sounddevice.default.device[kind]
        return next((one for one in able if one[0] == chosen), able[0])
    same = [one for one in able if one[1]["name"].lower() == name.lower()]
    like = [one for one in able if name.lower() in one[1]["name"].lower()]
    if not same and not like:
        raise AudioDeviceError(*_no_such(kind, name, [info["name"] for _, info in able]))
    return (same or like)[0]


def _no_such(kind: str, name: str, names: Sequence[str]) -> tuple[str, str]:
    close = difflib.get_close_matches(name.lower(), [one.lower() for one in names], n=1, cutoff=0.5)
    meant = next((one for one in names if close and one.lower() == close[0]), "")
    message = f"there is no {_WHAT[kind]} {name!r}" + (f"; did you mean {meant!r}?" if meant else "")
    return message, "there are: " + ", ".join(dict.fromkeys(names))


def _devices() -> tuple[DeviceInfo, ...]:
    sounddevice = library()
    first_in, first_out = sounddevice.default.device
    return tuple(
        DeviceInfo(
            name=info["name"],
            inputs=info["max_input_channels"],
            outputs=info["max_output_channels"],
            rate_hz=int(info["default_samplerate"]),
            default_input=number == first_in,
            default_output=number == first_out,
        )
        for number, info in enumerate(sounddevice.query_devices())
    )
