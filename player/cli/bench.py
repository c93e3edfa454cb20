"""`player bench`: figures of this machine, with its noise beside them."""

import argparse
import importlib
from collections.abc import Iterable
from pathlib import Path

from rich.console import Console
from rich.text import Text

from player.bench.noise import noise
from player.errors import UsageError

QUICK = ("scripts", "voice", "session", "evening")
_WIDE = 44  # of what is measured; a line is printed as soon as it is known
ALL = (*QUICK, "diction", "narration", "sound", "hearing", "beds", "echo", "soak")


def run(options: argparse.Namespace) -> int:
    """Measure one part after the other. Raises `UsageError` for a part or a choice that there is not."""
    if options.hours and (options.corpus or options.quick or options.conditions or options.limit):
        raise UsageError(
            "bench: --hours measures talk or narration alone",
            "leave out --corpus, --quick, --conditions and --limit with it",
        )
    chosen = tuple(dict.fromkeys(options.what)) or QUICK
    for what in chosen:
        if what not in ALL:
            raise UsageError(f"bench: there is no part `{what}`", f"parts: {', '.join(ALL)}")
    console = Console(soft_wrap=True, highlight=False)
    for what in chosen:
        console.print(what, style="italic")
        for rows in (_measured(what, options), noise()):  # the noise is that of the end
            for name, figure in rows:
                console.print(Text(f" {name:<{_WIDE}} {figure}", "dim" if name.startswith("noise") else ""))
    return 0


def _measured(what: str, options: argparse.Namespace) -> Iterable[tuple[str, str]]:
    part = importlib.import_module(f"player.bench.{what}")
    if what == "soak":
        soak: Iterable[tuple[str, str]] = part.run(
            options.minutes, real=options.real, plot=_file(options.plot)
        )
        return soak
    if what in {"diction", "narration"}:
        said: Iterable[tuple[str, str]] = part.run(quick=options.quick, voice=options.voice)
        return said
    if what == "beds":
        under: Iterable[tuple[str, str]] = part.run(options.ears)
        return under
    if what == "echo":
        echo: Iterable[tuple[str, str]] = part.run(options.hours, options.voice)
        return echo
    if what != "hearing":
        rows: Iterable[tuple[str, str]] = part.run()
        return rows
    names = tuple(name.strip() for name in options.conditions.split(",") if name.strip())
    wanted = part.Options(
        corpus=options.corpus,
        ears=options.ears,
        quick=options.quick,
        hours=options.hours,
        conditions=names,
        limit=int(options.limit),
    )
    found: Iterable[tuple[str, str]] = part.run(wanted, _file(options.json), _file(options.curve))
    return found


def _file(name: str) -> Path | None:
    return Path(name) if name else None
