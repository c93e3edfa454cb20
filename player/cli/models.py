"""`player models`: what there is, fetching one, where it is."""

import argparse
import sys

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TransferSpeedColumn
from rich.table import Table

from player import models


def run(options: argparse.Namespace) -> int:
    """Run one action."""
    return {"list": _list, "get": _get, "path": _path}[options.action](options)


def _list(_options: argparse.Namespace) -> int:
    known = models.list_models()
    table = Table(box=None, header_style="bold")
    table.add_column("name", no_wrap=True, min_width=max(len(one.name) for one in known))  # to be typed
    for column in ("language", "size", "here", "note"):
        table.add_column(column)
    for one in known:
        table.add_row(
            one.name, one.language, f"{one.size_bytes / 1e6:.0f} MB", "yes" if one.installed else "", one.note
        )
    Console().print(table)
    return 0


def _get(options: argparse.Namespace) -> int:
    columns = ("{task.description}", BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(options.name or "model", total=None, visible=False)

        def show(done: int, total: int | None) -> None:
            progress.update(task, completed=done, total=total, visible=True)

        path = models.get_model(
            options.name or None, url=options.url or None, sha256=options.sha256 or None, progress=show
        )
    print(path)
    return 0


def _path(options: argparse.Namespace) -> int:
    print(models.model_path(options.name or None), file=sys.stdout)
    return 0
