"""Make the fixed clips of the tests anew: `python tests/vosk_model/clips.py`.

They are committed because flite and festival are not on every machine and because another version of a
synthesiser may speak otherwise. The name of a file is its text and its voice.
"""

import shutil
import sys
from pathlib import Path

import numpy as np
import soundfile
from evaluate import RATE_HZ, as_heard
from speakers import Utterance, espeak, festival, flite

_FOLDER = Path(__file__).parent / "clips"
_ESPEAK = (
    ("pause", "gmw/en-US+f4"),
    ("stop", "gmw/en-GB-x-rp+m3"),
    ("next step", "gmw/en-US+zac"),
    ("how much longer", "gmw/en+Mario"),
    ("heavy clouds gathered above the valley", "gmw/en-US+f4"),
)
_FLITE = (
    ("next", "slt"),
    ("repeat", "rms"),
    ("continue", "awb"),
    ("imagine warm light moving across your brow", "rms"),
)
_FESTIVAL = (("previous", "ked_diphone"), ("quieter", "cmu_us_slt_arctic_hts"))


def _spoken() -> list[Utterance]:
    said = [espeak().say(text, voice) for text, voice in _ESPEAK]
    said += [flite(text, voice) for text, voice in _FLITE]
    said += [utterance for text, voice in _FESTIVAL for utterance in festival([text], voice, [1.0])]
    return [utterance for utterance in said if utterance]


def main() -> int:
    shutil.rmtree(_FOLDER, ignore_errors=True)
    _FOLDER.mkdir()
    for utterance in _spoken():
        sound = np.frombuffer(as_heard(utterance), "<i2")
        voice = utterance.speaker.replace("gmw/", "").replace(":", " ")
        soundfile.write(_FOLDER / f"{utterance.text}, {voice}.flac", sound, RATE_HZ, subtype="PCM_16")
    return 0


if __name__ == "__main__":
    sys.exit(main())
