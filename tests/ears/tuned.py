"""What a tuning asks of a made-up person, led by the script, and what it brings; nothing was fitted on them.

    python -m tests.ears.tuned              # the ears of a fresh machine
    python -m tests.ears.tuned pocketsphinx

Without takes, with each word taken three times, and as it is: takes asked for, seconds (sentences by their
length), phrases proposed instead, and of each command what is obeyed.
"""

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from player.app.ears import setup
from player.app.enrol_asks import Ask, ListenForWord, Measure, Reply, Say
from player.app.enrol_script import TAKES, Result, Tuning, take_of
from player.backends.vad import VoiceActivity
from player.bench.voices import Voice, usable
from player.core.commands import Command
from player.core.decision import Accepted, Hypothesis, decide, meanings
from player.ears.enrolment.capture import TakingChain
from player.ears.enrolment.score_fusion import TunedRecogniser
from player.ears.protocol import Measured, Taken
from player.ears.worker import recogniser
from player.files import languages
from player.ports import Recogniser
from tests.ears.fit_takes import CONDITIONS, Cut, in_room, noise, phrases_of
from tests.ears.people import HELD_OUT, Person

_LETTER_S, _PAUSE_S = 0.065, 0.3  # of the player's own sentences
_ANSWER_S, _AFTER_S = 0.45, 0.75
_RATE_HZ = 16_000
_LANGUAGE = languages.load("en")
_SENTENCES = languages.tuning("en")


class Thrice(Tuning):
    """As it was: each word three times and the first ones with palms, whatever the ears make of them."""

    def _wanted(self, phrase: str) -> int:
        return TAKES

    def _is_good(self, phrase: str) -> bool:
        return phrase not in self.result.weak


class OneAnswer:
    """Recogniser port that decodes a segment once, whoever asks."""

    def __init__(self, ear: Recogniser) -> None:
        self.name, self.unknown, self.partial, self.close = ear.name, ear.unknown, ear.partial, ear.close
        self.weigh = ear.weigh  # type: ignore[attr-defined]
        self._ear = ear
        self._answer = Hypothesis("")

    def expect(self, phrases: Sequence[str]) -> None:
        """All is expected from the beginning."""

    def hear(self, one: Cut) -> Hypothesis:
        self._ear.begin()
        self._ear.accept(one.pcm)
        self._answer = self._ear.end()
        return self._answer

    def begin(self) -> None:
        """Keep the answer."""

    def accept(self, pcm: bytes) -> None:
        """It was heard."""

    def end(self) -> Hypothesis:
        return self._answer


