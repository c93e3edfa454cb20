"""Every fault, one after the other: `python -m tests.faults [--short] [--only TEXT] [--write]`.

Prints the table as it grows; `--write` puts it into `docs/reliability.md`. Exit code 1 when one was not
survived.
"""

import argparse
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from player.files import languages, voices
from player.routine.compile.compose import load_plan
from player.session.texts import spoken
from player.voice.client import VoiceWorker
from tests.faults import page, table
from tests.faults.routine import ROUTINE
from tests.faults.rows import BEFORE, ROWS, Row
from tests.faults.table import GOAL_S, Outcome

BEGIN = "<!-- generated: faults -->\n"
HEAD = (
    "| fault | in the middle of | noticed after | back after | repeated | sentences |",
    "|---|---|---|---|---|---|",
)


def outcomes(only: str, *, short: bool) -> Iterator[Outcome]:
    """Run what was asked for; the clips are rendered once, before all of it."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["PLAYER_HOME"] = home
        warm()
        cache = Path(home) / "cache"
        for row in ROWS:
            if any(each in row.name for each in only.split(",")) and (row.short or not short):
                for moment in moments(row, short=short):
                    yield table.run(row, moment, cache)
        if only in "orphans":
            yield table.orphans(cache)


def moments(row: Row, *, short: bool) -> tuple[str, ...]:
    if short or row in BEFORE:
        return ("count",)
    return ("count", "stop") if row.asks or row.checks else ("word", "count", "stop")


def warm() -> None:
    """Render what the routine says."""
    plan = load_plan(ROUTINE)
    with VoiceWorker(voices.find("calm")) as voice:
        voice.prepare(spoken(plan, languages.load("en"))).result()


def shown(one: Outcome) -> str:
    """Return the line of the table."""
    moment = "“stop” during it" if one.moment == "stop" else f"a {one.moment}"
    if one.problem:
        return f"| {one.row.name} | {moment} | **not survived: {one.problem[:200]}** | | | |"
    if one.moment == "stop":
        return f"| {one.row.name} | {moment} | | ends | | |"
    told, back = (f"{figure:.1f} s" if figure is not None else "-" for figure in (one.told_s, one.back_s))
    return f"| {one.row.name} | {moment} | {told} | {back} | {one.again or '-'} | {one.said} |"


def write(lines: list[str]) -> None:
    """Put lines into the page, in the place of those of the same fault and moment."""
    known = {
        tuple(line.split("|")[1:3]): line
        for line in (*page.table(BEGIN).splitlines(), *lines)
        if line.count("|") == 7
    }
    rows = [line for line in known.values() if line not in HEAD]
    failed = sum("not survived" in line for line in rows)
    page.write(BEGIN, [*HEAD, *rows, "", f"{len(rows)} runs, {failed} of them not survived."])


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    lines, late, failed = list(HEAD), 0, 0
    print(*HEAD, sep="\n", flush=True)
    for one in outcomes(options.only, short=options.short):
        lines.append(shown(one))
        print(lines[-1], flush=True)
        failed += bool(one.problem)
        late += not one.row.by_itself and not one.row.asks and (one.back_s or 0.0) > GOAL_S
    summary = f"{len(lines) - 2} runs: {failed} not survived, {late} back later than {GOAL_S} s."
    print(summary)
    if options.write:
        write(lines[2:])
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
