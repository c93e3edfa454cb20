"""Whole routines as files, looked at and read back: `python -m tests.e2e.read_back FOLDER [ROUTINE…]`.

Each is made by `player play ROUTINE --out`, with all its counts, ticks, bells and rests. Told for each: peak,
level of the voice, softest stretch, offset, clicks, the longest quiet, and what a recogniser reads from the
finished file, cut where the log says that a sentence begins and ends. `sox FILE -n spectrogram` draws one.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from player.backends.moonshine_ears import MoonshineRecogniser
from player.bench.words import share_wrong
from player.files import speech
from player.ports import EARS_RATE_HZ, RATE_HZ, Samples
from player.sound.shaping import resample, to_s16
from tests.e2e import recorded

ROUTINES = ("quick-facial-acupressure", "desk-break", "quiet-close", "soft-evening")
_AROUND_S = 0.15
_FRAME = RATE_HZ // 10
_QUIET_DB = -60.0  # full scale: a rest, with nothing but the floor in it
_CLICK = 12.0  # times the level of the second difference around it
_NEAR = RATE_HZ // 100


def main() -> None:
    """Print a row for each routine."""
    folder, names = Path(sys.argv[1]), sys.argv[2:] or ROUTINES
    folder.mkdir(parents=True, exist_ok=True)
    ear = MoonshineRecogniser()
    for name in names:
        wav, log = folder / f"{name}.wav", folder / f"{name}.jsonl"
        command = [sys.executable, "-m", "player", "play", name, "--out", str(wav), "--log", str(log)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        sound, said = recorded.sound(wav), recorded.speeches(recorded.log(log))
        print(f"{name}: {'; '.join(looks(sound, said))}; {read_back(ear, sound, said, folder / name)}")


def looks(sound: Samples, said: list[tuple[float, float, str]]) -> Iterator[str]:
    """Yield what is seen: `said` are the beginnings, ends (s) and texts of the sentences."""
    yield f"{len(sound) / RATE_HZ / 60:.1f} min, peak {_db(float(np.abs(sound).max())):.1f} dB"
    voice = [_db(_rms(recorded.between(sound, begin, end))) for begin, end, _ in said if end - begin > 1]
    yield f"sentences {min(voice):.1f} to {max(voice):.1f} dB"
    frames = sound[: len(sound) // _FRAME * _FRAME].reshape(-1, _FRAME)
    levels = 20 * np.log10(np.sqrt(np.square(frames, dtype=np.float64).mean(axis=1)) + 1e-9)
    zeros = int((~frames.any(axis=1)).sum())
    yield f"softest 0.1 s {levels.min():.0f} dB, exact zeros in {zeros} of {len(frames)}"
    runs = np.split(levels < _QUIET_DB, np.flatnonzero(np.diff(levels < _QUIET_DB)) + 1)
    yield f"longest quiet {max((len(run) for run in runs if run[0]), default=0) / 10:.1f} s"
    yield f"offset {abs(float(sound.mean())):.1e}, clicks {clicks(sound)}"


def clicks(sound: Samples) -> int:
    """Return at how many places a sample leaps out of what is around it within 10 ms."""
    leaps = np.abs(np.diff(sound, 2))
    around = np.sqrt(np.convolve(leaps**2, np.full(2 * _NEAR, 1 / (2 * _NEAR)), "same")) + 1e-4
    found = np.flatnonzero(leaps > _CLICK * around)
    return int((np.diff(found, prepend=-_FRAME) > _NEAR).sum())


def read_back(
    ear: MoonshineRecogniser, sound: Samples, said: list[tuple[float, float, str]], beside: Path
) -> str:
    """Return how many words are read wrongly; a file `beside` the sound has each text and what was read."""
    pairs = []
    for begin, end, text in said:
        if not text.isdecimal():  # a count, with its tick
            part = recorded.between(sound, max(0.0, begin - _AROUND_S), end + _AROUND_S)
            pairs.append((text, ear.transcribe(to_s16(resample(part, RATE_HZ, EARS_RATE_HZ)))))
    beside.with_suffix(".txt").write_text(
        "\n".join(f"{a}\n    {b}" for a, b in pairs) + "\n", encoding="utf-8"
    )
    wrong, words = share_wrong(pairs, speech.load("en").forms)
    return f"{wrong} of {words} words read wrongly"


def _rms(sound: Samples) -> float:
    return float(np.sqrt(np.square(sound, dtype=np.float64).mean()))


def _db(value: float) -> float:
    return 20 * float(np.log10(value + 1e-9))


if __name__ == "__main__":
    main()
