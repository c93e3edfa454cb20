"""The log file of a command, where one was asked for."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from player.files.log import Log


def warn(line: str) -> None:
    """Print what goes wrong without holding anything up."""
    print(line, file=sys.stderr)


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
            print(f"{where}: the log is not whole: {log.failed}", file=sys.stderr)
