"""Are the names that a script uses known, and can each step be done? What fails here cannot be unrolled."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from player.core.condition import Condition, names
from player.core.plan import Side
from player.messages import did_you_mean, several, shown
from player.routine.compile.size import MAX_SIZE, size
from player.routine.model.library import Library
from player.routine.model.script import Amount, Doing, Group, Item, Routine, StepSpec, position
from player.routine.schema.schema_types import PLACEHOLDER
from player.routine.schema.step_keys import PLACE_WORDS
from player.yaml_reader.document import Faults, Node

_ALWAYS_WORDS = frozenset({"side", "product"})
_TIME_WORDS = frozenset({"time", "minutes"})


@dataclass(frozen=True, slots=True)
class _Scope:
    """What the loops around a step provide."""

    words: frozenset[str] = _ALWAYS_WORDS
    side: bool = False
    place: bool = False
    doing: frozenset[str] = field(default=frozenset())


def check_references(routine: Routine, library: Library, faults: Faults) -> None:
    """Note every name that is not known, and every step that has nothing to do."""
    _Check(routine, library, faults).all()


class _Check:
    def __init__(self, routine: Routine, library: Library, faults: Faults) -> None:
        self.routine = routine
        self.library = library
        self.faults = faults

    def all(self) -> None:
        routine, library = self.routine, self.library
        top = routine.where
        self._known(library.gates, routine.gates, "gate", top, "gates")
        for products in (routine.products.allowed, routine.products.forbidden, (routine.products.default,)):
            self._known(library.products, products, "product", top, "products")
        self._known(library.products, routine.products.needs_yes, "product", top, "products")
        self._known(library.gates, routine.products.needs_yes.values(), "gate", top, "products")
        self._known(library.tools, routine.tools.options, "tool", top, "tools")
        self._places(routine.tools.forbidden_at, top, "tools", forbidden_too=True)
        self._rules()
        self._known(library.facts, routine.prep_facts, "fact", top, "prep_facts")
        for entry in routine.playlist:
            self._known(library.facts, entry.facts, "fact", entry.where, "facts")
            self._condition(entry.when, entry.where)
        if (steps := size(routine.steps, routine.params)) > MAX_SIZE:
            message = f"the loops unroll to {steps} steps; at most {MAX_SIZE} can be led"
            self.faults.add(position(top, "steps"), message, "too-many-steps")
        self._steps(routine.steps, _Scope(_ALWAYS_WORDS | routine.params.keys()))

    def _rules(self) -> None:
        rules, top = self.routine.rules, self.routine.where
        hands = (*rules.allowed_hands, *([rules.default_hand] if rules.default_hand else []))
        self._known(self.library.hands, hands, "hand", top, "rules")
        self._known(self.library.strokes, rules.forbidden_strokes, "stroke", top, "rules")
        self._places(
            (*rules.forbidden_at, *rules.focus, *rules.max_pressure_at), top, "rules", forbidden_too=True
        )

    def _known(
        self, shelf: Mapping[str, object], asked: Iterable[str], what: str, where: Node, key: str
    ) -> None:
        for name in asked:
            if name not in shelf:
                message = f"there is no {what} `{shown(name)}`{several(name) or did_you_mean(name, shelf)}"
                self.faults.add(position(where, key), message, f"unknown-{what}")

    def _places(self, asked: Iterable[str], where: Node, key: str, *, forbidden_too: bool = False) -> None:
        for word in asked:
            site = self.library.site(word)
            if site is None:
                near = several(word) or did_you_mean(word, self.library.site_words())
                self.faults.add(
                    position(where, key), f"there is no place `{shown(word)}`{near}", "unknown-place"
                )
            elif not site.allowed and not forbidden_too:
                why = f"`{site.id}` ({site.name}) is never worked on: {site.why_not}"
                self.faults.add(position(where, key), why, "forbidden-place")

    def _condition(self, when: Condition | None, where: Node) -> None:
        if when is not None:
            self._known(self.library.facts, names(when), "fact", where, "when")

    def _steps(self, steps: tuple[StepSpec | Group, ...], scope: _Scope) -> None:
        for step in steps:
            self._condition(step.when, step.where)
            if isinstance(step, Group):
                self._group(step, scope)
            else:
                self._step(step, scope)

    def _group(self, group: Group, scope: _Scope) -> None:
        self._param(group.repeat, group.where, "repeat")
        self._param(group.pick, group.where, "pick")
        words = scope.words | {"round"} if group.repeat != 1 else scope.words
        scope = replace(scope, words=words)
        for loop in group.loops:
            for item in loop:
                self._item(item)
            scope = _inside(scope, loop)
        self._steps(group.steps, scope)

    def _item(self, item: Item) -> None:
        self._condition(item.when, item.where)
        self._doing(item.doing, item.where)
        self._places((item.words[word] for word in PLACE_WORDS if word in item.words), item.where, "")

    def _doing(self, doing: Doing, where: Node) -> None:
        if doing.stroke:
            self._known(self.library.strokes, (doing.stroke,), "stroke", where, "stroke")
        if doing.hand:
            self._known(self.library.hands, (doing.hand,), "hand", where, "hand")
        self._places((word for word in doing.at or () if "{" not in word), where, "at")
        self._places(doing.direction or (), where, "direction")
        for key, value in (("strokes", doing.strokes), ("seconds", doing.seconds), ("sets", doing.sets)):
            self._param(value, where, key)

    def _param(self, value: Amount | None, where: Node, key: str) -> None:
        if isinstance(value, str):
            self._known(self.routine.params, (value,), "param", where, key)

    def _step(self, step: StepSpec, scope: _Scope) -> None:
        self._doing(step.doing, step.where)
        self._known(self.library.facts, (step.ask,) if step.ask else (), "fact", step.where, "ask")
        for product in step.say_by_product:
            self._known(self.library.products, (product,), "product", step.where, "say_by_product")
        for key, text in _texts(step):
            self._placeholders(
                text, step.where, key, scope.words | (_TIME_WORDS if key == "say_on_announce" else set())
            )
        if step.doing.side == "{side}" and not scope.side:
            self.faults.add(
                position(step.where, "side"), "`{side}` needs a loop over sides around it", "placeholder"
            )
        self._work(step, scope)
        self._side(step)

    def _placeholders(self, text: str, where: Node, key: str, words: frozenset[str] | set[str]) -> None:
        if "{" not in text:
            return
        for match in PLACEHOLDER.finditer(text):
            if match[1] not in words:
                near = did_you_mean(match[1], words)
                message = f"nothing fills in `{{{shown(match[1])}}}` here{near}"
                self.faults.add(position(where, key), message, "placeholder")

    def _work(self, step: StepSpec, scope: _Scope) -> None:
        doing = step.doing
        if doing.seconds is not None and doing.strokes is not None:
            message = "a step is timed (`seconds`) or counted (`strokes`), not both"
            self.faults.add(position(step.where, "seconds"), message, "work")
        if doing.hold is not None and doing.seconds is not None:
            message = "a hold belongs to counted work; with `seconds` leave it out"
            self.faults.add(position(step.where, "hold"), message, "work")
        stroke = self.library.strokes.get(doing.stroke or "rest")
        given = {"seconds", "strokes", "hold"} & scope.doing or doing.seconds or doing.strokes or doing.hold
        if stroke is not None and not given and stroke.strokes is None and stroke.seconds is None:
            message = f"`{stroke.id}` needs an end: say `seconds`, `strokes` or `hold`"
            self.faults.add(position(step.where, "stroke"), message, "endless")

    def _side(self, step: StepSpec) -> None:
        side, at = step.doing.side, step.doing.at
        if not at:
            return
        sites = [self.library.site(word) for word in at]
        if side in {Side.LEFT.value, Side.RIGHT.value} and all(site and site.side == "mid" for site in sites):
            message = f"`{at[0]}` lies on the midline and has no {side} side"
            self.faults.add(position(step.where, "side"), message, "side")


def _inside(scope: _Scope, loop: tuple[Item, ...]) -> _Scope:
    words = frozenset.intersection(*(frozenset(item.words) for item in loop))
    given = frozenset.intersection(*(_given(item.doing) for item in loop))
    return _Scope(
        scope.words | words,
        scope.side or "side" in words or "side" in given,
        scope.place or bool(words & set(PLACE_WORDS)) or "at" in given,
        scope.doing | given,
    )


def _given(doing: Doing) -> frozenset[str]:
    return frozenset(name for name in Doing.__slots__ if getattr(doing, name) is not None)


def _texts(step: StepSpec) -> Iterator[tuple[str, str]]:
    yield "say", step.say
    yield "say_short", step.say_short
    yield "say_alone", step.say_alone
    yield "find", step.find
    yield "label", step.label
    yield "say_on_announce", step.say_on_announce
    yield "say_between", step.say_between
    for text in step.say_by_product.values():
        yield "say_by_product", text
    for word in step.doing.at or ():
        yield "at", word
