"""Processes that share the work: as many as there are cores, each takes a unit when it is free."""

import json
import os
import queue
import subprocess
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import Any

from player.bench.hearing.units import Options, WorkUnit
from player.bench.processes import ended, started

Answer = tuple[WorkUnit, dict[str, Any]]


def answers(options: Options, work: Sequence[WorkUnit]) -> Iterator[Answer]:
    """Yield what each unit came to, as soon as it is known. Raises `BackendError`."""
    waiting: queue.SimpleQueue[WorkUnit] = queue.SimpleQueue()
    for unit in work:
        waiting.put(unit)
    told: queue.SimpleQueue[Answer | None] = queue.SimpleQueue()
    several = max(1, min(len(work), os.cpu_count() or 1))
    with ThreadPoolExecutor(several) as pool:
        workers = [pool.submit(_work, options, waiting, told) for _ in range(several)]
        for _ in workers:
            while (answer := told.get()) is not None:
                yield answer
        for worker in workers:
            worker.result()


def _work(
    options: Options,
    waiting: "queue.SimpleQueue[WorkUnit]",
    told: "queue.SimpleQueue[Answer | None]",
) -> None:
    child = started("hearing.share", json.dumps(asdict(options)))
    try:
        while True:
            unit = waiting.get_nowait()
            told.put((unit, json.loads(_asked(child, json.dumps(asdict(unit))))))
    except queue.Empty:
        pass
    finally:
        told.put(None)
        child.kill()
        child.communicate()


def _asked(child: "subprocess.Popen[str]", line: str) -> str:
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        child.stdin.write(f"{line}\n")
        child.stdin.flush()
    except BrokenPipeError:
        pass  # it has ended, and `ended` tells why
    return child.stdout.readline() or ended(child)
