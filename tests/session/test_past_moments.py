"""What is said means the moment at which it was said, and what was said long ago is only told."""

import random
from dataclasses import replace

import pytest

from player.core.commands import Command
from player.core.condition import Value
from player.core.decision import Accepted, Reason, Recognition
from player.core.observations import (
    CommandObeyed,
    SessionFinished,
    SpeechStarted,
    StepStarted,
    UtteranceRejected,
)
from player.core.plan import Advance, Ask, Step, Timed, Trait
from player.core.session import Session
from player.core.states import Ending, Paused
from player.ears.mic_clock import GAP_S, MicClock
from player.ports import EARS_RATE_HZ, RATE_HZ
from player.session.inbox import News, Pressed
from player.session.loop import OLD_S
from player.session.moments import Moments
from player.session.recovery import replay
from tests.session.worlds import SHORT, virtual

WORD_S = 0.7
NAMES = [step.id for step in SHORT.steps]


def word(command: Command, began_s: float, decided_s: float | None = None) -> Recognition:
    """A word in a session whose clock is its own."""
    decided_s = began_s + WORD_S if decided_s is None else decided_s
    return Recognition(
        text=command.value,
        command=command,
        score=None,
        margin=None,
        start_s=began_s,
        end_s=decided_s - 0.1,
        decided_s=decided_s,
        verdict=Accepted(command),
    )


def steps(world) -> list[str]:
    return [begun.step for begun in world.watcher.what(StepStarted)]


def begun_s(world, name: str) -> float:
    return next(t_s for t_s, begun in world.watcher.of(StepStarted) if begun.step == name)


def rejected(world) -> list[tuple[str, str]]:
    return [(one.text, one.reason) for one in world.watcher.what(UtteranceRejected)]


def obeyed(world) -> list[Command]:
    return [one.command for one in world.watcher.what(CommandObeyed)]


QUIET = virtual()
ENDS = {name: begun_s(QUIET, name) for name in NAMES[1:]}


@pytest.mark.parametrize("name", ENDS)
@pytest.mark.parametrize("before_s", [0.05, 0.2, 0.4, 0.6])
def test_next_said_as_a_step_ends_skips_nothing(name, before_s):
    """By voice, decided when the next step is under way, and by a key that is known a little later."""
    began_s = ENDS[name] - before_s
    spoken = virtual([(began_s + WORD_S, word(Command.NEXT, began_s))])
    pressed = virtual([(ENDS[name] + 0.1, Pressed(Command.NEXT, began_s))])
    for world in (spoken, pressed):
        assert obeyed(world) == [Command.NEXT]
        assert world.watcher.of(SpeechStarted, StepStarted) == QUIET.watcher.of(SpeechStarted, StepStarted)


@pytest.mark.parametrize("name", ENDS)
def test_next_said_after_a_step_began_leaves_that_step(name):
    began_s = ENDS[name] + 0.1
    world = virtual([(began_s + WORD_S, word(Command.NEXT, began_s))])
    ((over_s, _),), ((quiet_s, _),) = world.watcher.of(SessionFinished), QUIET.watcher.of(SessionFinished)
    assert over_s < quiet_s - 0.5


@pytest.mark.parametrize(("command", "then"), [(Command.REPEAT, "two"), (Command.PREVIOUS, "one")])
def test_what_is_said_of_a_step_that_ends_meanwhile_is_about_that_step(command, then):
    began_s = ENDS["three"] - 0.2
    world = virtual([(began_s + WORD_S, word(command, began_s))])
    assert steps(world)[:4] == [*NAMES, then]


def test_a_place_is_kept_with_the_command_as_it_was_said():
    began_s = ENDS["three"] - 0.2
    world = virtual([(began_s + WORD_S, word(Command.REPEAT, began_s))])
    (said,) = [entry for entry in world.kept if entry.get("event") == "heard"]
    assert said["place"][0] == 1
    assert said["number"] == 2


