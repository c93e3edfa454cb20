"""`player models`: what there is, fetching one, where it is."""

import argparse
import sys
from contextlib import ExitStack

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TransferSpeedColumn
from rich.table import Table

from player.models import fetch, store


def run(options: argparse.Namespace) -> int:
    """Run one action."""
    return {"list": _list, "get": _get, "path": _path}[options.action](options)


def _list(_options: argparse.Namespace) -> int:
    known = store.list_models()
    table = Table(box=None, header_style="bold")
    table.add_column("name", no_wrap=True, min_width=max(len(one.name) for one in known))  # to be typed
    for column in ("language", "size", "here", "note"):
        table.add_column(column)
    for one in known:
        table.add_row(one.name, one.language, f"{one.size_bytes / 1e6:.0f} MB", _here(one), one.note)
    Console().print(table)
    return 0


def _here(one: store.Listed) -> str:
    if one.missing:
        again = f"`player models get {one.name}` again" if one.note else "put the whole model there"
        return f"incomplete, without {', '.join(one.missing)}: {again}"
    return "yes" if one.installed else ""


def _get(options: argparse.Namespace) -> int:
    columns = ("{task.description}", BarColumn(), DownloadColumn(), TransferSpeedColumn())
    progress = Progress(*columns, console=Console(stderr=True))
    task = progress.add_task(options.name or "model", total=None)
    with ExitStack() as closing:

        def show(done: int, total: int | None) -> None:
            if not progress.live.is_started:  # one that begins and shows nothing leaves an empty line
                closing.enter_context(progress)
            progress.update(task, completed=done, total=total)

        path = fetch.get_model(
            options.name or None, url=options.url or None, sha256=options.sha256 or None, progress=show
        )
    print(path)
    return 0


def _path(options: argparse.Namespace) -> int:
    print(store.model_path(options.name or None), file=sys.stdout)
    return 0
