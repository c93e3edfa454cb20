"""A whole evening in virtual time: every chapter, led by words said when the player has said something."""

import gc
import json
import os
import random
import re
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from player.app import resume, virtual
from player.app.choices import Choices
from player.app.evening import Shelf
from player.app.session_config import SessionConfig
from player.bench.soak import _memory_mb
from player.cli.address import LOOPBACK
from player.cli.host import Host
from player.cli.page import page_of_evening
from player.cli.performer import Performer
from player.cli.repertoire import Repertoire
from player.cli.screen import Lines
from player.core.commands import Command
from player.core.evening import AnsweredBy
from player.core.menu_words import Words
from player.core.observations import (
    CommandObeyed,
    Observation,
    SessionStarted,
    SpeechEnded,
    SpeechStarted,
    StepStarted,
)
from player.core.plan import Plan
from player.files import facts, history, journal, languages, last_time, paths, settings, voices
from player.files.facts import Answered
from player.files.last_time import LastSession
from player.files.voices import VoiceProfile
from player.routine.compile.load import Scripts
from player.session.inbox import News, Pressed
from tests.care import interviewed
from tests.page.visitor import Visitor, listening
from tests.session.worlds import short_clip
from tests.waiting import until

GO_ON = "Shall we carry on from there?"
ANSWER_BLOCKS = 30  # of 20 ms, from the end of a sentence to the word
MOST_BLOCKS = 90_000  # half an hour
NONE = Plan("evening", "", "en", ())
WORDS = languages.evening(languages.load("en"))
Said = tuple[str, str]  # the end of a sentence, and what is said to it

TO_THE_JAW = (  # a session, begun
    ("Would you like it?", "jaw"),
    ("or gel?", "nothing"),
    ("one minute, or five?", "one minute"),
    ("when you are ready.", "ready"),
    ("If not, we begin in a moment.", "no"),
)


class Listener:
    """Says its words one after the other, each when the player has said what it waits for."""

    def __init__(self, said: Sequence[Said], dies: int = 0) -> None:
        self.left = list(said)
        self.dies = dies  # the player is killed in this sentence
        self._meant: Said | None = None  # said, and not obeyed yet
        self.told: list[str] = []
        self.steps: list[str] = []
        self.plans: list[str] = []
        self.obeyed: list[str] = []
        self._due: list[tuple[int, str]] = []  # the block in which it is said
        self._block = 0

    def observe(self, t_s: float, observation: Observation) -> None:
        match observation:
            case SessionStarted(routine=routine):
                self.plans.append(routine)
            case StepStarted(step=step):
                self.steps.append(step)
            case SpeechStarted(text=text):
                self.told.append(text)
            case CommandObeyed(command=command, name=name):
                self.obeyed.append(name or command.value)
                self._meant = None
            case SpeechEnded(text=text) if text.endswith(GO_ON):
                self._due.append((self._block + ANSWER_BLOCKS, "yes"))
            case SpeechEnded(text=text) if self.left and text.endswith(self.left[0][0]):
                self._meant = self.left.pop(0)
                self._due.append((self._block + ANSWER_BLOCKS, self._meant[1]))

    def advance(self) -> tuple[News, ...]:
        self._block += 1
        if 0 < self.dies <= len(self.told):
            raise Killed
        if self._block > MOST_BLOCKS:
            raise AssertionError((self.left[:1], self.told[-3:]))
        words = [word for block, word in self._due if block == self._block]
        known = set(Command)
        return tuple(
            Pressed(Command(word)) if word in known else Pressed(Command.NAME, name=word) for word in words
        )

    @property
    def over(self) -> bool:
        return not self.left

    @property
    def unsaid(self) -> list[Said]:
        """What nobody has obeyed yet."""
        return [*filter(None, (self._meant,)), *self.left]


class Killed(Exception):
    """The power is cut."""


class ShortVoice:
    """A voice whose every clip is as long as its text."""

    def __init__(self, profile: VoiceProfile) -> None:
        self.profile = profile

    def prepare(self, texts, progress=None, brisk=(), private=()):
        list(texts)

    def without_a_trace(self, private):
        return short_clip


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PLAYER_HOME", str(tmp_path))
    return tmp_path


