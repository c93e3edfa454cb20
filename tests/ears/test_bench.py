"""The yardstick itself: ears that are always right, always wrong or late give the figures they must."""

import dataclasses
import json
import subprocess
import sys

import numpy as np
import pytest
import soundfile

from player.backends.vad import VoiceActivity
from player.bench import hearing
from player.bench.counts import Rate, Share
from player.bench.echo_figures import EchoFigures
from player.bench.hearing import conditions, curve, figures, losses, noises, over, report, units
from player.bench.hearing.corpus import Clip, Corpus, read, synthetic
from player.bench.hearing.trials import Outcome, make_noise, say_nothing, say_words
from player.core.commands import Command
from player.core.decision import Hypothesis, Onset
from player.ears.pipeline import ListeningChain
from player.errors import BackendError, FileFault, UsageError
from tests.ears.scripted import ScriptedRecogniser
from tests.ears.speech import SPEAKER, spoken

PHRASES = {Command.PREVIOUS: ("previous",), Command.STOP: ("stop",)}


class Late:
    """Ears that tell everything so many blocks late."""

    def __init__(self, ears, blocks):
        self._ears = ears
        self._kept = [()] * blocks

    def __getattr__(self, name):
        return getattr(self._ears, name)

    def accept(self, pcm):
        self._kept.append(self._ears.accept(pcm))
        return self._kept.pop(0)


def clip(text, command=None):
    return Clip("speaker", text, command, spoken(text))


def corpus():
    return Corpus(
        words=[clip("previous", Command.PREVIOUS), clip("stop", Command.STOP)],
        speech=[clip("circles"), clip("temples")],
        makes={"kitchen": noises.kitchen, "fan": noises.fan},
    )


def chain(answers):
    scripted = ScriptedRecogniser(*map(Hypothesis, answers), again=True)
    return ListeningChain(scripted, PHRASES, VoiceActivity())


def words(*answers, condition=conditions.QUIET, blocks=0):
    outcome = Outcome()
    say_words(outcome, lambda: Late(chain(answers), blocks), corpus(), condition)
    return outcome


RIGHT = ("previous", "stop", "stop")


@pytest.mark.parametrize("condition", [conditions.SILENT, conditions.QUIET, *conditions.WAYS])
def test_ears_that_are_always_right(condition):
    outcome = words(*RIGHT, condition=condition)
    assert [trial.result for trial in outcome.trials] == ["right"] * 3
    assert [trial.second for trial in outcome.trials] == [False, False, True]
    assert all(0.0 < trial.delay_s < 0.9 for trial in outcome.trials)
    assert figures.missed_twice(outcome.trials) == Share(0, 1)


def test_stop_is_said_again_by_the_same_person_with_another_take():
    takes = [Clip(who, take, Command.STOP, spoken("stop")) for who, take in ("a1", "a2", "a3", "b1")]
    outcome = Outcome()
    say_words(outcome, lambda: chain(["stop"]), dataclasses.replace(corpus(), words=takes), conditions.QUIET)
    said = [(trial.speaker + trial.phrase, trial.second) for trial in outcome.trials]
    first = [word for word, second in said if not second]
    assert first == ["a1", "a2", "a3", "b1"]
    assert [word for word, second in said if second] == ["a2", "a3", "a1", "b1"]


def test_ears_that_are_always_wrong():
    outcome = words("stop", "previous", "previous")
    assert [trial.result for trial in outcome.trials] == ["wrong"] * 3
    assert figures.missed_twice(outcome.trials) == Share(1, 1)


def test_deaf_ears_are_neither():
    outcome = words("")
    assert [(trial.result, trial.delay_s) for trial in outcome.trials] == [("missed", None)] * 3
    assert all(trial.onset_s is not None for trial in outcome.trials)


def test_ears_that_are_late_by_a_known_time():
    early, late = words(*RIGHT), words(*RIGHT, blocks=10)
    for one, other in zip(early.trials, late.trials, strict=True):
        assert other.delay_s - one.delay_s == pytest.approx(0.2)
        assert other.onset_s - one.onset_s == pytest.approx(0.2)


def test_a_command_heard_in_speech_or_noise_is_false():
    outcome = Outcome()
    say_nothing(outcome, lambda: chain(["previous"]), corpus(), "speech", conditions.QUIET)
    make_noise(outcome, lambda: chain(["stop"]), corpus(), conditions.NOISY[0], 16_000 * 20)
    speech, noise = outcome.watches
    assert [command for _, command, _ in speech.false] == ["previous", "previous"]
    assert 2 < speech.seconds < 10
    assert noise.seconds == 20
    rate = figures.false_rate([speech])
    assert rate.per_hour == pytest.approx(2 * 3600 / speech.seconds)


def test_false_commands_in_talk_are_told_room_by_room_and_in_all():
    outcome = Outcome()
    for condition in (conditions.QUIET, conditions.NOISY[1]):
        say_nothing(outcome, lambda: chain(["previous"]), corpus(), "speech", condition)
    told = dict(report.rows(outcome))
    assert told["false in speech, all of these"].startswith("4 in ")
    assert told["false in speech, kitchen 10 dB"].startswith("2 in ")


class Startled:
    """Ears that take something for somebody's beginning, at these seconds."""

    def __init__(self, *at_s):
        self._blocks, self._now = [round(one * 50) for one in at_s], 0

    def listen(self, commands, names=()):
        pass

    def accept(self, pcm):
        self._now += 1
        return (Onset(self._now / 50),) if self._now in self._blocks else ()


def test_where_nobody_speaks_the_voice_goes_down_for_nothing_until_it_has_learnt():
    outcome = Outcome()
    ears = Startled(1, 1.5, 5, 10, 11, 12, 14, 16)
    make_noise(outcome, lambda: ears, corpus(), conditions.NOISY[0], 16_000 * 20)
    rows = dict(report.rows(outcome))
    assert rows["false hushes, kitchen 20 dB"].startswith("3 in 0.3 min = 540.0 an hour")


def test_talk_lasts_as_long_as_asked_half_of_it_in_a_kitchen(monkeypatch):
    monkeypatch.setattr("player.bench.hearing.corpus._AT_A_TIME", 4)
    outcome = units.talked(lambda: chain([""]), [SPEAKER], 100)
    quiet, kitchen = (
        sum(watch.seconds for watch in outcome.watches if watch.condition == name)
        for name in ("quiet room", "kitchen 10 dB")
    )
    assert quiet == kitchen
    assert 50 <= quiet < 100
    assert {watch.kind for watch in outcome.watches} == {"speech"}


def test_words_are_said_over_the_player_in_every_room():
    outcome = Outcome()
    narration = np.concatenate([spoken("circles"), spoken("temples")]).astype(np.float32) / 32768
    for room in ("silent room", "echo +10 dB"):
        over.say_over(outcome, lambda canceller: chain(["stop"]), corpus().words[1:], narration, room)
    assert list(outcome.over) == ["silent room", "echo +10 dB"]
    silent = outcome.over["silent room"]
    assert (silent.said, silent.right, silent.wrong, silent.false) == (1, 1, 0, 0)
    assert dict(report.rows(outcome))["player speaks: silent room"].startswith("1/1 = 100.0%")


def test_everybody_speaks_into_the_same_ears():
    made = []

    def make():
        made.append(chain(RIGHT))
        return made[-1]

    several = corpus()
    several.words = [dataclasses.replace(clip, speaker=f"p{n}") for n, clip in enumerate(several.words)]
    say_words(Outcome(), make, several, conditions.QUIET)
    assert len(made) == 1


class Guessing:
    """Ears that say each what they are told to; `opinions` as those of two."""

    def __init__(self, **opinions):
        self._opinions = opinions

    def begin(self):
        pass

    end = close = unknown = expect = partial = begin

    def opinions(self):
        return self._opinions

    def accept(self, pcm):
        pass


@pytest.mark.parametrize(
    ("opinions", "lost"),
    [
        ({"a": "", "b": "next"}, losses.NO_EAR),
        ({"a": "stop", "b": ""}, "a alone has it"),
        ({"a": "stop", "b": "talk"}, losses.TALK),
        ({"a": "stop", "b": "stop"}, losses.LIMIT),
    ],
)
def test_a_missed_word_is_lost_somewhere(opinions, lost):
    follow = losses.Losses(Guessing(**opinions), {"stop": Command.STOP, "next": Command.NEXT})
    outcome = Outcome()
    say_words(outcome, lambda: chain([""]), corpus(), conditions.QUIET, follow)
    assert {trial.lost for trial in outcome.trials if trial.command == "stop"} == {lost}
    assert dict(report.rows(outcome))["lost, quiet room"].count(lost) == 1


def test_a_word_is_lost_before_any_ear_hears_it():
    follow = losses.Losses(Guessing(a="stop"), {"stop": Command.STOP})
    sound = np.concatenate([np.zeros(48_000, np.int16), spoken("stop"), np.zeros(32_000, np.int16)])
    follow.accept(sound.tobytes())
    first, last = (3 + place / 16_000 for place in conditions.bounds(spoken("stop")))
    assert follow.missed(Command.STOP, (first, last)) == losses.LIMIT
    assert follow.missed(Command.STOP, (first, last + 0.5)) == losses.BADLY_CUT
    assert follow.missed(Command.STOP, (1.0, 1.5)) == losses.NO_STRETCH


def test_what_was_measured_before_the_ears_failed_is_kept(tmp_path, monkeypatch):
    def answers(options, work):
        yield work[0], dataclasses.asdict(words(*RIGHT))
        raise BackendError("measuring the ears failed: signal 9", "see `player doctor`")

    monkeypatch.setattr(hearing, "answers", answers)
    with pytest.raises(BackendError):
        hearing.run(units.Options(conditions=("quiet room",)), tmp_path / "report.json")
    kept = json.loads((tmp_path / "report.json").read_text())
    assert kept["recall"]["quiet room"]["count"] == 2
    assert kept["stop_missed_twice"]["quiet room"]["of"] == 1


def test_only_the_conditions_that_are_asked_for():
    work = units.planned(units.Options(conditions=("kitchen 10 dB", "quiet room")))
    assert {unit.where for unit in work} == {"kitchen 10 dB", "quiet room"}
    assert {unit.kind for unit in work} == {"words", "speech", "other", "near", "narration", "noise"}
    more = units.planned(units.Options(conditions=("quiet room", "kitchen 10 dB", "music 10 dB")))
    assert {unit.where for unit in more if unit.kind == "speech"} == {"quiet room", "kitchen 10 dB"}
    assert {unit.where for unit in more if unit.kind == "words"} > {"music 10 dB"}
    with pytest.raises(UsageError, match="there is no condition `cellar`"):
        units.planned(units.Options(conditions=("cellar",)))


def test_pieces_of_a_corpus_are_the_whole_and_keep_a_speaker_together():
    words = [Clip(f"p{n % 3}", str(n), Command.STOP, np.zeros(1, np.int16)) for n in range(9)]
    pieces = [Corpus(words=words).piece("words", index, 3) for index in range(3)]
    assert sorted(clip.text for piece in pieces for clip in piece) == [str(n) for n in range(9)]
    assert [{clip.speaker for clip in piece} for piece in pieces] == [{"p0"}, {"p1"}, {"p2"}]


@pytest.mark.parametrize(
    ("count", "of", "low", "high"), [(0, 10, 0.0, 0.278), (5, 10, 0.237, 0.763), (10, 10, 0.722, 1.0)]
)
def test_shares_have_wilson_bounds(count, of, low, high):
    assert Share(count, of).between == pytest.approx((low, high), abs=0.001)


@pytest.mark.parametrize(("count", "low", "high"), [(0, 0.0, 3.69), (1, 0.025, 5.57), (10, 4.80, 18.39)])
def test_rates_have_poisson_bounds(count, low, high):
    assert Rate(count, 3600.0).between == pytest.approx((low, high), abs=0.15)


def test_noise_has_the_level_that_it_should():
    rng = np.random.default_rng(1)
    talkers = (noises.babble_of([spoken("circles") / 1.0]), noises.television_of([spoken("circles") / 1.0]))
    for make in (noises.kitchen, noises.fan, noises.music, *talkers):
        assert np.mean(make(32_000, rng) ** 2) == pytest.approx(1.0, abs=0.01)
    noise = conditions.noise_under(32_000, conditions.NOISY[1], {"kitchen": noises.kitchen}, rng)
    level_db = 10 * np.log10(np.mean(noise**2)) - 20 * np.log10(32768)
    assert level_db == pytest.approx(conditions.WORD_DB - 10, abs=0.3)


def test_a_word_arrives_at_its_level_and_its_bounds_are_known():
    heard = conditions.reach(spoken("continue"), conditions.QUIET)
    first, last = conditions.bounds(spoken("continue"))
    loud = np.sqrt(np.mean(heard[first:last] ** 2)) / 32768
    assert 20 * np.log10(loud) == pytest.approx(conditions.WORD_DB, abs=2)
    padded = np.concatenate([np.zeros(1600, np.int16), spoken("continue")])
    assert conditions.bounds(padded) == (first + 1600, last + 1600)


def write(path, sound):
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, sound, 16_000)


def test_a_folder_of_recordings_is_a_corpus(tmp_path):
    write(tmp_path / "commands" / "stop" / "ann_1.wav", spoken("stop"))
    write(tmp_path / "commands" / "continue" / "bob_1.wav", spoken("continue"))
    write(tmp_path / "speech" / "talk.wav", spoken("circles"))
    phrases = {Command.STOP: ("stop",), Command.RESUME: ("continue",)}
    found = read(tmp_path, phrases, corpus())
    assert {(one.speaker, one.command) for one in found.words} == {
        ("ann", Command.STOP),
        ("bob", Command.RESUME),
    }
    assert [len(found.speech), len(found.other)] == [1, 0]


