"""The loop and the stage, with the real engine, score and mixer in virtual time."""

from dataclasses import replace

import pytest

from player.core.commands import Command
from player.core.condition import Value
from player.core.decision import Accepted, Doubtful, Onset, Reason, Recognition, Rejected
from player.core.evening import Chapter, Evening
from player.core.events import Device, Heard
from player.core.menus import menu
from player.core.observations import (
    CommandObeyed,
    DeviceFound,
    DeviceLost,
    Origin,
    SessionFinished,
    SessionPaused,
    SessionResumed,
    SpeechEnded,
    SpeechStarted,
    StepStarted,
    TonePlayed,
    Transcribed,
    UtteranceRejected,
)
from player.core.orders import Tone
from player.core.place import Place
from player.core.plan import Advance, Ask, Step, Timed
from player.core.session import Session
from player.core.states import Choosing, Ending
from player.errors import SynthesisError
from player.files import languages
from player.session.codec import from_plain, to_plain
from player.session.inbox import Back, Gone, Typed
from player.session.privacy import kept
from player.session.recovery import recover, replay
from tests.session.worlds import SHORT, pressed, short_clip, virtual


def heard(command: Command | None, verdict) -> Recognition:
    text = command.value if command else ""
    return Recognition(
        text=text,
        command=command,
        score=-1.0,
        margin=2.0,
        start_s=0.1,
        end_s=0.5,
        decided_s=0.7,
        verdict=verdict,
    )


def at(at_s: float, said: Recognition) -> Recognition:
    """Return it as said at a second of the session."""
    return replace(said, start_s=at_s, end_s=at_s, decided_s=at_s, began_at_s=None, decided_at_s=None)


def told(world, *kinds):
    return world.watcher.what(*kinds)


def test_what_is_heard_is_told_with_its_scores_and_obeyed():
    world = virtual([(1.0, Onset(0.9)), (1.0, heard(Command.STOP, Accepted(Command.STOP)))])
    assert told(world, Transcribed) == [Transcribed("stop", -1.0, 2.0, 0.1, 0.5)]
    assert told(world, CommandObeyed) == [CommandObeyed(Command.STOP, Origin.VOICE)]
    assert world.ending is Ending.STOPPED


def test_a_word_that_the_player_itself_says_at_that_moment_is_not_obeyed():
    """A loudspeaker says "Say stop at any time" into the microphone; the echo may not be cancelled yet."""
    at_s, said = virtual().watcher.of(SpeechStarted)[1]
    word = said.text.split()[0].lower()
    own = replace(heard(Command.STOP, Accepted(Command.STOP)), text=word)
    world = virtual([(at_s + 0.2, at(at_s + 0.1, own))])
    assert told(world, UtteranceRejected) == [UtteranceRejected(word, Reason.OWN_VOICE)]
    assert world.ending is Ending.COMPLETED
    later = virtual([(at_s + 0.2, replace(own, text="stop"))])
    assert later.ending is Ending.STOPPED


@pytest.mark.parametrize(
    ("say", "word", "command"),
    [("Cheeks, or jaw?", "jaw", Command.NAME), ("Say: pause.", "pause", Command.PAUSE)],
)
def test_what_is_on_offer_may_be_answered_with_its_own_words(say, word, command):
    """ "Cheeks, or jaw?" "Jaw." Said while that sounds it may be the echo; said after it, it is an answer."""
    which = Step(
        id="which",
        label="which",
        say=say,
        work=Timed(0.1),
        settle_s=0.0,
        advance=Advance.CHOOSE,
        ask=Ask("which", choices=((word, word),), patience_s=3.0),
    )
    plan = replace(SHORT, steps=(which,), framed=False)
    begun_s, _ = virtual(plan=plan).watcher.of(SpeechStarted)[0]
    own = replace(heard(command, Accepted(command)), text=word)
    for after_s, obeyed in ((0.1, 0), (1.0, 1)):
        at_s = begun_s + after_s
        world = virtual([(at_s, at(at_s, own))], plan=plan)
        assert len(told(world, CommandObeyed)) == obeyed
        assert world.ending is (Ending.COMPLETED if obeyed else Ending.UNANSWERED)


def test_a_word_that_the_player_said_last_is_obeyed_in_the_silence_after_it():
    teaches = Step("teaches", "teaches", "To end it say stop.", Timed(30.0), settle_s=0.0)
    plan = replace(SHORT, steps=(teaches,), framed=False)
    ended_s, _ = virtual(plan=plan, until_s=5.0).watcher.of(SpeechEnded)[0]
    for after_s, obeyed in ((0.3, []), (3.0, [Command.STOP])):
        at_s = ended_s + after_s
        stop = replace(heard(Command.STOP, Accepted(Command.STOP)), start_s=at_s, end_s=at_s, decided_s=at_s)
        world = virtual([(at_s, replace(stop, began_at_s=None, decided_at_s=None))], plan=plan)
        assert [one.command for one in told(world, CommandObeyed)] == obeyed


