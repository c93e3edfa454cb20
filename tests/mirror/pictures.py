"""The picture of docs/mirror.md, and others to be looked at.

python -m tests.mirror.pictures            # writes docs/pictures/mirror.jpg
python -m tests.mirror.pictures FOLDER     # all of them, at other sizes, light and dark, into a folder,
                                           # and every place on three faces in five poses (`sheets.py`)
"""

import sys
import tempfile
from pathlib import Path

from player.files import languages
from player.routine.compile.compose import load_plan
from tests.mirror import camera, glass, sheets
from tests.mirror.camera import Pose
from tests.waiting import until

PICTURE = Path(__file__).parents[2] / "docs/pictures/mirror.jpg"
EVERYDAY, ITALIAN = "everyday-facial-acupressure", "italian-inspired"
SIZES = {"phone": (390, 844), "desktop": (1280, 720), "short": (740, 360), "tablet": (820, 1180)}
SHOTS = (
    (EVERYDAY, "nose-side.find"),
    (EVERYDAY, "behind-lobe.find"),
    (EVERYDAY, "tapping.z-cheekbone.tap-over.find"),
    (ITALIAN, "lift"),
)


def shot(film: Path, routine: str, step: str, size: tuple[int, int], scheme: str, file: Path) -> None:
    """Take a picture of the mirror at a step."""
    plan = load_plan(routine, request=glass.PRACTICE)
    (one,) = (each for each in plan.steps if each.id == step)
    wide, high = size
    look = {"viewport": {"width": wide, "height": high}, "color_scheme": scheme, "reduced_motion": "reduce"}
    with glass.browser(film) as browser, glass.mirror(browser, routine, **look) as mirror:
        mirror.show(step, label=one.label, said=one.find, mode=languages.load("en").screen["waiting"])
        page = mirror.opened(hurried=True)
        seen = "document.body.classList.contains('seen') && looks > 3"
        assert until(lambda: page.evaluate(seen), 120.0), seen
        page.screenshot(path=file, type="jpeg", quality=80)


def main(arguments: list[str]) -> None:
    with tempfile.TemporaryDirectory() as made:
        portrait = camera.portrait("collins")
        film = camera.film(Path(made) / "film.y4m", [camera.taken((portrait, Pose(scale=2.4, y=225)))])
        if not arguments:
            shot(film, *SHOTS[0], SIZES["desktop"], "light", PICTURE)
            return
        folder = Path(arguments[0])
        folder.mkdir(parents=True, exist_ok=True)
        for (routine, step), (name, size) in zip(SHOTS, SIZES.items(), strict=True):
            for scheme in ("light", "dark"):
                shot(film, routine, step, size, scheme, folder / f"{name}-{scheme}.jpg")
        with glass.browser(film) as browser, glass.mirror(browser, EVERYDAY, **sheets.LOOK) as mirror:
            sheets.sheets(mirror, film, folder)


if __name__ == "__main__":
    main(sys.argv[1:])