ASKING = replace(
    SHORT,
    steps=(
        Step(id="skin", label="the question", say="Is anything new?", work=Timed(0.5),
             advance=Advance.UNLESS_YES, ask=Ask("new", opens=False), care=True),
        Step(id="fever", label="the question", say="Fever?", work=Timed(0.5), advance=Advance.ANSWER,
             ask=Ask("fever", opens=False), care=True, when=Value("new")),
        *SHORT.steps,
    ),
)  # fmt: skip


@pytest.mark.parametrize("before_s", [0.05, 0.4])
def test_a_yes_that_begins_before_the_silence_ends_is_asked_about(before_s):
    began_s = begun_s(virtual(plan=ASKING), "one") - before_s
    world = virtual([(began_s + WORD_S, word(Command.YES, began_s))], ASKING, until_s=60.0)
    assert world.ending is Ending.STOPPED
    assert steps(world)[-1] == "fever"


def test_a_no_that_begins_before_the_silence_ends_is_no_false_word():
    began_s = begun_s(virtual(plan=ASKING), "one") - 0.3
    word_ = replace(word(Command.NO, began_s), sureness=20.0)
    world = virtual([(began_s + WORD_S, word_)], ASKING)
    assert rejected(world) == []
    assert steps(world) == ["skin", *NAMES]


# --- old words


@pytest.mark.parametrize("command", [c for c in Command if c is not Command.STOP])
def test_what_was_decided_long_ago_is_told_and_not_obeyed(command):
    """The player was held up: what was said meanwhile arrives in a heap."""
    at_s = 3.0
    old = word(command, at_s - OLD_S - 1.0, at_s - OLD_S - 0.1)
    world = virtual([(at_s, old), (at_s, replace(old, start_s=old.start_s + 0.05))])
    assert obeyed(world) == []
    assert rejected(world) == [(command.value, Reason.TOO_LATE)] * 2
    assert steps(world) == NAMES
    key = virtual([(at_s, Pressed(command, at_s - OLD_S - 0.1))])
    assert [reason for _text, reason in rejected(key)] == [Reason.TOO_LATE]


def test_an_old_stop_still_stops():
    assert virtual([(3.0, word(Command.STOP, 0.1, 0.5))]).ending is Ending.STOPPED
    assert virtual([(3.0, Pressed(Command.STOP, 0.1))]).ending is Ending.STOPPED


def test_a_word_that_was_long_in_being_said_is_not_old():
    """It is the decision that ages, not the word."""
    world = virtual([(3.0, word(Command.PAUSE, 3.0 - OLD_S, 2.9)), (4.0, Pressed(Command.RESUME))])
    assert obeyed(world) == [Command.PAUSE, Command.RESUME]


# --- the places that are kept


REST = replace(
    SHORT,
    steps=(
        Step(id="rest", label="the brow", say="Rest.", work=Timed(1.0), settle_s=0.1),
        Step(id="mask", label="the cheek", say="Rest.", work=Timed(1.0), settle_s=0.1, trait=Trait.DEEP),
        Step(
            id="wait",
            label="the chin",
            say="Rest.",
            work=Timed(0.6, sets=2),
            settle_s=0.1,
            advance=Advance.WAIT,
        ),
        Step(id="last", label="the chin", say="Rest.", work=Timed(1.0), settle_s=0.1),
    ),
)
SAID = (
    Command.PAUSE,
    Command.RESUME,
    Command.UNDO,
    Command.SLOWER,
    Command.WHERE,
    Command.NEXT,
    Command.REPEAT,
)


def at_random(seed: int) -> list[tuple[float, News]]:
    """Words and keys at any instants, and somebody who goes on in the end."""
    chance = random.Random(seed)
    said: list[tuple[float, News]] = []
    for _ in range(chance.randint(3, 10)):
        at_s, command = round(chance.uniform(0.3, 14), 2), chance.choice(SAID)
        late_s = chance.choice((0.0, 0.2, 0.7, 1.1))
        said.append((at_s + late_s, word(command, at_s, at_s + late_s)))
    ends = [
        (20.0 + more, Pressed(command)) for more in range(10) for command in (Command.RESUME, Command.NEXT)
    ]
    return [*said, *ends, (60.0, Pressed(Command.STOP))]


