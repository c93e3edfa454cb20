"""Every command stands wherever a command must: one clear sentence names each place where it is missing."""

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

import pytest

from player.backends.keyboard import KEYS
from player.core.commands import Command
from player.core.decision import TRUST
from player.core.engine import TABLE
from player.files import paths
from player.yaml_reader.document import read

TABLES = (Path(__file__).resolve().parent.parent / "docs/commands.md").read_text(encoding="utf-8")
CODES = sorted(path.stem for path in paths.languages().glob("??.yaml"))


def section(file: str, key: str) -> dict[str, list[str]]:
    """Return a part of a file of `player/lang/`, read plainly: a fault elsewhere in it hides nothing."""
    whole = read(paths.languages() / file).plain()
    assert isinstance(whole, dict)
    return whole[key]


def missing(
    command: Command,
    *,
    table: Mapping[type, Collection[Command]] = TABLE,
    trust: Collection[Command] = TRUST,
    tables: str = TABLES,
    phrases: Mapping[str, Collection[str]] | None = None,
    decoys: Mapping[str, Collection[str]] | None = None,
) -> Iterator[str]:
    """Yield a sentence for every place where `command` should stand and does not."""
    if not any(command in row for row in table.values()):
        yield f"`{command}` stands in no row of TABLE in player/core/engine.py: it could never be obeyed"
    if command not in trust:
        yield f"`{command}` has no limits in TRUST in player/core/decision.py: how sure must the ears be?"
    if not command.does:
        yield f"`{command}` does not say in player/core/commands.py what it does"
    if bool(command.keys) == bool(command.keyless):
        yield f"`{command}` needs in player/core/commands.py keys, or a reason for none, and not both"
    for code in CODES:
        spoken = (section(f"{code}.yaml", "commands") if phrases is None else phrases).get(command, ())
        known = section(f"{code}_decoys.yaml", "near") if decoys is None else decoys
        if not spoken and command is not Command.NAME:  # its phrases come with what is on offer
            yield f"`{command}` has no phrase under `commands` in player/lang/{code}.yaml"
        yield from (
            f"`{phrase}` is one word with none under `near` in player/lang/{code}_decoys.yaml"
            for phrase in spoken
            if " " not in phrase and phrase not in known
        )
    if not re.search(rf"^\|.*\| {re.escape(command.does)} \|", tables, re.MULTILINE):
        yield (
            f"`{command}` has no row in docs/commands.md: when all else is there, run "
            "`.venv/bin/python tests/docs_generated.py --write`"
        )


@pytest.mark.parametrize("command", Command)
def test_a_command_stands_wherever_it_must(command: Command) -> None:
    if sentences := list(missing(command)):
        pytest.fail("\n".join(sentences), pytrace=False)


@pytest.mark.parametrize(
    ("lacking", "says"),
    [
        ({"table": {}}, "`pause` stands in no row of TABLE in player/core/engine.py"),
        ({"trust": {}}, "`pause` has no limits in TRUST in player/core/decision.py"),
        ({"tables": TABLES.replace("silence; the count", "")}, "`pause` has no row in docs/commands.md"),
        ({"phrases": {}}, "`pause` has no phrase under `commands` in player/lang/en.yaml"),
        ({"decoys": {}}, "`pause` is one word with none under `near`"),
    ],
)
def test_each_missing_place_is_named(lacking: dict[str, object], says: str) -> None:
    (sentence,) = missing(Command.PAUSE, **lacking)
    assert sentence.startswith(says)


@pytest.mark.parametrize(("does", "keys", "keyless"), [("", " ", ""), ("x", "", ""), ("x", " ", "a reason")])
def test_what_it_does_and_its_keys_belong_to_it(
    does: str, keys: str, keyless: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("does", does), ("keys", keys), ("keyless", keyless)):
        monkeypatch.setattr(Command.PAUSE, name, value)
    (sentence,) = missing(Command.PAUSE, tables=f"| pause | {does} |")
    assert "player/core/commands.py" in sentence


def test_no_key_means_two_commands() -> None:
    assert sum(len(command.keys) for command in Command) == len(KEYS)
    assert all(len(set(command.keys)) == len(command.keys) for command in Command)
