"""A session as a timed transcript, in virtual time, without any sound library.

Uses the same engine and score as a real session, with the expected length of each text. A waiting step is
answered after `ANSWER_S` when nobody is scripted to speak: nothing stands in the way, and no choice is taken.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from player.core.commands import Command
from player.core.engine import Engine
from player.core.events import Event, Heard, Performed, Started
from player.core.notation import Beat, Score, samples
from player.core.orders import Cue, End, Hush, Order, Perform, Volume
from player.core.place import Part, Place
from player.core.plan import Eyes, Plan, Step
from player.core.score import Manner, announce, compose
from player.core.session import Session
from player.core.states import Asking, Finished, Paused, Waiting
from player.core.timing import RATE_HZ, speech_s
from player.core.wording import Language
from player.session.texts import spoken_preface

ANSWER_S = 4.0
_FOR_EVER_S = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a transcript: at `t_s`, what kind of thing, and what."""

    t_s: float
    kind: str  # step, say, count, beat, tone, command, state
    text: str

    def __str__(self) -> str:
        minutes, seconds = divmod(round(self.t_s, 1), 60)
        sign = {"step": "==", "command": " <", "tone": " *", "beat": " |", "count": " +", "state": " -"}
        return f"{minutes:02.0f}:{seconds:04.1f} {sign.get(self.kind, '  ')} {self.text}"


class Rehearsal:
    """Leads `plan` with `commands` given at times (seconds from the start); `brief`: short instructions."""

    def __init__(
        self,
        plan: Plan,
        language: Language,
        commands: Sequence[tuple[float, Command]] = (),
        *,
        brief: bool = False,
    ) -> None:
        self._plan = plan
        self._language = language
        self._engine = Engine(plan, Session(brief=brief))
        self._commands = sorted(commands)
        self._order: Perform | None = None
        self._score = Score((), (), (), 0)
        self._began_s = 0.0
        self._place = Place(0)
        self._step = -1
        self._eyes = Eyes.OPEN

    def lines(self) -> Iterator[Line]:
        """Yield the transcript from start to end."""
        yield from self._handle(Started(), 0.0)
        while not isinstance(self._engine.state, Finished):
            t_s, event = self._upcoming()
            yield from self._sounding_until(t_s)
            yield from self._handle(event, t_s)

    def _upcoming(self) -> tuple[float, Event]:
        """Return what happens first: a scripted command, an answer, or the end of what is performed."""
        end_s = self._began_s + self._score.length / RATE_HZ if self._order else _FOR_EVER_S
        if self._commands and self._commands[0][0] <= end_s:
            t_s, command = self._commands.pop(0)
            t_s = max(t_s, self._began_s)
            return t_s, Heard(command, self._place_at(t_s))
        if not self._commands and isinstance(self._engine.state, Waiting | Asking):
            place = self._engine.state.place
            return self._began_s + ANSWER_S, Heard(_answer(self._plan.steps[place.step]), place)
        if not self._commands and isinstance(
            self._engine.state, Paused
        ):  # and nobody will say anything any more
            return self._began_s + ANSWER_S, Heard(Command.RESUME, self._place)
        assert self._order is not None
        return end_s, Performed(self._order.number)

    def _place_at(self, t_s: float) -> Place:
        self._place = self._score.place_at(samples(t_s - self._began_s)) or self._place
        return self._place

    def _handle(self, event: Event, t_s: float) -> Iterator[Line]:
        if isinstance(event, Heard):
            yield Line(t_s, "command", event.command.value)
        for order in self._engine.handle(event):
            yield from self._carry_out(order, t_s)

    def _carry_out(self, order: Order, t_s: float) -> Iterator[Line]:
        match order:
            case Perform():
                yield from self._perform(order, t_s)
            case Hush():
                self._order, self._score, self._began_s = None, Score((), (), (), 0), t_s
                yield Line(t_s, "state", "silence")
            case Cue(tone=tone):
                yield Line(t_s, "tone", tone.value)
            case Volume(gain_db=gain_db):
                yield Line(t_s, "state", f"{gain_db:+.0f} dB")
            case End(ending=ending):
                yield Line(t_s, "state", ending.value)
            case _:
                pass

    def _perform(self, order: Perform, t_s: float) -> Iterator[Line]:
        preface = spoken_preface(self._language, order)
        self._order, self._began_s = order, t_s
        if order.place is None:
            self._score = announce(preface, _measure, Manner(), order.listen_s)
            return
        step = self._plan.steps[order.place.step]
        self._score = compose(step, order.place, preface, _measure, Manner(order.pace, order.brief))
        self._place = order.place
        if order.place.part is Part.INSTRUCTION or order.place.step != self._step:
            self._step = order.place.step
            number = f"{self._step + 1}/{len(self._plan.steps)}"
            yield Line(t_s, "step", f"{number} {step.id}: {step.label}{self._asides(step)}")

    def _asides(self, step: Step) -> str:
        """Return what beside its words matters in a step: the eyes where they change, mouth and ears."""
        eyes, self._eyes = self._eyes, step.eyes if step.eyes is not Eyes.EITHER else self._eyes
        asides = (
            f"eyes {step.eyes.value}" if self._eyes is not eyes else "",
            "mouth busy" if step.mouth_busy else "",
            "ears covered" if step.ears_covered else "",
        )
        both = ", ".join(filter(None, asides))
        return f" ({both})" if both else ""

    def _sounding_until(self, t_s: float) -> Iterator[Line]:
        """Yield what sounds from the beginning of the performance until `t_s`."""
        until = samples(t_s - self._began_s)
        lines = [*self._speech_lines(until), *self._beat_lines(until)]
        self._place_at(t_s)
        yield from sorted(lines, key=lambda line: line.t_s)

    def _speech_lines(self, until: int) -> Iterator[Line]:
        for speech in self._score.speech:
            if speech.at < until:
                kind = "count" if speech.role == "count" else "say"
                cut = "" if speech.end <= until else " --"
                yield Line(self._began_s + speech.at / RATE_HZ, kind, speech.text + cut)

    def _beat_lines(self, until: int) -> Iterator[Line]:
        beats = [beat for beat in self._score.beats if beat.at < until]
        for _, group in groupby(beats, key=self._together):
            several = list(group)
            yield Line(self._began_s + several[0].at / RATE_HZ, "beat", _described(several))

    def _together(self, beat: Beat) -> tuple[bool | str, int]:
        """Return what beats of one line share: they tick, or are one tone; and the set."""
        place = self._score.place_at(beat.at)
        return beat.tone.startswith("tick") or beat.tone, place.set if place else 0


def _answer(step: Step) -> Command:
    if step.ask is None:
        return Command.NEXT
    return Command.YES if step.ask.opens else Command.NO


def _described(beats: list[Beat]) -> str:
    first = beats[0]
    if first.length:
        return f"{first.tone} {first.length / RATE_HZ:g} s"
    loud = [beat for beat in beats if beat.tone != "tick_soft"]
    tones = " and ".join(dict.fromkeys(beat.tone for beat in loud))
    more = round(len(beats) / len(loud)) - 1
    soft = f", followed by {more} soft" if more else ""
    if len(loud) == 1:
        return f"{tones}{soft}"
    every = (loud[-1].at - loud[0].at) / (len(loud) - 1) / RATE_HZ
    return f"{tones} {len(loud)} times, every {every:.2g} s{soft}"


def _measure(text: str) -> int:
    return samples(speech_s(text))
