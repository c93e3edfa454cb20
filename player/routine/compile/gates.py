"""What is asked before a routine: the interview or the everyday question, then the gates' own steps.

In: gates, the interview's steps, and what is known; out: steps of care in order, each once.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from player.core.condition import Value
from player.core.plan import Advance, Eyes
from player.routine.compile.care import asked, within
from player.routine.compile.known import CompileContext, decided, specs_of
from player.routine.model.library import Gate
from player.routine.model.script import Group, Keep, StepSpec
from player.yaml_reader.document import Node

INTERVIEW = "interview"  # the script
EVERYDAY = "everyday"  # the fact
TODAY = "today"  # the gate of what is asked when the everyday question is answered with yes
_NOWHERE = Node({}, 0, 0)


def asked_first(
    gates: tuple[Gate, ...],
    interview: tuple[StepSpec | Group, ...],
    context: CompileContext,
    *,
    heard: bool,
    everyday: bool,
) -> tuple[StepSpec, ...]:
    """Return the care of a session. `interview` are its steps, () where no gate needs it.

    `heard`: a microphone hears, so that silence may pass the everyday question where every gate allows it;
    `everyday`: whether that is asked at all.
    """
    found: dict[str, StepSpec] = {}  # what several gates ask comes once, where it comes first
    for spec in _all(gates, interview, context, heard, everyday):
        found.setdefault(spec.id, spec)
    return tuple(found.values())


def _all(
    gates: tuple[Gate, ...],
    interview: tuple[StepSpec | Group, ...],
    context: CompileContext,
    heard: bool,
    everyday: bool,
) -> Iterator[StepSpec]:
    first = tuple(_of(specs_of(interview), context))
    if _is_open(first, context):
        yield from first
    elif interview:
        yield from (spec for spec in first if spec.ask and spec.ask not in context.open)
        if everyday:
            silence = heard and all(gate.silence for gate in gates if gate.interview)
            yield from _everyday(context, silence=silence)
    for gate in gates:
        yield from _of(specs_of(gate.steps), context)


def _of(specs: Iterable[StepSpec], context: CompileContext) -> Iterator[StepSpec]:
    """Yield steps as steps of care; of those that ask, what they become."""
    for spec in specs:
        left = decided(spec.when, context)
        if left is not False:
            undecided = replace(spec, when=None if left is True else left, care=True, keep=Keep.ALWAYS)
            made = asked(undecided, context) if spec.ask else (undecided,)
            yield from (_of_care(one) for one in made)


def _of_care(spec: StepSpec) -> StepSpec:
    return replace(spec, care=True, doing=replace(spec.doing, eyes=Eyes.EITHER))


def _is_open(interview: Iterable[StepSpec], context: CompileContext) -> bool:
    """Whether a lasting question of care in the interview is still to be asked."""
    facts = context.library.facts
    asks = (facts[spec.ask] for spec in interview if spec.asks is not None)
    return any(fact.id in context.open and fact.lasting and fact.means for fact in asks)


def _everyday(context: CompileContext, *, silence: bool) -> Iterator[StepSpec]:
    for spec in _of((StepSpec("ask", _NOWHERE, ask=EVERYDAY),), context):
        yield _passing(spec, context) if silence and spec.asks is not None else spec
    today = context.library.gates[TODAY]
    yield from (within(spec, Value(EVERYDAY)) for spec in _of(specs_of(today.steps), context))


def _passing(spec: StepSpec, context: CompileContext) -> StepSpec:
    """Return the everyday question as one that a short silence passes, which it says."""
    say = context.words["everyday_silence"].replace("{question}", spec.say)
    return replace(spec, say=say, advance=Advance.UNLESS_YES)
