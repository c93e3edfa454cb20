"""Where the points are on any face, by its own measure: a table.

A face mesh follows eyes, nose, lips and brows well, and spreads its vertices over the cheeks as it likes; a
smile moves them. So a point is told as its text tells it: level with this, straight below that, a finger on.
62 mm are from the middle of one eye to the other's, each between its corners, which stay where they are when
eyes look aside or close. How deep a point lies is told by the mesh's triangle that is there, or, where the
face turns away from the front, by vertices that lie as deep.
How well that carries over: `python -m tests.mirror.shots`.
"""

import numpy as np
from numpy.typing import NDArray

from player.facemap.on_mesh import OwnMeasure

Points = NDArray[np.float64]

_EYE, _EYES = (263, 362), (33, 133, 263, 362)  # their corners, the left one's first
_TO_NOSE = (4, 4, 4, 4, *_EYES)  # half way from the eyes to the tip of the nose
_TO_JAW = (288, 288, 288, 288, *_EYES)  # half way from the eyes to the jaw's angle
_BROW, _BROW_END = (296, 334, 295, 282), (285, 336)

# The left side; a vertex named more than once counts as often. `left_mm`, `down_mm`: what the text says, as
# the marked faces bear it out; where they differ, nearer to the first, which is to be met within 4 %.
MEASURES = {
    "GB14": OwnMeasure(_EYE, _BROW, 1.7, -17.7),  # a thumb above the middle of the brow, over the pupil
    "EX-HN3": OwnMeasure((9,), (55, 107, *_BROW_END), 0.0, -0.6),  # between the ends of the brows
    # above the inner corner, on the brow: half by the eyes, as the rim of glasses may be taken for a brow
    "BL2": OwnMeasure((362,), (*_BROW_END, *_BROW_END, *_EYES), -0.4, -9.2),
    "EX-HN4": OwnMeasure(_EYE, (*_BROW, *_EYES), 0.9, -11.1),  # on the brow, above the pupil
    "TE23": OwnMeasure((300,), (263, 276), -2.2, -7.9),  # the outer end of the brow
    "GB1": OwnMeasure((263, 454), (342,), -0.4, 6.7),  # half a thumb outside the corner, towards the ear
    # a thumb on from between brow and corner, towards the ear
    "EX-HN5": OwnMeasure((263, 454), (263, 276), 5.7, 3.9, (368, 383)),
    "ST2": OwnMeasure(_EYE, _EYES, 0.8, 22.0),  # below the pupil, a finger under the rim
    "EX-HN8": OwnMeasure((279,), _TO_NOSE, -3.0, 7.5),  # the upper end of the crease, at the nose
    # beside the wing, in the crease, which a smile draws outwards with the corner of the mouth
    "LI20": OwnMeasure((358, 358, 358, 291), _TO_NOSE, -0.5, 18.1),
    "ST3": OwnMeasure(_EYE, _EYES, 0.7, 39.3),  # below the pupil, level with the lower edge of the wing
    "SI18": OwnMeasure((263,), _TO_JAW, 3.0, 2.3),  # below the outer corner, under the cheekbone
    "GV26": OwnMeasure((164,), _TO_NOSE, 0.0, 33.6),  # the middle of the groove
    # half a finger outside the corner of the mouth, less where it is drawn wide
    "ST4": OwnMeasure((291, 287), (291,), 5.6, 0.6),
    "ST5": OwnMeasure((379,), (17, 379), 7.8, 4.6, (397, 365)),  # on the edge of the jaw, below the lip
    "ST6": OwnMeasure((263,), (361,), 11.2, 12.1, (361, 401)),  # a finger up and in from the angle of the jaw
    "ST7": OwnMeasure((263,), _EYES, 17.4, 33.2, (447, 454)),  # under the cheek arch, in front of the hinge
}


def flat(face: Points) -> Points:
    """Return a face by its own measure: mm to its left and down from between the eyes.

    The face: x to the right, y down, z away, of any size and turn, one row a vertex.
    """
    right, left = face[[33, 133]].mean(axis=0), face[[263, 362]].mean(axis=0)
    across = (left - right) / np.linalg.norm(left - right)
    down = face[152] - face[10]
    down = down - across * (down @ across)
    down /= np.linalg.norm(down)
    from_middle: Points = (face - (left + right) / 2) @ np.c_[across, down]
    return from_middle * 62 / np.linalg.norm(left - right)


def spot_of(measure: OwnMeasure, flat_face: Points) -> Points:
    """Return where a point is on a face that was made `flat`."""
    across, down = flat_face[list(measure.across), 0], flat_face[list(measure.down), 1]
    return np.array([across.mean() + measure.left_mm, down.mean() + measure.down_mm])