@cache
def whole_shelf() -> Shelf:
    return Shelf(Scripts(paths.scripts()), languages.evening(languages.load("en")))


def shelf(_scripts: Scripts, _words: Words) -> Shelf:
    """Return the one shelf: to read it takes longer than an evening."""
    return whole_shelf()


def led(
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    *said: Said,
    watch=(),
    dies: int = 0,
    by: AnsweredBy = AnsweredBy.VOICE,
    page: str = "",
) -> Listener:
    """Lead an evening in which this is said, until the player is killed."""
    words = languages.evening(languages.load("en"))
    listener = Listener(said, dies)
    monkeypatch.setattr(virtual, "Script", lambda _presses, _played: listener)
    host = Host("", words)
    monkeypatch.setattr("player.cli.repertoire.Shelf", shelf)
    repertoire: Future[Repertoire] = Future()
    repertoire.set_result(Repertoire(Choices(routine=""), words))
    beside: list[str] = []
    with (home / "screen.txt").open("w") as out:
        screen = Lines(NONE, words.language, out)
        setting = SessionConfig(NONE, words.language, short_clip, observers=(listener, screen, *watch))
        files = virtual.Files(home / "out.wav")
        with virtual.VirtualWorld(files, words.language) as world, suppress(Killed):
            world.answered_by = by
            voice = ShortVoice(voices.find("calm"))
            another = lambda before: ShortVoice(voices.like(before.profile)[0])  # noqa: E731
            performer = Performer(voice, screen, world, setting, another=another)
            performer.watching = lambda plan: beside.append(plan.id) or ()
            choices = Choices(routine="", page=page)
            with page_of_evening(choices, words.language, world.post, screen.tell) as performer.showing:
                host.lead(performer, repertoire)
    assert beside == listener.plans  # the media keys know of each
    return listener


def test_an_evening_from_the_offer_to_good_night(home, monkeypatch):
    interviewed()
    last_time.save(LastSession("focus-jaw", "2026-11-01", {"product": "oil"}, introduced=True))
    evening = led(
        home,
        monkeypatch,
        ("Would you like it?", "next"),
        ("Would you like it?", "forehead"),
        ("or gel?", "another"),  # a change of mind
        ("Would you like it?", "nonsense"),  # no word here
        ("you may name one.", "yes"),
        ("Is that right?", "quieter"),
        ("Is that right?", "yes"),
        ("when you are ready.", "ready"),
        ("If not, we begin in a moment.", "no"),
        ("let your jaw hang loose.", "stop"),
        ("a minute to take it up.", "resume"),
        ("sore anywhere?", "sore"),
        ("eyes, or the neck?", "my jaw"),
        ("or good night?", "another"),
        ("Would you like it?", "quiet time"),
        ("when you are ready.", "ready"),
        ("or good night?", "some quiet"),
    )
    assert evening.over
    assert evening.plans == [
        *(
            "greeting",
            "offer",
            "questions",
            "offer",
            "questions",
            "focus-jaw",
            "stopped",
            "focus-jaw",
            "afterwards",
        ),
        *("offer", "questions", "quiet-close", "afterwards", "quiet"),
    ]
    assert "nonsense" not in evening.obeyed
    assert any(text.startswith("Then half the pressure there from now on") for text in evening.told)
    assert last_time.load() == LastSession(
        routine="quiet-close",
        on=last_time.load().on,
        wishes={},
        introduced=True,
        gain_db=-3.0,
        title="Closing quiet time",
    )
    kept_of_it = {name: [one.yes for one in said] for name, said in facts.load().items() if "sore" in name}
    assert kept_of_it == {"soreness": [True], "soreness_jaw": [True]}
    kept = "".join(path.read_text() for path in journal.journals(journal.folder()))
    assert "sore" not in kept.replace("soreness", "")


