"""The loop: news in, engine, orders out. The one thread that thinks.

In: news of the inbox (what was heard, keys, devices) and facts of the stage; out: orders carried out on the
stage, entries for the journal, observations for whoever watches.
"""

from collections.abc import Callable
from dataclasses import replace

from player.core import ducking
from player.core.commands import Command
from player.core.decision import REPEAT_S, Accepted, Doubtful, Onset, Reason, Recognition, Rejected, opens
from player.core.engine import Engine, commands_in, names_in
from player.core.events import (
    Alarmed,
    Device,
    Doubted,
    Event,
    Found,
    Heard,
    Lost,
    Performed,
    Started,
    Unclear,
)
from player.core.key_meaning import meant
from player.core.observations import (
    CommandObeyed,
    DeviceFound,
    DeviceLost,
    EchoStatus,
    Observation,
    Origin,
    SessionPaused,
    SessionResumed,
    Transcribed,
    UtteranceRejected,
)
from player.core.place import Place
from player.core.states import (
    Asking,
    Closing,
    Ending,
    Finished,
    Offering,
    Paused,
    Questioning,
    Said,
)
from player.session import privacy
from player.session.codec import place_to_plain
from player.session.inbox import TICK_S, Back, Gone, Inbox, News, Pressed, Typed
from player.session.keepers import NOTHING_KEPT, Keepers
from player.session.moments import Moments
from player.session.stage import Stage

OLD_S = 2.0  # what was decided longer ago is meant no more


