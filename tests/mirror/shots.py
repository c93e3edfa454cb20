"""The marked faces before the camera, in poses; how far the mirror's places are from the marks.

    python -m tests.mirror.shots    # looks at each; then what each asks of the measures, and leaving one out

Errors are shares of the distance of the pupils, as that is when they are seen straight.
"""

import tempfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Page

from player.facemap.on_mesh import OwnMeasure
from tests.mirror import camera, glass, measures
from tests.mirror.camera import Picture, Pose
from tests.mirror.head import HeadTurn, head
from tests.page.browser import comes

Points = NDArray[np.float64]
ROUTINE = "everyday-facial-acupressure"  # every point of the quick one is in it
POSES: dict[str, tuple[str, Pose | HeadTurn]] = {
    "straight": ("collins", Pose(scale=2.0)),
    "moved": ("collins", Pose(x=250, y=270, scale=1.5, lean=-14)),
    "near": ("collins", Pose(x=350, y=190, scale=3.0, lean=9)),
    "another": ("hopper", Pose(x=310, y=260, scale=1.3, lean=4)),
    "another, near": ("hopper", Pose(scale=1.6)),
    "a third": ("smith", HeadTurn()),
    "a third, away": ("smith", HeadTurn(eyes=75)),
}
LENT: dict[str, tuple[str, Pose | HeadTurn]] = {  # looked at where it is: it is not in the repository
    "a fourth": ("obama", Pose(x=280, y=508, scale=1.0)),
    "a fourth, away": ("obama", Pose(x=214, y=464, scale=0.8, lean=-12)),
    "a fourth, near": ("obama", Pose(x=343, y=556, scale=1.2, lean=9)),
}
TURNED = {f"{across:+d}": ("smith", HeadTurn(across)) for across in (15, 25, -25, 35, -35)}
TURNED["down"] = ("smith", HeadTurn(down=12))
SAMPLE = """face && {
    face,
    points: Object.values(marks).filter(one => one.spots.length == 1).map(one => ({
        id: one.places[0], side: one.side, measure: one.measures[0], ...placesOf(one)[0],
    })),
}"""
Key = tuple[str, str]  # id and side


@dataclass(frozen=True, slots=True)
class Shot:
    picture: Picture
    points: dict[Key, Points]  # x, y of each mark
    eyes: float  # pixels between the pupils


def shot(who: str, where: Pose | HeadTurn) -> Shot:
    """Return a face as the camera has it."""
    if isinstance(where, HeadTurn):
        seen = {key: head().seen(at, where)[:2] for key, at in head().points.items()}
        return Shot(head().taken(where), seen, where.eyes)
    one = camera.portrait(who)
    points = {key: where.seen(one, at) for key, at in one.points.items()}
    return Shot(camera.taken((one, where)), points, one.eyes * where.scale)


def errors(one: Shot, sample: dict) -> dict[Key, float]:
    """Return how far each place is from its mark."""
    shown = {(at["id"], at["side"]): (at["x"], at["y"]) for at in sample["points"]}
    return {key: float(np.linalg.norm(shown[key] - at)) / one.eyes for key, at in one.points.items()}


def looked(page: Page, film: Path, name: str) -> tuple[Shot, dict]:
    """Put a face before the camera; return it, and what the mirror makes of it."""
    one = shot(*(POSES | LENT | TURNED)[name])
    glass.shown(page, film, one.picture)
    return one, page.evaluate(SAMPLE)


def told(name: str, found: dict[Key, float]) -> str:
    """Return a line of what was found."""
    worst = max(found, key=found.__getitem__)
    far = list(found.values())
    usual = f"usual {np.median(far):.1%}, mean {np.mean(far):.1%}, worst {found[worst]:.1%} {' '.join(worst)}"
    return f"{name}: {len(far)} marks, {usual}"


# --- leaving one face out


def asked(one: Shot, sample: dict) -> dict[Key, Points]:
    """Return what mm (outwards, down) would lay each measured point on its mark."""
    own, found = measures.flat(np.array(sample["face"])[:468]), {}
    pixels, flat = np.array(sample["face"])[:468, :2], np.c_[own, np.ones(468)]
    to_mm = np.linalg.lstsq(flat, pixels)[0][:2]  # the picture's own slant of the measure
    for at in sample["points"]:
        key = (at["id"], at["side"])
        if at["measure"] and key in one.points:
            left, down = np.linalg.solve(to_mm.T, one.points[key] - (at["x"], at["y"]))
            told = OwnMeasure(**at["measure"])
            outward = 1 if key[1] != "right" else -1
            found[key] = np.array([outward * (left + told.left_mm), down + told.down_mm])
    return found


def left_out(wanted: dict[str, dict[str, list[Points]]]) -> list[str]:
    """Return a line for each face: its errors by measures of the mean of the others' marks."""
    lines = []
    for who in next(iter(wanted.values())):
        far = []
        for faces in wanted.values():
            others = [np.mean(mm, axis=0) for other, mm in faces.items() if other != who and mm]
            if others and faces[who]:
                far += [np.linalg.norm(mm - np.mean(others, axis=0)) / 62 for mm in faces[who]]
        if far:
            lines.append(f"{who} by the others: usual {np.median(far):.1%}, mean {np.mean(far):.1%}")
    return lines


def _apart(means: list[Points]) -> float:
    """Return how far a point is on one face, by the mm of the others: the root of the mean square."""
    whole = np.sum(means, axis=0)
    far = [np.linalg.norm(mm - (whole - mm) / max(1, len(means) - 1)) for mm in means]
    return float(np.sqrt(np.mean(np.square(far)))) / 62


def main() -> None:
    glass.require()
    faces = POSES | (LENT if (camera.LENT / camera.marks()["obama"]["picture"]).exists() else {})
    wanted: dict[str, dict[str, list[Points]]] = defaultdict(lambda: {who: [] for who, _ in faces.values()})
    with tempfile.TemporaryDirectory() as folder:
        film = camera.film(Path(folder) / "film.y4m", [shot(*POSES["straight"]).picture])
        with glass.browser(film) as browser, glass.mirror(browser, ROUTINE) as mirror:
            page = mirror.opened(hurried=True)
            comes(page, "Boolean(face)")
            for name, (who, where) in (faces | TURNED).items():
                one, sample = looked(page, film, name)
                shows = {(at["id"], at["side"]) for at in sample["points"] if at["faces"] > 0.13}
                found = {key: far for key, far in errors(one, sample).items() if key in shows}
                print(told(f"{who}, {where}", found), f"{page.evaluate('turnOf(face)'):+.0f}", flush=True)
                if name in faces:
                    for (id_, _), mm in asked(one, sample).items():
                        wanted[id_][who].append(mm)
    for id_, each in wanted.items():
        mean = {who: np.mean(mm, axis=0) for who, mm in each.items() if mm}
        print(
            id_, *(f"{who} {left:+.1f} {down:+.1f}" for who, (left, down) in mean.items()), end="  ", sep="  "
        )
        print(f"by the others {_apart(list(mean.values())):.1%}")
    print(*left_out(wanted), sep="\n")


if __name__ == "__main__":
    main()
