"""What `player tune` brings to people: takes of a word are kept, other takes by the same person decided.

    python -m tests.ears.tuned_people DIR [SPEAKERS]    # DIR as `player bench hearing --corpus` wants it

Who said a word several times is a listener. As a tuning asks, one take is kept where the ears hear it well,
up to three where they do not, never more than half; the rest is decided with and without them, each stretch
once, in a quiet room and in the household noise of DIR at 10 dB. A folder of `commands/` that is no phrase is
a word of their own for a command. What is in `other/` by the same speaker must stay nothing.
"""

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from player.app.ears import setup
from player.bench.counts import Share
from player.bench.hearing.conditions import NOISY, QUIET, Condition, noise_under, reach
from player.bench.hearing.corpus import LEFT_OUT, Clip, Corpus, read
from player.bench.hearing.noises import kitchen
from player.core.commands import Command
from player.core.decision import Accepted, decide, meanings, sureness
from player.ears.enrolment.features import Take, take_of
from player.ears.enrolment.score_fusion import TunedRecogniser
from player.ears.worker import recogniser
from player.files import languages
from player.ports import EARS_RATE_HZ, Recogniser
from tests.ears.fit_takes import Cut, cut
from tests.ears.tuned import OneAnswer

CONDITIONS = (QUIET, next(one for one in NOISY if one.name == "kitchen 10 dB"))
_LEAD_S, _AFTER_S = 2.5, 0.7
_MOST_KEPT, _MOST_DECIDED, _MOST_OTHERS = 3, 3, 4  # takes of a word, other words of a speaker
_HEARD_WELL = 5.0  # over the limit, as in a tuning
_OWN = (Command.NEXT, Command.PREVIOUS, Command.REPEAT, Command.PAUSE, Command.RESUME, Command.SLOWER)


def phrases_of(folder: Path) -> dict[Command, tuple[str, ...]]:
    """Return the phrases, with each folder's name that is none of them as an own word, two a command."""
    language = languages.load("en")
    known = {phrase.replace(" ", "_") for several in language.understood.values() for phrase in several}
    known |= {command.value for command in Command}
    several = {command: tuple(phrases) for command, phrases in language.understood.items()}
    own = sorted(one.name for one in (folder / "commands").iterdir() if one.name not in known)
    for number, word in enumerate(own):
        several[_OWN[number % len(_OWN)]] += (word,)
    return several


def heard(clip: Clip, condition: Condition, corpus: Corpus, seed: int) -> Cut | None:
    """Return the longest lone stretch that the ears cut out of a clip in a room, if there is one."""
    lead, after = (np.zeros(round(s * EARS_RATE_HZ)) for s in (_LEAD_S, _AFTER_S))
    sound = np.concatenate([lead, reach(clip.pcm, condition), after])
    rng = np.random.default_rng(seed)
    found = cut((sound + noise_under(len(sound), condition, corpus.makes, rng)) / 32768)
    return max(found, key=lambda one: len(one.pcm), default=None)


