"""What `player show` tells of a routine: its head in words, and everything as data."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from player.cli.screen import clock
from player.core.plan import Timed
from player.core.timing import step_s, usual_s
from player.routine.compile.compile_step import Move
from player.routine.compile.known import specs_of
from player.routine.model.library import Gate, Library, Site, Thing, Work
from player.routine.model.script import Availability, Routine, Rules
from player.routine.schema.routine_keys import RULES
from player.routine.schema.value_types import PRESSURES

_FOR = {
    Availability.SELF: "to do on yourself",
    Availability.SELF_ADAPTED: "adapted to do on yourself",
    Availability.SPECIALIST_ONLY: "only by a specialist: this informs",
}
_SAID = {value: word for word, value in PRESSURES.items()}
_PLAIN = Rules()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A routine and the session that was asked for."""

    routine: Routine
    library: Library
    moves: tuple[Move, ...]
    left_out: tuple[str, ...]
    digest: str

    @property
    def expected_s(self) -> float:
        """How long the session is expected to take, waiting not counted."""
        return usual_s(move.step for move in self.moves)


def dose(move: Move) -> str:
    """Return how much of what a step is, short: "15 strokes, circles, light"."""
    work = move.step.work
    sets = f"{work.sets} x " if work.sets > 1 else ""
    if isinstance(work, Timed):
        parts = [f"{work.secs:g} s"]
    else:
        parts = [f"{work.reps} strokes"] if work.reps > 1 else []
        parts += [f"hold {work.hold.count}"] if work.hold else []
    if move.stroke.family is not Work.NONE:
        parts += [move.stroke.name, _SAID[move.doing.pressure or 0]]
    return sets + ", ".join(parts)


# --- the head, in words ------------------------------------------------------------------------------------


def head(sheet: Sheet) -> Iterator[tuple[str, str]]:
    """Yield (name, text) of everything that is known of the routine beside its steps."""
    routine = sheet.routine
    yield "", f"{routine.kind}, {routine.family.value}, {_FOR[routine.availability]}, {routine.often.value}"
    yield from (("Say", " · ".join(routine.names)),) if routine.names else ()
    yield "Time", _time(sheet)
    if sheet.left_out:
        yield "Left out", f"to fit the time: {', '.join(sheet.left_out)}"
    yield "Eyes", routine.eyes.value
    yield from _materials(sheet)
    yield from (("Mind", f"{name}: {'; '.join(texts)}") for name, texts in cautions(sheet).items())
    yield from _around(routine)
    for param, number in routine.params.items():
        meaning = f": {number.meaning}" if number.meaning else ""
        yield "Number", f"{param} {number.default:g}, from {number.min:g} to {number.max:g}{meaning}"
    yield from (("Rule", text) for text in rules(routine.rules))
    for name in routine.gates:
        yield from _gate(sheet.library.gates[name], sheet.library)
    for product, name in routine.products.needs_yes.items():
        for _, said in _gate(sheet.library.gates[name], sheet.library):
            yield "Asked first", f"with {sheet.library.products[product].name}: {said}"
    yield from (("Note", routine.honest_note),) if routine.honest_note else ()
    yield from (("Source", routine.source),) if routine.source else ()


def _time(sheet: Sheet) -> str:
    target = sheet.routine.target_min
    meant = f", meant for {target[0]:g} to {target[1]:g} minutes" if target else ""
    return f"about {clock(sheet.expected_s)}{meant}; waiting is not counted"


def _materials(sheet: Sheet) -> Iterator[tuple[str, str]]:
    products, tools, library = sheet.routine.products, sheet.routine.tools, sheet.library
    others = [library.products[name].name for name in products.allowed if name != products.default]
    also = f"; or {', '.join(others)}" if others else ""
    yield "Product", library.products[products.default].name + also
    if products.forbidden:
        yield "", "never " + ", ".join(library.products[name].name for name in products.forbidden)
    if tools.options:
        need = "needed, one of" if tools.required else "if you like"
        yield "Tool", f"{need}: {', '.join(library.tools[name].name for name in tools.options)}"
    if tools.forbidden_at:
        sites = (library.site(word) for word in tools.forbidden_at)
        yield "", "no tool at: " + ", ".join(site.name for site in sites if site)


