"""PortAudio itself: loading it, and calling it without hanging with it.

While a sound server is frozen every call hangs. So each call has its own thread and a time limit, and one
lock lets no second call in before the first one has come back. While one that was given up still hangs,
others are refused at once: whoever asks for four things waits for the first only.
"""

import atexit
import os
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from player.backends.mute_stderr import QuietStderr
from player.errors import AudioDeviceError, BackendError, BackendUnavailable

CALL_LIMIT_S = 3.0
CURE = (
    "on Debian or Ubuntu: sudo apt install libportaudio2 libasound2-plugins; "
    "then see that a sound server (PipeWire or PulseAudio) runs"
)
NO_DEVICE = (
    "plug one in; where there is one, see that a sound server (PipeWire or PulseAudio) runs, "
    "and on Debian or Ubuntu that libasound2-plugins is installed"
)

_DESCRIPTORS = 32  # more than a library of sound opens at once
_portaudio = threading.Lock()
_inside: threading.Event | None = None  # of the call that is under way: set once it has been given up
_epoch = 0  # counts initialisations
_Result = TypeVar("_Result")


def reinitialise() -> None:
    """Look for devices again; ends every stream of this process."""
    bounded(_reinitialise)


def epoch() -> int:
    """Return a number that changes when every stream opened before has gone; to touch one would be fatal."""
    return _epoch


def require_descriptors() -> None:
    """Raise `AudioDeviceError` near the limit of open files: there the libraries of sound end the process."""
    taken = []
    try:
        for _ in range(_DESCRIPTORS):
            taken.append(os.open(os.devnull, os.O_RDONLY))  # noqa: PERF401 - some may be open when it fails
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise AudioDeviceError(f"no sound just now: {reason}", "close other programs") from error
    finally:
        for descriptor in taken:
            os.close(descriptor)


def _reinitialise() -> None:
    global _epoch  # noqa: PLW0603 - PortAudio is one for the whole process
    sounddevice = library()
    require_descriptors()
    _epoch += 1
    while sounddevice._initialized:  # noqa: SLF001 - the library has no other way to look again
        try:
            sounddevice._terminate()  # noqa: SLF001
        except sounddevice.PortAudioError:
            break  # it was not initialised: the last attempt failed half-way
    sounddevice._initialized = 0  # noqa: SLF001
    sounddevice._initialize()  # noqa: SLF001


def library() -> Any:
    """Return the module `sounddevice`. Raises `BackendUnavailable`."""
    try:
        import sounddevice
    except (ImportError, OSError) as error:  # OSError: the Python part is there, PortAudio is not
        raise BackendUnavailable(f"PortAudio cannot be loaded: {error}", CURE) from error
    return sounddevice


def bounded(
    call: Callable[[], _Result],
    limit_s: float = CALL_LIMIT_S,
    discard: Callable[[_Result], None] | None = None,
    *,
    even_late: bool = False,
) -> _Result:
    """Return what `call` returns, or raise `AudioDeviceError` if that takes too long.

    `discard` gets a result that came when nobody waited for it any more. A call whose turn comes too late, or
    would come after one that was given up, is left out, unless it matters `even_late`.
    """
    hanging = _inside
    if hanging is not None and hanging.is_set() and not even_late:
        raise _unanswered()
    answer: queue.SimpleQueue[_Result | Exception] = queue.SimpleQueue()
    given_up, quiet = threading.Event(), QuietStderr()

    def run() -> None:
        with _portaudio, _under_way(given_up):
            if given_up.is_set() and not even_late:
                return
            try:
                with quiet:
                    result = call()
                answer.put(result)  # what the caller writes now is seen
            except Exception as error:  # noqa: BLE001 - it belongs to the caller, in the other thread
                answer.put(error)
            if given_up.is_set():
                _throw_away(answer, discard)

    try:
        threading.Thread(target=run, name="portaudio", daemon=True).start()
    except RuntimeError as error:  # the machine has no more threads just now
        raise AudioDeviceError(f"no sound just now: {error}", "close other programs") from error
    try:
        result = answer.get(timeout=limit_s)
    except queue.Empty:
        given_up.set()
        quiet.end()  # why it is given up is to be seen
        result = _last_moment(answer)
    if isinstance(result, BackendError):
        raise result
    if isinstance(result, Exception):
        raise AudioDeviceError(f"PortAudio failed: {result}", CURE) from result
    return result


def _last_moment(answer: "queue.SimpleQueue[_Result | Exception]") -> _Result | Exception:
    """Return what came while the caller gave up, or raise. Whoever takes it off the queue has it."""
    try:
        return answer.get_nowait()
    except queue.Empty:
        raise _unanswered() from None


def _unanswered() -> AudioDeviceError:
    return AudioDeviceError("the sound server does not answer", "restart the sound server")


@contextmanager
def _under_way(given_up: threading.Event) -> Iterator[None]:
    global _inside  # noqa: PLW0603 - as PortAudio is one for the whole process
    _inside = given_up
    try:
        yield
    finally:
        _inside = None


def _throw_away(
    answer: "queue.SimpleQueue[_Result | Exception]", discard: Callable[[_Result], None] | None
) -> None:
    try:
        late = answer.get_nowait()
    except queue.Empty:
        return  # the caller took it in the last moment
    if discard is not None and not isinstance(late, Exception):
        discard(late)


def leave_alone_at_exit() -> None:
    """Let the process end although a call hangs."""
    # The library ends PortAudio when Python exits; with a frozen sound server that would hang for ever.
    atexit.unregister(library()._exit_handler)  # noqa: SLF001