@dataclass
class Dialogue:
    """One person, answering what is asked; the same take of a word is heard once for all tunings."""

    person: Person
    ear: Recogniser

    def __post_init__(self) -> None:
        self.known: dict[tuple[str, int], Taken | None] = {}

    def led(self, tuning: Tuning) -> tuple[Result, Counter[str], float]:
        """Return what it gave, how often each phrase was asked for, and how long it took in seconds."""
        script, reply, phrase, asked, length_s = tuning.script(), None, "", Counter[str](), 0.0
        while True:
            try:
                ask: Ask = script.send(reply)
            except StopIteration:
                return tuning.result, asked, length_s
            if isinstance(ask, Say):
                phrase = str(dict(ask.phrases[0].values).get("phrase", phrase))
            asked[phrase] += isinstance(ask, ListenForWord)
            reply, took_s = self._reply(ask, phrase, asked[phrase])
            length_s += took_s

    def _reply(self, ask: Ask, phrase: str, time: int) -> tuple[Reply, float]:
        match ask:
            case Say(several):
                texts = [str(_SENTENCES[one.key]).format(**dict(one.values)) for one in several]
                return None, sum(_LETTER_S * len(text) + _PAUSE_S for text in texts)
            case Measure(length_s):
                return Measured(-66.0, 0.0, None, None), length_s
            case ListenForWord(wait_s):
                taken = self._taken(phrase, time)
                return taken, wait_s if taken is None else _ANSWER_S + taken.length_s + 0.3

    def _taken(self, phrase: str, time: int) -> Taken | None:
        if (phrase, time) not in self.known:
            self.known[phrase, time] = self._heard(self.person.say(phrase, time))
        return self.known[phrase, time]

    def _heard(self, clip: np.ndarray) -> Taken | None:
        chain = TakingChain(self.ear, _LANGUAGE.understood, VoiceActivity())
        sound = np.concatenate([np.zeros(2 * _RATE_HZ), clip, np.zeros(round(_AFTER_S * _RATE_HZ))])
        sound += noise("quiet", len(sound), len(sound))
        pcm = (np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes()
        chain.accept(pcm[: 2 * _RATE_HZ])
        chain.take(wanted=True)
        found = [one for one in chain.accept(pcm[2 * _RATE_HZ :]) if isinstance(one, Taken)]
        return found[0] if found else None


def cuts(person: Person, phrases: Sequence[str]) -> Iterator[tuple[str, str, Cut | None]]:
    """Yield what each test is: the phrase ("": none), the condition, the segment; None: there was none."""
    words = [w for w in languages.other_words("en") if len(w) > 2]
    others = [str(word) for word in np.random.default_rng(5).permutation(words)[:20]]
    said = [(phrase, phrase) for phrase in phrases] + [("", word) for word in others]
    for index, kind in enumerate(CONDITIONS):
        rooms = in_room([person.say(text, 11) for _, text in said], kind, index + 1)
        for (phrase, _), several in zip(said, rooms, strict=True):
            yield phrase, kind, several[0] if several else None


Outcome = dict[tuple[str, str], Command | None]  # by phrase or other word, and condition


def measured(person: Person, ears: str) -> Iterator[tuple[str, str]]:
    """Yield lines: whose, and what came of it."""
    ear = recogniser(setup(ears, _LANGUAGE))
    tunings = {"three of each": Thrice, "as it is": Tuning}
    meaning = meanings(_LANGUAGE.understood)
    ear.expect(list(meaning))
    dialogue, once = Dialogue(person, ear), OneAnswer(ear)
    led = {
        name: dialogue.led(kind(_LANGUAGE.phrases, forms=_LANGUAGE.forms)) for name, kind in tunings.items()
    }
    ear.expect(list(meaning))
    several: dict[str, Recogniser] = {"without": once}
    for name, (result, _, _) in led.items():
        takes = {phrase: [take_of(one) for one in kept] for phrase, kept in result.takes.items()}
        several[name] = TunedRecogniser(once, takes)
        several[name].expect(list(meaning))
    counts: dict[str, Counter[str]] = {name: Counter() for name in several}
    firsts = phrases_of(_LANGUAGE)
    chosen = [p for p in meaning for result, _, _ in led.values() if _said_for(p, result, meaning)]
    for phrase, kind, one in cuts(person, list(dict.fromkeys([*firsts, *chosen]))):
        if one is not None:
            once.hear(one)
        for name, tuned in several.items():
            said = _said_for(phrase, led[name][0] if name in led else None, meaning)
            command = None if one is None else _obeyed(tuned, one, meaning)
            _count(counts[name], phrase, kind, command, meaning, first=phrase in firsts, chosen=said)
    for name, counter in counts.items():
        yield name, _line(counter, led.get(name))


def _said_for(phrase: str, result: Result | None, meaning: Mapping[str, Command]) -> bool:
    """Whether the person says this phrase for its command: the first, or what was proposed instead."""
    command = meaning.get(phrase)
    proposed = {} if result is None else {meaning[p]: p for p in result.takes if p not in result.weak}
    usual = next(iter(_LANGUAGE.phrases[command])) if command else ""
    weak = result is not None and usual in result.weak
    return phrase == (proposed.get(command, usual) if weak and command else usual)


def _obeyed(ear: Recogniser, one: Cut, meaning: Mapping[str, Command]) -> Command | None:
    ear.begin()
    ear.accept(one.pcm)
    heard = ear.end()
    verdict = decide(heard, meaning.get(heard.text), one.context)
    return verdict.command if isinstance(verdict, Accepted) else None


def _count(
    counter: Counter[str],
    phrase: str,
    kind: str,
    command: Command | None,
    meaning: Mapping[str, Command],
    *,
    first: bool,
    chosen: bool,
) -> None:
    if not phrase:
        counter[f"{kind} others"] += 1
        counter[f"{kind} false"] += command is not None
        return
    right = command is meaning[phrase]
    for name, wanted in (("first", first), ("chosen", chosen)):
        counter[f"{kind} {name}"] += wanted
        counter[f"{kind} {name} right"] += wanted and right
    counter[f"{kind} wrong"] += first and command is not None and not right


def _line(counter: Counter[str], led: tuple[Result, Counter[str], float] | None) -> str:
    parts = []
    if led is not None:
        result, asked, length_s = led
        parts.append(f"{sum(asked.values())} takes of {len(asked)} phrases in {length_s:.0f} s")
        parts.append(f"weak: {', '.join(result.weak) or '-'}")
    return "; ".join([*parts, *(_in(kind, counter) for kind in CONDITIONS)])


def _in(kind: str, counter: Counter[str]) -> str:
    right, said = counter[f"{kind} first right"], counter[f"{kind} first"]
    chosen, wrong = counter[f"{kind} chosen right"], counter[f"{kind} wrong"]
    false, others = counter[f"{kind} false"], counter[f"{kind} others"]
    return f"{kind}: {right} of {said} right, as chosen {chosen}, wrong {wrong}, false {false} of {others}"


if __name__ == "__main__":
    ears_of = (sys.argv[1:] or ["auto"])[0]
    for somebody in HELD_OUT:
        if usable(Voice(somebody.engine, somebody.name)):
            for name_of, text in measured(somebody, ears_of):
                print(f"{somebody}, {name_of}: {text}", flush=True)
