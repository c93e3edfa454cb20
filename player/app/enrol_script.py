"""What `player tune` asks for, and what it makes of the answers: a script that is sent replies to its asks.

It knows no device and no clock. Rules: a word that the ears hear well is taken once, another one three times;
nobody is asked for one word more than twice over; a take that is nearer to another word than to its own is
not kept; for a word that stays weak another phrase is proposed, if it is heard better; who says nothing has
gone, and what is complete until then is kept.
"""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from player.app.enrol_asks import Ask, ListenForWord, Measure, Reply, Say, Script, say
from player.core.commands import Command
from player.core.decision import TRUST, Hypothesis, meanings, strength
from player.core.orders import Phrase
from player.ears.enrolment import features
from player.ears.enrolment.features import Standing, Take
from player.ears.protocol import Measured, Taken
from player.files.enrolment import KeptTake, RoomMeasurement

TAKES = 3  # of a word that is not heard well
AGAIN = 2  # times that one word is asked for again
QUIET_S = 3.0  # of the room, to know its noise
ECHO_S = 1.5

_GONE_AFTER = 6  # silences in a row
_CLEAR_DB = 12.0  # over the noise of the room
_CLIPPED = 0.005
_SHORTEST_S, _LONGEST_S = 0.15, 2.0
_SURE = -8.0  # so sure that another word was said
_WELL = 5.0  # over its limit: so well heard, one take is enough
_STRAY = 0.05  # cost by which a take is nearer to another word before it counts as that word
_APART = 0.05  # cost by which a word's takes must be nearer to each other, in the mean

# What is of most use comes first, and where it is not heard well is taken with palms on the cheeks too.
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

    def __init__(
        self,
        phrases: Mapping[Command, Sequence[str]],
        words: Sequence[str] = (),
        forms: Mapping[Command, Sequence[str]] = MappingProxyType({}),  # understood, and never asked for
    ) -> None:
        self.result = Result()
        self._phrases = phrases
        self._meaning = {**meanings(forms), **meanings(phrases)}
        self._words = tuple(words) or usual(phrases)
        self._takes: dict[str, list[Take]] = {}
        self._heard: dict[str, list[bool]] = {}  # of each take, whether it was heard well
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
            yield from self._propose(phrase)
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
        """Take `phrase` once if it is heard well, else until there are three takes that agree.

        It ends sooner when it has been asked for again too often.
        """
        yield say("tune_say", phrase=phrase)
        self._takes[phrase], self._heard[phrase] = [], []
        kept: list[KeptTake] = []
        again = 0
        while True:
            trouble = yield from self._take(phrase, kept)
            if self.result.left:
                self._drop(phrase)
                return
            if not trouble and len(kept) >= TAKES:
                trouble = self._drop_worst(phrase, kept)
            if again == AGAIN if trouble else len(kept) >= self._wanted(phrase):
                break
            again += bool(trouble)
            if trouble:
                yield say(trouble, phrase=phrase, stop=self._phrases[Command.STOP][0])
            elif len(kept) == 1:  # later on the tick alone says so
                yield say("tune_once_more")
        self._keep(phrase, kept)

    def _wanted(self, phrase: str) -> int:
        return 1 if self._heard[phrase] == [True] else TAKES

    def _take(self, phrase: str, kept: list[KeptTake], *, palms: bool = False) -> Generator[Ask, Reply, str]:
        """Listen once; return the sentence that says what was wrong, or ""."""
        taken = yield ListenForWord()
        trouble = self._trouble(phrase, taken)
        if not trouble and isinstance(taken, Taken):
            kept.append(KeptTake(taken.clean, taken.noisy, palms))
            self._takes[phrase].append(take_of(kept[-1]))
            self._heard[phrase].append(self._is_heard_well(phrase, taken))
        return trouble

    def _is_heard_well(self, phrase: str, taken: Taken) -> bool:
        meant = self._meaning.get(taken.text) is self._meaning[phrase]
        return meant and taken.sureness is not None and taken.sureness >= _WELL

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
        del kept[worst], self._takes[phrase][worst], self._heard[phrase][worst]
        return "tune_other"

    def _standing(self, index: int, phrase: str) -> Standing:
        return features.standing(index, phrase, {**self._complete(phrase), phrase: self._takes[phrase]})

    def _keep(self, phrase: str, kept: list[KeptTake]) -> None:
        """Keep a word that was heard well or has two takes; note one that cannot be told from others."""
        if len(kept) >= min(2, self._wanted(phrase)):
            self.result.takes[phrase] = kept
        else:
            self._drop(phrase)
        if phrase not in self.result.takes or self._confusable(phrase):
            self.result.weak[phrase] = None

    def _propose(self, phrase: str) -> Script:
        """For a word that stays weak try the other phrases of its command, until one is heard better."""
        if self._is_good(phrase) or not self._instead_of(phrase):
            return
        yield say("tune_instead")
        while other := self._instead_of(phrase):
            yield from self._word(other)
            if self.result.left:
                return
            if self._is_good(other):
                self.result.weak[phrase] = None
                yield say("tune_better", phrase=other)
                return
            self.result.weak[other] = None

    def _is_good(self, phrase: str) -> bool:
        """Whether it was heard well once at least, and its takes are not as near to other words."""
        return phrase not in self.result.weak and any(self._heard.get(phrase, ()))

    def _drop(self, phrase: str) -> None:
        del self._takes[phrase], self._heard[phrase]

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
        """Take the first words that are not heard well once more with the palms on the cheeks.

        What fails is passed over.
        """
        several = [p for p in self.result.takes if self._meaning[p] in FIRST and self._wanted(p) > 1]
        if several:
            yield say("tune_palms")
        for phrase in several:
            yield say("tune_say", phrase=phrase)
            yield from self._take(phrase, self.result.takes[phrase], palms=True)
            if self.result.left:
                return

    def _end(self) -> Script:
        if not self.result.takes:
            yield say("tune_failed")
            return
        weak = ", ".join(phrase for phrase in self.result.weak if phrase in self._words)
        yield Say((Phrase("tune_done"), *((Phrase("tune_weak", (("words", weak),)),) if weak else ())))


def usual(phrases: Mapping[Command, Sequence[str]]) -> tuple[str, ...]:
    """Return the phrase that help names for each command, the most useful first."""
    commands = dict.fromkeys((*FIRST, *Command))
    return tuple(phrases[command][0] for command in commands if phrases.get(command))


def take_of(taken: Taken | KeptTake) -> Take:
    """Return the features of a take."""
    return Take(features.from_text(taken.clean), features.from_text(taken.noisy))
