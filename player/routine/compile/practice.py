"""Practising: the places of a session are found one after the other, and the strokes tried slowly.

In: moves in order and the language's words; out: the care as it is, and for each place two steps that wait:
how to find it, and what is done there, a few times at half the beat, without counting. What needs no hand at
a place is left out.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from player.core.plan import Advance, CountAloud, Eyes, Side, Step, Strokes, Timed, Trait
from player.routine.compile.compile_step import Move
from player.routine.model.library import Work
from player.routine.model.script import Words

TRIED = 3  # strokes; one more where the sides take turns
TRIED_S = 6.0
_SLOWER = 2


def practised(moves: Iterable[Move], words: Words) -> tuple[Move, ...]:
    """Return the steps of practising."""
    return tuple(_steps(moves, words))


def _steps(moves: Iterable[Move], words: Words) -> Iterator[Move]:
    where: object = None
    shown: set[tuple[str, object]] = set()
    for move in moves:
        step = move.step
        if step.care or step.ends:
            yield move
        elif step.place_ids and move.stroke.family is not Work.NONE:
            here = step.place_ids, step.side
            if here != where:
                yield replace(move, step=_found(step, words))
            if (move.stroke.id, here) not in shown:
                yield replace(move, step=_tried(step, "" if shown else words["learn_slowly"]))
            shown.add((move.stroke.id, here))
            where = here


def _found(step: Step, words: Words) -> Step:
    label = f"{step.label[:1].upper()}{step.label[1:]}."
    say = " ".join((label, *filter(None, (step.find,)), words["learn_there"]))
    return replace(_open(step, say), id=f"{step.id}.find", work=Timed(1.0))


def _tried(step: Step, how: str) -> Step:
    return replace(_open(step, f"{step.say} {how}".strip()), work=_slow(step))


def _open(step: Step, say: str) -> Step:
    """Return the step with other words, open eyes, and all the time in the world."""
    return replace(
        step,
        say=say,
        say_short="",
        advance=Advance.WAIT,
        eyes=Eyes.OPEN,
        trait=Trait.NORMAL,
    )


def _slow(step: Step) -> Strokes | Timed:
    work = step.work
    tried = TRIED + (step.side is Side.ALTERNATE)
    if isinstance(work, Strokes) and work.reps:
        return Strokes(
            reps=min(work.reps, tried),
            bpm=work.bpm / _SLOWER,
            beats=work.beats,
            count_aloud=CountAloud.NONE,
            alternate=work.alternate,
            breath=work.breath,
        )
    bpm = work.bpm if isinstance(work, Timed) else None
    beats = work.beats if isinstance(work, Timed) else 1
    return Timed(TRIED_S, bpm / _SLOWER if bpm else None, beats)
