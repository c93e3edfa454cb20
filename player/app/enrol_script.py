"""What `player tune` asks for, and what it makes of the answers: a script that is sent replies to its asks.

It knows no device and no clock. Rules: nobody is asked for one word more than twice over; a take that is
nearer to another word than to its own is not kept; who says nothing at all has gone, and what is complete
until then is kept.
"""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field

from player.core.commands import Command
from player.core.decision import TRUST, Hypothesis, meanings, strength
from player.core.orders import Phrase
from player.ears.enrolment import features
from player.ears.enrolment.features import Standing, Take
from player.ears.protocol import Measured, Taken
from player.files.enrolment import KeptTake, RoomMeasurement

TAKES = 3
AGAIN = 2  # times that one word is asked for again
WAIT_S = 4.0  # for a word
QUIET_S = 3.0  # of the room, to know its noise
ECHO_S = 1.5

_GONE_AFTER = 6  # silences in a row
_CLEAR_DB = 12.0  # over the noise of the room
_CLIPPED = 0.005
_SHORTEST_S, _LONGEST_S = 0.15, 2.0
_SURE = -8.0  # so sure that another word was said
_STRAY = 0.05  # cost by which a take is nearer to another word before it counts as that word
_APART = 0.05  # cost by which a word's takes must be nearer to each other, in the mean

# What is of most use comes first, and is taken with palms on the cheeks too.
FIRST = (
    Command.STOP,
    Command.NEXT,
    Command.PAUSE,
    Command.RESUME,
    Command.REPEAT,
    Command.PREVIOUS,
    Command.YES,
    Command.NO,
)


@dataclass(frozen=True, slots=True)
class Say:
    """Say these sentences; answered with None when they are over."""

    phrases: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class ListenForWord:
    """Sound a tick and listen for one word; answered with it, or None after `wait_s`."""

    wait_s: float = WAIT_S


@dataclass(frozen=True, slots=True)
class Measure:
    """Measure the room, with a chime or in silence; answered with what it is like, or None."""

    length_s: float
    chime: bool = False


Ask = Say | ListenForWord | Measure
Reply = Taken | Measured | None
Script = Generator[Ask, Reply, None]


@dataclass(slots=True)
class Result:
    """What there is so far; whole words only."""

    room: RoomMeasurement | None = None
    takes: dict[str, list[KeptTake]] = field(default_factory=dict)
    weak: dict[str, None] = field(default_factory=dict)  # in order
    silences: int = 0
    stops: int = 0
    quit: bool = False  # by a key

    @property
    def ended_early(self) -> str:
        """Why it ended before its end, "" when it did not."""
        if self.quit or self.stops >= 2:
            return "you ended it"
        return "nobody answered any more" if self.left else ""

    @property
    def left(self) -> bool:
        """Whether the person has gone, or wants to end."""
        return self.silences >= _GONE_AFTER or self.stops >= 2


