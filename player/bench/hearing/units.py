"""What there is to measure, in units that any process can take, and the measuring of one."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from player.app.ears import setup
from player.bench.echo_narration import routines
from player.bench.hearing import conditions
from player.bench.hearing.corpus import Clip, Corpus, read, read_aloud, synthetic
from player.bench.hearing.losses import Losses
from player.bench.hearing.noises import kitchen
from player.bench.hearing.over import ROOMS, narrated, say_over
from player.bench.hearing.trials import MakeEars, Outcome, make_noise, say_nothing, say_words
from player.bench.voices import HELD_OUT, Voice, usable
from player.core.decision import meanings
from player.core.wording import Language
from player.ears.worker import listening_chain, recogniser
from player.errors import UsageError
from player.files import languages
from player.ports import EARS_RATE_HZ
from player.routine.compile.compose import load_plan

_NOISE_S, _QUICK_NOISE_S = 240, 30
_MOST, _QUICK_MOST = 34, 26  # words, where all of them would take too long
_MOST_OVER = 24  # while the player speaks
_PIECES = 2  # of what takes long
_QUICK = (conditions.QUIET, conditions.NOISY[1])  # a quiet room, a kitchen at 10 dB
_ROUTINE = "quick-facial-acupressure"
_LONE = ("other", "near", "narration")


@dataclass(frozen=True, slots=True)
class Options:
    """What is measured. `corpus`: a folder of recordings, or "" for words made on the spot.

    `hours`: of talk alone, half of it in a kitchen, instead of everything. `conditions`: all words in these
    alone, and talk in the quiet room and the kitchen at 10 dB where those are among them. `limit`: so many
    clips of a kind at most, from everywhere; 0 for all.
    """

    corpus: str = ""
    ears: str = "auto"
    quick: bool = False
    hours: float = 0.0
    tuning: bool = False  # with the voices that everything is chosen by
    conditions: tuple[str, ...] = ()
    limit: int = 0


@dataclass(frozen=True, slots=True)
class WorkUnit:
    """A piece of the work: clips of a kind in a condition, or words over the player in a room."""

    kind: str  # words, speech, other, near, narration, noise, over, talk
    where: str
    piece: int = 0
    of: int = 1

    def __str__(self) -> str:
        return f"{self.kind}, {self.where}"


def chosen(names: Sequence[str]) -> tuple[conditions.Condition, ...]:
    """Return the conditions of these names. Raises `UsageError` for one that there is not."""
    known = {condition.name: condition for condition in conditions.ALL}
    for name in names:
        if name not in known:
            raise UsageError(f"bench: there is no condition `{name}`", f"conditions: {', '.join(known)}")
    return tuple(known[name] for name in names)


def planned(options: Options) -> list[WorkUnit]:
    """Return all of the work, the longest pieces first. Raises `UsageError`."""
    if options.hours:
        return [WorkUnit("talk", str(voice)) for voice in HELD_OUT if usable(voice)]
    wanted = chosen(options.conditions)
    said = wanted or (_QUICK if options.quick else conditions.ALL)
    usual = tuple(one for one in wanted if one in _QUICK)  # half of the talk in quiet, half at 10 dB
    talk = usual or wanted or (_QUICK if options.quick else conditions.TALK_NOISE)
    alone = [one for one in wanted if one in conditions.NOISY] if wanted else _alone(quick=options.quick)
    work = [WorkUnit("words", condition.name) for condition in said]
    work += [WorkUnit("speech", condition.name) for condition in talk]
    work += [WorkUnit(kind, conditions.QUIET.name) for kind in _LONE]
    pieces = [replace(unit, piece=piece, of=_PIECES) for piece in range(_PIECES) for unit in work]
    pieces += [WorkUnit("noise", condition.name) for condition in alone]
    whole = not options.quick and not wanted
    return ([WorkUnit("over", room) for room in ROOMS] if whole else []) + pieces


def _alone(*, quick: bool) -> list[conditions.Condition]:
    return [one for one in conditions.NOISY if one.snr_db == (10 if quick else 5) and one.noise != "babble"]


def corpus_of(options: Options, language: Language) -> Corpus:
    """Return what is fed to the ears. Raises `FileFault`."""
    talk = [step.say for step in load_plan(_ROUTINE).steps if step.say]
    have = Path(options.corpus) if options.corpus else None
    made = synthetic(language.phrases, talk, have, quick=options.quick, tuning=options.tuning)
    return read(have, language.phrases, made) if have else made


class Measuring:
    """Measures units, one after the other, with one recogniser. Raises `FileFault`, `BackendError`."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._language = languages.load("en")
        chosen = setup(options.ears, self._language)
        self._ear = recogniser(chosen)
        self._make: Any = partial(listening_chain, chosen, ear=self._ear)
        self._corpus = Corpus() if options.hours else corpus_of(options, self._language)
        if options.limit:
            for kind in ("words", "other", "near", "speech"):
                setattr(self._corpus, kind, drawn(getattr(self._corpus, kind), options.limit))

    def measured(self, unit: WorkUnit) -> Outcome:
        """Return what one unit came to."""
        outcome = Outcome()
        if unit.kind == "talk":
            voice = next(one for one in HELD_OUT if str(one) == unit.where)
            voices = sum(map(usable, HELD_OUT))
            return talked(self._make, [voice], self._options.hours * 3600 / voices, HELD_OUT.index(voice))
        if unit.kind == "over":
            say_over(outcome, self._make, drawn(self._corpus.words, _MOST_OVER), _narration(), unit.where)
            return outcome
        (condition,) = chosen([unit.where])
        if unit.kind == "noise":
            length = (_QUICK_NOISE_S if self._options.quick else _NOISE_S) * EARS_RATE_HZ
            make_noise(outcome, self._make, self._corpus, condition, length)
        elif unit.kind == "words":
            self._words(outcome, unit, condition)
        else:
            part = copy(self._corpus)
            setattr(part, unit.kind, self._corpus.piece(unit.kind, unit.piece, unit.of))
            say_nothing(outcome, self._make, part, unit.kind, condition)
        return outcome

    def _words(self, outcome: Outcome, unit: WorkUnit, condition: conditions.Condition) -> None:
        words = self._corpus.words
        if not self._options.conditions and condition != conditions.QUIET:
            words = drawn(words, _QUICK_MOST if self._options.quick else _MOST)
        part = replace(self._corpus, words=words)
        part.words = part.piece("words", unit.piece, unit.of)
        losses = Losses(self._ear, meanings(self._language.understood))
        say_words(outcome, self._make, part, condition, losses)


@cache
def _narration() -> Any:
    return narrated()


def talked(make: MakeEars, voices: Sequence[Voice], seconds: float, first: int = 0) -> Outcome:
    """Feed running talk, the texts of all routines: every voice reads as long as the others."""
    plans = map(load_plan, routines())
    texts = list(dict.fromkeys(step.say for plan in plans for step in plan.steps if step.say))
    outcome = Outcome()
    for seed, voice in enumerate(voices, first):
        for clips in read_aloud(voice, texts, seconds / len(voices) / len(_QUICK), seed):
            for condition in _QUICK:
                talk = Corpus(speech=clips, makes={"kitchen": kitchen})
                say_nothing(outcome, make, talk, "speech", condition)
    return outcome


def drawn(words: Sequence[Clip], most: int) -> list[Clip]:
    """Return every word, or of more than `most` some from everywhere, the same every time."""
    if len(words) <= most:
        return list(words)
    return [words[index] for index in sorted(np.random.default_rng(7).permutation(len(words))[:most])]
