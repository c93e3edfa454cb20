"""Pictures of made-up hands at the scanned head, the same ones each time, and what is true of each."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from tests.mirror import camera, hand, hand_painted
from tests.mirror.camera import Picture
from tests.mirror.hand import HandSeen, Held
from tests.mirror.head import MM, HeadTurn, Points, head

PARTS = Path(__file__).parents[2] / "build/hands"  # what `hands.py` brings
COUNT, SEED = 60, 20
BOTH = 5  # each fifth with both hands
# how far beside its point the tip is, each for five pictures
BESIDE_MM = (0, 40, 5, 30, 0, 10, 5, 40, 20, 30)
COMING_MM = np.array([40.0, 130.0])  # outward and down: where the hand was a look before
SUNK = 0.01  # no more of a hand may be inside the head
TURNS = (
    HeadTurn(eyes=75),
    HeadTurn(),
    HeadTurn(10, eyes=90),
    HeadTurn(-12, eyes=75),
    HeadTurn(down=8, eyes=60),
)
SKINS = ((0.86, 0.68, 0.58), (0.80, 0.60, 0.50), (0.68, 0.48, 0.37), (0.52, 0.35, 0.26), (0.36, 0.24, 0.18))
LIGHTS = ((-0.4, -0.7, -0.8), (0.5, -0.5, -0.8), (0.0, -0.2, -1.0), (-0.9, -0.3, -0.5))


@dataclass(frozen=True, slots=True)
class HandCase:
    """A picture to be made: how the head is, each hand and its point, mm beside it, the skin, the light."""

    number: int
    turn: HeadTurn
    held: list[tuple[Held, tuple[str, str]]]
    beside: Points
    skin: tuple[float, ...]
    light: float


def cases() -> Iterator[HandCase]:
    """Yield the cases, the same ones each time; a hand that is inside the head is drawn anew."""
    random = np.random.default_rng(SEED)
    for number in range(COUNT):
        case = drawn(random, number)
        while max(hand.sunk(one, bare(case.turn)[1]) for one in laid(case)) > SUNK:
            case = drawn(random, number)
        yield case


def drawn(random: np.random.Generator, number: int) -> HandCase:
    turn, far = TURNS[number % len(TURNS)], BESIDE_MM[number // len(TURNS) % len(BESIDE_MM)]
    free = [key for key, at in sorted(head().points.items()) if not head().hidden(at, turn)]
    id_, side = free[random.integers(len(free))]
    hands = [side] if side != "mid" else [("left", "right")[random.integers(2)]]
    if number % BOTH == BOTH - 1 and {(id_, "left"), (id_, "right")} <= set(free):
        hands = ["left", "right"]
    skin, angle = np.array(SKINS[random.integers(len(SKINS))]), random.uniform(0, 2 * np.pi)
    inward, toward, roll, size = random.uniform((-10, 5, -20, 0.88), (45, 45, 20, 1.12))
    how = {"size": size, "inward": inward, "toward": toward, "roll": roll}
    how["bend"] = tuple(hand.BENDS)[random.integers(len(hand.BENDS))]
    how["skin"] = tuple(np.clip(skin * random.uniform(0.94, 1.06), 0, 1))
    how["gloss"] = (0.05, 0.15, 0.6)[random.integers(3)]
    how["light"] = LIGHTS[random.integers(len(LIGHTS))]
    held = [(Held(one, **how), (id_, side if side == "mid" else one)) for one in hands]
    beside = far * np.array([np.cos(angle), np.sin(angle)])
    return HandCase(number, turn, held, beside, tuple(skin), light=random.uniform(0.75, 1.05))


@cache
def bare(turn: HeadTurn) -> tuple[Picture, Points]:
    return head().taken(turn), hand_painted.depths(turn)


def laid(case: HandCase, way: Points | None = None) -> list[HandSeen]:
    """Return the hands of a case. `way`: how many mm they are off yet, outward and down."""
    hands = []
    for held, key in case.held:
        outward = -1 if held.side == "right" else 1
        beside = (case.beside + (0 if way is None else way)) * (outward, 1)
        spot = head().points[key] + np.array([*beside, 0]) / MM
        hands.append(hand.laid(hand.rig(PARTS, held.side), held, spot, case.turn, bare(case.turn)[1]))
    return hands


def made(case: HandCase, hands: list[HandSeen], *, alone: bool = False) -> Picture:
    """Return a picture of a case with these hands; `alone`: without the head."""
    picture, skin = bare(case.turn)
    whole = np.where(np.isfinite(skin)[..., None], picture * np.array(case.skin) / SKINS[1], picture)
    if alone:
        whole, skin = np.full_like(whole, camera.GREY), np.full_like(skin, np.inf)
    noise = np.random.default_rng(case.number).normal(0, 3, whole.shape)
    seen = hand_painted.over(whole, skin, *map(hand_painted.layer, hands)) * case.light + noise
    return np.clip(seen, 0, 255).astype(np.uint8)