class Tuning:
    """One tuning: `script` leads it, `result` has what it gave, at any time."""

    def __init__(self, phrases: Mapping[Command, Sequence[str]], words: Sequence[str] = ()) -> None:
        self.result = Result()
        self._phrases = phrases
        self._meaning = meanings(phrases)
        self._words = tuple(words) or usual(phrases)
        self._takes: dict[str, list[Take]] = {}
        self._misheard = ("", "")  # the phrase that was asked for, and what the recogniser heard

    def script(self) -> Script:
        """Yield what is to be done, from the greeting to the last sentence."""
        yield Say((Phrase("tune_welcome"), Phrase("tune_quiet")))
        yield from self._measure()
        yield say("tune_how")
        for phrase in self._words:
            yield from self._word(phrase)
            if self.result.left:
                break
        if not self.result.left:
            yield from self._with_palms()
        yield from self._end()

    def _measure(self) -> Script:
        quiet = yield Measure(QUIET_S)
        if not isinstance(quiet, Measured):
            return
        echo = yield Measure(ECHO_S, chime=True)
        tone = (echo.tone_db, echo.tone_s) if isinstance(echo, Measured) else (None, None)
        self.result.room = RoomMeasurement(quiet.floor_db, *tone)

    # --- one word

    def _word(self, phrase: str) -> Script:
        """Take `phrase` until there are three that agree, or it has been asked for again too often."""
        yield say("tune_say", phrase=phrase)
        self._takes[phrase] = []
        kept: list[KeptTake] = []
        again = 0
        while True:
            trouble = yield from self._take(phrase, kept)
            if self.result.left:
                self._drop(phrase)
                return
            if not trouble and len(kept) >= TAKES:
                trouble = self._drop_worst(phrase, kept)
            if again == AGAIN if trouble else len(kept) >= TAKES:
                break
            again += bool(trouble)
            if trouble:
                yield say(trouble, phrase=phrase, stop=self._phrases[Command.STOP][0])
            elif not self.result.takes:  # later on the tick alone says so: three minutes are short
                yield say("tune_once_more")
        yield from self._keep(phrase, kept)

    def _take(self, phrase: str, kept: list[KeptTake], *, palms: bool = False) -> Generator[Ask, Reply, str]:
        """Listen once; return the sentence that says what was wrong, or ""."""
        taken = yield ListenForWord()
        trouble = self._trouble(phrase, taken)
        if not trouble and isinstance(taken, Taken):
            kept.append(KeptTake(taken.clean, taken.noisy, palms))
            self._takes[phrase].append(take_of(kept[-1]))
        return trouble

    def _trouble(self, phrase: str, taken: Reply) -> str:
        """Return the sentence that says what is wrong with this take, or ""."""
        if not isinstance(taken, Taken):
            self.result.silences += 1
            return "tune_nothing"
        self.result.silences = 0
        if not _SHORTEST_S <= taken.length_s <= _LONGEST_S:
            return "tune_word_only"
        if taken.clear_db < _CLEAR_DB:
            return "tune_soft"
        if taken.clipped > _CLIPPED:
            return "tune_loud"
        if self._other_word(phrase, taken):
            return self._wants_to_stop(taken)
        self.result.stops = 0
        return ""

    def _other_word(self, phrase: str, taken: Taken) -> bool:
        """Whether something else was said: the recogniser is sure of it, or three takes stand against it.

        A recogniser that hears the same other word twice running mistakes this person's way of saying it.
        """
        meant = self._meaning.get(taken.text, self._meaning[phrase])
        limit = TRUST[Command.STOP].sure if meant is Command.STOP else _SURE
        sure = strength(Hypothesis(taken.text, taken.score, taken.margin)) >= limit
        if meant is not self._meaning[phrase] and sure:
            before, self._misheard = self._misheard, (phrase, taken.text)
            return meant is Command.STOP or before != self._misheard
        alike = [*self._takes[phrase], take_of(taken)]
        stands = features.standing(len(alike) - 1, phrase, {**self._complete(phrase), phrase: alike})
        return len(alike) > TAKES and stands.own > stands.other + _STRAY

    def _wants_to_stop(self, taken: Taken) -> str:
        if self._meaning.get(taken.text) is not Command.STOP:
            self.result.stops = 0
            return "tune_other"
        self.result.stops += 1
        return "tune_end"

    def _complete(self, but: str) -> dict[str, list[Take]]:
        return {phrase: several for phrase, several in self._takes.items() if several and phrase != but}

    def _drop_worst(self, phrase: str, kept: list[KeptTake]) -> str:
        """Leave each take out in turn; drop one that is nearer to another word than to its own."""
        stands = [self._standing(n, phrase) for n in range(len(kept))]
        worst = max(range(len(kept)), key=lambda n: stands[n].own - stands[n].other)
        if stands[worst].own <= stands[worst].other + _STRAY:
            return ""
        del kept[worst], self._takes[phrase][worst]
        return "tune_other"

    def _standing(self, index: int, phrase: str) -> Standing:
        return features.standing(index, phrase, {**self._complete(phrase), phrase: self._takes[phrase]})

    def _keep(self, phrase: str, kept: list[KeptTake]) -> Script:
        """Keep a word with two takes or more; offer another phrase for one that stays weak."""
        if len(kept) >= 2:
            self.result.takes[phrase] = kept
        else:
            self._drop(phrase)
        if len(kept) >= 2 and not self._confusable(phrase):
            return
        self.result.weak[phrase] = None
        if other := self._instead_of(phrase):
            yield say("tune_instead", phrase=other)
            yield from self._word(other)

    def _drop(self, phrase: str) -> None:
        del self._takes[phrase]

    def _confusable(self, phrase: str) -> bool:
        stands = [self._standing(n, phrase) for n in range(len(self._takes[phrase]))]
        return sum(standing.other - standing.own for standing in stands) / len(stands) < _APART

    def _instead_of(self, phrase: str) -> str:
        """Return another phrase of the same command that has not been asked for, or ""."""
        asked = {*self.result.takes, *self.result.weak, *self._words}
        same = self._phrases[self._meaning[phrase]]
        return next((other for other in same if other not in asked), "")

    # --- the end

    def _with_palms(self) -> Script:
        """One more take of the first words with the palms on the cheeks; what fails is passed over."""
        if not self.result.takes:
            return
        yield say("tune_palms")
        for phrase, kept in self.result.takes.items():
            if self._meaning[phrase] not in FIRST:
                continue
            yield say("tune_say", phrase=phrase)
            yield from self._take(phrase, kept, palms=True)
            if self.result.left:
                return

    def _end(self) -> Script:
        if not self.result.takes:
            yield say("tune_failed")
            return
        weak = ", ".join(self.result.weak)
        yield Say((Phrase("tune_done"), *((Phrase("tune_weak", (("words", weak),)),) if weak else ())))


def usual(phrases: Mapping[Command, Sequence[str]]) -> tuple[str, ...]:
    """Return the phrase that help names for each command, the most useful first."""
    commands = dict.fromkeys((*FIRST, *Command))
    return tuple(phrases[command][0] for command in commands if phrases.get(command))


def say(key: str, **values: str) -> Say:
    """Return the ask for one sentence."""
    return Say((Phrase(key, tuple(values.items())),))


def take_of(taken: Taken | KeptTake) -> Take:
    """Return the features of a take."""
    return Take(features.from_text(taken.clean), features.from_text(taken.noisy))
