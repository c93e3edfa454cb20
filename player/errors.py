"""Every deliberate error.

PlayerError                    exit   .hint says what to do
├─ UsageError                  2      what was asked for on the command line cannot be
├─ FileFault                   3      a file of the user's is wrong; .faults lists every fault
├─ BackendError                4      the only errors that leave `player/backends`
│  ├─ BackendUnavailable
│  ├─ SynthesisError
│  ├─ RecognitionError
│  └─ AudioDeviceError
├─ StoreError                  5      disk: no permission, full
├─ NetworkError                6      only `player models get`
└─ BusyError                   7      another player is leading a session

What the command line itself refuses exits with 2 too, an interrupt with 130.
"""

from dataclasses import dataclass


class PlayerError(Exception):
    """Something a person can mend; shown as one line, never as a traceback."""

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault in a file. `line` and `column` count from 1; 0 means the file as a whole."""

    path: str
    line: int
    column: int
    message: str
    rule: str = ""
    severity: str = "error"

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}:{self.column}: " if self.line else f"{self.path}: "
        rule = f" [{self.rule}]" if self.rule else ""
        return _printable(f"{where if self.path else ''}{self.message}{rule}")


def _printable(text: str) -> str:
    """Return `text` with escapes for what a terminal would obey or not show."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


class UsageError(PlayerError):
    """An option asks for what there is not."""

    exit_code = 2


class FileFault(PlayerError):
    """A file is wrong; `faults` holds every fault found, in the order of the file."""

    exit_code = 3

    def __init__(self, faults: tuple[Fault, ...], hint: str = "") -> None:
        super().__init__("\n".join(map(str, faults)), hint)
        self.faults = faults


class BackendError(PlayerError):
    """A library or device failed."""

    exit_code = 4


class BackendUnavailable(BackendError):
    """A back end cannot run here; the hint says what to install."""


class SynthesisError(BackendError):
    """A text could not be rendered."""


class RecognitionError(BackendError):
    """The recogniser failed."""


class AudioDeviceError(BackendError):
    """A device could not be opened or was lost."""


class StoreError(PlayerError):
    """The disk refused."""

    exit_code = 5


class NetworkError(PlayerError):
    """A download failed."""

    exit_code = 6


class BusyError(PlayerError):
    """Another player is leading a session."""

    exit_code = 7


def not_written(path: object, folder: object, error: OSError) -> StoreError:
    """Return what to say of a file in that folder that cannot be written, with the cure."""
    if isinstance(error, IsADirectoryError):
        return StoreError(f"{path} is a folder", f"name a file in it, such as {path}/file")
    if isinstance(error, FileNotFoundError):
        return StoreError(f"{path}: there is no folder {folder}", "make the folder first")
    return StoreError(f"{path}: {error.strerror or error}", "choose another place for it")


def brings(extra: str) -> str:
    """Return the cure where what an extra of this package brings is missing."""
    return f"`pipx install '.[{extra}]'`, or in a checkout `make extras`, brings it"
