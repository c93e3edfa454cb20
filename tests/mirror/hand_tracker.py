"""What sees hands and faces, run by a Python of its own that has MediaPipe's package; `hands.py` does it.

PYTHON hand_tracker.py FOLDER    # as JSON what is in the last picture of each film (.npy) in it
"""

import json
import sys
from typing import Any

import mediapipe
import numpy as np


def seen(pictures: Any) -> dict[str, Any]:
    """Return the hands, and the faces, in the last picture: of each its points, as shares of the picture."""
    solutions = mediapipe.solutions
    with (
        solutions.hands.Hands(max_num_hands=2, model_complexity=1) as hands,
        solutions.face_mesh.FaceMesh(max_num_faces=2, refine_landmarks=True) as faces,
    ):
        for one in pictures:
            found = hands.process(one).multi_hand_landmarks, faces.process(one).multi_face_landmarks
    return {
        name: [[{"x": at.x, "y": at.y, "z": at.z} for at in one.landmark] for one in each or ()]
        for name, each in zip(("hands", "faces"), found, strict=True)
    }


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(seen(list(np.load(line.strip())))), flush=True)
