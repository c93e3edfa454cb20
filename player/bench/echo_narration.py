"""The player's own narration: whole sessions as they sound, without the times in which nothing is said."""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import soundfile
import soxr

from player.app import virtual
from player.app.session_config import SessionConfig
from player.core.observations import Observation, SpeechEnded, SpeechStarted
from player.core.plan import hands_off
from player.files import languages, voices
from player.files.clips import Clips
from player.ports import EARS_RATE_HZ, RATE_HZ, Samples
from player.routine.catalogue import list_routines
from player.routine.compile.compose import load_plan
from player.voice.client import VoiceWorker

_AROUND_S = 0.8  # of what sounds before and after what is said
_LOUD = 0.7  # of full scale, in the mean of the loudest: what a loudspeaker is driven with


class Spoken:
    """Observer: what was said when, in seconds."""

    def __init__(self) -> None:
        self.times: list[tuple[float, float]] = []
        self._since = 0.0

    def observe(self, t_s: float, observation: Observation) -> None:
        """Keep when each speech began and ended."""
        if isinstance(observation, SpeechStarted):
            self._since = t_s
        elif isinstance(observation, SpeechEnded):
            self.times.append((self._since, t_s))


def routines() -> list[str]:
    """Return every routine that can be led."""
    return [summary.id for summary in list_routines() if not summary.fault and summary.steps]


def sessions(several: Iterable[str], voice: str) -> Iterator[Samples]:
    """Yield the narration of each routine in a voice of the player, 16 kHz. Raises `PlayerError`."""
    with tempfile.TemporaryDirectory(prefix="player-bench-") as name:
        folder = Path(name)
        with VoiceWorker(voices.find(voice), Clips(folder / "clips")) as worker:
            for routine in several:
                yield _session(routine, worker, folder / "session.wav")


def _session(routine: str, worker: VoiceWorker, out: Path) -> Samples:
    plan = hands_off(load_plan(routine))
    spoken = Spoken()
    setting = SessionConfig(plan, languages.load(plan.language), worker.render, observers=(spoken,))
    virtual.lead(setting, virtual.Files(out), "none")
    sound, _ = soundfile.read(out, dtype="float32")
    kept = [sound[round(a * RATE_HZ) : round(b * RATE_HZ)] for a, b in talk(spoken.times)]
    narration = soxr.resample(np.concatenate(kept), RATE_HZ, EARS_RATE_HZ)
    return np.asarray(narration * (_LOUD / np.percentile(np.abs(narration), 99.9)), np.float32)


def talk(times: Sequence[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    """Yield the stretches to keep: what is said with what is around it, each moment once."""
    wide = [(max(0.0, begin - _AROUND_S), end + _AROUND_S) for begin, end in times]
    for (begin, end), (after, _) in pairwise([*wide, (float("inf"), 0.0)]):
        yield begin, min(end, max(begin, after))