def test_who_stops_at_the_question_about_today_is_asked_it_before_the_next_one(home, monkeypatch):
    interviewed()
    last_time.save(LastSession(introduced=True))
    evening = led(
        home,
        monkeypatch,
        ("Would you like it?", "jaw"),
        ("or gel?", "nothing"),
        ("one minute, or five?", "one minute"),
        ("when you are ready.", "ready"),
        ("If not, we begin in a moment.", "stop"),
        ("a minute to take it up.", "another"),
        ("Would you like it?", "jaw"),
        ("Is that right?", "yes"),
        ("when you are ready.", "ready"),
        ("If not, we begin in a moment.", "no"),
        ("Circle twelve times.", "stop"),
        ("a minute to take it up.", "another"),
        ("Would you like it?", "jaw"),
        ("Is that right?", "yes"),
        ("when you are ready.", "ready"),
        ("twelve times.", "stop"),  # it is known now
        ("a minute to take it up.", "good night"),
    )
    assert evening.over
    asked = [text for text in evening.told if text.startswith("Has anything changed")]
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("spoil", "said"),
    [("damaged", "cannot be read"), ("future", "of the future")],
)
def test_answers_that_cannot_be_used_are_told_of_aloud_and_asked_once_more(home, monkeypatch, spoil, said):
    where = interviewed()
    if spoil == "future":
        ahead = datetime.now(UTC) + timedelta(days=400)
        facts.save({name: (Answered(yes=False, at=ahead),) for name in facts.load()})
    else:
        where.write_text(spoil)
    last_time.save(LastSession(introduced=True))
    evening = led(home, monkeypatch, *(("?", "no"),) * 29, ("Would you like it?", "good night"))
    assert evening.over
    assert evening.plans[:3] == ["greeting", "interview", "offer"]
    assert [said in text for text in evening.told].count(True) == 1
    assert "Do you have cancer, or are you being treated for it?" in evening.told
    assert not facts.load()["cancer"][-1].yes
    evening = led(home, monkeypatch, ("Would you like it?", "good night"))  # once
    assert evening.plans[1] == "offer"
    assert spoil == "future" or where.with_suffix(".damaged").exists()


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_a_course_is_begun_by_voice_and_its_first_session_is_led_at_once(home, monkeypatch, answer):
    interviewed()
    last_time.save(LastSession(introduced=True))
    evening = led(
        home,
        monkeypatch,
        ("Would you like it?", "the course"),
        ("or twenty minutes?", "everything"),
        ("when you are ready.", "ready"),
        ("begin one today?", answer),
        ("sore or feverish today?", "no"),
        ("silence your phone.", "stop"),
        ("a minute to take it up.", "good night"),
    )
    assert evening.over
    begun = [one.course.began for one in history.load().courses]
    today = datetime.now().astimezone().date()
    assert begun == ([today] if answer == "yes" else [])
    assert ("Today is the first of twelve." in evening.told) is (answer == "yes")
    assert evening.plans.count("home-course-session") == (2 if answer == "yes" else 1)


def test_the_first_evening_introduces_itself_asks_about_health_and_offers(home, monkeypatch):
    questions = tuple(("?", "no") for _ in range(40))
    evening = led(
        home,
        monkeypatch,
        ("Say: pause.", "pause"),
        ("say: continue.", "resume"),
        ("say: again.", "repeat"),
        ("say: next.", "next"),
        ("or wait a moment.", "stop"),
        ("Say: continue.", "resume"),
        *questions[:31],
        ("Would you like it?", "good night"),
    )
    assert evening.plans[:4] == ["introduction", "stopped", "interview", "offer"]
    assert evening.told.count("I heard you.") == 4
    assert last_time.load().introduced


def test_without_a_microphone_the_welcome_tries_the_keys_and_asks_for_no_word(home, monkeypatch):
    evening = led(
        home,
        monkeypatch,
        ("Press it.", "pause"),
        ("Press it.", "repeat"),
        ("Press it.", "nonsense"),
        ("or wait a moment.", "next"),
        ("or wait a moment.", "stop"),
        ("Press Y.", "yes"),
        ("?", "good night"),
        by=AnsweredBy.KEYS,
    )
    assert evening.plans[:3] == ["introduction", "stopped", "interview"]
    welcome = evening.told[: evening.told.index("Press Y.") + 1]
    assert welcome.count("That was it.") == 3
    assert not re.search("say:|one word|heard|microphone", " ".join(welcome), re.IGNORECASE)
    assert last_time.load().introduced


