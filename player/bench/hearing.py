"""How well the shipped ears hear: recall for each command, false commands, delay, cost.

Words and running speech come from voices that nothing was tuned on (`player/bench/voices.py`), through the
same chain as in a session, in digital silence and in soft noise. These are synthetic voices: they flatter one
recogniser and wrong another, and say little about people.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from player.backends.pocketsphinx_ears import PocketsphinxRecogniser, voice_activity
from player.bench.voices import HELD_OUT, Pcm, Voice, render, usable
from player.core.commands import Command
from player.core.hearing import Accepted, Doubtful, Heard, meanings
from player.ears.chain import ListeningChain
from player.files import languages
from player.ports import EARS_BLOCK, EARS_RATE_HZ
from player.routine.compose import load_plan

Phrases = Mapping[Command, Sequence[str]]
MakeChain = Callable[[], ListeningChain]

NOISES_DB: tuple[float | None, ...] = (None, -60.0)
_WORD_DB = -26.0
_GAP_S = 1.0
_WORD_END_DB = 28.0  # a word ends where it falls this far under its peak
_SLICE = EARS_RATE_HZ // 100


@dataclass(frozen=True, slots=True)
class Said:
    """One utterance in a stream: its text and where it is."""

    text: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of one spoken phrase."""

    voice: str
    phrase: str
    right: bool
    wrong: bool
    doubtful: bool
    delay_s: float | None  # from the end of the word to the decision, in audio time


@dataclass(slots=True)
class Figures:
    """All that was measured."""

    trials: list[Trial] = field(default_factory=list)
    false: list[tuple[str, str]] = field(default_factory=list)  # voice, command heard in running speech
    talk_s: float = 0.0
    heard_s: float = 0.0
    cpu_s: float = 0.0
    absent: list[str] = field(default_factory=list)  # voices that this machine does not have


def measure_hearing(
    make_chain: MakeChain, phrases: Phrases, talk: Sequence[str], voices: Sequence[Voice] = HELD_OUT
) -> Figures:
    """Measure. `talk` are sentences without commands, spoken as running speech."""
    figures = Figures(absent=[str(voice) for voice in voices if not usable(voice)])
    for voice in (voice for voice in voices if usable(voice)):
        texts = [phrase for several in phrases.values() for phrase in several]
        words = list(zip(texts, render(voice, [f"{text}." for text in texts]), strict=True))
        speech = list(zip(talk, render(voice, talk), strict=True))
        for noise_db in NOISES_DB:
            _measure_words(figures, make_chain(), meanings(phrases), str(voice), stream(words, noise_db))
            _measure_talk(figures, make_chain(), str(voice), stream(speech, noise_db))
    return figures


def _measure_words(
    figures: Figures,
    chain: ListeningChain,
    meaning: Mapping[str, Command],
    voice: str,
    sound: tuple[bytes, list[Said]],
) -> None:
    pcm, marks = sound
    heard = _listen(figures, chain, pcm)
    for said in marks:
        near = [item for item in heard if item.start_s < said.end_s and item.end_s > said.start_s]
        figures.trials.append(_judge(voice, said, near, meaning[said.text]))


def _judge(voice: str, said: Said, heard: Sequence[Heard], wanted: Command) -> Trial:
    right = [item for item in heard if item.verdict == Accepted(wanted)]
    wrong = any(isinstance(item.verdict, Accepted) and item.command != wanted for item in heard)
    doubtful = any(item.verdict == Doubtful(wanted) for item in heard)
    delay_s = right[0].decided_s - said.end_s if right else None
    return Trial(voice, said.text, bool(right), wrong, doubtful, delay_s)


def _measure_talk(
    figures: Figures, chain: ListeningChain, voice: str, sound: tuple[bytes, list[Said]]
) -> None:
    pcm, _ = sound
    accepted = [item.verdict for item in _listen(figures, chain, pcm) if isinstance(item.verdict, Accepted)]
    figures.false += [(voice, verdict.command.value) for verdict in accepted]
    figures.talk_s += len(pcm) / 2 / EARS_RATE_HZ


