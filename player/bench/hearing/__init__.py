"""How well the shipped ears hear: recall for each command, false commands, delay, cost.

Words, talk and noise go through the same chain as in a session. What is said comes from a folder of
recordings or from synthesizers that nothing was tuned on; those flatter one recogniser and wrong another, and
say little about people. Two processes share the work; the same corpus gives the same figures, but for cost.
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from player.app.ears import setup
from player.bench.echo_figures import EchoFigures
from player.bench.echo_narration import routines
from player.bench.hearing import conditions
from player.bench.hearing.corpus import Clip, Corpus, read, read_aloud, synthetic
from player.bench.hearing.curve import svg
from player.bench.hearing.figures import trade_off
from player.bench.hearing.noises import kitchen
from player.bench.hearing.over import narrated, say_over
from player.bench.hearing.report import Rows, as_json, rows
from player.bench.hearing.trials import (
    FalseAlarms,
    MakeEars,
    Outcome,
    Trial,
    make_noise,
    say_nothing,
    say_words,
)
from player.bench.voices import HELD_OUT, Voice, usable
from player.core.wording import Language
from player.ears.worker import listening_chain, recogniser
from player.errors import BackendError
from player.files import languages
from player.ports import EARS_RATE_HZ
from player.routine.compile.compose import load_plan

_SHARES = 2
_NOISE_S, _QUICK_NOISE_S = 240, 30
_MOST, _QUICK_MOST = 17, 13  # words of a share, where all of them would take too long
_MOST_OVER = 12  # while the player speaks
_QUICK = (conditions.QUIET, conditions.NOISY[1])  # a quiet room, a kitchen at 10 dB
_ROUTINE = "quick-facial-acupressure"


@dataclass(frozen=True, slots=True)
class Options:
    """What is measured. `corpus`: a folder of recordings, or "" for words made on the spot.

    `hours`: of talk alone, half of it in a kitchen, instead of everything.
    """

    corpus: str = ""
    ears: str = "auto"
    quick: bool = False
    hours: float = 0.0
    tuning: bool = False  # with the voices that everything is chosen by


def run(options: Options | None = None, report: Path | None = None, curve: Path | None = None) -> Rows:
    """Measure and return rows of (what, figure); write the JSON report and the trade-off curve if asked.

    Raises `FileFault` for a corpus that cannot be read, `BackendError` when the ears cannot be had.
    """
    options = options or Options(quick=True)
    if options.corpus:  # its faults are told here, not in a child
        read(Path(options.corpus), languages.load("en").phrases, Corpus())
    outcome = Outcome()
    children = [_start(options, index) for index in range(_SHARES)]
    for child in children:
        merge(outcome, json.loads(_answer(child)))
    lines = rows(outcome)
    lines.append(("memory of the ears", _answer(_child("memory", options.ears))))
    if report:
        report.write_text(json.dumps(as_json(outcome), indent=1), encoding="utf-8")
    if curve:
        curve.write_text(svg(trade_off(outcome)), encoding="utf-8")
    return lines


def _start(options: Options, index: int) -> subprocess.Popen[str]:
    return _child("share", json.dumps(asdict(options) | {"share": index}))


def _child(module: str, order: str) -> subprocess.Popen[str]:
    command = (sys.executable, "-m", f"player.bench.hearing.{module}", order)
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _answer(child: subprocess.Popen[str]) -> str:
    text, told = child.communicate()
    if child.returncode:
        last = next((line.strip() for line in reversed(told.splitlines()) if line.strip()), "")
        why = f"signal {-child.returncode}" if child.returncode < 0 else last or f"code {child.returncode}"
        raise BackendError(f"measuring the ears failed: {why}", "see `player doctor`")
    return text


def merge(outcome: Outcome, part: Mapping[str, Any]) -> None:
    """Add one share's answer to the whole."""
    outcome.trials += [Trial(**one) for one in part["trials"]]
    outcome.watches += [
        FalseAlarms(**one | {"false": tuple(map(tuple, one["false"])), "below": tuple(one["below"])})
        for one in part["watches"]
    ]
    for room, figures in part["over"].items():
        there = EchoFigures(
            **figures | {"to_hush": tuple(figures["to_hush"]), "to_action": tuple(figures["to_action"])}
        )
        outcome.over[room] = outcome.over[room] + there if room in outcome.over else there
    outcome.cpu_s += part["cpu_s"]
    outcome.heard_s += part["heard_s"]


def corpus_of(options: Options, language: Language) -> Corpus:
    """Return what is fed to the ears. Raises `FileFault`."""
    talk = [step.say for step in load_plan(_ROUTINE).steps if step.say]
    made = synthetic(language.phrases, talk, quick=options.quick, tuning=options.tuning)
    return read(Path(options.corpus), language.phrases, made) if options.corpus else made


def measured(options: Options, share: int, of: int = _SHARES) -> Outcome:
    """Measure one share of the work in this process."""
    language = languages.load("en")
    chosen = setup(options.ears, language)
    make = partial(listening_chain, chosen, ear=recogniser(chosen))
    if options.hours:
        voices = [voice for voice in HELD_OUT if usable(voice)][share::of]
        return talked(make, voices, options.hours / of * 3600)
    corpus = corpus_of(options, language).share(share, of)
    alone = _alone(quick=options.quick)[share::of]
    outcome = measure(make, corpus, alone, quick=options.quick)
    if not options.quick:
        say_over(outcome, make, drawn(corpus.words, _MOST_OVER), narrated())
    return outcome


def measure(
    make: MakeEars, corpus: Corpus, alone: Sequence[conditions.Condition], *, quick: bool = False
) -> Outcome:
    """Feed the whole corpus to ears, and the noises of `alone` without any words."""
    outcome = Outcome()
    some = drawn(corpus.words, _QUICK_MOST if quick else _MOST)
    for condition in _QUICK if quick else conditions.ALL:
        words = corpus.words if condition == conditions.QUIET else some
        say_words(outcome, make, replace(corpus, words=words), condition)
    for condition in _QUICK if quick else conditions.TALK_NOISE:
        say_nothing(outcome, make, corpus, "speech", condition)
    for kind in ("other", "narration"):
        say_nothing(outcome, make, corpus, kind, conditions.QUIET)
    length = (_QUICK_NOISE_S if quick else _NOISE_S) * EARS_RATE_HZ
    for condition in alone:
        make_noise(outcome, make, corpus, condition, length)
    return outcome


def talked(make: MakeEars, voices: Sequence[Voice], seconds: float) -> Outcome:
    """Feed running talk, the texts of all routines: every voice reads as long as the others."""
    plans = map(load_plan, routines())
    texts = list(dict.fromkeys(step.say for plan in plans for step in plan.steps if step.say))
    outcome = Outcome()
    for seed, voice in enumerate(voices):
        for clips in read_aloud(voice, texts, seconds / len(voices) / len(_QUICK), seed):
            for condition in _QUICK:
                say_nothing(
                    outcome, make, Corpus(speech=clips, makes={"kitchen": kitchen}), "speech", condition
                )
    return outcome


def drawn(words: Sequence[Clip], most: int) -> list[Clip]:
    """Return every word, or of more than `most` some from everywhere, the same every time."""
    if len(words) <= most:
        return list(words)
    return [words[index] for index in sorted(np.random.default_rng(7).permutation(len(words))[:most])]


def _alone(*, quick: bool) -> Sequence[conditions.Condition]:
    return [one for one in conditions.NOISY if one.snr_db == (10 if quick else 5) and one.noise != "babble"]
