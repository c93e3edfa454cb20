"""The log file of a command, where one was asked for."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from player.cli.pipe import warn
from player.files.log import Log


@contextmanager
def log_to(where: str) -> Iterator[Log | None]:
    """Open the log; None when `where` is "". A log that is not whole is told of at the end."""
    if not where:
        yield None
        return
    log = Log(Path(where))
    try:
        yield log
    finally:
        log.close()
        if log.failed:
            warn(f"{where}: the log is not whole: {log.failed}")
