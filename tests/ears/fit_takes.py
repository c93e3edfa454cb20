"""The shipped constants and impostors of `player tune`, and what they bring. Synthetic people only.

python -m tests.ears.fit_takes impostors    writes player/ears/enrolment/impostors.npz
python -m tests.ears.fit_takes constants    prints the weights of enrolment/score_fusion.py, fitted on FITTED
python -m tests.ears.fit_takes measure      prints recall and false commands of HELD_OUT, with and without

The last two take names of recognisers too; without one they ask PocketSphinx alone and the ears of a fresh
machine.

Each takes some minutes. The synthesizer festival and all speakers of HELD_OUT are left out of the first two.
"""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import player.ears.enrolment
from player.app.ears import setup
from player.backends.vad import VoiceActivity
from player.bench.voices import Voice, usable
from player.core.commands import Command
from player.core.decision import Accepted, Context, Hypothesis, decide, meanings
from player.ears.enrolment.features import Features, Templates, features, impostors, take_of
from player.ears.enrolment.score_fusion import WEIGHTS, Candidate, Weights, best, candidates, figures_of
from player.ears.segmenter import Closed, Grew, Segmenter, SegmentOpened
from player.ears.worker import recogniser
from player.files import languages
from player.ports import Recogniser
from player.routine.compile.compose import load_plan
from tests.ears.people import FITTED, HELD_OUT, Person

IMPOSTORS = Path(player.ears.enrolment.__file__).with_name("impostors.npz")
CONDITIONS = ("quiet", "pink 10 dB")
_SCALE = 24.0  # whole steps of a feature's standard deviation
_SPEECH_DB = -26.0
_RATE_HZ = 16_000

Sound = np.ndarray  # float, 16 kHz


# --- segments and noise -----------------------------------------------------------------------------------


def noise(kind: str, length: int, seed: int) -> Sound:
    rng = np.random.default_rng(seed)
    if kind == "quiet":
        return rng.normal(0, 10 ** (-66 / 20), length)
    spectrum = np.fft.rfft(rng.standard_normal(length))
    sound = np.fft.irfft(spectrum / np.sqrt(np.arange(1, len(spectrum) + 1)), length)
    return sound / sound.std() * 10 ** ((_SPEECH_DB - 10) / 20)


@dataclass(frozen=True, slots=True)
class Cut:
    """One segment as the ears cut it, and where it stood."""

    pcm: bytes
    context: Context


