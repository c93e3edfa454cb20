"""What hands are measured with: where a made-up hand is, how it is painted, what counts as right."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from player.bench.counts import Share
from tests.mirror import hand, hand_painted, hands
from tests.mirror.camera import HIGH, WIDE
from tests.mirror.hand import INDEX, HandSeen, Held
from tests.mirror.hand_cases import HandCase
from tests.mirror.hands import HandTold
from tests.mirror.head import HeadTurn, head

TURN = HeadTurn(eyes=62)  # a pixel is a mm
KNUCKLE, WRIST, THUMB = "middle-finger-phalanx-proximal", "wrist", "thumb-tip"
JOINTS = {INDEX: (0, -100, 0), KNUCKLE: (0, 0, 0), WRIST: (0, 80, 0), THUMB: (0, -20, -60)}


def hand_of(side: str) -> Any:
    """Return a hand of four joints, each a vertex too."""
    joints = {name: np.array(at, float) for name, at in JOINTS.items()}
    return SimpleNamespace(
        bent=lambda bend: (np.array(list(joints.values())), joints),
        palm=np.array([-1.0 if side == "right" else 1.0, 0, 0]),
        end=np.array([True, False, False, False]),
        triangles=np.array([[0, 2, 3]]),
    )


def laid(side: str, key: tuple[str, str], skin: float = 0.0, **how: float) -> HandSeen:
    held, flat = Held(side, toward=30.0, **how), np.full((HIGH, WIDE), skin)
    return hand.laid(hand_of(side), held, head().points[key], TURN, flat)


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_hand_touches_its_place_from_outside_and_before_the_face(side):
    one = laid(side, ("ST3", side))
    tip, wrist, thumb = (one.joints[name] for name in (INDEX, WRIST, THUMB))
    true = head().seen(head().points["ST3", side], TURN)
    assert np.linalg.norm((tip - true)[:2]) < 1.5
    assert abs(tip[2]) < 0.5  # it rests on what is there
    outward = -1 if side == "right" else 1
    assert outward * (wrist - tip)[0] > 20
    assert outward * (thumb - tip)[0] > 20
    assert wrist[1] > tip[1] + 80
    assert wrist[2] < tip[2] - 50  # nearer to the camera


def test_a_larger_hand_is_larger_and_stays_at_its_place():
    small, large = (laid("right", ("ST3", "right"), size=size).joints for size in (0.9, 1.1))
    far = [np.linalg.norm(one[WRIST] - one[INDEX]) for one in (small, large)]
    assert far[1] / far[0] == pytest.approx(1.1 / 0.9, abs=0.06)
    assert np.linalg.norm((small[INDEX] - large[INDEX])[:2]) < 1.5


def test_only_what_is_before_the_head_is_painted_and_its_shadow_falls_beside_it():
    at = np.array([[300, 200, -50], [360, 200, -50], [330, 260, -50]], float)
    one = HandSeen(at, {}, np.array([[0, 1, 2]]), Held(skin=(0, 1, 0), gloss=0, light=(-0.5, 0, -1)))
    picture, layer = np.full((HIGH, WIDE, 3), 100.0), hand_painted.layer(one)
    before, behind = (hand_painted.over(picture, np.full((HIGH, WIDE), z), layer) for z in (0.0, -60.0))
    assert before[220, 330, 1] > 120
    assert before[220, 330, 0] < 1
    assert (behind == picture).all()
    assert before[210, 370, 0] < 80  # the light comes from the left
    assert before[210, 280, 0] == pytest.approx(100)
    assert hand.sunk(one, np.full((HIGH, WIDE), -60.0)) == 1


def test_a_turn_goes_round_its_axis():
    assert hand.rotation(np.array([0, 0, 2.0]), 90) @ (1, 0, 0) == pytest.approx([0, 1, 0])


def test_near_and_not_near_are_told_of_the_hand_that_is_there_alone():
    key = ("ST3", "right")
    one, true = laid("right", key), head().seen(head().points[key], TURN)[:2]
    case = HandCase(0, TURN, [(Held(), key)], np.zeros(2), (1, 1, 1), light=1)

    def seen(tip: Any, knuckle: Any) -> Any:
        found = np.zeros((21, 2))
        found[8], found[9] = tip, knuckle
        return found

    own = seen(one.joints[INDEX][:2] + np.array([6, 0]), one.joints[KNUCKLE][:2])
    far = seen(true + np.array([0, 300]), true + np.array([200, 300]))
    (near,) = hands.told(case, [one], {key: true + np.array([5, 0])}, [far, own])
    assert near.tip_mm == pytest.approx(6)
    assert near.told_mm == pytest.approx(1, abs=1.5)
    assert near.right
    (lost,) = hands.told(case, [one], {key: true}, [far])
    assert lost.tip_mm is None
    assert not lost.right
    (faceless,) = hands.told(case, [one], {}, [own])
    assert faceless.told_mm is None
    assert not faceless.right


@pytest.mark.parametrize(
    ("true", "told", "counts", "right"),
    [
        (5, 13, True, True),
        (5, 15, True, False),
        (12, 9, False, False),
        (25, 16, True, True),
        (25, 9, True, False),
    ],
)
def test_what_counts_is_near_or_surely_not(true, told, counts, right):
    one = HandTold(true_mm=true, told_mm=told, tip_mm=3.0)
    assert one.counts == counts
    assert not counts or one.right == right


def test_the_share_that_is_right_has_its_bounds():
    assert Share(9, 10).between == pytest.approx((0.596, 0.982), abs=0.001)
    rows = [HandTold(5, 5, 2.0), HandTold(5, None, None), HandTold(12, 5, 4.0)]
    assert hands.summed("so", rows).startswith(
        "so: right 1 of 2 (9% to 91%), found 2 of 3, the tip is off by 3.0 mm"
    )
