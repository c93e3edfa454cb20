"""Writes the manual page, docs/player.1, from the parser of the command line.

    .venv/bin/python -m tests.docs_manual           # says whether it is out of date (exit code 1)
    .venv/bin/python -m tests.docs_manual --write   # brings it up to date

A wheel carries it as share/man/man1/player.1. It is made from the parser's actions, not from its help, whose
form differs from one Python to the next.
"""

import argparse
import re
import sys
from collections.abc import Iterator

from player.cli import main
from tests.resolution import ROOT

PAGE = ROOT / "docs/player.1"
TABLES = ROOT / "docs/commands.md"


def manual() -> str:
    """Return the whole page as roff."""
    top = main.parser()
    lines = [
        '.\\" Written by tests/docs_manual.py from the parser of the command line.',
        '.TH PLAYER 1 "" "player" "User Commands"',
        *(".SH NAME", "player \\- a hands-free, eyes-closed session player"),
        *(".SH SYNOPSIS", ".B player", "[\\fICOMMAND\\fR] [\\fIOPTION\\fR ...]"),
        *(".SH DESCRIPTION", _roff(top.description or "")),
        "Without a command it leads a whole evening, from a welcome to good night.",
        *(".SH COMMANDS", *_commands(top)),
        *(".SH EXIT STATUS", *_exit_codes()),
        *(".SH ENVIRONMENT", ".TP", ".B PLAYER_HOME", "a folder in which everything is kept"),
        *(".TP", ".BR ACCESSIBLE =1", "one line for each event, for a screen reader, as \\fB\\-\\-plain\\fR"),
    ]
    return "\n".join(lines) + "\n"


def _commands(top: argparse.ArgumentParser) -> Iterator[str]:
    for action in top._actions:
        if isinstance(action, argparse._SubParsersAction):
            helps = {choice.dest: choice.help or "" for choice in action._choices_actions}
            for name, command in action.choices.items():
                yield from _command(command, helps[name])


def _command(command: argparse.ArgumentParser, does: str) -> Iterator[str]:
    """Yield a section: what is typed, what it does, each argument; then those of its own commands."""
    yield f".SS {_roff(_typed(command))}"
    yield _roff(does)
    for action in command._actions:
        if not isinstance(action, argparse._HelpAction | argparse._SubParsersAction):
            yield from (".TP", _name(action), _roff(action.help or ""))
    yield from _commands(command)


def _typed(command: argparse.ArgumentParser) -> str:
    wanted = [action for action in command._actions if not action.option_strings]
    return " ".join([command.prog, *map(_place, wanted)])


def _place(action: argparse.Action) -> str:
    value = _value(action)
    return {"?": f"[{value}]", "*": f"[{value} ...]"}.get(str(action.nargs), value)


def _name(action: argparse.Action) -> str:
    names = ", ".join(f"\\fB{_roff(name)}\\fR" for name in action.option_strings)
    value = f"\\fI{_roff(_value(action))}\\fR" if action.nargs != 0 else ""
    return f"{names} {value}".strip()


def _value(action: argparse.Action) -> str:
    if isinstance(action, argparse.BooleanOptionalAction):
        return ""
    if isinstance(action.metavar, str):
        return action.metavar
    return "|".join(map(str, action.choices)) if action.choices else action.dest.upper()


def _exit_codes() -> Iterator[str]:
    """Yield those of docs/commands.md."""
    codes = TABLES.read_text(encoding="utf-8").partition("## Exit codes")[2]
    for code, means in re.findall(r"^\| (\d[\d, ]*) \| (.*) \|$", codes, re.MULTILINE):
        yield from (".TP", f".B {code}", _roff(means))


def _roff(text: str) -> str:
    """Return a text in which nothing is taken for a request, and quoted commands stand out."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-").replace("%%", "%").replace("…", "...")
    if escaped.startswith((".", "'")):
        escaped = f"\\&{escaped}"
    return re.sub(r"`([^`]*)`", r"\\fB\1\\fR", escaped)


def run(argv: list[str]) -> int:
    new, old = manual(), PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    if "--write" in argv:
        PAGE.write_text(new, encoding="utf-8")
    print("up to date" if new == old else f"{PAGE.name}: {'written' if '--write' in argv else 'out of date'}")
    return 1 if new != old and "--write" not in argv else 0


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
