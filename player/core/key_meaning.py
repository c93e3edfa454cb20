"""What a key means where it is pressed: one key pauses and goes on, Enter also takes an offer."""

from player.core.commands import Command
from player.core.engine import commands_in
from player.core.states import Choosing, Offering, State

_STAND_INS = {Command.PAUSE: Command.RESUME, Command.NEXT: Command.YES}  # the second for an offer alone


def meant(command: Command, state: State) -> Command:
    """Return what a key means in `state`.

    It answers no question of care: a key that goes on never means "I have it". Where one may choose it means
    the one of the two words that is a choice.
    """
    stand_in, known = _STAND_INS.get(command, command), commands_in(state)
    if command is Command.PAUSE and isinstance(state, Choosing):
        choices = dict(state.choices)
        return stand_in if stand_in.value in choices and command.value not in choices else command
    if command is Command.NEXT and not isinstance(state, Offering):
        return command
    return stand_in if command not in known and stand_in in known else command
