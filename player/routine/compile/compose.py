"""The compile way in one direction: load, assemble, unroll, compile each step, fit the time, tell the eyes.

In: a routine's name or path and a request; out: a `Plan`. Each stage takes whole what the one before gave.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from player.core.condition import Fact
from player.core.plan import Plan
from player.files import languages, paths
from player.routine.compile.alone import standing_alone
from player.routine.compile.assemble import SessionPart, facts_before, routines_in, session_parts
from player.routine.compile.budget import fitted, time_s
from player.routine.compile.compile_step import Move, performed
from player.routine.compile.course_steps import SORENESS, told_after, told_before
from player.routine.compile.eyes import announced
from player.routine.compile.gates import INTERVIEW
from player.routine.compile.learning import KNOWN_AFTER, SESSIONS, taught
from player.routine.compile.load import Scripts
from player.routine.compile.practice import practised
from player.routine.compile.request import NOTHING_ASKED, Request, check_request
from player.routine.compile.rest_bell import explained
from player.routine.compile.settle import settled
from player.routine.compile.unroll import unrolled
from player.routine.model.library import Library
from player.routine.model.script import Routine, Words


def load_plan(
    name: str | Path,
    *,
    scripts_dir: Path | None = None,
    words: Words | None = None,
    request: Request = NOTHING_ASKED,
) -> Plan:
    """Return the plan of a routine, card or playlist, by name or path. Raises `FileFault`, `UsageError`.

    Without `scripts_dir` and `words` the player's own scripts and the routine's own language are used.
    """
    scripts = Scripts(scripts_dir or paths.scripts())
    routine = scripts.opened(name)
    return plan_of(routine, scripts, words or languages.load(routine.language).routine, request)


def plan_of(routine: Routine, scripts: Scripts, words: Words, request: Request = NOTHING_ASKED) -> Plan:
    """Return the plan of a routine that is already read. Raises `FileFault`, `UsageError`."""
    moves, left_out, digest = session_of(routine, scripts, words, request)
    steps = tuple(move.step for move in moves)
    ids = tuple(move.step.id for move in left_out)
    kept = {step.label for step in steps}  # a place of which only a round is left out is not
    labels = tuple(dict.fromkeys(move.step.label for move in left_out if move.step.label not in kept))
    today = tuple(_today(routine, scripts, words, request))
    facts = facts_before(routine, scripts, words, request)
    sore = any(facts[fact.id] for fact in scripts.library.facts.values() if fact.after == SORENESS)
    massage = any(step.massage for step in steps)
    return Plan(
        id=routine.id,
        title=routine.title,
        language=routine.language,
        steps=steps,
        digest=digest,
        left_out=ids,
        left_out_labels=labels,
        today=today,
        known_well=request.led == KNOWN_AFTER,
        course=told_before(request, words) if massage else (),
        partings=told_after(request, words, had=sore) if massage else (),
    )


def _today(routine: Routine, scripts: Scripts, words: Words, request: Request) -> Iterator[str]:
    """Yield what is said once of each fact that leaves something out of this session, or lightens it."""
    facts = facts_before(routine, scripts, words, request)
    has = [fact for fact in scripts.library.facts.values() if fact.today and facts[fact.id]]
    if not has:
        return
    yield from (fact.today for fact in has if fact.after)  # in any session
    without = {fact.id: False for fact in has}
    whole = _work(routine, scripts, words, request, without)
    for fact in has:
        if not fact.after and _work(routine, scripts, words, request, {**without, fact.id: True}) != whole:
            yield fact.today


def _work(
    routine: Routine, scripts: Scripts, words: Words, request: Request, facts: Mapping[str, Fact]
) -> list[str]:
    """Return the steps that there are with other facts; the care itself is none of them."""
    asked = replace(request, facts={**request.facts, **facts}, minutes=None)
    found, _, _ = session_of(routine, scripts, words, asked)
    return [move.step.id for move in found if not move.step.care]


def session_of(
    routine: Routine, scripts: Scripts, words: Words, request: Request = NOTHING_ASKED
) -> tuple[tuple[Move, ...], tuple[Move, ...], str]:
    """Return all moves of a session, those that were left out, and the digest of all that was read.

    Raises `FileFault`, `UsageError`.
    """
    if routine.id == INTERVIEW and request.known is None:
        request = replace(request, known={})  # who looks at it wants to see what is asked
    check_request(request, routine, scripts)
    parts = session_parts(routine, scripts, words, request)
    found = _moves(parts)
    if request.minutes is not None:
        shortest = _moves(session_parts(routine, scripts, words, request, ease=0.0))
        ease = _ease(found, shortest, request.minutes)
        found = _moves(session_parts(routine, scripts, words, request, ease))
    kept, left_out = fitted(found, request.minutes)
    gone = tuple(move for move in found if move.step.id in set(left_out))
    alone = standing_alone(kept)
    told = explained(announced(practised(alone, words) if request.practice else alone, words), words)
    new = request.led is not None and request.led < SESSIONS and not request.practice
    return taught(told) if new else told, gone, _digest(scripts.library, parts)


def _moves(parts: Iterable[SessionPart]) -> tuple[Move, ...]:
    """Return what is led; a step that says nothing only runs another routine."""
    return settled(move for move in performed(unrolled(parts)) if move.step.say)


def _ease(usual: tuple[Move, ...], shortest: tuple[Move, ...], minutes: float) -> float:
    """Return how much of what may be shortened can stay: 1 is all, 0 is the least."""
    longest_s, least_s = time_s(usual), time_s(shortest)
    if longest_s <= minutes * 60:
        return 1.0
    return max(0.0, minutes * 60 - least_s) / (longest_s - least_s) if longest_s > least_s else 0.0


def _digest(library: Library, parts: Iterable[SessionPart]) -> str:
    """Return what tells a changed script from the same one."""
    digests = {routine.id: routine.digest for routine in routines_in(parts)}
    return sha256("".join((library.digest, *digests.values())).encode()).hexdigest()[:16]