class Leader:
    """Leads one session to its end.

    `clear`: what is heard holds nothing of the player's own voice, so an onset is somebody else. `EchoStatus`
    tells later. `unheard`: there is no loudspeaker. `clock`: that of the news, in seconds (None: stage's).
    """

    def __init__(
        self,
        engine: Engine,
        stage: Stage,
        inbox: Inbox,
        keepers: Keepers = NOTHING_KEPT,
        clock: Callable[[], float] | None = None,
        *,
        clear: bool = False,
        unheard: bool = False,
    ) -> None:
        self._engine = engine
        self._stage = stage
        self._inbox = inbox
        self._keep = keepers.keep or (lambda _entry: None)
        self._remember = keepers.remember or (lambda _answers, _given: None)
        self._given: tuple[bool, ...] = ()
        self._doubted: tuple[Command | None, float] = None, 0.0  # an unsure answer, and when it came
        self._kept: Place | None = None
        self._unheard = unheard
        self._clear = clear
        self._ducking = ducking.Ducking()
        self._moments = Moments(clock or (lambda: stage.now_s), lambda: stage.played)

    def lead(
        self,
        start: Place | None = None,
        *,
        offered: bool = False,
        changed: bool = False,
        ahead_s: float = 0.0,
    ) -> Ending:
        """Run the session from `start` (None: its beginning; `offered`: ask first) until it has finished.

        `changed`: the step at `start` is not what it was. `ahead_s`: of sound before the first word, from the
        beginning of all sound on: until then a loudspeaker has woken up.
        """
        early = self._wait_ahead(ahead_s)
        self._begin(Started(start, offered, changed))
        if self._unheard:
            self._handle(Lost(Device.LOUDSPEAKER, self._stage.place))
        for news in early:
            self._take(news)
        while not isinstance(self._engine.state, Finished):
            self._moments.look()
            for news in self._inbox.take():
                self._take(news)
            self._duck(ducking.passed(self._ducking, self._stage.now_s))
            for fact in self._stage.facts():
                self._take_fact(fact)
            if self._unheard and isinstance(self._engine.state, Closing):
                self._stage.tell_rest()  # nobody hears the farewell: show it, and end at once
                self._handle(Performed(self._engine.session.number))
            self._keep_place()
        ending = self._engine.state.ending
        self._keep({"event": "ended", "ending": "" if ending is Ending.DECLINED else ending.value})
        return ending

    def _begin(self, started: Started) -> None:
        """Begin, and keep at once what of a session that goes on no journal may hold."""
        session = self._engine.session
        self._handle(started)
        if started.place and (session.answers or privacy.in_care(self._engine.plan, started.place)):
            self._remember(session.facts(), self._given)

    def _wait_ahead(self, ahead_s: float) -> list[News]:
        """Let so much have sounded, and return the news that came; what stands still is not waited for."""
        early: list[News] = []
        for _look in range(round(2 * ahead_s / TICK_S)):
            if self._stage.now_s >= ahead_s:
                break
            self._moments.look()
            early += self._inbox.take()
        return early

    def _keep_place(self) -> None:
        """Keep the place at every stroke, and at every second of timed work; where care is led, none."""
        plan, at = self._engine.plan, self._stage.place
        if privacy.private(plan, self._engine.session) or privacy.in_care(plan, at):
            return
        if isinstance(self._engine.state, Offering) or not self._engine.live:
            return
        place = replace(at, elapsed_ms=at.elapsed_ms // 1000 * 1000)
        if place != self._kept:
            self._kept = place
            self._keep({"place": place_to_plain(place)})

    def _take(self, news: News) -> None:
        match news:
            case Pressed(command=command, at_s=at_s, name=name):
                pressed_s = self._moments.now_s if at_s is None else at_s
                self._take_command(command, pressed_s, pressed_s, Origin.KEY, name)
            case Gone(device=device):
                self._lose(device)
            case Back(device=device):
                self._unheard &= device is not Device.LOUDSPEAKER
                self._stage.tell(DeviceFound(device))
                self._handle(Found(device, self._stage.place))
            case Onset():
                if not self._stage.speaking:
                    self._note_unclear()
                if self._clear:
                    self._hush(news)
            case Typed():
                self._note_unclear()
            case EchoStatus():
                self._clear = news.converged
                self._stage.tell(news)
            case Recognition():
                self._hush(news)
                self._hear(news)

    def _take_fact(self, fact: Event) -> None:
        if isinstance(fact, Lost) and fact.device not in self._engine.session.warned:
            self._lose(fact.device)
        else:
            self._handle(fact)

    def _hush(self, news: Onset | Recognition) -> None:
        self._duck(ducking.heard(self._ducking, news, self._stage.now_s, audible=self._stage.speaking))

    def _duck(self, ducking: ducking.Ducking) -> None:
        before, self._ducking = self._ducking, ducking
        if (down := ducking.since_s is not None) != (before.since_s is not None):
            self._stage.duck(down=down)

    def _lose(self, device: Device) -> None:
        self._unheard |= device is Device.LOUDSPEAKER
        self._stage.tell(DeviceLost(device))
        self._handle(Lost(device, self._stage.place))

    def _hear(self, heard: Recognition) -> None:
        tell = self._teller(heard.command, heard.began_s)
        tell(
            Transcribed(
                heard.text,
                _rounded(heard.score),
                _rounded(heard.margin),
                round(heard.start_s, 3),
                round(heard.end_s, 3),
            )
        )
        match heard.verdict:
            case Accepted() | Doubtful() if self._may_be_own(heard):
                tell(UtteranceRejected(heard.text, Reason.OWN_VOICE))
            case Accepted(command=command) if command in self._engine.costly and not self._surely(heard):
                tell(UtteranceRejected(heard.text, "doubtful"))
                self._handle(Doubted())
            case Accepted(command=command):
                began_s = heard.began_s
                decided_s = heard.decided_s if heard.decided_at_s is None else heard.decided_at_s
                name = heard.text if command is Command.NAME else ""
                self._take_command(command, began_s, decided_s, Origin.VOICE, name)
            case Doubtful(command=command):
                tell(UtteranceRejected(heard.text, "doubtful"))
                stop = command is Command.STOP
                self._handle(Alarmed(self._stage.place) if stop else Doubted())
            case Rejected(reason=reason):
                tell(UtteranceRejected(heard.text, reason))
                if reason is Reason.NOT_NOW:
                    self._handle(Doubted())
                elif reason is not Reason.OWN_VOICE and (self._clear or not self._stage.speaking):
                    self._note_unclear()

    def _note_unclear(self) -> None:
        """Somebody speaks: where a question is open that silence could answer, it is not silent."""
        state = self._engine.state
        if isinstance(state, Offering | Questioning | Asking) and state.said is Said.NOTHING:
            self._handle(Unclear())

    def _may_be_own(self, heard: Recognition) -> bool:
        """Whether the player said that word while it was heard; "say: pause" may be answered with "pause"."""
        words = (heard.text, *((heard.command.value,) if heard.command else ()))
        if self._clear or not any(map(self._stage.said_lately, words)):
            return False
        return self._stage.spoke_at(self._moments.sample(heard.began_s))

    def _surely(self, heard: Recognition) -> bool:
        """Whether what is costly is to be believed; what is not may be said once more."""
        doubted, at_s = self._doubted
        believed = opens(heard, doubted if self._stage.now_s - at_s <= REPEAT_S else None)
        self._doubted = (None if believed else heard.command, self._stage.now_s)
        return believed

    def _take_command(
        self, command: Command, began_s: float, decided_s: float, by: Origin, name: str = ""
    ) -> None:
        """Take a command as meant when its word began; too late, or older than this plan, it is only told."""
        number, place = self._stage.moment(self._moments.sample(began_s))
        state = self._engine.state_when(number)
        if isinstance(state, Closing | Finished):
            return  # nothing can be asked for any more
        command = meant(command, state) if by is Origin.KEY else command
        late = self._moments.now_s - decided_s > OLD_S
        if command is not Command.STOP and (late or self._moments.before(began_s)):
            self._reject(command, Reason.TOO_LATE, began_s)
        elif command not in commands_in(state) or (name and name not in names_in(state)):
            self._reject(command, Reason.NOT_NOW, began_s)
        else:
            self._teller(command, began_s)(CommandObeyed(command, by, name))
            self._handle(Heard(command, place, number, name))

    def _reject(self, command: Command, reason: Reason, began_s: float) -> None:
        self._teller(command, began_s)(UtteranceRejected(command.value, reason))
        self._handle(Doubted())

    def _teller(self, command: Command | None, began_s: float) -> Callable[[Observation], None]:
        """Return what tells of a word that began then: one about health no log and no page may hold."""
        number, place = self._stage.moment(self._moments.sample(began_s))
        session = self._engine.session.when(number)
        of_health = privacy.overheard(self._engine.plan, session, place, command)
        return self._stage.tell_in_private if of_health else self._stage.tell

    def _handle(self, event: Event) -> None:
        plain = privacy.kept(self._engine.plan, self._engine.session, event)
        self._keep(plain)
        before, answers, given = self._engine.state, self._engine.session.answers, self._given
        if plain["event"] == privacy.ANSWERED and isinstance(event, Heard):
            self._given = (*given, event.command is Command.YES)
        orders = self._engine.handle(event)
        after = self._engine.state
        if self._engine.session.answers != answers or self._given is not given:
            self._remember(self._engine.session.facts(), self._given)
        if isinstance(after, Paused) and not isinstance(before, Paused):
            self._stage.tell(SessionPaused())
        elif isinstance(before, Paused) and not isinstance(after, Paused):
            self._stage.tell(SessionResumed())
        for order in orders:
            self._stage.carry_out(order)


def _rounded(figure: float | None) -> float | None:
    return None if figure is None else round(figure, 3)
