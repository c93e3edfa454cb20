"""How long scripts take to read, check and unroll, and whether that grows with their length alone."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from player.bench.processes import peak_memory
from player.files import languages, paths
from player.routine.compile.compose import plan_of
from player.routine.compile.load import Scripts, load_routine
from player.routine.lint.linter import check, check_script

STEPS = 10_000
_STEP = (
    '- {{id: step-{0}, say: "One fingertip between your brows, where the bone dips. Small circles.", '
    "at: EX-HN3, hand: middle-tip, stroke: circle, pressure: light, strokes: 15}}\n"
)


def run() -> list[tuple[str, str]]:
    """Return rows of (what, figure). Seconds are of the processor, so that other work does not count."""
    scripts = Scripts(paths.scripts())
    words = languages.load("en").routine
    with tempfile.TemporaryDirectory() as folder:
        tenth, whole = (_script(Path(folder), count) for count in (STEPS // 10, STEPS))
        tenth_s = _cost_s(lambda: check_script(tenth, scripts))
        whole_s = _cost_s(lambda: check_script(whole, scripts))
        load_s = _cost_s(lambda: plan_of(load_routine(whole, scripts.library), scripts, words))
    shipped_s = _cost_s(lambda: check([paths.scripts()]))
    return [
        (f"script of {STEPS} steps: read, checked, unrolled", f"{whole_s:.2f} s"),
        (f"script of {STEPS} steps: read and unrolled", f"{load_s:.2f} s"),
        ("a tenth of it", f"{tenth_s:.2f} s ({whole_s / tenth_s:.1f} x for 10 x the steps)"),
        ("all shipped scripts checked", f"{shipped_s:.2f} s"),
        ("most memory of this process", peak_memory()),
    ]


def _script(folder: Path, count: int) -> Path:
    path = folder / f"long-{count}.yaml"
    head = "format: 1\ntitle: Long\ngates: contra-basic\nsteps:\n"
    path.write_text(head + "".join(map(_STEP.format, range(count))), encoding="utf-8")
    return path


def _cost_s(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun
