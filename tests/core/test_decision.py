"""What counts as a command, and how sure it has to be."""

from dataclasses import replace

import pytest

from player.core.commands import Command
from player.core.decision import (
    TRUST,
    Accepted,
    Context,
    Doubtful,
    Hypothesis,
    Reason,
    Rejected,
    decide,
    is_own,
    meanings,
)

EVERYTHING = Context(frozenset(Command))


def sure(text="word"):
    return Hypothesis(text, 20.0, 20.0)


def at(score, margin=None):
    return Hypothesis("word", score, margin)


@pytest.mark.parametrize("command", Command)
def test_a_sure_command_is_obeyed(command):
    assert decide(sure(), command, EVERYTHING) == Accepted(command)


def test_a_text_without_meaning_is_nothing():
    assert decide(Hypothesis(""), None, EVERYTHING) == Rejected(Reason.NO_COMMAND)


@pytest.mark.parametrize("command", Command)
def test_limits_are_exact(command):
    trust = TRUST[command]
    assert decide(at(trust.sure), command, EVERYTHING) == Accepted(command)
    assert decide(at(trust.sure - 0.1), command, EVERYTHING) == Doubtful(command)
    assert decide(at(trust.doubtful), command, EVERYTHING) == Doubtful(command)
    assert decide(at(trust.doubtful - 0.1), command, EVERYTHING) == Rejected(Reason.UNSURE)


def test_in_quiet_what_another_ear_hears_otherwise_is_asked_for_again():
    disputed = replace(sure(), disputed=True)
    quiet, noise = (Context(frozenset(Command), over_floor_db=level) for level in (40.0, 20.0))
    assert decide(disputed, Command.REPEAT, quiet) == Doubtful(Command.REPEAT)
    assert decide(disputed, Command.REPEAT, replace(quiet, doubted=Command.REPEAT)) == Accepted(
        Command.REPEAT
    )
    assert decide(disputed, Command.REPEAT, noise) == Accepted(Command.REPEAT)
    assert decide(disputed, Command.STOP, quiet) == Accepted(Command.STOP)


@pytest.mark.parametrize("command", Command)
def test_a_lead_over_other_words_counts_twice_as_much_as_one_over_free_speech(command):
    limit = TRUST[command].sure
    assert decide(at(limit + 6, limit / 2 - 1.4), command, EVERYTHING) == Accepted(command)
    assert decide(at(limit + 6, limit / 2 - 1.6), command, EVERYTHING) != Accepted(command)
    assert decide(at(limit, limit / 2), command, EVERYTHING) == Accepted(command)


def test_stop_is_the_easiest_and_costly_words_the_hardest():
    limits = {command: trust.sure for command, trust in TRUST.items()}
    assert set(limits) == set(Command)
    assert all(limits[Command.STOP] < limit for command, limit in limits.items() if command != Command.STOP)
    for costly in (Command.UNDO, Command.WHERE, Command.HOW_LONG):
        assert limits[Command.PAUSE] < limits[Command.NEXT] < limits[costly]
    assert all(trust.doubtful < trust.sure for trust in TRUST.values())


def test_a_recogniser_without_figures_is_believed():
    assert decide(Hypothesis("word"), Command.UNDO, EVERYTHING) == Accepted(Command.UNDO)


def test_a_doubtful_command_said_again_is_obeyed():
    doubtful = at(TRUST[Command.UNDO].doubtful)
    again = Context(frozenset(Command), doubted=Command.UNDO)
    other = Context(frozenset(Command), doubted=Command.WHERE)
    assert decide(doubtful, Command.UNDO, again) == Accepted(Command.UNDO)
    assert decide(doubtful, Command.UNDO, other) == Doubtful(Command.UNDO)


@pytest.mark.parametrize("command", Command)
def test_over_the_own_voice_only_stop_and_pause_count(command):
    context = Context(frozenset(Command), voice_audible=True)
    allowed = command in {Command.STOP, Command.PAUSE}
    assert decide(sure(), command, context) == (Accepted(command) if allowed else Rejected(Reason.OWN_VOICE))


def test_what_the_player_said_itself_is_nobodys_command():
    for command in Command:
        own = Context(frozenset(Command), own=True)
        assert decide(sure(), command, own) == Rejected(Reason.OWN_VOICE)


def test_it_takes_more_likeness_to_be_the_own_voice_while_that_is_cancelled():
    assert not is_own(-0.2, cancelled=True)
    assert is_own(-0.2, cancelled=False)
    assert is_own(0.0, cancelled=True)
    assert not is_own(-0.3, cancelled=False)


def test_what_means_nothing_now_is_told_apart_from_noise():
    context = Context(frozenset({Command.PAUSE}))
    assert decide(sure(), Command.NEXT, context) == Rejected(Reason.NOT_NOW)
    assert decide(at(TRUST[Command.NEXT].doubtful), Command.NEXT, context) == Rejected(Reason.UNSURE)


@pytest.mark.parametrize("answer", [Command.YES, Command.NO])
def test_yes_and_no_only_answer_a_question(answer):
    asked = Context(frozenset({answer}))
    assert decide(sure(), answer, asked) == Accepted(answer)
    assert decide(sure(), answer, Context(frozenset({Command.NEXT}))) == Rejected(Reason.NO_COMMAND)


def test_stop_counts_in_any_state_but_deaf():
    assert decide(sure(), Command.STOP, Context(frozenset({Command.YES}))) == Accepted(Command.STOP)
    assert decide(sure(), Command.STOP, Context(frozenset())) == Rejected(Reason.NO_COMMAND)


def test_each_phrase_means_its_command():
    found = meanings({Command.REPEAT: ("repeat", "again"), Command.STOP: ("stop",)})
    assert found == {"repeat": Command.REPEAT, "again": Command.REPEAT, "stop": Command.STOP}


def limit(command, **room):
    """The score from which `command` is obeyed there."""
    context = Context(frozenset(Command), **room)
    obeyed = (s for s in range(-60, 30) if decide(at(float(s)), command, context) == Accepted(command))
    return next(obeyed)


def test_in_quiet_less_is_enough_and_in_noise_it_takes_more():
    limits = [limit(Command.NEXT, over_floor_db=db) for db in (40.0, 30.0, 22.0, 15.0, 5.0)]
    assert limits == sorted(limits)
    assert limits[0] == limits[1] < limits[2] < limits[3] == limits[4] == TRUST[Command.NEXT].sure


def test_in_noise_a_command_must_stand_out_of_what_was_before():
    limits = [limit(Command.NEXT, over_floor_db=10.0, over_before_db=db) for db in (2.0, 3.0, 6.0, 10.0)]
    assert limits == sorted(limits, reverse=True)
    assert len(set(limits)) == 4
    in_quiet = [limit(Command.NEXT, over_floor_db=35.0, over_before_db=db) for db in (0.0, 10.0)]
    assert in_quiet == [limits[-1]] * 2


def test_stop_and_a_second_try_need_not_stand_out():
    noisy = {"over_floor_db": 10.0, "over_before_db": 0.0}
    assert limit(Command.STOP, **noisy) == TRUST[Command.STOP].sure
    assert limit(Command.NEXT, **noisy, doubted=Command.NEXT) <= TRUST[Command.NEXT].sure


@pytest.mark.parametrize("command", [Command.STOP, Command.NEXT])
def test_what_has_no_voice_in_it_is_noise_where_there_is_noise(command):
    dishes = Context(frozenset(Command), over_floor_db=20.0, over_before_db=12.0, voiced=False)
    again = Context(frozenset(Command), doubted=command, over_floor_db=20.0, voiced=False)
    for context in (dishes, again):
        for unsure in (at(TRUST[command].sure + 14.9), Hypothesis("word")):
            assert decide(unsure, command, context) == Rejected(Reason.UNSURE)
        assert decide(at(TRUST[command].sure + 15.0), command, context) == Accepted(command)


@pytest.mark.parametrize(
    ("command", "over_floor_db", "length_s", "obeyed"),
    [
        (Command.BRIEF, 40.0, 0.35, False),
        (Command.BRIEF, 40.0, 0.5, True),
        (Command.BRIEF, 20.0, 0.35, True),  # in noise its soft beginning and end are not heard
        (Command.STOP, 40.0, 0.15, True),
    ],
)
def test_what_is_shorter_than_anybody_says_it_is_none_in_quiet(command, over_floor_db, length_s, obeyed):
    context = Context(frozenset(Command), over_floor_db=over_floor_db, over_before_db=12.0, length_s=length_s)
    for heard in (Hypothesis("short form", TRUST[command].sure + 9.9), Hypothesis("short form")):
        verdict = decide(heard, command, context)
        assert verdict == (Accepted(command) if obeyed else Rejected(Reason.UNSURE))
    beyond_doubt = Hypothesis("short form", TRUST[command].sure + 15.0)
    assert decide(beyond_doubt, command, context) == Accepted(command)


def test_a_whisper_in_quiet_is_a_word_but_nothing_is_made_easier_for_it():
    limit = TRUST[Command.PAUSE].sure
    whisper = Context(frozenset(Command), over_floor_db=40.0, over_before_db=40.0, voiced=False)
    spoken = Context(frozenset(Command), over_floor_db=40.0, over_before_db=40.0)
    assert decide(at(limit), Command.PAUSE, whisper) == Accepted(Command.PAUSE)
    assert decide(at(limit - 1), Command.PAUSE, whisper) == Doubtful(Command.PAUSE)
    assert decide(at(limit - 1), Command.PAUSE, spoken) == Accepted(Command.PAUSE)
