"""What a user chose for one session, checked before anything starts."""

from dataclasses import dataclass
from pathlib import Path

from player.backends.sound_writer import STDOUT, SUFFIXES
from player.core.place import Place
from player.core.plan import Plan
from player.errors import UsageError
from player.files import there
from player.messages import did_you_mean, shown

DEFAULT_VOICE = "calm"


@dataclass(frozen=True, slots=True)
class Choices:
    """The options of `player play`. Empty texts mean: the usual."""

    routine: str
    voice: str = ""
    ears: str = "auto"
    out: str = ""
    source: str = ""
    start: str = ""
    pace: float = 1.0
    headphones: bool = False
    log: str = ""
    check: bool = True  # of the microphone, in the first seconds
    plain: bool = True  # one line for each event; else something is drawn on the terminal
    who: str = ""  # of the household
    page: str = ""  # the address at which a page beside the session is served; none
    mirror: bool = False  # it opens with the mirror
    media_keys: bool = False  # whether media keys are taken from the desktop

    @property
    def hears(self) -> bool:
        """Whether a microphone, or a file in its place, is to be listened to."""
        return self.ears not in {"keyboard", "none"}

    @property
    def out_file(self) -> Path | None:
        """The sound file to write instead of a loudspeaker."""
        return _file(self.out)

    @property
    def to_stdout(self) -> bool:
        """Whether the sound goes to the standard output, which is then its own."""
        return is_stdout(self.out)

    @property
    def source_file(self) -> Path | None:
        """The sound file to listen to instead of a microphone."""
        return _file(self.source)


def _file(name: str) -> Path | None:
    """Return the file that a name means, None when it is a device's."""
    return Path(name) if is_file(name) else None


def is_file(name: str) -> bool:
    """Whether a name means a file, and no device; a folder is one that cannot be written."""
    if name.lower().endswith(SUFFIXES) or "/" in name or name == "-":
        return True
    return bool(name) and there.is_dir(Path(name))


def is_stdout(name: str) -> bool:
    """Whether a file of this name is the standard output."""
    return name in STDOUT


def starting_place(plan: Plan, start: str) -> Place | None:
    """Return where `--from` means: a step's id, or its number in `player show`. Raises `UsageError`."""
    if not start:
        return None
    numbers = [0 if step.care else plan.number(i) for i, step in enumerate(plan.steps)]
    if (number := _number(start)) and number in numbers:
        return Place(numbers.index(number))
    ids = [step.id for step in plan.steps]
    if start in ids:
        return Place(ids.index(start))
    message = f"there is no step `{shown(start)}` in {plan.id}{did_you_mean(start, ids)}"
    named = [step.id for step in plan.steps if not step.care]
    raise UsageError(f"--from: {message}", f"steps: 1 to {plan.counted}, or {', '.join(named)}")


def _number(text: str) -> int:
    """Return a number of a step, or 0; Python refuses to read one of thousands of digits."""
    digits = text.lstrip("0")
    return int(digits) if digits.isdecimal() and len(digits) < 10 else 0