class Person:
    """A speaker's takes of words, and what the ears make of them."""

    def __init__(self, clips: Sequence[Clip], ear: Recogniser, meaning: Mapping[str, Command]) -> None:
        self._once, self._meaning = OneAnswer(ear), meaning
        ear.expect(list(meaning))
        takes: dict[str, list[Clip]] = {}
        for clip in clips:
            takes.setdefault(_phrase(clip, meaning), []).append(clip)
        self._takes = {word: several for word, several in takes.items() if len(several) > 1}
        self.kept: dict[str, list[Take]] = {}
        self.left: list[Clip] = []

    def tuned(self, corpus: Corpus) -> Recogniser:
        """Keep takes of each word, leave the others in `left`, and return the ears with what was kept."""
        for word, several in self._takes.items():
            quiet = [heard(several[0], QUIET, corpus, 0)]
            most = min(len(several) // 2, 1 if self._is_heard_well(word, quiet[0]) else _MOST_KEPT)
            quiet += [heard(clip, QUIET, corpus, seed) for seed, clip in enumerate(several[1:most], 1)]
            kept = [take_of(one.pcm) for one in quiet if one]
            self.left += several[most : most + _MOST_DECIDED]
            if kept:
                self.kept[word] = kept
        if not self.kept:
            return self._once
        with_takes = TunedRecogniser(self._once, self.kept)
        with_takes.expect(list(self._meaning))
        return with_takes

    def _is_heard_well(self, word: str, one: Cut | None) -> bool:
        if one is None:
            return False
        answer, command = self._once.hear(one), self._meaning[word]
        right = self._meaning.get(answer.text) is command
        return right and sureness(answer, command, one.context) >= _HEARD_WELL

    def obeyed(self, one: Cut | None, ears: Sequence[Recogniser]) -> Iterator[Command | None]:
        """Yield what each of these ears obeys of a stretch, which is decoded once."""
        if one is not None:
            self._once.hear(one)
        for ear in ears:
            yield None if one is None else self._decided(ear, one)

    def plain(self) -> Recogniser:
        """Return the ears without takes."""
        return self._once

    def _decided(self, ear: Recogniser, one: Cut) -> Command | None:
        ear.begin()
        ear.accept(one.pcm)
        answer = ear.end()
        verdict = decide(answer, self._meaning.get(answer.text), one.context)
        return verdict.command if isinstance(verdict, Accepted) else None


def _phrase(clip: Clip, meaning: Mapping[str, Command]) -> str:
    """Return the phrase that a clip's folder is named after, or the first of the command of that name."""
    phrase = clip.text.replace("_", " ")
    first = next(phrase for phrase, command in meaning.items() if command is clip.command)
    return phrase if phrase in meaning else first


def measured(folder: Path, most: int = 0) -> Iterator[tuple[str, str]]:
    """Yield (what, figure): without and with takes. Raises `FileFault` for a corpus that cannot be read."""
    phrases = phrases_of(folder / LEFT_OUT)
    corpus = read(folder, phrases, Corpus(makes={"kitchen": kitchen}))
    meaning = meanings(phrases)
    chosen = replace(setup("auto", languages.load("en")), phrases=phrases)
    ear, counts, kept = recogniser(chosen), Counter[str](), Counter[str]()
    speakers = list(dict.fromkeys(clip.speaker for clip in corpus.words))
    for speaker in speakers:
        person = Person([clip for clip in corpus.words if clip.speaker == speaker], ear, meaning)
        ears = (person.plain(), person.tuned(corpus))
        if not person.left or (most and kept["speakers"] >= most):
            continue
        kept += Counter(speakers=1, words=len(person.kept), takes=sum(map(len, person.kept.values())))
        others = [clip for clip in corpus.other if clip.speaker == speaker][:_MOST_OTHERS]
        for seed, clip in enumerate([*person.left, *others]):
            for condition in CONDITIONS:
                found = person.obeyed(heard(clip, condition, corpus, 100 + seed), ears)
                for name, command in zip(("without", "with"), found, strict=True):
                    _count(counts, f"{condition.name}, {name}", clip.command, command)
        print(f"{speaker}: {sum(counts.values())} decided", file=sys.stderr, flush=True)
    yield "takes kept", ", ".join(f"{count} {what}" for what, count in kept.items())
    for condition in CONDITIONS:
        for name in ("without", "with"):
            yield from _lines(counts, f"{condition.name}, {name}")


def _count(counts: Counter[str], where: str, said: Command | None, command: Command | None) -> None:
    counts[f"{where}: {'words' if said else 'others'}"] += 1
    counts[f"{where}: missed"] += said is not None and command is None
    counts[f"{where}: wrong"] += said is not None and command not in {None, said}
    counts[f"{where}: false"] += said is None and command is not None


def _lines(counts: Counter[str], where: str) -> Iterator[tuple[str, str]]:
    for what, of in (("missed", "words"), ("wrong", "words"), ("false", "others")):
        yield f"{where}, {what}", str(Share(counts[f"{where}: {what}"], counts[f"{where}: {of}"]))


if __name__ == "__main__":
    for row in measured(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0):
        print(": ".join(row), flush=True)