def test_of_a_folder_that_is_split_those_left_out_are_heard(tmp_path):
    for part, speaker in (("tune", "ann"), ("left-out", "bob")):
        write(tmp_path / part / "commands" / "stop" / f"{speaker}_1.wav", spoken("stop"))
    found = read(tmp_path, {Command.STOP: ("stop",)}, corpus())
    assert [clip.speaker for clip in found.words] == ["bob"]
    assert found.chosen_on == "other people: 1 speakers in tune/"
    write(tmp_path / "tune" / "near" / "bob_shop.wav", spoken("stop"))
    with pytest.raises(FileFault, match="`bob` is in tune/ and in left-out/"):
        read(tmp_path, {Command.STOP: ("stop",)}, corpus())


def test_what_a_folder_has_is_not_made(tmp_path, monkeypatch):
    made = []

    def render(voice, texts):
        made.extend(texts)
        return [np.zeros(16, np.int16) for _ in texts]

    monkeypatch.setattr("player.bench.hearing.corpus.render", render)
    phrases = {Command.STOP: ("stop",)}
    for part in ("commands/stop", "speech"):
        write(tmp_path / "left-out" / part / "ann_1.wav", spoken("stop"))
    synthetic(phrases, ["circles"], tmp_path)
    assert made == ["circles."]  # the player's own words, with its own voice
    made.clear()
    synthetic(phrases, ["circles"], tmp_path / "elsewhere", quick=True)
    assert {"stop.", "circles.", "neck."} <= set(made)


def test_a_folder_that_is_no_corpus_is_told_with_every_fault(tmp_path):
    write(tmp_path / "commands" / "jump" / "a.wav", spoken("stop"))
    write(tmp_path / "commands" / "stop" / "b.wav", np.zeros(16_000, np.int16))
    (tmp_path / "commands" / "stop" / "c.wav").write_text("no sound")
    with pytest.raises(FileFault) as caught:
        read(tmp_path, {Command.STOP: ("stop",)}, corpus())
    assert len(caught.value.faults) == 3
    with pytest.raises(FileFault, match="there is none of"):
        read(tmp_path / "commands" / "jump", PHRASES, corpus())


def test_the_report_counts_and_the_curve_ends_where_it_is_shipped():
    outcome = words("previous", "", "stop")
    say_nothing(outcome, lambda: chain(["previous"]), corpus(), "speech", conditions.QUIET)
    rows = dict(report.rows(outcome))
    assert rows["quiet room"].startswith("1/2 = 50.0%")
    assert rows["stop not obeyed in two tries"].startswith("0/1")
    points = figures.trade_off(outcome)
    assert [obeyed for _, _, obeyed in points] == sorted(obeyed for _, _, obeyed in points)
    shipped = next(point for point in points if point[0] == 0)
    assert shipped[2] == 0.5
    assert shipped[1] == pytest.approx(figures.false_rate(outcome.watches).per_hour)
    assert curve.svg(points).count("<circle") == 1
    assert json.loads(json.dumps(report.as_json(outcome)))["recall"]["quiet room"]["count"] == 1


def test_the_same_words_give_the_same_figures():
    first, second = words(*RIGHT), words(*RIGHT)
    assert [dataclasses.asdict(t) for t in first.trials] == [dataclasses.asdict(t) for t in second.trials]


def test_a_share_crosses_the_process_boundary_whole():
    outcome = words(*RIGHT)
    say_nothing(outcome, lambda: chain(["previous"]), corpus(), "speech", conditions.QUIET)
    outcome.over["room"] = EchoFigures(
        said=3, right=2, in_two=3, wrong=1, false=0, to_hush=(0.1,), to_action=(0.2, 0.3), hushes=1, hours=0.5
    )
    part = json.loads(json.dumps(dataclasses.asdict(outcome)))
    whole = Outcome()
    hearing.merge(whole, part)
    assert whole == outcome
    hearing.merge(whole, part)
    assert whole.over["room"] == EchoFigures(
        said=6,
        right=4,
        in_two=6,
        wrong=2,
        false=0,
        to_hush=(0.1, 0.1),
        to_action=(0.2, 0.3, 0.2, 0.3),
        hushes=2,
        hours=1.0,
    )


def test_of_many_words_the_same_few_are_drawn_from_everywhere():
    several = [Clip(f"p{n // 26}", str(n), Command.STOP, np.zeros(1, np.int16)) for n in range(104)]
    few = units.drawn(several, 20)
    assert few == units.drawn(several, 20)
    assert len({clip.text for clip in few}) == len(few) < len(several)
    assert {clip.speaker for clip in few} == {"p0", "p1", "p2", "p3"}
    assert [int(clip.text) for clip in few] == sorted(int(clip.text) for clip in few)
    assert units.drawn(several[:5], 20) == several[:5]


def test_the_memory_of_a_process_is_not_that_of_the_one_that_started_it():
    mine = np.ones(40_000_000)  # 320 MB
    command = [sys.executable, "-c", "from player.bench.processes import peak_memory; print(peak_memory())"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert mine.nbytes > 300e6
    assert int(told.split()[0]) < 100
