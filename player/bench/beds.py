"""What a bed costs the ears: every phrase by the quick bench's voices, over each bed and without one.

The hardest case again: no echo canceller takes the bed out of what the microphone hears. Then every command
in every voice that nothing was tuned on, over the bed out of a loudspeaker, as a session cancels it.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np

from player.app.ears import setup
from player.bench.counts import Share
from player.bench.echo import MakeEars, commands, listened
from player.bench.echo_figures import judged
from player.bench.echo_room import EchoRoom
from player.bench.hearing.conditions import QUIET, Condition
from player.bench.hearing.noises import Make, recorded
from player.bench.hearing.trials import Outcome, say_words
from player.bench.hearing.units import Options, corpus_of
from player.bench.voices import HELD_OUT
from player.ears.worker import listening_chain, recogniser
from player.files import languages
from player.ports import EARS_RATE_HZ, RATE_HZ
from player.sound import beds
from player.sound.shaping import resample

UNDER_WORD_DB = (20, 10, 0)


def run(ears: str = "auto") -> Iterator[tuple[str, str]]:
    """Yield rows of (what, figure). Raises `BackendError` when the ears cannot be had."""
    chosen = setup(ears, languages.load("en"))
    make = partial(listening_chain, chosen, ear=recogniser(chosen))
    corpus = corpus_of(Options(ears=ears, quick=True), languages.load("en"))
    corpus = replace(corpus, makes={name: _noise(name) for name in beds.NAMES})
    for condition in (QUIET, *conditions()):
        outcome = Outcome()
        say_words(outcome, make, corpus, condition)
        first = [trial for trial in outcome.trials if not trial.second]
        right, wrong = (sum(one.result == what for one in first) for what in ("right", "wrong"))
        yield condition.name, f"{Share(right, len(first))} right, {wrong} wrong"
    yield from cancelled(make)


def cancelled(make: MakeEars) -> Iterator[tuple[str, str]]:
    """Yield what becomes of the same words in a silent room and over each bed, 20 dB under them."""
    clips = commands(HELD_OUT)
    sounds = {name: resample(beds.bed(name), RATE_HZ, EARS_RATE_HZ) for name in beds.NAMES}
    yield "silent room", str(judged(*listened(make, None, clips, next(iter(sounds.values())), 0.0)))
    for name, played in sounds.items():
        told = listened(make, EchoRoom(), clips, played, -UNDER_WORD_DB[0], speaks=False)
        yield f"{name} {UNDER_WORD_DB[0]} dB under the word, cancelled", str(judged(*told))


def conditions() -> Iterator[Condition]:
    """Yield each bed at each distance under the word."""
    for name in beds.NAMES:
        yield from (Condition(f"{name} {under} dB under the word", name, under) for under in UNDER_WORD_DB)


def _noise(name: str) -> Make:
    return recorded([resample(beds.bed(name), RATE_HZ, EARS_RATE_HZ).astype(np.float64)])
