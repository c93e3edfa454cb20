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
    there = replace(recovered.place, step=now[step_id])
    unchanged = step_id in kept and fits(plan, there)
    session = _session(recovered.session, plan, ids, kept)
    return Recovered(session, there if unchanged else Place(there.step), changed=not unchanged)


def _session(session: Session, plan: Plan, ids: Sequence[str], kept: dict[str, int]) -> Session:
    runs = tuple(kept[ids[run]] for run in session.runs if ids[run] in kept)
    asks = (plan.steps[index].ask for index in kept.values())
    asked = {ask.fact for ask in asks if ask is not None}
    answers = tuple((fact, yes) for fact, yes in session.answers if fact in asked)
    return replace(session, runs=runs, answers=answers)