def test_a_word_that_was_begun_before_this_plan_was_meant_for_another():
    for command, obeyed in ((Command.NEXT, []), (Command.STOP, [Command.STOP])):
        said = replace(heard(command, Accepted(command)), began_at_s=-0.5, decided_at_s=0.3)
        world = virtual([(0.3, said)])
        assert [one.command for one in told(world, CommandObeyed)] == obeyed


@pytest.mark.parametrize(
    ("verdict", "reason", "tones"),
    [
        (Doubtful(Command.NEXT), "doubtful", ["unsure"]),
        (Rejected(Reason.OWN_VOICE), "own_voice", []),
        (Rejected(Reason.NO_COMMAND), "no_command", []),
    ],
)
def test_what_is_not_sure_is_not_obeyed(verdict, reason, tones):
    world = virtual([(1.0, heard(Command.NEXT, verdict))])
    assert told(world, CommandObeyed) == []
    assert told(world, UtteranceRejected) == [UtteranceRejected("next", reason)]
    assert [played.tone for played in told(world, TonePlayed)] == tones
    assert world.ending is Ending.COMPLETED


def test_of_a_choice_about_health_the_journal_holds_only_that_there_was_one():
    ask = Ask("how", choices=(("sore", "sore"),))
    how = Step(id="how", label="how", say="How?", work=Timed(1), advance=Advance.CHOOSE, ask=ask, care=True)
    plan, session = replace(SHORT, steps=(how,)), Session(Choosing(Place(0), ask.choices))
    said = Heard(Command.NAME, Place(0), name="sore")
    assert kept(plan, session, said) == {"event": "answered", "within": [0, 0, 0, 0]}
    open_ = replace(plan, steps=(replace(how, care=False),))
    assert kept(open_, session, said) == to_plain(said)
    assert from_plain(to_plain(said)) == said


def test_a_command_that_means_nothing_now_gives_one_tone_and_changes_nothing():
    world = virtual(pressed((1.0, Command.RESUME)))
    assert told(world, UtteranceRejected) == [UtteranceRejected("resume", Reason.NOT_NOW)]
    assert told(world, TonePlayed) == [TonePlayed(Tone.UNSURE)]
    assert len(told(world, StepStarted)) == len(SHORT.steps)


def test_one_key_pauses_and_goes_on():
    world = virtual(pressed((1.0, Command.PAUSE), (2.0, Command.PAUSE)))
    assert [obeyed.command for obeyed in told(world, CommandObeyed)] == [Command.PAUSE, Command.RESUME]
    (paused,), (resumed,) = world.watcher.of(SessionPaused), world.watcher.of(SessionResumed)
    assert resumed[0] - paused[0] == pytest.approx(1, abs=0.05)


def test_in_the_minute_after_stop_the_key_that_pauses_takes_it_back():
    words = languages.evening(languages.load("en"))
    plan = menu(Evening(Chapter.STOPPED), words, hour=20)
    world = virtual(pressed((1.0, Command.PAUSE)), plan=plan)
    assert [obeyed.command for obeyed in told(world, CommandObeyed)] == [Command.RESUME]
    assert world.ending is Ending.COMPLETED


