"""The listening chain: microphone samples in, what was heard out, in audio time.

microphone ► rumble taken out ► canceller ► segments ► suppressor ► recogniser ► decision. There may be no
canceller, and no suppressor. It reads no clock and starts no thread: the same samples give the same answers,
in virtual time as in the ears process.
"""

import math
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from player.core.commands import Command
from player.core.decision import (
    REPEAT_S,
    Accepted,
    Context,
    Doubtful,
    Hearing,
    Hypothesis,
    Onset,
    Reason,
    Recognition,
    Rejected,
    decide,
    hasty,
    is_own,
    meanings,
    stands_out,
    sureness,
)
from player.ears.denoise import Suppressor
from player.ears.pitch import voiced
from player.ears.rumble import Rumble
from player.ears.segmenter import (
    FRAME_S,
    Closed,
    Grew,
    IsSpeech,
    Lull,
    Segmenter,
    SegmentOpened,
    Stretch,
    seconds,
)
from player.ports import Recogniser


class Canceller(Protocol):
    """Takes the player's own voice out of what the microphone heard."""

    @property
    def converged(self) -> bool:
        """Whether so little of it is left that a command over it can be believed."""

    @property
    def someone(self) -> bool:
        """Whether there is more than remains of it: somebody makes a sound."""

    def own(self, start: int, end: int) -> float:
        """Return how like the player's own voice those samples were: under -0.2 somebody else's."""

    def accept(self, heard: bytes, played: bytes) -> bytes:
        """Return what is left of the microphone; `played` is what came of the loudspeaker's sound."""


_QUIET_DB = 30.0  # over the floor
_FIRST_LOOK, _SECOND_LOOK = 2, 3  # frames of quiet: the same answer at both is decided at once
# Over the limit: so sure must it be, since talk holds its breath in a sentence too. The second is for "stop".
_VERY_SURE, _SURE = 10.0, 5.0
_LEEWAY_S = 0.3  # between a change of what means something and its way to the ears
_FORMER = 8  # of what meant something before: more changes than a word is long
_WHOLE_LETTER_S = 0.055  # what is said faster may be a piece of a longer word, and waits for its end


