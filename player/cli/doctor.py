"""`player doctor`."""

import argparse

from rich.console import Console

from player.app.doctor import findings
from player.errors import BackendError
from player.files import languages


def run(_options: argparse.Namespace) -> int:
    """Print each thing looked at, and its cure; return 4 when something that a session needs is wrong."""
    console = Console(soft_wrap=True, highlight=False)
    wrong = False
    for one in findings(languages.load("en")):
        missing = "[red]problem[/red]" if one.needed else "[yellow]without[/yellow]"
        sign = "[green]ok[/green]     " if one.usable else missing
        wrong = wrong or (one.needed and not one.usable)
        console.print(f"{sign} {one.name}: ", end="")
        console.print(one.detail, markup=False)
        if one.cure:
            console.print(f"        {one.cure}", markup=False)
    return BackendError.exit_code if wrong else 0