def test_speeches_begin_and_end_in_turn_even_when_cut():
    world = virtual(pressed((1.1, Command.NEXT), (1.14, Command.PAUSE), (1.6, Command.RESUME)))
    ended = world.watcher.of(SpeechEnded)
    cut_at, *_ = [at_s for at_s, speech in ended if speech.text.startswith("About")]
    assert 1.02 < cut_at < 1.18  # in the middle of the word
    speeches = told(world, SpeechStarted, SpeechEnded)
    kinds = [type(speech) for speech in speeches]
    assert kinds == [SpeechStarted, SpeechEnded] * (len(speeches) // 2)
    assert all(begun.text == ended.text for begun, ended in zip(speeches[::2], speeches[1::2], strict=True))


def test_the_ears_are_told_when_the_player_speaks_and_what_means_something():
    world = virtual(pressed((0.5, Command.PAUSE), (2.0, Command.RESUME)))
    assert world.ears.audible[0] is True
    assert all(one != other for one, other in zip(world.ears.audible, world.ears.audible[1:], strict=False))
    assert any(Command.RESUME in commands for commands in world.ears.listening)
    assert Command.RESUME not in world.ears.listening[0]
    assert Command.STOP in world.ears.listening[0]


def test_a_voice_that_fails_is_said_once_and_the_session_goes_on():
    def render(text: str, *, brisk: bool = False):
        if text == "Circle.":
            raise SynthesisError("broken")
        return short_clip(text)

    world = virtual(render=render)
    assert world.ending is Ending.COMPLETED
    assert len(told(world, StepStarted)) >= len(SHORT.steps)
    assert told(world, DeviceLost) == [DeviceLost(Device.VOICE)]
    assert "Circle." in [speech.text for speech in told(world, SpeechStarted)]  # as a caption


def test_a_microphone_that_goes_and_comes_is_told_and_said():
    world = virtual([(0.5, Gone(Device.MICROPHONE)), (3.0, Back(Device.MICROPHONE))])
    assert told(world, DeviceLost) == [DeviceLost(Device.MICROPHONE)]
    assert told(world, DeviceFound) == [DeviceFound(Device.MICROPHONE)]
    assert world.ending is Ending.COMPLETED


def test_every_event_is_kept_and_leads_back_to_where_it_was():
    """Cut anywhere: what was kept up to there goes on from that place."""
    world = virtual(pressed((1.0, Command.NEXT), (1.6, Command.REPEAT)))
    assert world.kept[-1] == {"event": "ended", "ending": "completed"}
    assert recover(SHORT, world.kept, Session()) is None
    places = [at for at, entry in enumerate(world.kept) if "place" in entry and "event" not in entry]
    assert len(places) > 8
    for at in places:
        found = recover(SHORT, world.kept[: at + 1], Session())
        assert found is not None
        assert found.place.step == world.kept[at]["place"][0]
        assert found.place.stroke == world.kept[at]["place"][3]


NEW = Value("new")
ASKING = replace(
    SHORT,
    steps=(
        Step(
            id="new",
            label="the question",
            say="Is anything new?",
            work=Timed(0.5),
            settle_s=0.2,
            advance=Advance.UNLESS_YES,
            ask=Ask("new", opens=False, echo="Good."),
            care=True,
        ),
        Step(
            id="fever",
            label="the question",
            say="Fever?",
            work=Timed(0.5),
            settle_s=0.2,
            advance=Advance.ANSWER,
            ask=Ask("fever", opens=False),
            when=NEW,
            care=True,
        ),
        Step(
            id="ends",
            label="the end",
            say="Then not today.",
            work=Timed(0.5),
            when=Value("fever"),
            ends=True,
            care=True,
        ),
        *SHORT.steps,
    ),
)


def test_a_question_listens_for_its_answers_while_it_is_spoken():
    world = virtual(plan=ASKING)
    assert {Command.YES, Command.NO} <= world.ears.listening[0]
    assert Command.NEXT not in world.ears.listening[0]
    late, after = world.ears.listening[-3:-1]
    assert (Command.YES in late, Command.NO in late) == (True, False)  # in the first step after a silence
    assert Command.YES not in after


@pytest.mark.parametrize("at_s", [0.02, 0.3, 1.0, 2.0, 5.0, 9.0])
def test_the_key_for_yes_asks_further_while_the_question_is_spoken_and_after(at_s):
    world = virtual(pressed((at_s, Command.YES), (at_s + 1.5, Command.YES)), ASKING)
    assert world.ending is Ending.DECLINED
    assert told(world, StepStarted)[-1].label == "the end"


def test_enter_answers_nothing_and_is_never_a_next_that_passes_the_question():
    world = virtual(pressed((0.3, Command.NEXT)), ASKING, until_s=40.0)
    assert [one.command for one in told(world, CommandObeyed)] == [Command.STOP]
    assert told(world, UtteranceRejected) == [UtteranceRejected("next", Reason.NOT_NOW)]
    assert [one.step for one in told(world, StepStarted)] == ["new"]  # nor is it a silence


def test_the_key_for_no_is_no_next():
    world = virtual(pressed((1.0, Command.NO)))
    assert told(world, CommandObeyed) == []
    assert told(world, UtteranceRejected) == [UtteranceRejected("no", Reason.NOT_NOW)]


FAREWELL = "Take your hands away."


@pytest.mark.parametrize("unheard", [False, True])
def test_without_a_loudspeaker_the_farewell_is_shown_and_the_end_is_at_once(unheard):
    world = virtual(pressed((1.0, Command.STOP)), unheard=unheard)
    ((finished_s, _),) = world.watcher.of(SessionFinished)
    assert (finished_s < 1.05) is unheard
    assert any(speech.text.startswith(FAREWELL) for speech in told(world, SpeechStarted))


def test_what_is_pressed_during_the_farewell_is_nothing():
    world = virtual(pressed((1.0, Command.STOP), (1.2, Command.REPEAT), (1.2, Command.NO)))
    assert told(world, UtteranceRejected) == []
    assert [entry["command"] for entry in world.kept if entry.get("event") == "heard"] == ["stop"]


@pytest.mark.parametrize(("stop_s", "step"), [(0.5, 0), (6.0, 1), (100.0, 2)])
def test_a_session_that_is_over_was_last_where_it_ended(stop_s, step):
    world = virtual(pressed((stop_s, Command.STOP)))
    *_, (_event, _session, place) = replay(SHORT, world.kept, Session())
    assert place.step == step


@pytest.mark.parametrize(
    ("sureness", "times_s", "echoed"),
    [
        ((9.0,), (4.0,), True),
        ((1.0,), (4.0,), False),
        ((1.0, 1.0), (4.0, 6.0), True),
        ((1.0, 1.0), (4.0, 9.5), False),
    ],
)
def test_an_answer_that_opens_the_way_needs_surer_hearing_or_is_said_twice(sureness, times_s, echoed):
    """What means "I have it" is believed as any other word is."""
    plan = replace(ASKING, steps=(replace(ASKING.steps[0], advance=Advance.ANSWER), *ASKING.steps[1:]))

    def said(command, sure, at_s):
        known = heard(command, Accepted(command))
        return replace(known, sureness=sure, start_s=at_s - 0.3, end_s=at_s - 0.1, decided_s=at_s)

    unsure = [(at_s, said(Command.NO, sure, at_s)) for at_s, sure in zip(times_s, sureness, strict=True)]
    world = virtual(unsure, plan, until_s=30.0)
    assert (world.ending is Ending.COMPLETED) is echoed
    assert any(one.text == "Good." for one in told(world, SpeechStarted)) is echoed
    yes = virtual([(1.0, said(Command.YES, 1.0, 1.0))], plan, until_s=12.0)
    assert [one.label for one in told(yes, StepStarted)] == ["the question", "the question"]


@pytest.mark.parametrize(("sureness", "undone"), [(9.0, True), (1.0, False)])
def test_undo_must_be_surer_while_a_question_of_care_is_open(sureness, undone):
    """A "no" is often taken for it; that would take back the answer before."""

    def said(command, at_s, sure=9.0):
        known = heard(command, Accepted(command))
        return at_s, replace(known, sureness=sure, start_s=at_s - 0.3, end_s=at_s - 0.1, decided_s=at_s)

    told_of = [said(Command.YES, 2.0), said(Command.UNDO, 5.0, sureness)]
    asked = virtual(told_of, ASKING, until_s=9.0)
    assert [one.label for one in told(asked, StepStarted)].count("the question") == 2 + undone
    elsewhere = virtual([said(Command.NEXT, 2.0), said(Command.UNDO, 4.0, sureness)], until_s=8.0)
    assert any(one.text == "As it was." for one in told(elsewhere, SpeechStarted))


ANYTHING = heard(None, Rejected(Reason.NO_COMMAND))


def question_said(world) -> int:
    """How often the question was spoken."""
    return sum("anything new" in one.text for one in told(world, SpeechStarted))


@pytest.mark.parametrize("spoken", [Onset(0.0), ANYTHING, heard(Command.NO, Doubtful(Command.NO)), Typed()])
def test_whoever_speaks_into_a_silence_breaks_it(spoken):
    silent, broken = virtual(plan=ASKING, until_s=60.0), virtual([(4.0, spoken)], ASKING, until_s=60.0)
    assert (question_said(silent), silent.ending) == (1, Ending.COMPLETED)
    assert (question_said(broken), broken.ending) == (2, Ending.STOPPED)  # it waits
    assert [one.step for one in told(broken, StepStarted)][-1] == "new"


def test_what_comes_before_a_question_breaks_no_silence_after_it():
    at_s, _ = next(one for one in virtual(plan=SHORT).watcher.of(SpeechStarted))
    world = virtual([(at_s + 0.1, ANYTHING)], SHORT)
    assert world.ending is Ending.COMPLETED


def test_what_may_have_been_stop_is_asked_about_and_the_session_goes_on():
    perhaps = heard(Command.STOP, Doubtful(Command.STOP))
    world = virtual([(3.0, perhaps)])
    assert "Shall we end here?" in [one.text.partition(" Then")[0] for one in told(world, SpeechStarted)]
    assert world.ending is Ending.COMPLETED


def test_its_own_word_is_not_asked_about_either():
    at_s, said = virtual().watcher.of(SpeechStarted)[1]
    word = said.text.split()[0].lower()
    own = replace(heard(Command.STOP, Doubtful(Command.STOP)), text=word)
    world = virtual([(at_s + 0.2, at(at_s + 0.1, own))])
    assert told(world, UtteranceRejected) == [UtteranceRejected(word, Reason.OWN_VOICE)]