def cut(sound: Sound) -> list[Cut]:
    """Lone segments of a stretch of sound."""
    pcm = (np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes()
    found, growing = [], b""
    for change in Segmenter(VoiceActivity()).accept(pcm):
        match change:
            case SegmentOpened(_, begun):
                growing = begun
            case Grew(more):
                growing += more
            case Closed(alone=True):
                context = Context(
                    frozenset(Command),
                    over_floor_db=change.over_floor_db,
                    over_before_db=change.over_before_db,
                )
                found.append(Cut(growing, context))
    return found


def in_room(clips: Sequence[Sound], kind: str, seed: int) -> list[list[Cut]]:
    """Each clip after 2.5 s of the same noise; what was cut out of each."""
    found = []
    for n, clip in enumerate(clips):
        quiet = np.zeros(round(0.7 * _RATE_HZ))
        sound = np.concatenate([np.zeros(round(2.5 * _RATE_HZ)), clip, quiet])
        found.append(cut(sound + noise(kind, len(sound), 1000 * seed + n)))
    return found


# --- trials -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Trial:
    """One utterance: what was said ("": no command) and what each side makes of its segment."""

    said: str
    kind: str
    context: Context
    answer: Hypothesis
    several: tuple[Candidate, ...]


Say = Callable[[str, int], Sound]


def enrol(say: Say, phrases: Sequence[str], times: Sequence[int] = (1, 2, 3)) -> Templates:
    takes = {}
    for phrase in phrases:
        cuts = [one for cuts in in_room([say(phrase, t) for t in times], "quiet", 7) for one in cuts[:1]]
        if cuts:
            takes[phrase] = [take_of(one.pcm) for one in cuts]
    return Templates(takes, impostors())


def heard(ear: Recogniser, templates: Templates, said: str, kind: str, one: Cut) -> Trial:
    ear.begin()
    ear.accept(one.pcm)
    answer = ear.end()
    likeness = templates.compare(features(one.pcm))
    return Trial(said, kind, one.context, answer, candidates(answer, likeness, ear))


def missed(said: str, kind: str) -> Trial:
    return Trial(said, kind, Context(frozenset()), Hypothesis(""), ())


def trials(
    say: Say,
    ear: Recogniser,
    templates: Templates,
    wanted: Sequence[tuple[str, str, int]],
) -> Iterator[Trial]:
    """`wanted`: what counts as said, the text, and the time."""
    for index, kind in enumerate(CONDITIONS):
        rooms = in_room([say(text, time) for _, text, time in wanted], kind, index + 1)
        for (said, _, _), cuts in zip(wanted, rooms, strict=True):
            if not cuts and said:
                yield missed(said, kind)
            for one in cuts[:1] if said else cuts:
                yield heard(ear, templates, said, kind, one)


def accepted(trial: Trial, meaning: Mapping[str, Command], weights: Weights | None) -> Command | None:
    """What the player would obey, with these weights or without takes."""
    joined = best(trial.several, trial.answer, weights) if weights else trial.answer
    verdict = decide(joined, meaning.get(joined.text), trial.context)
    return verdict.command if isinstance(verdict, Accepted) else None


def phrases_of(language) -> list[str]:
    return [several[0] for several in language.phrases.values() if several]


def gathered(people: Sequence[Person], talk: Sequence[str], ears: str) -> list[Trial]:
    language, others = languages.load("en"), languages.other_words("en")
    phrases = phrases_of(language)
    found: list[Trial] = []
    for index, person in enumerate(people):
        ear = recogniser(setup(ears, language))
        ear.expect([p for several in language.phrases.values() for p in several])
        templates = enrol(person.say, phrases)
        words = np.random.default_rng(index).permutation([w for w in others if len(w) > 2])[:8]
        positives = [(phrase, phrase, 11) for phrase in phrases]
        negatives = [("", str(word), 40) for word in words] + [("", text, 41) for text in talk]
        found += trials(person.say, ear, templates, positives)
        found += trials(person.say, ear, templates, negatives)
        stranger = people[(index + 1) % len(people)]
        found += trials(stranger.say, ear, templates, [("", str(w), 42) for w in words[:4]])
        print(f"{person}: {len(found)} trials", file=sys.stderr, flush=True)
    return found


# --- the constants ----------------------------------------------------------------------------------------


def logistic(rows: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Weights of a logistic regression, both sides weighing the same, by Newton's method."""
    rows = np.hstack([rows, np.ones((len(rows), 1))])
    balance = np.where(right, 0.5 / right.mean(), 0.5 / (1 - right.mean()))
    weights = np.zeros(rows.shape[1])
    for _ in range(30):
        likely = 1 / (1 + np.exp(-np.clip(rows @ weights, -30, 30)))
        slope = rows.T @ (balance * (right - likely)) - 1e-2 * weights
        bend = (rows * (balance * likely * (1 - likely))[:, None]).T @ rows + 1e-2 * np.eye(len(weights))
        weights += np.linalg.solve(bend, slope)
    return weights


def fitted(found: Sequence[Trial], meaning: Mapping[str, Command]) -> Weights:
    """Fit, in the recogniser's units; then move the whole until false commands are no more than without."""
    pairs = [(one, trial) for trial in found for one in trial.several]
    rows = np.array([figures_of(one) for one, _ in pairs])
    right = np.array([meaning[c.hypothesis.text] is meaning.get(t.said) for c, t in pairs], float)
    weights = logistic(rows, right)
    agrees, nearness, lead, longer, shorter = weights[1:6] / weights[0]
    others = [trial for trial in found if not trial.said]
    allowed = sum(accepted(trial, meaning, None) is not None for trial in others)
    for always in np.arange(20.0, -200.0, -5.0):
        moved = Weights(
            always=float(always), agrees=agrees, nearness=nearness, lead=lead, longer=longer, shorter=shorter
        )
        if sum(accepted(trial, meaning, moved) is not None for trial in others) <= allowed:
            return moved
    raise ValueError("no offset keeps false commands low")


def report(found: Sequence[Trial], meaning: Mapping[str, Command], weights: Weights) -> None:
    for kind in dict.fromkeys(trial.kind for trial in found):
        said = [trial for trial in found if trial.said and trial.kind == kind]
        others = [trial for trial in found if not trial.said and trial.kind == kind]
        print(f"{kind}: {len(said)} commands, {len(others)} other segments")
        for name, used in (("without", None), ("with takes", weights)):
            obeyed = [(trial, accepted(trial, meaning, used)) for trial in said]
            right = sum(command is meaning[trial.said] for trial, command in obeyed)
            wrong = sum(command is not None for _, command in obeyed) - right
            false = sum(accepted(trial, meaning, used) is not None for trial in others)
            print(f"  {name:10}: {right} right ({right / len(said):.3f}), {wrong} wrong, {false} false")


def talk_of(routine: str, most: int) -> list[str]:
    texts = [step.say for step in load_plan(routine).steps if step.say]
    return [part.strip() for text in texts for part in text.split(",")][:most]


# --- the command ------------------------------------------------------------------------------------------


def segment(clip: Sound) -> bytes:
    sound = np.concatenate([np.zeros(4000), clip, np.zeros(4000)])
    return np.clip(sound * 32768, -32768, 32767).astype("<i2").tobytes()


def impostor_features(people: Sequence[Person] = FITTED) -> Iterator[Features]:
    """Other words, by everyone in turn."""
    words = [word for word in languages.other_words("en") if len(word) > 2]
    chosen = np.random.default_rng(4).permutation(words)[: 12 * len(people)]
    for index, word in enumerate(chosen):
        yield features(segment(people[index % len(people)].say(str(word), index)))


def write_impostors() -> None:
    several = list(impostor_features())
    flat = np.clip(np.rint(np.concatenate(several) * _SCALE), -127, 127).astype(np.int8)
    lengths = np.array([len(one) for one in several], np.int16)
    np.savez_compressed(IMPOSTORS, features=flat, lengths=lengths, scale=np.float32(_SCALE))
    print(f"{len(several)} words, {IMPOSTORS.stat().st_size} bytes")


def print_constants(*several: str) -> None:
    """Fit on all these recognisers together, each weighing the same."""
    meaning = meanings(languages.load("en").phrases)
    talk = talk_of("daily-full", 4)
    found = {ears: gathered((*FITTED[:2], *FITTED[3:6]), talk, ears) for ears in several}
    weights = fitted([trial for trials in found.values() for trial in trials], meaning)
    print(weights)
    for ears, trials in found.items():
        print(ears)
        report(trials, meaning, weights)


def print_measure(*several: str) -> None:
    """Report on everybody held out whose synthesizer this machine has."""
    meaning = meanings(languages.load("en").phrases)
    people = [person for person in HELD_OUT if usable(Voice(person.engine, person.name))]
    for ears in several:
        print(f"{ears}; {', '.join(map(str, people))}")
        report(gathered(people, talk_of("lymph-drainage-thumbs", 4), ears), meaning, WEIGHTS)


if __name__ == "__main__":
    if sys.argv[1] == "impostors":
        write_impostors()
    else:
        asked = sys.argv[2:] or ["pocketsphinx", "auto"]
        {"constants": print_constants, "measure": print_measure}[sys.argv[1]](*asked)
