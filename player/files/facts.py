"""What somebody said about their health, and when: one private file, never a log, a journal or a clip.

`facts.json` in the data folder (of another person `people/NAME/facts.json`), sealed (`sealed.py`): each fact
with its answer and when it was given, and the answer before; what the last session was answered, in order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from types import MappingProxyType
from typing import Any

from player.errors import FileFault, StoreError
from player.files import paths, sealed

VERSION = 2
_HINT = "`player interview` asks anew, `player interview --forget` deletes it"
_PATIENCE_S = 5.0
_NOTHING: Mapping[str, bool] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer: whether it was "yes", and when it was given."""

    yes: bool
    at: datetime  # with its time zone
    row: int = 1  # how often in a row it was the same, as far as that is kept

    @property
    def on(self) -> date:
        """Return the day, where the listener is."""
        return self.at.astimezone().date()


@dataclass(frozen=True, slots=True)
class Given:
    """What a session was answered, in order, for its replay: a journal holds no answers.

    `session` is the mark of its journal; `begun` what was known in it when it began; `step` the index of the
    step of care at which it began, where it was taken up at one.
    """

    session: str = ""
    begun: tuple[tuple[str, bool], ...] = ()
    answers: tuple[bool, ...] = ()
    step: int | None = None


NOTHING_GIVEN = Given()
Facts = Mapping[str, tuple[Answered, ...]]  # the newest last; of each fact the last two


def before(facts: Facts, when: datetime) -> dict[str, Answered]:
    """Return of each fact the last answer that was given before `when`."""
    given = {name: [one for one in answers if one.at < when] for name, answers in facts.items()}
    return {name: _last(answers) for name, answers in given.items() if answers}


def _last(answers: list[Answered]) -> Answered:
    same = [one.yes is answers[-1].yes for one in answers]
    return replace(answers[-1], row=2 if len(same) > 1 and same[-2] else 1)


def since(facts: Facts, when: datetime) -> dict[str, bool]:
    """Return what was answered from `when` on."""
    return {name: answers[-1].yes for name, answers in facts.items() if answers and answers[-1].at >= when}


def path(who: str = "") -> Path:
    """Return where the facts of `who` are, or would be. Raises `UsageError`, `StoreError`."""
    return paths.person(who) / "facts.json"


def load(who: str = "") -> Facts:
    """Return what is kept. Raises `FileFault` when it cannot be used."""
    return _load(path(who))[0]


def given_in(session: str, who: str = "") -> Given:
    """Return what was answered in the session whose journal has this mark, as far as it is still known."""
    try:
        given = _load(path(who))[1]
    except FileFault:
        return NOTHING_GIVEN
    return given if session and given.session == session else NOTHING_GIVEN


def _load(where: Path) -> tuple[Facts, Given]:
    kept = sealed.load(where, VERSION, _HINT)
    if kept is None:
        return {}, NOTHING_GIVEN
    try:
        facts = {str(name): _answered(plain) for name, plain in kept["facts"].items()}
        return facts, replace(_given(kept["given"]), step=_step(kept.get("step")))
    except sealed.NOT_OURS as error:
        raise sealed.fault(where, "damaged", _HINT) from error


def save(facts: Facts, who: str = "", given: Given = NOTHING_GIVEN) -> Path:
    """Write them, whole or not at all, readable by their owner only. Raises `StoreError`."""
    plain = {name: [[one.yes, one.at.isoformat()] for one in answers] for name, answers in facts.items()}
    whole = {"facts": plain, "given": [given.session, given.begun, given.answers], "step": given.step}
    return sealed.save(path(who), VERSION, whole, aside=not sealed.usable(lambda: load(who)))


def forget(who: str = "") -> bool:
    """Delete what is kept; return whether there was anything. Raises `StoreError`."""
    return sealed.forget(path(who))


class Keeper:
    """Keeps what is answered in a session, over what was kept before.

    `remember` returns at once: a thread writes. `failed` says why nothing is kept; an answer that is taken
    back goes, and what was kept before it comes back.
    """

    def __init__(
        self,
        facts: Facts,
        who: str,
        answered: Mapping[str, bool] = _NOTHING,
        session: str = "",
        step: int | None = None,
    ) -> None:
        """`answered` is what this session begins with: it is not news. `session`: its journal's mark.

        `step`: as `Given` has it.
        """
        self.failed = ""
        self._before = facts
        self._who = who
        self._known = dict(answered)
        self._given = Given(session, tuple(answered.items()), step=step)
        self._waiting: SimpleQueue[tuple[Facts, Given] | None] = SimpleQueue()
        self._writer = Thread(target=self._write_on, name="facts", daemon=True)
        self._writer.start()

    def remember(self, answers: Mapping[str, bool], given: Sequence[bool] = ()) -> None:
        """Take every answer of the session as it is now; `given`: all that were, in order."""
        now = datetime.now(UTC)
        news = {name: yes for name, yes in answers.items() if self._known.get(name) is not yes}
        new = {name: (*self._before.get(name, ())[-1:], Answered(yes, now)) for name, yes in news.items()}
        self._waiting.put(({**self._before, **new}, replace(self._given, answers=tuple(given))))

    def close(self) -> None:
        """Write what waits; leaves a disk that hangs alone after some seconds. Idempotent."""
        self._waiting.put(None)
        self._writer.join(timeout=_PATIENCE_S)

    def _write_on(self) -> None:
        while (kept := self._waiting.get()) is not None:
            facts, given = kept
            try:
                save(facts, self._who, given)
                self.failed = ""
            except StoreError as error:  # told of at the end; the session goes on
                self.failed = str(error)


def _answered(plain: Any) -> tuple[Answered, ...]:
    return tuple(Answered(_yes(yes), datetime.fromisoformat(at).astimezone(UTC)) for yes, at in plain)


def _given(plain: Any) -> Given:
    session, begun, answers = plain
    known = tuple((str(name), _yes(yes)) for name, yes in begun)
    return Given(str(session), known, tuple(map(_yes, answers)))


def _step(value: Any) -> int | None:
    if value is not None and type(value) is not int:
        raise TypeError(f"no step: {value!r}")
    return value


def _yes(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"no answer: {value!r}")
    return value
