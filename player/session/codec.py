"""Events as plain data and back: what a journal holds of a session."""

from collections.abc import Mapping
from typing import Any

from player.core.commands import Command
from player.core.condition import Fact
from player.core.events import (
    Alarmed,
    Device,
    Doubted,
    Event,
    Found,
    Heard,
    Lost,
    Performed,
    Started,
    Unclear,
)
from player.core.place import Part, Place
from player.core.session import Session

Plain = dict[str, Any]


def place_to_plain(place: Place) -> list[int]:
    """Return the five numbers of a place."""
    return [place.step, int(place.part), place.set, place.stroke, place.elapsed_ms]


def place_from_plain(numbers: list[int]) -> Place:
    """Return the place of five numbers. Raises `ValueError` or `TypeError` for anything else."""
    step, part, set_, stroke, elapsed_ms = numbers
    if not all(type(number) is int and number >= 0 for number in numbers):
        raise ValueError(f"no place: {numbers}")
    return Place(step, Part(part), set_, stroke, elapsed_ms)


def session_to_plain(session: Session) -> Plain:
    """Return what an idle session brings along."""
    return {
        "number": session.number,
        "pace": session.pace,
        "gain_db": session.gain_db,
        "brief": session.brief,
        "sounds": session.sounds,
        "runs": list(session.runs),
        "answers": [list(answer) for answer in session.answers],
        "heading": None if session.heading is None else place_to_plain(session.heading),
    }


def session_from_plain(plain: Mapping[str, Any]) -> Session:
    """Return the idle session. Raises `KeyError`, `TypeError` or `ValueError` for anything else."""
    heading = plain.get("heading")
    return Session(
        number=int(plain.get("number", 0)),  # not there in older journals
        pace=float(plain["pace"]),
        gain_db=float(plain["gain_db"]),
        brief=bool(plain["brief"]),
        sounds=bool(plain.get("sounds")),  # not there in older journals
        runs=tuple(int(run) for run in plain["runs"]),
        answers=tuple((str(step), answer) for step, answer in map(_answer, plain["answers"])),
        heading=None if heading is None else place_from_plain(heading),  # nor is this
    )


def _answer(plain: tuple[str, Fact]) -> tuple[str, Fact]:
    """Return a fact and what was answered. Raises `TypeError` or `ValueError` for anything else."""
    fact, answer = plain
    if not isinstance(answer, bool | float | int | str):
        raise TypeError(f"no answer: {answer!r}")
    return fact, answer


def to_plain(event: Event) -> Plain:
    """Return an event as a mapping that JSON can hold."""
    plain: Plain = {"event": type(event).__name__.lower()}
    if isinstance(event, Heard):
        plain["command"] = event.command.value
        if event.number is not None:
            plain["number"] = event.number
        if event.name:
            plain["name"] = event.name
    if isinstance(event, Started) and event.offered:
        plain["offered"] = True
    if isinstance(event, Started) and event.changed:
        plain["changed"] = True
    if isinstance(event, Performed):
        plain["number"] = event.number
    if isinstance(event, Lost | Found):
        plain["device"] = event.device.value
    if isinstance(event, Started | Heard | Alarmed | Lost | Found) and event.place is not None:
        plain["place"] = place_to_plain(event.place)
    return plain


def from_plain(plain: Mapping[str, Any]) -> Event:
    """Return the event. Raises `ValueError`, `KeyError` or `TypeError` for anything else."""
    place = place_from_plain(plain["place"]) if "place" in plain else None
    match plain["event"]:
        case "started":
            return Started(place, bool(plain.get("offered")), bool(plain.get("changed")))
        case "doubted":
            return Doubted()
        case "unclear":
            return Unclear()
        case "performed":
            return Performed(int(plain["number"]))
    if place is None:
        raise ValueError(f"no place in {plain['event']!r}")
    match plain["event"]:
        case "heard":
            number = plain.get("number")
            number = None if number is None else int(number)
            return Heard(Command(plain["command"]), place, number, str(plain.get("name", "")))
        case "alarmed":
            return Alarmed(place)
        case "lost":
            return Lost(Device(plain["device"]), place)
        case "found":
            return Found(Device(plain["device"]), place)
        case other:
            raise ValueError(f"unknown event {other!r}")
