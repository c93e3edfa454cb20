"""Going on in a script that was changed since: step by step, by what each asks of the listener.

A comment, another step, a new title change nothing of what was done. A step that asks for something else
begins anew, and what was done or answered in it counts no more.
"""

from collections.abc import Sequence
from dataclasses import replace
from hashlib import blake2b

from player.core.place import Place
from player.core.plan import Plan, Step
from player.core.session import Session
from player.session.recovery import Recovered, fits


def fingerprint(step: Step) -> str:
    """Return what tells a step that asks for something else: all of it but where the script says it."""
    return blake2b(repr(replace(step, line=0)).encode(), digest_size=8).hexdigest()


def carried_over(
    recovered: Recovered, plan: Plan, ids: Sequence[str], prints: Sequence[str]
) -> Recovered | None:
    """Return where a session goes on in `plan` that was led by steps of these ids and fingerprints.

    An empty `prints` means: nobody knows, so every step counts as changed. None: the step is gone.
    """
    now = {step.id: index for index, step in enumerate(plan.steps)}
    step_id = ids[recovered.place.step]
    if step_id not in now:
        return None
    kept = {
        one: now[one]
        for one, print_ in zip(ids, prints, strict=False)
        if one in now and fingerprint(plan.steps[now[one]]) == print_
    }
    there, unchanged = _moved(recovered.place, plan, now[step_id], kept)
    session = _session(recovered.session, plan, ids, kept)
    heading = recovered.session.heading
    if heading is not None:
        index = now.get(ids[heading.step])
        heading = None if index is None else _moved(heading, plan, index, kept)[0]
    return Recovered(replace(session, heading=heading), there, changed=not unchanged)


def _moved(place: Place, plan: Plan, index: int, kept: dict[str, int]) -> tuple[Place, bool]:
    """Return a place in the step that is at `index` now, its beginning where it has changed; whether not."""
    there = replace(place, step=index)
    unchanged = plan.steps[index].id in kept and fits(plan, there)
    return (there if unchanged else Place(index)), unchanged


def _session(session: Session, plan: Plan, ids: Sequence[str], kept: dict[str, int]) -> Session:
    runs = tuple(kept[ids[run]] for run in session.runs if ids[run] in kept)
    asks = (plan.steps[index].ask for index in kept.values())
    asked = {ask.fact for ask in asks if ask is not None}
    answers = tuple((fact, yes) for fact, yes in session.answers if fact in asked)
    return replace(session, runs=runs, answers=answers)
