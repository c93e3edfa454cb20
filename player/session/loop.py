"""The loop: news in, engine, orders out. The one thread that thinks.

In: news of the inbox (what was heard, keys, devices) and facts of the stage; out: orders carried out on the
stage, entries for the journal, observations for whoever watches.
"""

from collections.abc import Callable
from dataclasses import replace

from player.core import ducking
from player.core.commands import Command
from player.core.decision import Accepted, Doubtful, Onset, Reason, Recognition, Rejected
from player.core.engine import Engine
from player.core.events import Device, Doubted, Event, Found, Heard, Lost, Performed, Started
from player.core.observations import (
    CommandObeyed,
    DeviceFound,
    DeviceLost,
    EchoStatus,
    Origin,
    SessionPaused,
    SessionResumed,
    Transcribed,
    UtteranceRejected,
)
from player.core.place import Place
from player.core.states import Closing, Ending, Finished, Offering, Paused
from player.session.codec import Plain, place_to_plain, to_plain
from player.session.inbox import Back, Gone, Inbox, News, Pressed
from player.session.stage import Stage

_STAND_INS = {Command.PAUSE: Command.RESUME, Command.NEXT: Command.YES}

Keep = Callable[[Plain], None]  # takes every event and place for the journal; returns at once


class Leader:
    """Leads one session to its end.

    `clear`: what is heard holds nothing of the player's own voice, so an onset is somebody else. `EchoStatus`
    tells later. `unheard`: there is no loudspeaker.
    """

    def __init__(
        self,
        engine: Engine,
        stage: Stage,
        inbox: Inbox,
        keep: Keep | None = None,
        *,
        clear: bool = False,
        unheard: bool = False,
    ) -> None:
        self._engine = engine
        self._stage = stage
        self._inbox = inbox
        self._keep = keep or (lambda _entry: None)
        self._kept: Place | None = None
        self._unheard = unheard
        self._clear = clear
        self._ducking = ducking.Ducking()

    def lead(self, start: Place | None = None, *, offered: bool = False) -> Ending:
        """Run the session from `start` (None: its beginning; `offered`: ask first) until it has finished."""
        self._handle(Started(start, offered))
        while not isinstance(self._engine.state, Finished):
            for news in self._inbox.take():
                self._take(news)
            self._duck(ducking.passed(self._ducking, self._stage.now_s))
            for fact in self._stage.facts():
                self._take_fact(fact)
            if self._unheard and isinstance(self._engine.state, Closing):
                self._stage.tell_rest()  # nobody hears the farewell: show it, and end at once
                self._handle(Performed(self._engine.session.number))
            self._keep_place()
        self._keep({"event": "ended", "ending": self._engine.state.ending.value})
        return self._engine.state.ending

    def _keep_place(self) -> None:
        """Keep the place at every stroke, and at every second of timed work."""
        if isinstance(self._engine.state, Offering) or not self._engine.live:
            return
        place = self._stage.place
        place = replace(place, elapsed_ms=place.elapsed_ms // 1000 * 1000)
        if place != self._kept:
            self._kept = place
            self._keep({"place": place_to_plain(place)})

    def _take(self, news: News) -> None:
        match news:
            case Pressed(command=command):
                self._handle_command(Heard(self._meant(command), self._stage.place), Origin.KEY)
            case Gone(device=device):
                self._lose(device)
            case Back(device=device):
                self._unheard &= device is not Device.LOUDSPEAKER
                self._stage.tell(DeviceFound(device))
                self._handle(Found(device, self._stage.place))
            case Onset():
                if self._clear:
                    self._duck(ducking.begun(self._ducking, self._stage.now_s, audible=self._stage.speaking))
            case EchoStatus():
                self._clear = news.converged
                self._stage.tell(news)
            case Recognition():
                self._duck(ducking.known(self._ducking, command=isinstance(news.verdict, Accepted)))
                self._hear(news)

    def _take_fact(self, fact: Event) -> None:
        if isinstance(fact, Lost) and fact.device not in self._engine.session.warned:
            self._lose(fact.device)
        else:
            self._handle(fact)

    def _duck(self, ducking: ducking.Ducking) -> None:
        before, self._ducking = self._ducking, ducking
        down = ducking.since_s is not None
        if down != (before.since_s is not None):
            self._stage.duck(down=down)

    def _meant(self, command: Command) -> Command:
        """Return what a key means now: one key pauses and goes on, Enter also answers yes."""
        stand_in = _STAND_INS.get(command, command)
        now = self._engine.commands
        return stand_in if command not in now and stand_in in now else command

    def _lose(self, device: Device) -> None:
        self._unheard |= device is Device.LOUDSPEAKER
        self._stage.tell(DeviceLost(device))
        self._handle(Lost(device, self._stage.place))

    def _hear(self, heard: Recognition) -> None:
        self._stage.tell(
            Transcribed(
                heard.text,
                _rounded(heard.score),
                _rounded(heard.margin),
                round(heard.start_s, 3),
                round(heard.end_s, 3),
            )
        )
        match heard.verdict:
            case Accepted(command=command):
                self._handle_command(Heard(command, self._stage.place), Origin.VOICE)
            case Doubtful():
                self._stage.tell(UtteranceRejected(heard.text, "doubtful"))
                self._handle(Doubted())
            case Rejected(reason=reason):
                self._stage.tell(UtteranceRejected(heard.text, reason))
                if reason is Reason.NOT_NOW:
                    self._handle(Doubted())

    def _handle_command(self, event: Heard, by: Origin) -> None:
        if self._engine.session.over:
            return  # nothing can be asked for any more
        if event.command in self._engine.commands:
            self._stage.tell(CommandObeyed(event.command, by))
        else:
            self._stage.tell(UtteranceRejected(event.command.value, Reason.NOT_NOW))
        self._handle(event)

    def _handle(self, event: Event) -> None:
        self._keep(to_plain(event))
        before = self._engine.state
        orders = self._engine.handle(event)
        after = self._engine.state
        if isinstance(after, Paused) and not isinstance(before, Paused):
            self._stage.tell(SessionPaused())
        elif isinstance(before, Paused) and not isinstance(after, Paused):
            self._stage.tell(SessionResumed())
        for order in orders:
            self._stage.carry_out(order)


def _rounded(figure: float | None) -> float | None:
    return None if figure is None else round(figure, 3)
