"""The stage carries orders out and tells what has become audible since it was last asked.

In: the engine's orders (`carry_out`); out: clips at sample positions on the mixer (48 kHz), facts for the
engine (`facts`), and observations for whoever watches (`tell`).

It decides nothing: every order comes from the engine, every fact goes back to it. All methods belong to the
thinking thread.
"""

import math
import re
from collections import deque
from collections.abc import Callable
from typing import assert_never

from player.core import ducking
from player.core.events import Device, Event, Lost, Performed
from player.core.notation import Role
from player.core.observations import (
    ListeningChanged,
    NoticeGiven,
    Observation,
    PrivacyChanged,
    SessionFinished,
    SpeechEnded,
    SpeechStarted,
    StepStarted,
    StrokeStarted,
    TonePlayed,
    VoiceDucked,
)
from player.core.orders import Bed, Cue, End, Hush, Listen, Order, Perform, Volume
from player.core.place import Part, Place
from player.core.plan import Plan, Strokes
from player.core.wording import Language
from player.ports import RATE_HZ, Ears, Observer, Render
from player.session.arranging import Arranger
from player.session.performance import Performance
from player.sound import tones
from player.sound.mixer import Mixer

LATE_S = 1.5  # a word is decided so long after it was said
_WORDS = re.compile(r"[^\w']+")
ROOM_TAIL = RATE_HZ * 4 // 10  # the player's own voice lingers in a room this long