def test_where_nobody_can_answer_the_welcome_says_so_in_one_line_and_tries_nothing(home, monkeypatch):
    evening = led(home, monkeypatch, by=AnsweredBy.NOTHING)
    asked = evening.steps.index("care.minor")
    assert evening.steps[:2] == ["hello", "welcome"]
    assert not [step for step in evening.steps[:asked] if step.startswith("try")]
    assert evening.told.count(WORDS.say("unheard")) == 1
    assert evening.plans == ["introduction", "interview"]  # to which nobody answers


def family() -> tuple[int, ...]:
    """Return this process and its children."""
    tasks = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    return (os.getpid(), *(int(pid) for task in tasks for pid in task.read_text().split()))


class Onlooker:
    """An observer with a browser: as each plan begins, what the page is by then."""

    def __init__(self, printed: Callable[[], str]) -> None:
        self._printed = printed
        self._visitor: Visitor | None = None
        self.seen: list[dict[str, Any]] = []
        self.listening: set[tuple[str, ...]] = set()

    def observe(self, t_s: float, observation: Observation) -> None:
        if not isinstance(observation, SessionStarted):
            return
        if self._visitor is None:
            self._visitor = Visitor(next(word for word in self._printed().split() if "?code=" in word))
            assert self._visitor.come_in().code == 303
        assert until(lambda: self._page()[1]["number"] == len(self.seen) + 1)
        text, data = self._page()
        assert escape(observation.title) in text
        with self._visitor.watching() as events:
            shown = next(events)
        self.seen.append(data | {"shown": shown["number"], "said": shown["said"]})
        self.listening.add(tuple(row for row in map(listening, family()) if row for row in row))

    def _page(self) -> tuple[str, dict[str, Any]]:
        assert self._visitor is not None
        text = self._visitor.ask("/").text
        return text, json.loads(text.partition('id="data">')[2].partition("</script>")[0])


def test_one_page_shows_the_whole_evening_and_listens_for_this_computer_alone(home, monkeypatch, capsys):
    interviewed()
    last_time.save(LastSession(introduced=True))
    monkeypatch.setattr("player.cli.page.open_here", lambda _address: None)
    onlooker = Onlooker(lambda: capsys.readouterr().out)
    evening = led(
        home,
        monkeypatch,
        *TO_THE_JAW,
        ("let your jaw hang loose.", "stop"),
        ("a minute to take it up.", "good night"),
        watch=(onlooker,),
        page=LOOPBACK,
    )
    assert evening.plans == ["greeting", "offer", "questions", "focus-jaw", "stopped", "good_night"]
    assert [one["number"] for one in onlooker.seen] == [1, 2, 3, 4, 5, 6]
    assert [one["shown"] for one in onlooker.seen] == [1, 2, 3, 4, 5, 6]
    lit = [any(step["marks"] for step in one["steps"]) for one in onlooker.seen]
    assert lit == [False, False, False, True, False, False]
    (where,) = onlooker.listening
    assert len(where) == 1
    assert where[0].startswith("0100007F:")


def test_a_session_that_was_stopped_goes_on_later_by_resume_and_only_so(home, monkeypatch):
    interviewed()
    last_time.save(LastSession(introduced=True))
    monkeypatch.setattr(resume, "LEAST_S", 0.0)  # no clock runs here
    evening = led(
        home,
        monkeypatch,
        *TO_THE_JAW,
        ("Circle twelve times.", "stop"),
        ("a minute to take it up.", "good night"),
    )
    assert evening.plans[-2:] == ["stopped", "good_night"]
    assert resume.unfinished() is None
    one = resume.unfinished(stopped=True)
    assert one is not None
    kept = resume.kept(one)
    assert kept is not None
    assert kept.plan.steps[kept.recovered.place.step].id == evening.steps[-3]
    resume.close(one)
    assert resume.unfinished(stopped=True) is None