def cautions(sheet: Sheet) -> dict[str, tuple[str, ...]]:
    """Return what to mind with the products and at the places of a session; what is alike together."""
    library = sheet.library
    ids = dict.fromkeys(place for move in sheet.moves for place in move.step.place_ids)
    products = (library.products[name] for name in sheet.routine.products.allowed)
    minded: dict[tuple[str, ...], list[str]] = {}
    sites = filter(None, map(library.site, ids))
    things: tuple[Thing | Site, ...] = (*products, *sites)
    for thing in things:
        minded.setdefault(thing.cautions, []).append(thing.name)
    return {", ".join(names): texts for texts, names in minded.items() if texts}


def _around(routine: Routine) -> Iterator[tuple[str, str]]:
    if routine.prep:
        yield "Before", f"{', '.join(routine.prep)} (with --prep)"
    if routine.after:
        yield "Afterwards", f"{', '.join(routine.after)} (with --after)"
    for entry in routine.playlist:
        run = " or ".join(entry.run)
        yield "Runs", f"{run} (choose with --set {entry.choose}=NAME)" if entry.choose else run


def _gate(gate: Gate, library: Library) -> Iterator[tuple[str, str]]:
    if gate.interview:
        yield "Asked first", "the interview once, then: " + library.facts["everyday"].question
    for spec in specs_of(gate.steps):
        yield ("Asked first", library.facts[spec.ask].question) if spec.ask else ("Said first", spec.say)


def rules(own: Rules) -> Iterator[str]:
    """Yield every limit that a routine sets itself, in words."""
    for name, value in changed(own).items():
        meaning = RULES[name].meaning if name in RULES else name.replace("_", " ")
        yield meaning if value is True else f"{meaning}: {_in_words(name, value)}"


def changed(own: Rules) -> dict[str, Any]:
    """Return the rules that are not as they are without a word."""
    values = {one.name: getattr(own, one.name) for one in fields(Rules)}
    return {name: value for name, value in values.items() if value != getattr(_PLAIN, name)}


def _in_words(name: str, value: object) -> str:
    if name == "max_pressure" and isinstance(value, int):
        return _SAID[value]
    if isinstance(value, Mapping):
        return ", ".join(f"{place} {_SAID[most]}" for place, most in value.items())
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


# --- everything, as data -----------------------------------------------------------------------------------


def as_data(sheet: Sheet) -> dict[str, Any]:
    """Return the whole sheet as plain data; times in seconds, pressures in words."""
    routine = sheet.routine
    return {
        "id": routine.id,
        "path": routine.path,
        "kind": routine.kind,
        "title": routine.title,
        "family": routine.family.value,
        "language": routine.language,
        "availability": routine.availability.value,
        "often": routine.often.value,
        "eyes": routine.eyes.value,
        "target_min": routine.target_min,
        "expected_s": round(sheet.expected_s, 1),
        "products": asdict(routine.products),
        "tools": asdict(routine.tools),
        "cautions": cautions(sheet),
        "prep": routine.prep,
        "after": routine.after,
        "playlist": [{"run": entry.run, "choose": entry.choose} for entry in routine.playlist],
        "gates": [_gate_data(sheet.library.gates[name], sheet.library) for name in routine.gates],
        "params": {name: asdict(param) for name, param in routine.params.items()},
        "rules": changed(routine.rules),
        "tags": routine.tags,
        "honest_note": routine.honest_note,
        "source": routine.source,
        "digest": sheet.digest,
        "left_out": sheet.left_out,
        "steps": list(_steps(sheet)),
    }


def _gate_data(gate: Gate, library: Library) -> dict[str, Any]:
    texts = [text for _, text in _gate(gate, library)]
    return {"id": gate.id, "interview": gate.interview, "silence": gate.silence, "texts": texts}


def _steps(sheet: Sheet) -> Iterator[dict[str, Any]]:
    began_s, number = 0.0, 0
    for move in sheet.moves:
        lasts_s = step_s(move.step)
        number += not move.step.care
        yield {
            "number": 0 if move.step.care else number,  # 0: it is not counted
            "from_s": round(began_s, 1),
            "lasts_s": round(lasts_s, 1),
            "routine": move.routine.id,
            "stroke": move.stroke.id,
            "hand": move.doing.hand,
            "pressure": _SAID[move.doing.pressure or 0],
            "direction": move.doing.direction,
            **asdict(move.step),
        }
        began_s += usual_s((move.step,))
