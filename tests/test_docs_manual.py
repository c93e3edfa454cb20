"""The manual page says what the command line takes."""

import argparse

from player.cli.main import parser
from tests import docs_manual


def test_the_manual_page_is_up_to_date() -> None:
    written = docs_manual.PAGE.read_text(encoding="utf-8")
    assert written == docs_manual.manual(), "run: .venv/bin/python -m tests.docs_manual --write"


def test_the_manual_page_has_every_option_of_every_command_and_every_exit_code() -> None:
    page = docs_manual.manual().replace("\\-", "-")
    (commands,) = (one for one in parser()._actions if isinstance(one, argparse._SubParsersAction))
    for name, command in commands.choices.items():
        section = page.partition(f".SS player {name}")[2].partition("\n.S")[0]
        for option in set(command._option_string_actions) - {"-h", "--help"}:
            assert f"\\fB{option}\\fR" in section, f"{name} {option}"
    assert page.partition(".SH EXIT STATUS")[2].count("\n.TP") == 10 + 2  # and two of the environment
