"""Whether a fingertip could be told near its place: made-up hands at the scanned head, and a tracker.

    python -m tests.mirror.hands    # brings what it needs into build/hands, by npm and uv (0.5 GB)

Neither a part of the mirror nor of the tests: docs/mirror.md has the figures, and what follows from them.
What is in a picture is told by MediaPipe's Python package, as in a browser without a GPU a look for hands
takes too long; where the places are then, by the mirror itself. What a look in the browser takes is told too.
"""

import json
import math
import shutil
import subprocess
import tarfile
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page

from player.bench.counts import Share
from player.models import face_mesh
from tests.mirror import camera, glass, shots
from tests.mirror.camera import HIGH, WIDE, Picture
from tests.mirror.hand import INDEX, HandSeen
from tests.mirror.hand_cases import COMING_MM, COUNT, PARTS, HandCase, cases, laid, made
from tests.mirror.head import Points, head
from tests.page.browser import comes

TRACKER = "@mediapipe/hands@0.4.1675469240"  # by Google, Apache-2.0: what sees hands
RIG = "@webxr-input-profiles/assets@1.0.20"  # by Amazon, MIT: the hand that is bent
PACKAGES = {  # of each: what is taken out of it, by one file of that; the archive's SHA-512
    TRACKER: (
        ".",
        "hands.js",
        "GxoZvL1mmhJxFxjuyj7vnC++JIuInGznHBin5c7ZSq/RbcnGyfEcJrkM/bMu5K1Mz/2Ko+vEX6/+wewmEHPrHg==",
    ),
    RIG: (
        "/generic-hand/",
        "left.glb",
        "V/8NB4Ywgm//TBVMgo0TgJ9DtxsBoo0iiaF8AdfiP0F0cgbwkuQycEZAIOsplyd/iZ8L3mrFYNJBC6rzQb4tJA==",
    ),
}
PYTHON = PARTS / "venv/bin/python"
SEES = ("mediapipe==0.10.14", "numpy<2")  # Google's, Apache-2.0
WAYS = ("as it is", "brought there", "without the head")
Places = dict[tuple[str, str], Points]
NEAR_MM, FAR_MM, TOLD_MM = 8.0, 20.0, 14.0  # near, and not near, in truth; up to where near is told
KNUCKLE_MM = 50.0  # so far from its own may the knuckle of a hand be that is found
READY = """async () => {
    await load("face_mesh/hands.js");
    window.tracker = new Hands({ locateFile: (file) => `face_mesh/${file}` });
    const sure = { minDetectionConfidence: 0.5, minTrackingConfidence: 0.5 };
    tracker.setOptions({ maxNumHands: 2, modelComplexity: 1, ...sure });
    tracker.onResults((told) => { window.found = told; });
    await tracker.initialize();
}"""
SHOWN = f"(multiFaceLandmarks) => {{ see({{ multiFaceLandmarks }}); return {shots.SAMPLE}; }}"
TOOK = """async (eyes) => {
    const took = [];
    for (let i = 0; i < 6; i += 1) {
        const began = performance.now();
        await eyes.send({ image: video });
        took.push(performance.now() - began);
    }
    return took.sort((a, b) => a - b)[2];
}"""


@dataclass(frozen=True, slots=True)
class HandTold:
    """What was told of one fingertip, in truth and by what was found: mm; None where no hand or face was."""

    true_mm: float
    told_mm: float | None
    tip_mm: float | None  # from the true tip

    @property
    def counts(self) -> bool:
        return not NEAR_MM < self.true_mm <= FAR_MM

    @property
    def right(self) -> bool:
        if self.tip_mm is None or self.told_mm is None:
            return False
        return (self.told_mm <= TOLD_MM) == (self.true_mm <= NEAR_MM)


def bring() -> None:
    """Bring what is needed into its folder, beside what sees a face. Raises as `face_mesh.packed` does."""
    if not PYTHON.exists():
        uv = glass.PARTS.with_name("uv") / "bin/uv"
        subprocess.run([uv, "venv", "--quiet", PARTS / "venv"], check=True)
        subprocess.run([uv, "pip", "install", "--quiet", "--python", PYTHON, *SEES], check=True)
    shutil.copytree(glass.PARTS, PARTS, dirs_exist_ok=True)
    for package, (of, one_of_it, wanted) in PACKAGES.items():
        if (PARTS / one_of_it).exists():
            continue
        with (
            tempfile.TemporaryDirectory(dir=PARTS) as work,
            tarfile.open(face_mesh.packed(package, wanted, Path(work))) as archive,
        ):
            for one in archive:
                inside = archive.extractfile(one) if of in one.name else None
                if inside:
                    (PARTS / Path(one.name).name).write_bytes(inside.read())


