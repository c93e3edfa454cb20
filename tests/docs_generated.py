"""Writes the parts of the documents that come from the code.

    .venv/bin/python tests/docs_generated.py           # says which documents are out of date (exit code 1)
    .venv/bin/python tests/docs_generated.py --write   # brings them up to date

A part stands between `<!-- generated: NAME -->` and `<!-- end -->`; one without such marks is left alone.
"""

import ast
import re
import sys
from collections.abc import Callable
from dataclasses import replace

from player import registry
from player.core.commands import Command
from player.core.condition import Value
from player.core.engine import TABLE, handle
from player.core.events import Event, Heard, Performed, Started
from player.core.place import Part, Place
from player.core.plan import Advance, Ask, Plan, Step, Timed
from player.core.session import Session
from player.core.states import (
    Asking,
    Choosing,
    Closing,
    Ending,
    Finished,
    Idle,
    Offering,
    Passed,
    Paused,
    Playing,
    Questioning,
    Unanswered,
    Waiting,
)
from player.files import languages
from tests import resolution

ROOT = resolution.ROOT
DOCUMENTS = tuple(
    f"docs/{name}.md" for name in ("architecture", "commands", "contributing", "platforms", "states")
)
MARKED = re.compile(r"(<!-- generated: (?P<name>[\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)

_EVERYDAY, _FEVER = Ask("everyday", opens=False), Ask("fever", opens=False)
_NEW, _ILL = Value("everyday"), Value("fever")
_STEPS = (
    Step("first", "first", "Rest.", Timed(5)),
    Step("wait", "wait", "Rest.", Timed(5), advance=Advance.WAIT),
    Step("second", "second", "Rest.", Timed(5)),
    Step("third", "third", "Rest.", Timed(5)),
    Step(
        id="everyday", label="everyday", say="Well?", work=Timed(5), advance=Advance.UNLESS_YES, ask=_EVERYDAY
    ),
    Step(
        id="fever",
        label="fever",
        say="Fever?",
        work=Timed(5),
        advance=Advance.ANSWER,
        ask=_FEVER,
        when=_NEW,
        care=True,
    ),
    Step(id="ends", label="ends", say="Then not.", work=Timed(5), when=_ILL, ends=True, care=True),
    Step("fourth", "fourth", "Rest.", Timed(5)),
    Step(
        id="choose",
        label="choose",
        say="Which?",
        work=Timed(5),
        advance=Advance.CHOOSE,
        ask=Ask("choose", choices=(("jaw", "jaw"),)),
    ),
    Step("last", "last", "Rest.", Timed(5)),
)
_PLAN = Plan("example", "Example", "en", _STEPS)
_WELL = (("everyday", False),)
_ILL_TODAY = (("everyday", True), ("fever", True))

# One session in each state, in the middle of the plan.
_SESSIONS = (
    Session(Idle()),
    Session(Offering(Place(2, Part.TIME)), 7),
    Session(Playing(Place(2, Part.TIME)), 7),
    Session(Questioning(Place(4, Part.TIME)), 7),
    Session(Passed(Place(7, Part.TIME)), 7, runs=(4, 7)),
    Session(Choosing(Place(8, Part.TIME), (("jaw", "jaw"),)), 7),
    Session(Waiting(Place(1, Part.DONE)), 7),
    Session(Asking(Place(4, Part.DONE)), 7, runs=(4,)),
    Session(Paused(Place(2, Part.TIME)), 7),
    Session(Unanswered(Place(4, Part.TIME)), 7),
    Session(Closing(Ending.COMPLETED), 7),
    Session(Finished(Ending.COMPLETED), 7),
)
_KEY_NAMES = {" ": "space", "\r": "Enter", "\n": "Enter"}
_LIVE = [session for session in _SESSIONS if TABLE[type(session.state)]]


def _name(session: Session) -> str:
    return type(session.state).__name__


def _after(session: Session, event: Event) -> str:
    """Return the state that `event` leads to; with something to undo, so that undo is seen at work."""
    remembered = session.remembered(session.place, moved=False)
    return _name(handle(_PLAN, remembered if session in _LIVE else session, event)[0])


def _heard(command: Command, session: Session) -> Heard:
    return Heard(command, session.place, name="jaw" if command is Command.NAME else "")


def _said(command: Command) -> str:
    return command.value.replace("_", " ")


def states() -> str:
    """Return the diagram of states: what is said, in quotes, and what happens."""
    arrows: dict[tuple[str, str], list[str]] = {}

    def arrow(session: Session, event: Event, label: str) -> None:
        after = _after(session, event)
        if after != _name(session):
            labels = arrows.setdefault((_name(session), after), [])
            labels += [label] if label not in labels else []

    arrow(_SESSIONS[0], Started(), "started")
    arrow(_SESSIONS[0], Started(Place(2), offered=True), "started after an interruption")
    for index, step in enumerate(_STEPS):
        state = Playing if step.ask is None else Choosing if step.ask.choices else Questioning
        answers = _ILL_TODAY if step.ends else _WELL
        playing = replace(_SESSIONS[2], state=state(Place(index)), answers=answers)
        last = index == len(_STEPS) - 1
        over = "a step that ends it is over" if step.ends else "the step's work is over"
        arrow(playing, Performed(7), "the last step is over" if last else over)
    (asking,) = (one for one in _SESSIONS if isinstance(one.state, Asking))
    arrow(asking, Performed(7), "no answer to the everyday question")
    arrow(_SESSIONS[1], Performed(7), "no answer")
    arrow(_SESSIONS[-2], Performed(7), "the last sentence is over")
    (choosing,) = (one for one in _SESSIONS if isinstance(one.state, Choosing))
    waits = replace(choosing, state=replace(choosing.state, place=Place(8, Part.DONE)))
    arrow(waits, Performed(7), "nobody answers for ten minutes")
    for session in _LIVE:
        for command in TABLE[type(session.state)]:
            arrow(session, _heard(command, session), f"“{_said(command)}”")
    lines = [f"    {one} --> {two}: {', '.join(labels)}" for (one, two), labels in arrows.items()]
    return "\n".join(
        ["```mermaid", "stateDiagram-v2", "    [*] --> Idle", *lines, "    Finished --> [*]", "```"]
    )


def commands() -> str:
    """Return the table of commands by state."""
    rows = ["| command | " + " | ".join(map(_name, _LIVE)) + " |", "|---" * (len(_LIVE) + 1) + "|"]
    for command in Command:
        cells = []
        for session in _LIVE:
            if command not in TABLE[type(session.state)]:
                cells.append("")
                continue
            after = _after(session, _heard(command, session))
            cells.append("·" if after == _name(session) else f"→ {after}")
        rows.append(f"| {_said(command)} | " + " | ".join(cells) + " |")
    return "\n".join(rows)


def what_to_say() -> str:
    """Return what can be said or pressed, and what happens then; English, "stop" first."""
    english = languages.load("en")
    rows = ["| say | what happens | key |", "|---|---|---|"]
    for command in sorted(Command, key=lambda command: command is not Command.STOP):
        first, *others = english.phrases[command] or ("a name",)
        keys = ", ".join(dict.fromkeys(_KEY_NAMES.get(key, f"`{key}`") for key in command.keys))
        rows.append(
            f"| {' · '.join([f'**{first}**', *others])} | {command.does} | {keys or command.keyless} |"
        )
    return "\n".join(rows)


def recognisers() -> str:
    """Return the table of recognisers, in the order in which `--ears auto` tries them."""
    rows = [f"| `{name}` | {registry.recogniser(name).title} |" for name in registry.RECOGNISERS]
    return "\n".join(["| `--ears` | hears with |", "|---|---|", *rows])


def voice_engines() -> str:
    """Return the table of voice engines, in the order in which one takes over for the one before it."""
    rows = [f"| `{name}` | {registry.voice_engine(name).title} |" for name in registry.VOICE_ENGINES]
    return "\n".join(["| `engine:` | speaks with |", "|---|---|", *rows])


def packages() -> str:
    """Return the table of packages: they hold what their docstring says; what they import stands as it is."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    table = re.search(r"<!-- generated: packages -->\n(.*?)<!-- end -->", text, re.DOTALL)
    assert table is not None
    return "\n".join(map(_with_its_docstring, table[1].rstrip("\n").splitlines()))


def _with_its_docstring(row: str) -> str:
    name = re.match(r"\| `(\w+)` \|", row)
    if name is None:
        return row
    place = ROOT / "player" / name[1]
    source = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
    sentence = (ast.get_docstring(ast.parse(source.read_text(encoding="utf-8"))) or "").split("\n")[0]
    cells = row.split(" | ")
    return " | ".join([cells[0], sentence.rstrip("."), *cells[2:]])


PARTS: dict[str, Callable[[], str]] = {
    "packages": packages,
    "states": states,
    "commands": commands,
    "say": what_to_say,
    "recognisers": recognisers,
    "voice-engines": voice_engines,
    "ears": resolution.table,
}


def renewed(text: str) -> str:
    """Return a document with every generated part as it should be. An unknown name raises KeyError."""
    return MARKED.sub(lambda part: f"{part[1]}{PARTS[part['name']]()}\n{part[3]}", text)


def main(argv: list[str]) -> int:
    stale = []
    for path in (ROOT / name for name in DOCUMENTS):
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        new = renewed(text)
        if new != text:
            stale.append(path.name)
            if "--write" in argv:
                path.write_text(new, encoding="utf-8")
    print(
        "\n".join(f"{name}: {'written' if '--write' in argv else 'out of date'}" for name in stale)
        or "up to date"
    )
    return 1 if stale and "--write" not in argv else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