class ListeningChain:
    """One pair of ears. Phrases with a word that the recogniser cannot know are left out: see `unknown`."""

    def __init__(
        self,
        recogniser: Recogniser,
        phrases: Mapping[Command, Sequence[str]],
        is_speech: IsSpeech,
        canceller: Canceller | None = None,
        suppressor: Suppressor | None = None,
        aside: Callable[[bytes], str] | None = None,  # what the recogniser makes of the sound as it was
    ) -> None:
        several = [phrase for one in phrases.values() for phrase in one]
        self.unknown = recogniser.unknown(several)
        self._usual = {p: c for p, c in meanings(phrases).items() if p not in self.unknown}
        self._names: tuple[str, ...] = ()  # of what is on offer now
        self._meanings = self._usual
        self._hasty = hasty(self._meanings)
        self._recogniser = recogniser
        self._sound = bytearray()  # of the open stretch, as it was
        self._earlier = b""  # what came before that
        self._early = ""  # the answer of the first look
        self._done = False  # the open stretch has been decided before its end
        self._segmenter = Segmenter(self._is_somebody)
        self._is_speech = is_speech
        self._rumble = Rumble()
        self._canceller = canceller
        self._suppressor = suppressor
        self._aside = aside
        self._listen: frozenset[Command] = frozenset()
        self._former: deque[tuple[float, frozenset[Command]]] = deque(maxlen=_FORMER)  # until when
        self._voice_audible = False
        self._audible_until_s = -1.0
        self._doubted: tuple[Command, float] | None = None
        self._taken = 0
        recogniser.expect(list(self._meanings))

    @property
    def level_db(self) -> float:
        """Level of the last 30 ms, dB full scale."""
        return self._segmenter.level_db

    @property
    def floor_db(self) -> float:
        """Level of the quiet, dB full scale."""
        return self._segmenter.floor.db

    def voices_s(self) -> tuple[float, float]:
        """Return for how long there was speech, too soft and loud enough, while the player did not speak."""
        found = (self._segmenter.faint * FRAME_S, self._segmenter.spoken * FRAME_S)
        self._segmenter.faint = self._segmenter.spoken = 0
        return (0.0, 0.0) if self._voice_audible else found

    def listen(self, commands: Iterable[Command], names: Sequence[str] = ()) -> None:
        """Expect only these from now on; "stop" always means something, unless there are none at all.

        A word under way may still be one of those before: who obeys knows when it began. `names` are what is
        on offer: each means `Command.NAME`, but for those that the recogniser cannot know.
        """
        self._former.append((seconds(self._taken), self._listen))
        self._listen = frozenset(commands)
        if tuple(names) != self._names:
            self._name(tuple(names))

    def _name(self, names: tuple[str, ...]) -> None:
        unknown = self._recogniser.unknown(names) if names else ()
        named = {name: Command.NAME for name in names if name not in unknown}
        self._names, self._meanings = names, {**named, **self._usual}
        self._hasty = hasty(self._meanings)
        self._recogniser.expect(list(self._meanings))

    def own_voice(self, *, audible: bool) -> None:
        """Tell whether the player's own voice is in the room from now on (its room tail included)."""
        self._voice_audible = self._segmenter.own_voice = audible

    def accept(self, pcm: bytes, reference: bytes = b"") -> tuple[Hearing, ...]:
        """Take s16le at 16 kHz, and what came of the loudspeaker's sound. Raises `RecognitionError`."""
        self._taken += len(pcm) // 2
        pcm = self._rumble.accept(pcm)
        if self._canceller is not None:
            pcm = self._canceller.accept(pcm, reference)
        if self._voice_audible and not (self._canceller and self._canceller.converged):
            self._audible_until_s = seconds(self._taken)
        if self._suppressor is not None:
            self._suppressor.accept(pcm, untouched=self._voice_audible)
        return tuple(self._hear(pcm))

    def _is_somebody(self, frame: bytes, *, finely: bool) -> bool:
        return self._is_speech(frame, finely=finely) and (self._canceller is None or self._canceller.someone)

    def _hear(self, pcm: bytes) -> Iterator[Hearing]:
        for change in self._segmenter.accept(pcm):
            match change:
                case SegmentOpened(at, sound, earlier):
                    self._early, self._done, self._earlier = "", False, earlier
                    self._recogniser.begin()
                    self._sound.clear()
                    self._take(sound)
                    if not self._is_own(at, self._segmenter.taken):
                        yield Onset(seconds(at))
                case Grew(sound) if not self._done:
                    self._take(sound)
                case Lull(alone=True) if self._listen_since(change) and not self._done:
                    yield from self._look(change)
                case Closed(alone=True) if self._listen_since(change) and not self._done:
                    yield self._noted(self._at_last(change))

    def _listen_since(self, stretch: Stretch) -> frozenset[Command]:
        """Return what has meant something since a stretch began."""
        since_s = seconds(stretch.start) - _LEEWAY_S
        return self._listen.union(*(commands for until_s, commands in self._former if until_s > since_s))

    def _take(self, sound: bytes) -> None:
        self._sound += sound
        if self._suppressor is not None:
            end = self._segmenter.taken
            sound = self._suppressor.between(end - len(sound) // 2, end)
        self._recogniser.accept(sound)

    def _look(self, lull: Lull) -> Iterator[Recognition]:
        """Decide early what two looks agree on and what may be decided early; the rest waits for the end.

        So does what hardly stands out: noise is full of that, and looking at all of it is costly.
        """
        if lull.frames == _FIRST_LOOK:
            self._early = self._recogniser.partial() if self._worth_a_look(lull) else ""
        elif lull.frames == _SECOND_LOOK and self._early in self._hasty:
            heard = self._decoded(lull)
            if heard.text == self._early and _is_clear(heard):
                self._done = True
                yield self._noted(heard)

    def _worth_a_look(self, lull: Lull) -> bool:
        clear = stands_out(lull.over_floor_db, lull.over_before_db)
        worth = clear or self._still_doubted(seconds(lull.start)) is not None
        return worth and not self._is_own(lull.start, lull.end)

    def _noted(self, heard: Recognition) -> Recognition:
        if heard.command is not None:
            doubtful = isinstance(heard.verdict, Doubtful)
            self._doubted = (heard.command, heard.end_s) if doubtful else None
        return heard

    def _is_own(self, start: int, end: int) -> bool:
        if self._canceller is None:
            return False
        cancelled = seconds(start) >= self._audible_until_s
        return is_own(self._canceller.own(start, end), cancelled=cancelled)

    def _decoded(self, stretch: Stretch) -> Recognition:
        """Decode what was heard, unless it was the player itself."""
        own = self._is_own(stretch.start, stretch.end)
        heard = self._weighed(stretch, Hypothesis("") if own else self._recogniser.end(), own=own)
        if self._needs_proof(heard, stretch) and self._contradicted(heard):
            return replace(heard, verdict=Rejected(Reason.UNSURE))
        return heard

    def _at_last(self, stretch: Stretch) -> Recognition:
        """Decode it; what is not obeyed in noise, which hides beginnings, once more from a little earlier."""
        heard = self._decoded(stretch)
        hidden = stretch.over_floor_db < _QUIET_DB and not self._voice_audible and self._suppressor is None
        if isinstance(heard.verdict, Accepted) or not hidden:
            return heard
        self._recogniser.begin()
        self._recogniser.accept(self._earlier + bytes(self._sound))
        again = self._decoded(stretch)
        return again if isinstance(again.verdict, Accepted) else heard

    def _needs_proof(self, heard: Recognition, stretch: Stretch) -> bool:
        """Suppression can make one word of another; not in quiet, and "stop" always wins."""
        obeyed = isinstance(heard.verdict, Accepted) and heard.command is not Command.STOP
        return obeyed and stretch.over_floor_db < _QUIET_DB

    def _contradicted(self, heard: Recognition) -> bool:
        """Whether the sound as it was gives another command."""
        text = self._aside(bytes(self._sound)) if self._aside is not None else heard.text
        return self._meanings.get(text, heard.command) is not heard.command

    def _context(self, stretch: Stretch, command: Command | None, *, own: bool) -> Context:
        start_s = seconds(stretch.start)
        uncancelled = start_s < self._audible_until_s
        length_s = seconds(stretch.end - stretch.start)
        # of the soft beginning and end of a word over the own voice the canceller leaves little
        length_s = math.inf if self._voice_audible and not uncancelled else length_s
        return Context(
            listen=self._listen_since(stretch),
            voice_audible=uncancelled,
            doubted=self._still_doubted(start_s),
            over_floor_db=stretch.over_floor_db,
            over_before_db=stretch.over_before_db,
            voiced=command is None or voiced(bytes(self._sound)),
            own=own,
            length_s=length_s,
            apart=stretch.apart,
        )

    def _weighed(self, stretch: Stretch, hypothesis: Hypothesis, *, own: bool) -> Recognition:
        command = self._meanings.get(hypothesis.text)
        context = self._context(stretch, command, own=own)
        return Recognition(
            text=hypothesis.text,
            command=command,
            score=hypothesis.score,
            margin=hypothesis.margin,
            start_s=seconds(stretch.start),
            end_s=seconds(stretch.end),
            decided_s=seconds(self._segmenter.taken),
            verdict=decide(hypothesis, command, context),
            sureness=0.0 if command is None else round(sureness(hypothesis, command, context), 3),
        )

    def _still_doubted(self, now_s: float) -> Command | None:
        if self._doubted is None or now_s - self._doubted[1] > REPEAT_S:
            return None
        return self._doubted[0]


def _is_clear(heard: Recognition) -> bool:
    """Whether it can be obeyed before its end."""
    least = _SURE if heard.command is Command.STOP else _VERY_SURE
    whole = heard.end_s - heard.start_s >= _WHOLE_LETTER_S * sum(map(str.isalpha, heard.text))
    return whole and heard.sureness >= least and isinstance(heard.verdict, Accepted)
