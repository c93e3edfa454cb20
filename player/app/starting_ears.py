"""Ears that get ready while the session already begins, and are tried again until they can be had."""

import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from player.app.mic_check import Check
from player.app.presence import Presence
from player.core.commands import Command
from player.core.events import Device
from player.core.observations import EchoStatus
from player.ears import client, protocol
from player.errors import BackendError
from player.ports import Ears
from player.session.inbox import News

FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 15.0  # between two tries to start ears: each costs a second of work
VOICE_FIRST_S = 4.0  # so long ears wait for the first words at most
_LOOK_S = 0.05


class RoomEars(Ears, Protocol):
    """Ears of a room that stays open. `clear`: what they hear holds nothing of the player's own voice."""

    clear: bool


class StartingEars:
    """Ears of a session that may have begun before they are ready.

    What they should listen to is passed on when they are there. `told` gets the reason and the cure when they
    cannot be had, `drifted` what was found out about the two clocks. They start once `spoken` is set: on a
    busy machine they and the voice would hold each other up, and there is nothing to answer yet. `missing`
    is known to keep them away for now, which a short session would be over too soon to find out.
    """

    def __init__(
        self,
        chosen: protocol.Setup,
        post: Callable[[News], None],
        told: Callable[[BackendError], None],
        check: Check | None = None,
        drifted: Callable[[float], None] = lambda _ppm: None,
        spoken: threading.Event | None = None,
        missing: BackendError | None = None,
    ) -> None:
        self._spoken = spoken
        self._post = post
        self._presence = Presence(Device.MICROPHONE, post)
        self._drifted = drifted
        self._check = check
        self._told = told
        self._lock = threading.Lock()
        self._listen: frozenset[Command] = frozenset()
        self._names: Sequence[str] = ()
        self._audible = False
        self._ears: client.EarsProcess | None = None
        self.clear = False
        self._closed = threading.Event()
        if missing is not None:
            self._miss(missing)
        self._thread = threading.Thread(target=self._run, args=(chosen,), name="ears-start", daemon=True)
        self._thread.start()

    def _run(self, chosen: protocol.Setup) -> None:
        self._let_voice_begin()
        ears = self._started(chosen)
        if ears is None:
            return
        with self._lock:
            self._ears = ears
            ears.listen(self._listen, self._names)
            ears.own_voice(audible=self._audible)
        self._closed.wait()  # Linux ends the ears together with the thread that started them
        ears.close()

    def _let_voice_begin(self) -> None:
        if self._spoken is None:
            return
        for _ in range(round(VOICE_FIRST_S / _LOOK_S)):
            if self._spoken.wait(_LOOK_S) or self._closed.is_set():
                return

    def _started(self, chosen: protocol.Setup) -> client.EarsProcess | None:
        """Start the ears, however often: what is missing at the start may come later. None: it is over."""
        wait_s = FIRST_WAIT_S
        while not self._closed.is_set():
            try:
                ears = client.EarsProcess(chosen, self._pass_on)
            except (BackendError, OSError, RuntimeError) as error:  # the last two: a machine at its limits
                self._miss(error if isinstance(error, BackendError) else BackendError(str(error)))
            else:
                self._presence.find()
                return ears
            self._closed.wait(wait_s)
            wait_s = min(2 * wait_s, LONGEST_WAIT_S)
        return None

    def _miss(self, error: BackendError) -> None:
        if self._presence.lose():
            self._told(error)

    def _pass_on(self, news: client.News) -> None:
        match news:
            case client.EarsLost():
                self._look_away(lost=True)
                self._presence.lose()
                if self.clear:  # those that come instead begin without knowing the room
                    self._tell_echo(EchoStatus(converged=False, erle_db=0.0, delay_ms=None, drift_ppm=None))
            case client.EarsFound():
                self._look_away(lost=False)
                self._presence.find()
            case protocol.EchoMeasured():
                if self._check is not None:
                    self._check.echo(news)
                if news.converged and news.drift_ppm is not None:
                    self._drifted(news.drift_ppm)
                self._tell_echo(EchoStatus(news.converged, news.erle_db, news.delay_ms, news.drift_ppm))
            case protocol.Levels():
                if self._check is not None:
                    self._check.look(news)
            case protocol.Taken() | protocol.Measured():
                pass
            case hearing:
                self._post(hearing)

    def _tell_echo(self, status: EchoStatus) -> None:
        self.clear = status.converged
        self._post(status)

    def _look_away(self, *, lost: bool) -> None:
        if self._check is not None:
            self._check.lost(lost=lost)

    def listen(self, commands: Iterable[Command], names: Sequence[str] = ()) -> None:
        """Only these commands mean something from now on, and these names."""
        with self._lock:
            self._listen, self._names = frozenset(commands), names
            if self._ears is not None:
                self._ears.listen(self._listen, self._names)

    def own_voice(self, *, audible: bool) -> None:
        """Tell whether the player's own voice is in the room."""
        with self._lock:
            self._audible = audible
            if self._ears is not None:
                self._ears.own_voice(audible=audible)

    def reference(self, pcm: bytes) -> None:
        """Pass on what the loudspeaker was given, s16le at 16 kHz; dropped while there are no ears."""
        ears = self._ears
        if ears is not None:
            ears.reference(pcm)

    def close(self) -> None:
        """End the ears; idempotent."""
        self._closed.set()
        self._presence.close()
        self._thread.join(timeout=3.0)