@pytest.mark.parametrize("seed", range(40))
def test_kept_places_go_back_only_by_a_command_and_stand_still_in_a_pause(seed):
    world = virtual(at_random(seed), REST)
    last = None
    for event, session, place in replay(REST, world.kept, Session()):
        if event is not None:
            last = None
            continue
        if isinstance(session.state, Paused):
            whole_s = session.state.place.elapsed_ms // 1000 * 1000
            assert place == replace(session.state.place, elapsed_ms=whole_s)
        assert last is None or last <= place
        last = place


# --- clocks


def test_a_past_moment_is_found_though_the_loudspeaker_stood_still():
    now = [0.0, 0]
    moments = Moments(lambda: now[0], lambda: now[1])
    assert moments.sample(5.0) == 0
    for look in range(300):
        now[:] = [10 + look * 0.02, min(look, 100) * 960]
        moments.look()
    assert moments.sample(10.5) == pytest.approx(0.5 * RATE_HZ, abs=2)
    assert moments.sample(10.51) == pytest.approx(0.51 * RATE_HZ, abs=2)
    assert moments.sample(14.0) == 100 * 960
    assert moments.sample(99.0) == 100 * 960
    assert moments.sample(1.0) == 0


class Machine:
    def __init__(self) -> None:
        self.now_s = 100.0
        self.clock = MicClock(lambda: self.now_s)

    def hear(self, seconds: float, late_s: float = 0.0) -> None:
        """Blocks of 20 ms come as they are heard, every third of them late."""
        for block in range(round(seconds * 50)):
            self.now_s += 0.02
            now_s, self.now_s = self.now_s, self.now_s + (late_s if block % 3 else 0.0)
            self.clock.came(EARS_RATE_HZ // 50)
            self.now_s = now_s


def test_a_word_has_the_moment_at_which_it_began_and_was_decided():
    machine = Machine()
    machine.hear(3.0, late_s=0.3)
    heard = machine.clock.stamped(word(Command.NEXT, 2.0, 2.8))
    assert isinstance(heard, Recognition)
    assert heard.began_at_s == pytest.approx(102.0)
    assert heard.decided_at_s == pytest.approx(103.0)


def test_time_without_sound_lies_between_two_words():
    machine = Machine()
    machine.hear(2.0)
    machine.now_s += 12.0  # the device was away
    machine.hear(2.0)
    before, after = (machine.clock.stamped(word(Command.NEXT, began_s)) for began_s in (1.0, 3.0))
    assert after.began_at_s == pytest.approx(115.0)
    assert after.decided_at_s == pytest.approx(machine.now_s)
    assert machine.now_s - before.decided_at_s > OLD_S


def test_what_waited_while_we_were_stopped_is_as_old_as_it_is():
    """Twelve seconds of sound come at once: what was said in them was said then."""
    machine = Machine()
    machine.hear(2.0)
    machine.now_s += 12.0
    for _ in range(12 * 50):
        machine.clock.came(EARS_RATE_HZ // 50)
    heard = machine.clock.stamped(word(Command.NEXT, 5.0))
    assert heard.began_at_s == pytest.approx(105.0)
    assert machine.now_s - heard.decided_at_s > OLD_S
    fresh = machine.clock.stamped(word(Command.NEXT, 13.0, 13.7))
    assert machine.now_s - fresh.decided_at_s < OLD_S


def test_ears_that_are_slow_are_not_old():
    machine = Machine()
    machine.hear(3.0)
    machine.now_s += 0.9 * GAP_S
    machine.hear(3.0)
    heard = machine.clock.stamped(word(Command.NEXT, 1.0))
    assert heard.decided_at_s == machine.now_s
