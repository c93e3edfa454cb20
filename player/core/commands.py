"""What a listener can ask for, by word or key.

A command is a meaning; the words for it are data, per language (`player/lang/*.yaml`). How to add one:
`docs/contributing.md`; `tests/test_command_places.py` names each place where one is missing.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Self


class Command(StrEnum):
    """Every command: its stable id in logs, journals and language files, what it does, and its keys.

    `does` stands in the table of docs/commands.md. One without `keys` says in `keyless` why it has none.
    """

    does: str
    keys: str
    keyless: str

    def __new__(cls, value: str, does: str = "", keys: str = "", keyless: str = "") -> Self:
        """Make the member whose id is `value`; `keys` are single characters."""
        command = str.__new__(cls, value)
        command._value_ = value
        command.does, command.keys, command.keyless = does, keys, keyless
        return command

    NEXT = "next", "on to the next step (also when a step waits for you)", "\r\n"
    PREVIOUS = "previous", "the step before", "p"
    REPEAT = "repeat", "this step once more", "r"
    PAUSE = "pause", "silence; the count stands still", " "
    RESUME = (
        "resume",
        "you are told where you are, and the count goes on from the same stroke",
        "",
        "space: it goes on after a pause",
    )
    STOP = "stop", "everything ends at once, without a question", "sq"
    WHERE = "where", "how to find the place by touch", "w"
    HOW_LONG = "how_long", "what is left here and in all", "l"
    SLOWER = "slower", "a slower beat", "-"
    FASTER = "faster", "a faster beat", "+"
    LOUDER = "louder", "more sound", "]"
    QUIETER = "quieter", "less sound", "["
    BRIEF = "brief", "short instructions, for what you know well", "", "none: `--brief` begins so"
    FULL = "full", "the whole instructions again", "", "none: so it begins; `--full` explains places too"
    SOUND = (
        "sound",
        "the quiet sound under the session, now and next time",
        "",
        "none: `--bed NAME` begins so, and chooses which",
    )
    SILENCE = "silence", "no sound under the voice, now and next time", "", "none: `--bed none` begins so"
    HELP = "help", "what can be said now", "?h"
    UNDO = "undo", "takes back the last command whole: step, side, stroke", "u"
    NAME = (
        "name",
        "what is on offer by its name, when you are asked which",
        "",
        "none: `y`, `n` and Enter choose too",
    )
    YES = "yes", "when you are asked, and never else; you need not hear the question to its end", "y"
    NO = "no", "the same; to a question about your health it is the good answer", "n"


_FIRST = (Command.STOP, Command.YES, Command.NO, Command.PAUSE, Command.RESUME)
_ORDER = tuple(dict.fromkeys((*_FIRST, *Command)))


def weightiest_first(commands: Iterable[Command]) -> tuple[Command, ...]:
    """Return commands with what matters most first, where not all has room."""
    return tuple(sorted(commands, key=_ORDER.index))
