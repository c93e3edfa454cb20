"""The check of the microphone: the first ten seconds of a session are listened to; what is wrong is said.

It costs no time: the session begins at once, its first sentences are the test sound, nobody has to answer.
What is lost is told as any device is, in words with the cure; at most one thing, the worst first. Whether the
player's own voice can be taken out of what is heard is known after twenty seconds of it.

Later one thing more is looked for: a microphone that gave no sound at all in the first minute is dead, and
one that had a noise of its own and gives nothing but zeros was muted. That is told once; when sound returns
it is of use again without a word. Speech too soft to be heard is told once, for as long as nobody has been
heard.
"""

import math
from collections.abc import Callable
from itertools import dropwhile

from player.core.events import Device
from player.ears import protocol
from player.session.inbox import Back, Gone, News

LOOKS = 10  # levels, one a second
DEAD_AFTER = 8  # seconds of nothing but zeros, from one that was never quite silent before
NEVER_AFTER = 60  # seconds without any sound: a silent room and a gate in a headset let some through by then
NOISY_DB = -36.0  # the quiet of the room, full scale; speech near a microphone is about -26
NOISY_AFTER = 5
OVERDRIVEN = 0.998  # of full scale
OVERDRIVEN_TIMES = 2
FAINT_S = 1.0  # some words, all of them too soft
HEARD_S = 0.3  # of speech that is loud enough: it is well set
LOUD_ECHO = 0.5  # of full scale, from a loudspeaker that cannot be cancelled


class Check:
    """Takes the ears' levels as they come; posts one `Gone` when something is wrong. One thread."""

    def __init__(self, post: Callable[[News], None]) -> None:
        self._post = post
        self._seen: list[protocol.Levels] = []
        self._over = self._told = self._cancelled = False
        self._echo: Device | None = None  # what is wrong with the own voice
        self._dead = False  # told of
        self._alive = False  # there was some sound
        self._lost = False
        self._zeros = 0  # seconds in a row
        self._faint_s = self._spoken_s = 0.0
        self._soft = False  # told of

    def look(self, levels: protocol.Levels) -> None:
        """Take the levels of one more second."""
        if self._lost:
            return
        self._zeros = 0 if levels.peak else self._zeros + 1
        self._alive |= bool(levels.peak)
        self._listen(levels)
        if not self._over:
            self._seen.append(levels)
            self._tell(trouble(self._seen))
            self._over |= self._told or len(self._seen) >= LOOKS
        elif not self._dead and self._zeros >= self._patience:
            self._tell(Device.SIGNAL)

    @property
    def _patience(self) -> float:
        """How many seconds of zeros in a row mean that nothing is heard at all."""
        if hums(self._seen):
            return DEAD_AFTER
        return math.inf if any(one.peak for one in self._seen) or self._alive else NEVER_AFTER

    def _listen(self, levels: protocol.Levels) -> None:
        """Tell once that who speaks is too soft, where nobody has been heard yet; and that it is mended."""
        self._faint_s += levels.faint_s
        self._spoken_s += levels.spoken_s
        if self._spoken_s >= HEARD_S:
            if self._soft:
                self._post(Back(Device.LEVEL))
            self._soft, self._faint_s = False, -math.inf
        elif self._faint_s >= FAINT_S and not self._soft:
            self._soft = True
            self._tell(Device.LEVEL)

    def lost(self, *, lost: bool) -> None:
        """Look away while there is no microphone: that is told of by itself."""
        self._lost = lost
        self._zeros = 0

    def echo(self, echo: protocol.EchoMeasured) -> None:
        """Take how well the player's own voice is cancelled."""
        self._cancelled |= echo.converged  # what is lost later comes back by itself
        if echo.converged and self._echo is not None:
            self._post(Back(self._echo))
            self._echo = None
        if not self._cancelled and not self._told:
            loudest = max((one.peak for one in self._seen), default=0.0)
            self._echo = Device.DISTANCE if loudest >= LOUD_ECHO else Device.ECHO
            self._tell(self._echo)

    def _tell(self, lost: Device | None) -> None:
        if lost is not None:
            self._told = True
            self._dead |= lost is Device.SIGNAL
            self._post(Gone(lost))


def hums(seen: list[protocol.Levels]) -> bool:
    """Whether this microphone is never quite silent; where one cuts noise away, zeros mean nothing."""
    since_sound = list(dropwhile(lambda one: not one.peak, seen))
    return bool(since_sound) and all(one.peak for one in since_sound)


def trouble(seen: list[protocol.Levels]) -> Device | None:
    """Return what these seconds lack, None for nothing."""
    if sum(one.peak >= OVERDRIVEN for one in seen) >= OVERDRIVEN_TIMES:
        return Device.HEADROOM
    if len(seen) >= NOISY_AFTER and seen[-1].floor_db > NOISY_DB:
        return Device.QUIET
    return None