class Stage:
    """Performs a plan on a mixer.

    `render` gives the clip of a text, as `Arranger` takes it; `played` is the clock, in samples.
    """

    def __init__(
        self,
        plan: Plan,
        language: Language,
        render: Render,
        mixer: Mixer,
        played: Callable[[], int],
        ears: Ears,
        observers: tuple[Observer, ...] = (),
    ) -> None:
        self._plan = plan
        self._arranger = Arranger(plan, language, render)
        self._mixer = mixer
        self._played = played
        self._ears = ears
        self._observers = observers
        self._performance: Performance | None = None
        self._recent: deque[Performance] = deque(maxlen=8)  # what a word that is decided now may be about
        self._place = Place(0)
        self._step = -1
        self._audible = False
        self._private = False
        self._said: deque[tuple[str, float]] = deque(maxlen=8)  # the last sentences, and when each had ended

    # --- what it is told

    def carry_out(self, order: Order) -> None:
        """Do what the engine asks."""
        match order:
            case Perform():
                self._perform(order)
            case Hush():
                self._silence()
            case Listen(commands=commands, names=names):
                self._ears.listen(commands, names)
                self.tell(ListeningChanged(tuple(sorted(commands)), names))
            case Cue(tone=tone):
                self._mixer.cue(tones.tone(tone))
                self.tell(TonePlayed(tone))
            case Volume(gain_db=gain_db):
                self._mixer.volume(10 ** (gain_db / 20))
            case Bed(on=on, fade_s=fade_s):
                self._mixer.fade_bed(1.0 if on else 0.0, fade_s)
            case End(ending=ending):
                self.tell(SessionFinished(ending))
            case _ as never:
                assert_never(never)

    @property
    def played(self) -> int:
        """Samples of the session that are audible by now."""
        return self._played()

    def keep_quiet(self) -> None:
        """Give no sign of life in a long silence."""
        self._arranger.signs_of_life = False

    @property
    def now_s(self) -> float:
        """Seconds of the session."""
        return self._played() / RATE_HZ

    @property
    def speaking(self) -> bool:
        """Whether the player's own voice is in the room."""
        return self._audible

    def duck(self, *, down: bool) -> None:
        """Take the voice down so that it can be spoken over, or back up."""
        self._mixer.duck(ducking.GAIN if down else 1.0)
        self.tell(VoiceDucked(down))

    def tell(self, observation: Observation) -> None:
        """Tell every observer, with the second of the session to a millisecond."""
        t = round(self.now_s, 3)
        for observer in self._observers:
            observer.observe(t, observation)

    def tell_in_private(self, observation: Observation) -> None:
        """Tell something that concerns health though what is performed does not."""
        before = self._private
        self._keep_private(private=True)
        self.tell(observation)
        self._keep_private(private=before)

    def _perform(self, order: Perform) -> None:
        self._end_speech()
        if order.place is not None:
            self._place = order.place
            self._tell_step(order.place)
        self._performance = None
        self._arranger.take(order)
        self._begin()
        if self._performance is None:
            self._mixer.hush()

    def _begin(self) -> None:
        """Begin what was ordered, once it is all there: nothing else waits for a voice."""
        arranged = self._arranger.arranged()
        if arranged is not None:
            self._performance = Performance(arranged.order, arranged.score, self._place)
            self._recent.append(self._performance)
            self._mixer.play(arranged.order.number, arranged.sounds, arranged.score.length)

    def _silence(self) -> None:
        self._end_speech()
        self._mixer.hush()
        self._performance = None
        self._arranger.take(None)

    def _end_speech(self) -> None:
        performance = self._performance
        if performance is not None and performance.ended < performance.started:
            self._tell_end(performance.score.speech[performance.ended].text)

    def _tell_end(self, text: str) -> None:
        if self._said:
            self._said[-1] = text, self.now_s
        self.tell(SpeechEnded(text))

    # --- what it tells

    @property
    def place(self) -> Place:
        """Where the session is now, to the stroke."""
        position = self._position()
        if self._performance is not None and position is not None:
            self._place = self._performance.score.place_at(position) or self._place
        return self._place

    def moment(self, sample: int) -> tuple[int, Place]:
        """Return the number of the performance that was audible at a sample of the session, and the place."""
        number, position, performance = self._sounding(sample)
        return number, self._place if performance is None else performance.place_at(position)

    def _sounding(self, sample: int) -> tuple[int, int, Performance | None]:
        number, position = self._mixer.heard(sample)
        return number, position, next((one for one in self._recent if one.order.number == number), None)

    def _position(self) -> int | None:
        """Return the position in the performance under way that is audible now."""
        performance = self._performance
        number, position = self._mixer.heard(self._played())
        if performance is None or number != performance.order.number:
            return None
        return position

    def facts(self) -> tuple[Event, ...]:
        """Tell what became audible since the last call; return what the engine must know."""
        facts: tuple[Event, ...] = ()
        self._begin()
        if self._arranger.failed:
            self._arranger.failed = False
            facts = (Lost(Device.VOICE, self.place),)
        position = self._position()
        if position is None or self._performance is None:
            self._tell_ears(audible=False)
            return facts
        self._tell(self._performance, position)
        self._tell_ears(audible=self._performance.speaking(position, ROOM_TAIL))
        if position >= self._performance.score.length and not self._performance.over:
            self._performance.over = True
            return (*facts, Performed(self._performance.order.number))
        return facts

    def said_lately(self, phrase: str) -> bool:
        """Whether the player itself says this phrase, or did as long ago as a word is decided late."""
        recent = [text for text, end_s in self._said if end_s >= self.now_s - LATE_S]
        return any(f" {phrase.lower()} " in f" {_WORDS.sub(' ', text.lower())} " for text in recent)

    def spoke_at(self, sample: int) -> bool:
        """Whether the player's own voice was in the room at a sample of the session."""
        _, position, performance = self._sounding(sample)
        return performance is not None and performance.score.speaks(position, ROOM_TAIL)

    def tell_rest(self) -> None:
        """Tell at once all that is still to be said, for whoever reads it."""
        for text in self._arranger.texts:
            self.tell(SpeechStarted(text, Role.PREFACE))
        if self._performance is not None:
            self._tell_speech(self._performance, self._performance.score.length)

    def _tell(self, performance: Performance, position: int) -> None:
        self._tell_speech(performance, position)
        marks = performance.score.marks
        before = performance.marked
        while performance.marked < len(marks) and marks[performance.marked].at <= position:
            performance.marked += 1
        if performance.marked > before:
            self._tell_place(marks[performance.marked - 1].place)
        while (
            performance.chimed < len(performance.chimes)
            and performance.chimes[performance.chimed] <= position
        ):
            performance.chimed += 1
            self.tell(NoticeGiven(""))

    def _tell_speech(self, performance: Performance, position: int) -> None:
        speeches = performance.score.speech
        while performance.ended < len(speeches):
            speech = speeches[performance.ended]
            if performance.started == performance.ended and speech.at <= position:
                performance.started += 1
                place = performance.order.place
                if place is not None and speech.role is not Role.PREFACE:
                    self._keep_private(private=self._plan.steps[place.step].care)
                self._said.append((speech.text, math.inf))
                self.tell(SpeechStarted(speech.text, speech.role))
                if speech.role is Role.NOTICE:
                    self.tell(NoticeGiven(speech.text))
            if performance.started == performance.ended or speech.end > position:
                return
            performance.ended += 1
            self._tell_end(speech.text)

    def _tell_place(self, place: Place) -> None:
        work = self._plan.steps[place.step].work
        self._keep_private(private=self._plan.steps[place.step].care)
        self.tell(StrokeStarted(place, work.reps if isinstance(work, Strokes) else 0))

    def _tell_step(self, place: Place) -> None:
        if place.step == self._step and place.part is not Part.INSTRUCTION:
            return
        first, self._step = self._step < 0, place.step
        step = self._plan.steps[place.step]
        echoes = self._private or (first and bool(self._plan.today))  # of an answer
        self._keep_private(private=step.care)
        self.tell(StepStarted(step.id, place.step, len(self._plan.steps), step.label))
        self._keep_private(private=step.care or echoes)

    def _keep_private(self, *, private: bool) -> None:
        """Tell when what follows begins or ceases to concern health."""
        if private != self._private:
            self._private = private
            self.tell(PrivacyChanged(private))

    def _tell_ears(self, *, audible: bool) -> None:
        if audible != self._audible:
            self._audible = audible
            self._ears.own_voice(audible=audible)
