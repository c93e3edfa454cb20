"""Rules about a script as a whole: its time, and what in it is of no use."""

from collections.abc import Iterator
from itertools import chain

from player.messages import did_you_mean
from player.routine.lint.reachable import can_hold
from player.routine.lint.rule import ERROR, HERE, WARNING, Finding, Position, Rule, Subject
from player.routine.lint.words import PLACES_AND_SIDES
from player.routine.model.script import Amount, Group, Item, Routine, StepSpec, position
from player.routine.schema.schema_types import PLACEHOLDER
from player.routine.schema.step_keys import DOING

ABOUT_S = 5.0  # what is expected is known no better than this


def _time(subject: Subject) -> Iterator[Finding]:
    target, expected = subject.routine.target_min, subject.expected_s
    if (
        target
        and expected is not None
        and not target[0] * 60 - ABOUT_S <= expected <= target[1] * 60 + ABOUT_S
    ):
        minutes, seconds = divmod(round(expected), 60)
        message = (
            f"expected to take {minutes}:{seconds:02d} (minutes and seconds),"
            f" outside {target[0]:g} to {target[1]:g} minutes"
        )
        yield position(subject.routine.where, "target_min"), message


def _everything(steps: tuple[StepSpec | Group, ...]) -> Iterator[StepSpec | Group]:
    for step in steps:
        yield step
        if isinstance(step, Group):
            yield from _everything(step.steps)


def _unreachable(subject: Subject) -> Iterator[Finding]:
    for step in _everything(subject.routine.steps):
        if step.when is not None and not can_hold(step.when):
            yield position(step.where, "when"), "this can never be so: the step is unreachable"


def _unused_params(subject: Subject) -> Iterator[Finding]:
    used = set(_params_used(subject.routine))
    used |= {match for text in subject.texts for match in PLACEHOLDER.findall(text.text)}
    for name in subject.routine.params:
        if name not in used:
            yield _param_where(subject.routine, name), f"nothing uses the param `{name}`"


def _param_where(routine: Routine, name: str) -> Position:
    inside = routine.where.value
    params = inside["params"] if isinstance(inside, dict) else routine.where
    return params.keys.get(name, (params.line, params.column))


def _params_used(routine: Routine) -> Iterator[str]:
    for step in _everything(routine.steps):
        if isinstance(step, Group):
            yield from _named(step.repeat, step.pick)
            for loop in step.loops:
                for item in loop:
                    yield from _item_params(item)
        else:
            yield from _named(step.doing.strokes, step.doing.seconds, step.doing.sets, *step.use.values())


def _item_params(item: Item) -> Iterator[str]:
    return _named(item.doing.strokes, item.doing.seconds, item.doing.sets)


def _named(*amounts: Amount | None) -> Iterator[str]:
    return (amount for amount in amounts if isinstance(amount, str))


def _param_time(subject: Subject) -> Iterator[Finding]:
    times = set(_times(subject.routine))
    for name in subject.routine.params:
        if name in times and not name.endswith("_secs"):
            message = f"used as `seconds`: call it `{name}_secs`, so that it is spoken and fitted as a time"
            yield _param_where(subject.routine, name), message


def _times(routine: Routine) -> Iterator[str]:
    for step in _everything(routine.steps):
        if isinstance(step, Group):
            yield from _named(*(item.doing.seconds for loop in step.loops for item in loop))
        else:
            yield from _named(step.doing.seconds)


def _unused_words(subject: Subject) -> Iterator[Finding]:
    allowed = {*subject.routine.products.allowed, *subject.routine.products.needs_yes}
    for spec in subject.specs:
        for name in spec.say_by_product:
            if name not in allowed and "any" not in allowed and subject.routine.family != "support":
                yield (
                    position(spec.where, "say_by_product"),
                    f"the routine does not allow `{name}`: nobody hears this",
                )


def _unused_items(subject: Subject) -> Iterator[Finding]:
    for step in _everything(subject.routine.steps):
        if not isinstance(step, Group) or not step.loops:
            continue
        texts = " ".join(text for inner in _everything(step.steps) for text in _all_texts(inner))
        for item in chain(*step.loops):
            for name in item.words.keys() - PLACES_AND_SIDES:
                if f"{{{name}}}" not in texts:
                    message = f"no step of the group says `{{{name}}}`{did_you_mean(name, DOING)}"
                    yield position(item.where, name), message


def _all_texts(step: StepSpec | Group) -> tuple[str, ...]:
    if isinstance(step, Group):
        return ()
    texts = (step.say, step.say_short, step.find, step.label, step.say_on_announce)
    return (*texts, *step.say_by_product.values(), *(step.doing.at or ()))


RULES = (
    Rule(
        id="time",
        severity=ERROR,
        reason="A routine takes as long as it says.",
        fails=f"target_min: {HERE}[5, 7]\nsteps:\n- {{say: Rest., seconds: 60}}",
        passes="target_min: [1, 2]\nsteps:\n- {say: Rest., seconds: 60}",
        check=_time,
    ),
    Rule(
        id="unreachable",
        severity=WARNING,
        reason="A step that can never come is a mistake.",
        fails=f"- {{say: Rest., when: {HERE}pregnant and not pregnant}}",
        passes="- {say: Rest., when: not pregnant}",
        check=_unreachable,
    ),
    Rule(
        id="unused-param",
        severity=WARNING,
        reason="A param that nothing uses does not do what its reader expects.",
        fails=f"params: {{{HERE}rest_secs: {{default: 5, min: 1, max: 9}}}}\nsteps:\n"
        "- {say: Rest., seconds: 5}",
        passes="params: {rest_secs: {default: 5, min: 1, max: 9}}\nsteps:\n"
        "- {say: Rest., seconds: rest_secs}",
        check=_unused_params,
    ),
    Rule(
        id="param-time",
        severity=WARNING,
        reason="A param whose name ends in _secs is spoken as a time, and shortened when time is short.",
        fails=f"params: {{{HERE}rest: {{default: 5, min: 1, max: 9}}}}\nsteps:\n"
        "- {say: Rest., seconds: rest}",
        passes="params: {rest_secs: {default: 5, min: 1, max: 9}}\nsteps:\n"
        "- {say: Rest., seconds: rest_secs}",
        check=_param_time,
    ),
    Rule(
        id="unused-product-words",
        severity=WARNING,
        reason="Words for a product that is not allowed are never heard.",
        fails=f"- {{say: Warm it., say_by_product: {HERE}{{oil: Take oil.}}}}",
        passes="- {say: Warm it., say_by_product: {none: Warm hands.}}",
        check=_unused_words,
    ),
    Rule(
        id="unused-words",
        severity=WARNING,
        reason="Words of a loop that no step says are never heard.",
        fails=f'- {{group: g, for_each: [{{words: {HERE}"Chin"}}], steps: [{{say: Go., stroke: glide}}]}}',
        passes='- {group: g, for_each: [{line: ML1, words: "Chin"}], '
        'steps: [{say: "{words}.", stroke: glide}]}',
        check=_unused_items,
    ),
)