def _listen(figures: Figures, chain: ListeningChain, pcm: bytes) -> list[Heard]:
    chain.listen(Command)
    begun_s = time.process_time()
    block = 2 * EARS_BLOCK
    hearings = [item for at in range(0, len(pcm), block) for item in chain.accept(pcm[at : at + block])]
    figures.cpu_s += time.process_time() - begun_s
    figures.heard_s += len(pcm) / 2 / EARS_RATE_HZ
    return [item for item in hearings if isinstance(item, Heard)]


def stream(clips: Sequence[tuple[str, Pcm]], noise_db: float | None) -> tuple[bytes, list[Said]]:
    """Put clips in a row, all at one level, with quiet between; noise over the whole (dB full scale)."""
    pieces, marks, at = [np.zeros(EARS_RATE_HZ)], [], EARS_RATE_HZ
    for text, clip in clips:
        marks.append(Said(text, at / EARS_RATE_HZ, (at + _end(clip)) / EARS_RATE_HZ))
        pieces += [_levelled(clip), np.zeros(int(_GAP_S * EARS_RATE_HZ))]
        at += len(clip) + len(pieces[-1])
    sound = np.concatenate(pieces)
    if noise_db is not None:
        sound += np.random.default_rng(1).normal(0.0, 32768 * 10 ** (noise_db / 20), len(sound))
    return np.clip(sound, -32768, 32767).astype("<i2").tobytes(), marks


def _powers(clip: Pcm) -> npt.NDArray[np.float64]:
    slices = clip[: len(clip) // _SLICE * _SLICE].astype(np.float64).reshape(-1, _SLICE)
    powers: npt.NDArray[np.float64] = np.mean(slices**2, axis=1)
    return powers


def _end(clip: Pcm) -> int:
    powers = _powers(clip)
    return int(np.flatnonzero(powers > powers.max() * 10 ** (-_WORD_END_DB / 10)).max() + 1) * _SLICE


def _levelled(clip: Pcm) -> npt.NDArray[np.float64]:
    powers = _powers(clip)
    active = powers[powers > powers.max() / 1000].mean()
    scaled: npt.NDArray[np.float64] = clip * (32768 * 10 ** (_WORD_DB / 20) / np.sqrt(active))
    return scaled


def run() -> list[tuple[str, str]]:
    """Measure PocketSphinx with the English phrases and return rows of (what, figure)."""
    language = languages.load("en")
    others = languages.other_words("en")
    talk = [step.say for step in load_plan("quick-facial-acupressure").steps if step.say]

    def make_chain() -> ListeningChain:
        return ListeningChain(PocketsphinxRecogniser(others), language.phrases, voice_activity())

    return report(measure_hearing(make_chain, language.phrases, talk))


def report(figures: Figures) -> list[tuple[str, str]]:
    """Return the figures as rows of (what, figure); each group of trials is counted."""
    lines: list[tuple[str, str]] = []
    lines += _rows(figures.trials, lambda trial: trial.phrase)
    lines += _rows(figures.trials, lambda trial: trial.voice)
    lines += _rows(figures.trials, lambda _: "all phrases")
    delays = [trial.delay_s for trial in figures.trials if trial.delay_s is not None]
    if delays:
        median, late = np.percentile(delays, [50, 95])
        lines.append(("word's end to decision", f"median {median:.2f} s, 95 % {late:.2f} s of audio"))
    false = ", ".join(f"{command} ({voice})" for voice, command in figures.false)
    minutes = figures.talk_s / 60
    lines.append((f"false commands in {minutes:.1f} min of speech", f"{len(figures.false)} {false}".strip()))
    lines.append(("processor of the ears", f"{100 * figures.cpu_s / figures.heard_s:.1f} % of one core"))
    lines += [("left out, not installed", voice) for voice in figures.absent]
    return lines


def _rows(trials: Sequence[Trial], group: Callable[[Trial], str]) -> list[tuple[str, str]]:
    names = dict.fromkeys(group(trial) for trial in trials)
    return [(name, _counts([trial for trial in trials if group(trial) == name])) for name in names]


def _counts(trials: Sequence[Trial]) -> str:
    right, doubtful = sum(t.right for t in trials), sum(t.doubtful for t in trials)
    return f"{right} of {len(trials)} right, {doubtful} doubtful, {sum(t.wrong for t in trials)} wrong"