def test_a_voice_is_tried_by_its_own_sample_and_kept_by_a_yes(home, monkeypatch):
    interviewed()
    last_time.save(LastSession(introduced=True))
    keep = "keep this voice?"
    another = ("Would you like it?", "another voice")
    led(home, monkeypatch, another, (keep, "no"), ("Would you like it?", "good night"))
    assert settings.load().voice == ""
    evening = led(
        home, monkeypatch, another, (keep, "next"), (keep, "yes"), ("Would you like it?", "good night")
    )
    assert evening.plans == ["greeting", "offer", "voice", "voice", "offer", "good_night"]
    assert settings.load().voice == "slow"  # calm, low, slow


EVENING = (
    ("Would you like it?", "next"),
    ("Would you like it?", "cheeks"),
    ("or gel?", "oil"),
    ("one minute, or five?", "another"),
    ("Would you like it?", "jaw"),
    ("Is that right?", "no"),
    ("or gel?", "oil"),
    ("one minute, or five?", "five minutes"),
    ("when you are ready.", "ready"),
    ("If not, we begin in a moment.", "no"),
    ("Circle twelve times.", "stop"),
    ("a minute to take it up.", "another"),
    ("Would you like it?", "something restful"),
    ("Would you like it?", "next"),
    ("Would you like it?", "good night"),
)
STEPS = [
    *("offer-1", "offer-2", "chosen", "product", "quiet", "offer-1", "chosen", "as-last", "product", "quiet"),
    *(
        "ready",
        "care.everyday",
        "lip-groove",
        "mouth-corner",
        "take-back",
        "offer-1",
        "offer-2",
        "good-night",
    ),
]
TOLD_AGAIN = {"hello", "last", "cut-off", "go-on"}  # what a player that begins again says besides


@pytest.mark.parametrize("seed", range(4))
def test_an_evening_that_is_killed_at_any_moment_is_taken_up_where_it_was(home, monkeypatch, seed):
    interviewed()
    last_time.save(LastSession("focus-jaw", "2026-11-01", {"product": "oil"}, introduced=True))
    monkeypatch.setattr(resume, "LEAST_S", 0.0)  # no clock runs here
    chance = random.Random(seed)
    said, plans, steps = list(EVENING), list[str](), list[str]()
    for kills in range(9):
        evening = led(home, monkeypatch, *said, dies=chance.randrange(1, 18) if kills < 8 else 0)
        said = evening.unsaid
        plans += evening.plans
        steps += [step for step in evening.steps if step not in TOLD_AGAIN]
        if plans[-1] == "good_night":
            break
    assert [step for step, _ in groupby(steps)] == STEPS
    assert last_time.load().wishes == {"product": "oil", "quiet": "300"}


def test_memory_is_flat_over_ten_sessions(home, monkeypatch):
    interviewed()
    last_time.save(LastSession(introduced=True))
    used: list[tuple[int, float]] = []

    class Used:
        def observe(self, t_s: float, observation: Observation) -> None:
            if isinstance(observation, SessionStarted) and observation.routine == "stopped":
                gc.collect()
                used.append((len(gc.get_objects()), _memory_mb()))

    first = (("or gel?", "nothing"), ("one minute, or five?", "one minute"))
    later = (("Is that right?", "yes"),)
    said = [
        (
            ("Would you like it?", "forehead"),
            *(first if number == 0 else later),
            ("when you are ready.", "ready"),
            ("minutes.", "stop"),
            ("a minute to take it up.", "another"),
        )
        for number in range(10)
    ]
    flat = [one for session in said for one in session]
    evening = led(home, monkeypatch, *flat, ("Would you like it?", "good night"), watch=(Used(),))
    assert evening.plans.count("focus-brow") == 10
    (objects, mb), (last_objects, last_mb) = used[2], used[-1]
    assert last_objects - objects < 500
    assert last_mb - mb < 10
