"""Spoken names that cannot work: the ears do not know them, or they sound like a command or another name."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from player.backends.pocketsphinx_ears import pronunciations
from player.core.alike import alike
from player.core.evening import GROUP, MINUTES
from player.core.menu_words import Words
from player.core.menus import OFFERED
from player.core.wording import Language
from player.errors import BackendUnavailable, Fault
from player.routine.model.script import Routine, position


def faults(routines: Iterable[Routine], language: Language, words: Words) -> tuple[Fault, ...]:
    """Return a fault for each name of these routines that cannot work, the later one of two that clash.

    Where there is no dictionary of sounds nothing is looked at.
    """
    routines = tuple(routines)
    taken = {
        phrase: f"the command `{command}`" for command, all_ in language.phrases.items() for phrase in all_
    }
    menu = (value for value in words.names if value in OFFERED or value.startswith((GROUP, MINUTES)))
    taken |= {name: f"`{name}`, which every menu has" for value in menu for name in words.names[value]}
    named = [name for routine in routines for name in routine.names]
    try:
        sounds = pronunciations((*taken, *named))
    except BackendUnavailable:
        return ()
    return tuple(_faults(routines, taken, sounds))


def _faults(
    routines: Iterable[Routine], taken: dict[str, str], sounds: Mapping[str, Sequence[str]]
) -> Iterator[Fault]:
    for routine in routines:
        for name in routine.names:
            reason = clash(name.lower(), taken, sounds)
            if reason:
                yield Fault(
                    routine.path, *position(routine.where, "names"), f"`{name}` {reason}", "spoken-name"
                )
            else:
                taken[name.lower()] = f"`{name}`, which is {routine.id}"


def clash(name: str, taken: Mapping[str, str], sounds: Mapping[str, Sequence[str]]) -> str:
    """Return why a name cannot be used beside those that are taken, or ""."""
    if not sounds.get(name):
        return "is not known to the recogniser: choose another name, in its usual spelling"
    mine = [tuple(way.split()) for way in sounds[name]]
    near = (other for other in taken if other == name or alike(mine, map(str.split, sounds.get(other, ()))))
    other = next(near, None)
    return "" if other is None else f"sounds like {taken[other]}: choose another name"
