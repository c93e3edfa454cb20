"""Being told to end: SIGTERM and SIGHUP end a command as Ctrl-C does, so that everything is given back."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_NUMBERS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


@contextmanager
def orderly() -> Iterator[None]:
    """Turn these signals into `SystemExit` (128 and the number); what is ignored (nohup) stays ignored."""
    ours = [number for number in _NUMBERS if signal.getsignal(number) is signal.SIG_DFL]
    for number in ours:
        signal.signal(number, _end)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, signal.SIG_DFL)


def _end(number: int, _frame: FrameType | None) -> None:
    for each in _NUMBERS:
        signal.signal(each, signal.SIG_IGN)  # one is enough: giving things back is not cut short
    raise SystemExit(128 + number)
