"""`player tune`: a script performed on the stage of a session, before ears that take samples.

The same loudspeaker, mixer, voice, ears process and clock as in a session; the same in virtual time, where
the ears are a chain in this process.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from typing import Protocol

from player.app import ears
from player.app.choices import Choices
from player.app.enrol_asks import Ask, ListenForWord, Measure, Reply, Say, Script
from player.app.enrol_script import Result, Tuning
from player.backends.keyboard import Keyboard
from player.backends.mute_stderr import QuietStderr
from player.backends.portaudio import PortAudioLoudspeaker
from player.core.commands import Command
from player.core.events import Performed
from player.core.observations import NoticeGiven
from player.core.orders import Cue, Perform, Phrase, Tone
from player.core.plan import Plan
from player.core.wording import Language
from player.ears.client import EarsLost, EarsProcess
from player.ears.protocol import Measured, Taken
from player.errors import BackendUnavailable, RecognitionError
from player.files import languages
from player.files.enrolment import Enrolment, RoomMeasurement
from player.ports import NullEars, Observer, Render
from player.session.inbox import Pressed, RealInbox
from player.session.stage import Stage
from player.sound import tones
from player.sound.mixer import Mixer

News = Taken | Measured | EarsLost | Pressed | object
Phrases = Mapping[Command, Sequence[str]]
Inbox = Callable[[], Sequence[News]]  # waits for a tick, or moves a virtual world on by one block

_SPARE_S = 1.0  # beyond the time that a measurement takes


class TakingEars(Protocol):
    """What the conductor asks of the ears."""

    def take(self, *, wanted: bool) -> None:
        """Answer with a `Taken` for every lone word from now on, or no more."""

    def measure(self, length_s: float, tone_hz: float) -> None:
        """Answer with one `Measured` of the time from now on."""


class Conductor:
    """Performs a script: says, listens and measures, one after the other. One thread."""

    def __init__(self, stage: Stage, mixer: Mixer, ears: TakingEars, inbox: Inbox) -> None:
        self._stage = stage
        self._mixer = mixer
        self._ears = ears
        self._inbox = inbox
        self._number = 0

    def conduct(self, script: Script) -> bool:
        """Perform `script` to its end, or until "stop" is pressed; return whether that was so.

        Raises `RecognitionError`.
        """
        reply: Reply = None
        try:
            ask = next(script)
            while True:
                self._begin(ask)
                reply = self._reply(ask)
                ask = script.send(reply)
        except (StopIteration, _Left) as over:
            self._ears.take(wanted=False)
            return isinstance(over, _Left)

    def _begin(self, ask: Ask) -> None:
        match ask:
            case Say(phrases):
                self._perform(*phrases)
            case ListenForWord(wait_s):
                self._mixer.cue(tones.tone("tick"))
                self._stage.tell(NoticeGiven(""))
                self._ears.take(wanted=True)
                self._perform(listen_s=wait_s)
            case Measure(length_s, chime):
                self._ears.measure(length_s, tones.CHIME_HZ if chime else 0.0)
                if chime:
                    self._stage.carry_out(Cue(Tone.CHIME))
                self._perform(listen_s=length_s + _SPARE_S)

    def _perform(self, *phrases: Phrase, listen_s: float = 0.0) -> None:
        self._number += 1
        self._stage.carry_out(Perform(self._number, None, phrases, listen_s=listen_s))

    def _reply(self, ask: Ask) -> Reply:
        """Wait until what was asked for is over; return what came of it."""
        wanted = {ListenForWord: Taken, Measure: Measured}.get(type(ask))
        while True:
            for news in self._inbox():
                self._look(news)
                if wanted is not None and isinstance(news, wanted):
                    self._ears.take(wanted=False)
                    return news  # type: ignore[return-value]  # it is one of the two
            if any(fact == Performed(self._number) for fact in self._stage.facts()):
                self._ears.take(wanted=False)
                return None

    def _look(self, news: News) -> None:
        if isinstance(news, Pressed) and news.command is Command.STOP:
            raise _Left
        if isinstance(news, EarsLost):
            raise RecognitionError(
                f"the ears are lost: {news.reason}", "see `player doctor`, then begin anew"
            )


class _Left(Exception):
    """The person pressed stop."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Where scripts beside a session are performed: in which words and voice, and who watches."""

    language: Language
    render: Render
    observers: tuple[Observer, ...] = ()

    def conductor(self, mixer: Mixer, played: Callable[[], int], ears: TakingEars, inbox: Inbox) -> Conductor:
        """Return who performs here."""
        plan = Plan("tune", "", self.language.code, ())
        words = replace(self.language, sentences=languages.tuning(self.language.code))
        stage = Stage(plan, words, self.render, mixer, played, NullEars(), self.observers)
        return Conductor(stage, mixer, ears, inbox)


def tuned(
    result: Result, language: Language, microphone: str, before: Enrolment | None = None
) -> Enrolment | None:
    """Return what is to be kept, the words of `before` that were not tuned now with it; None for nothing."""
    if not result.takes:
        return None
    fits = before is not None and before.fits(language.code, microphone)
    takes = dict(before.takes) if fits and before else {}
    takes |= {phrase: tuple(kept) for phrase, kept in result.takes.items()}
    made = dt.datetime.now(tz=dt.UTC).date().isoformat()
    room = result.room or RoomMeasurement(floor_db=-100.0)
    return Enrolment(
        made=made,
        language=language.code,
        microphone=microphone,
        room=room,
        takes=takes,
        weak=tuple(result.weak),
    )


def _known(phrases: Phrases, unknown: Sequence[str]) -> Phrases:
    """Leave out what the recogniser cannot know: no session would listen for it."""
    return {c: tuple(p for p in several if p not in unknown) for c, several in phrases.items()}


def lead(choices: Choices, scene: Scene, words: Sequence[str] = ()) -> Result:
    """Lead a tuning of `words` (none: the usual ones) on this machine's devices; return what it gave.

    Raises `PlayerError` when there is no microphone or no loudspeaker.
    """
    inbox: RealInbox[News] = RealInbox()
    mixer = Mixer()
    chosen = ears.setup(choices.ears, scene.language, choices.source or None)
    with ExitStack() as closing:
        closing.enter_context(QuietStderr())
        listening = EarsProcess(replace(chosen, tuning=True), inbox.post)
        closing.callback(listening.close)
        phrases = _known(scene.language.phrases, listening.unknown)
        tuning = Tuning(phrases, words, scene.language.forms)
        loudspeaker = PortAudioLoudspeaker(choices.out or None)
        closing.callback(loudspeaker.close)
        loudspeaker.start(mixer.render)
        with suppress(BackendUnavailable):  # no terminal: nobody is there to press a key
            closing.callback(Keyboard(lambda press: inbox.post(Pressed(press.command))).close)
        conductor = scene.conductor(mixer, loudspeaker.played, listening, inbox.take)
        tuning.result.quit = conductor.conduct(tuning.script())
    return tuning.result
