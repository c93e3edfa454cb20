"""`player doctor`."""

import argparse

from rich.console import Console

from player.app.doctor import findings
from player.files import languages


def run(_options: argparse.Namespace) -> int:
    """Print one line for each thing looked at, and its cure."""
    console = Console(soft_wrap=True, highlight=False)
    for one in findings(languages.load("en")):
        sign = "[green]ok[/green]     " if one.usable else "[red]problem[/red]"
        console.print(f"{sign} {one.name}: ", end="")
        console.print(one.detail, markup=False)
        if one.cure:
            console.print(f"        {one.cure}", markup=False)
    return 0
