"""The generated parts of the documentation: tables of keys, places, strokes, and the page of the rules."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from player.core.condition import Fact
from player.core.plan import Trait
from player.routine.compile.compile_step import usual_pressure
from player.routine.compile.known import specs_of
from player.routine.lint.linter import RULES
from player.routine.lint.rule import HERE, Rule
from player.routine.model.library import FactOf, Gate, Library, Work
from player.routine.schema.json_schema import schema_text
from player.routine.schema.routine_keys import ROUTINE
from player.routine.schema.routine_keys import RULES as RULE_KEYS
from player.routine.schema.schema_types import Keys
from player.routine.schema.step_keys import DOING, GROUP, STEP
from player.routine.schema.value_types import PRESSURES

_MARK = re.compile(r"(<!-- table: (?P<name>[a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)
_SAID = {value: word for word, value in PRESSURES.items()}


def written(root: Path, library: Library) -> Mapping[Path, str]:
    """Return every generated file of the project and what should be in it."""
    page = root / "docs" / "routine-format.md"
    return {
        page: filled(page.read_text(encoding="utf-8"), library),
        root / "docs" / "lint-rules.md": rules_page(),
        root / "player" / "routine.schema.json": schema_text(),
    }


def filled(page: str, library: Library) -> str:
    """Return a page with its tables made anew."""
    tables = tables_of(library)
    return _MARK.sub(lambda match: f"{match[1]}{tables[match['name']]}\n{match[3]}", page)


def tables_of(library: Library) -> Mapping[str, str]:
    """Return every table by its name."""
    sites = [site for site in library.sites.values() if site.allowed]
    return {
        "routine-keys": _keys(ROUTINE),
        "step-keys": _keys({name: key for name, key in STEP.items() if name not in DOING}),
        "work-keys": _keys(DOING),
        "group-keys": _keys(GROUP),
        "rule-keys": _keys(RULE_KEYS),
        "pressures": _table(("pressure", "means"), ((word, _PRESSURE_MEANS[word]) for word in PRESSURES)),
        "specials": _table(("special", "means"), ((trait.value, _SPECIAL_MEANS[trait]) for trait in Trait)),
        "places": _table(
            ("id", "spoken name", "other names", "find it", "most pressure", "not with"),
            (
                (s.id, s.name, s.known_as, s.find_short, _SAID[s.max_pressure], ", ".join(s.forbidden_when))
                for s in sites
            ),
        ),
        "never": _table(
            ("id", "name", "why"),
            ((s.id, s.name, s.why_not) for s in library.sites.values() if not s.allowed),
        ),
        "strokes": _table(
            ("stroke", "how", "beat", "beats", "strokes or seconds", "pressure", "not with"),
            (
                (
                    s.id,
                    s.how,
                    f"{s.beat:g}" if s.beat else "",
                    str(s.beats) if s.beat else "",
                    _amount(s.strokes, s.seconds),
                    "" if s.family is Work.NONE else _SAID[usual_pressure(s)],
                    ", ".join(s.forbidden_when),
                )
                for s in library.strokes.values()
            ),
        ),
        "hands": _table(("hand", "is"), ((hand.id, hand.name) for hand in library.hands.values())),
        "products": _table(("product", "is"), ((one.id, one.name) for one in library.products.values())),
        "tools": _table(("tool", "is"), ((one.id, one.name) for one in library.tools.values())),
        "gates": _table(
            ("gate", "asks"), ((gate.id, _gate(gate, library)) for gate in library.gates.values())
        ),
        "facts": _facts(library),
    }


def _facts(library: Library) -> str:
    return _table(
        ("fact", "the question", "a yes means", "leaves out", "when nobody says"),
        (
            (
                fact.id,
                fact.question,
                fact.means.value if fact.means else "",
                ", ".join(left_out(fact, library)),
                "" if fact.means else _fact(fact.default),
            )
            for fact in library.facts.values()
        ),
    )


def _gate(gate: Gate, library: Library) -> str:
    """Return what a gate asks and tells, in the words in which it does."""
    first = ["the interview, or the everyday question"] if gate.interview else []
    specs = specs_of(gate.steps)
    return " ".join((*first, *(library.facts[spec.ask].question if spec.ask else spec.say for spec in specs)))


def left_out(fact: FactOf, library: Library) -> list[str]:
    """Return what a fact leaves out, as it is called, and what it lightens."""
    return [_named(name, library) for name in fact.leaves_out] + [
        "firm pressure (led lightly)"
    ] * fact.lightens


def _named(name: str, library: Library) -> str:
    site = library.sites.get(name)
    return site.name if site else library.products[name].name if name in library.products else name


def _amount(strokes: int | None, seconds: float | None) -> str:
    if strokes:
        return str(strokes)
    return f"{seconds:g} s" if seconds else "say it"


def _fact(value: Fact) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else value


def _keys(known: Keys) -> str:
    rows = (
        (f"`{key.name}`" + (" *" if key.required else ""), key.kind.said, key.meaning)
        for key in known.values()
    )
    return _table(("key", "value", "meaning"), rows)


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = tuple(head)
    lines = [_row(head), _row("---" for _ in head), *(_row(row) for row in rows)]
    return "\n".join(lines)


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def rules_page() -> str:
    """Return the page that explains every rule of `player check`."""
    index = _table(
        ("rule", "severity", "reason"), ((f"[{r.id}](#{r.id})", r.severity, r.reason) for r in RULES)
    )
    return _RULES_HEAD.format(index=index) + "\n".join(_rule(rule) for rule in RULES)


def _rule(rule: Rule) -> str:
    note = "" if rule.check else " Found while reading; it cannot be set aside."
    fails = f"Fails, at the mark `{HERE}`:\n\n```yaml\n{rule.fails}\n```\n"
    passes = f"Passes:\n\n```yaml\n{rule.passes}\n```\n"
    return f"## {rule.id}\n\n{rule.reason} ({rule.severity}.){note}\n\n{fails}\n{passes}"


_RULES_HEAD = """# The rules of `player check`

This page is generated from the rules themselves; a test runs every example.

An error must be mended. A warning should be. Where a rule is wrong for one line, say so and why, on that
line or the line above it: `# allow: RULE the reason`. An exception that is no longer needed is noted, too.

In the examples the head of the script (`format: 1`, `title: Example`, and for steps alone
`gates: contra-basic`) is left out.

{index}

"""

_PRESSURE_MEANS = {
    "resting": "the weight of the hand, no more",
    "feather": "the skin barely moves; the rim of the eye, the neck, all draining strokes",
    "light": "the skin slides over the bone",
    "medium": "you feel the muscle; a dull, welcome pressure",
}
_SPECIAL_MEANS = {
    Trait.NORMAL: "pause, repeat and next do what they say",
    Trait.DEEP: "pause says to ease off, and the hold begins anew afterwards; done at most twice",
    Trait.STEAM: "pause says to lift the face away, and the clock stands still; at most seven minutes "
    "in all; not repeated",
    Trait.MASK: "the clock runs on through a pause; repeat says the time left",
    Trait.ONCE: "repeat says the sentence again and never starts the movement again",
    Trait.SHORT: "at most one extra run",
    Trait.QUIET: "pause is silence; repeat answers with a soft chime only",
}