@contextmanager
def tracker() -> Iterator[Callable[[list[Picture]], Any]]:
    """Yield what returns what is in the last picture of a film."""
    command = [PYTHON, Path(__file__).with_name("hand_tracker.py")]
    ends = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}  # it chatters
    with (
        tempfile.NamedTemporaryFile(suffix=".npy") as film,
        subprocess.Popen(command, text=True, **ends) as running,
    ):
        asks, answers = running.stdin, running.stdout
        assert asks
        assert answers

        def seen(pictures: list[Picture]) -> Any:
            np.save(film.name, np.stack(pictures))
            print(film.name, file=asks, flush=True)
            return json.loads(answers.readline())

        yield seen


def hands_of(seen: Any) -> list[Points]:
    return [np.array([(at["x"] * WIDE, at["y"] * HIGH) for at in one]) for one in seen["hands"]]


def places(page: Page, seen: Any) -> Places:
    """Return where the mirror shows the points, of faces that were found."""
    shown = page.evaluate(SHOWN, seen["faces"])
    return {(at["id"], at["side"]): np.array([at["x"], at["y"]]) for at in shown["points"]} if shown else {}


def told(case: HandCase, hands: list[HandSeen], shown: Places, found: list[Points]) -> Iterator[HandTold]:
    """Yield what was told of each hand of a case, by the points that are shown and the hands found."""
    mm = case.turn.eyes / 62
    for one, (_held, key) in zip(hands, case.held, strict=True):
        true = head().seen(head().points[key], case.turn)[:2]
        tip, knuckle = (one.joints[name][:2] for name in (INDEX, "middle-finger-phalanx-proximal"))
        own = [math.dist(at[8], tip) / mm for at in found if math.dist(at[9], knuckle) < KNUCKLE_MM * mm]
        near = [math.dist(at[8], shown[key]) / mm for at in found] if key in shown else []
        yield HandTold(
            true_mm=min(math.dist(other.joints[INDEX][:2], true) / mm for other in hands),
            told_mm=min(near, default=None),
            tip_mm=min(own, default=None),
        )


def usual(mm: list[float]) -> str:
    return f"{np.median(mm):.1f} mm, nine of ten within {np.quantile(mm, 0.9):.1f}" if mm else "nowhere"


def summed(way: str, rows: list[HandTold]) -> str:
    """Return a line of what was told in one way."""
    counted = [row.right for row in rows if row.counts]
    low, high = Share(sum(counted), len(counted)).between
    tips = [row.tip_mm for row in rows if row.tip_mm is not None]
    return (
        f"{way}: right {sum(counted)} of {len(counted)} ({low:.0%} to {high:.0%}), found {len(tips)} of "
        f"{len(rows)}, the tip is off by {usual(tips)}"
    )


def measure(page: Page, seen_in: Callable[[list[Picture]], Any]) -> Iterator[str]:
    """Yield lines of what was right, and how far a hand moves the places that are shown."""
    rows, moves, found = defaultdict(list), defaultdict(list), defaultdict(int)
    for case in cases():
        hands = laid(case)
        still = made(case, hands)
        brought, alone = made(case, laid(case, COMING_MM)), made(case, hands, alone=True)
        films = [[made(case, [])] * 2, [still] * 3, [brought, still, still], [alone] * 2]
        bare, *seen = map(seen_in, films)
        before, after = places(page, bare), places(page, seen[0])
        for way, one in zip(WAYS, seen, strict=True):
            rows[way] += told(case, hands, after, hands_of(one))
        found["hands where none is"] += len(bare["hands"])
        found["pictures with no face, or more than one"] += not after
        for key in before.keys() & after.keys():
            touched = key in [point for _, point in case.held]
            moves[touched].append(math.dist(before[key], after[key]) * 62 / case.turn.eyes)
    yield from (summed(way, rows[way]) for way in WAYS)
    yield from (f"{name}: {count} of {COUNT}" for name, count in found.items())
    yield f"the touched place moves by {usual(moves[True])}, any other by {usual(moves[False])}"
    page.evaluate(READY)
    for name in ("tracker", "mesh"):
        took = page.evaluate(f"({TOOK})({name})")
        yield f"in this browser a look takes {name} {took:.0f} ms"


def main() -> None:
    glass.require()
    bring()
    with tempfile.TemporaryDirectory() as folder:
        film = camera.film(Path(folder) / "film.y4m", [shots.shot(*shots.POSES["straight"]).picture])
        with (
            tracker() as seen_in,
            glass.browser(film) as browser,
            glass.mirror(browser, shots.ROUTINE, PARTS) as mirror,
        ):
            page = mirror.opened(hurried=True)
            comes(page, "Boolean(face)")
            page.evaluate("loop += 1")  # its own looks end
            for line in measure(page, seen_in):
                print(line, flush=True)


if __name__ == "__main__":
    main()
