"""How words are said in need: what of it is understood, and how often talk is taken for "stop".

    python -m tests.ears.in_need            # all forms, voices that nothing was chosen by
    python -m tests.ears.in_need --stutter  # every word stuttered
    python -m tests.ears.in_need --hours 2  # talk alone, half of it in a kitchen

A stutter is cut from the word itself: its first 90 ms, with a short gap, before it.
"""

import argparse
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np

from player.app.ears import setup
from player.bench.hearing import conditions, units
from player.bench.hearing.noises import kitchen
from player.bench.voices import HELD_OUT, Pcm, Voice, render, usable
from player.core.commands import Command
from player.core.decision import ANSWERS, Accepted, Doubtful, Recognition
from player.core.wording import Language
from player.ears.pipeline import ListeningChain
from player.ears.worker import listening_chain, recogniser
from player.files import languages
from player.ports import EARS_RATE_HZ
from tests.ears.speech import chunks

FORMS = {
    Command.STOP: (
        *("stop stop", "stop! stop! stop!", "please stop", "stop please", "stop it", "stop now"),
        *("ow! stop!", "no stop", "no, stop!", "oh stop", "okay stop"),
    ),
    Command.PAUSE: ("pause pause", "please pause", "pause please"),
    Command.REPEAT: ("repeat repeat", "please repeat", "repeat please"),
    Command.NEXT: ("next next", "please next", "next please"),
    Command.RESUME: ("please continue", "continue please"),
}
STUTTERED = {"stop": Command.STOP, "pause": Command.PAUSE, "repeat": Command.REPEAT}
# What is said with the word in it and is not meant: at most it is asked about.
OTHERWISE = ("the bus stop", "stop talking", "nonstop", "a stopwatch", "it stopped raining", "top it up")
_PIECE_S, _GAP_S = 0.09, 0.05


def stuttered(clip: Pcm) -> Pcm:
    """Return the word with its beginning said twice more."""
    first, _ = conditions.bounds(clip)
    piece = clip[first : first + round(_PIECE_S * EARS_RATE_HZ)].astype(np.float64)
    fade = round(0.01 * EARS_RATE_HZ)
    piece[-fade:] *= np.linspace(1, 0, fade)
    gap = np.zeros(round(_GAP_S * EARS_RATE_HZ))
    return np.concatenate([piece, gap, piece, gap, clip[first:]]).astype(np.int16)


def clips(voice: Voice, texts: Sequence[str]) -> list[Pcm]:
    """Speak each text as a sentence."""
    return render(voice, [text if text[-1] in "!." else f"{text}." for text in texts])


def answer(chain: ListeningChain, clip: Pcm, condition: conditions.Condition = conditions.QUIET) -> str:
    """Return the command that was obeyed at the end of it, "stop?" where it is asked for, or "-"."""
    sound = conditions.reach(clip, condition)
    sound = np.concatenate([np.zeros(3 * EARS_RATE_HZ), sound, np.zeros(2 * EARS_RATE_HZ)])
    rng = np.random.default_rng(len(sound))
    sound = sound + conditions.noise_under(len(sound), condition, {"kitchen": kitchen}, rng)
    pcm = np.clip(sound, -32768, 32767).astype("<i2").tobytes()
    heard = [one for chunk in chunks(pcm) for one in chain.accept(chunk) if isinstance(one, Recognition)]
    obeyed = [one.verdict.command.value for one in heard if isinstance(one.verdict, Accepted)]
    asked = any(one.verdict == Doubtful(Command.STOP) for one in heard)
    return Command.STOP.value if "stop" in obeyed else obeyed[-1] if obeyed else "stop?" if asked else "-"


def said(voice: Voice) -> Iterator[tuple[str, Command | None, Pcm]]:
    """Yield every form of every word: what it is called, what it means, the sound."""
    for command, forms in FORMS.items():
        for form, clip in zip(forms, clips(voice, forms), strict=True):
            yield form, command, clip
    for (word, command), clip in zip(STUTTERED.items(), clips(voice, list(STUTTERED)), strict=True):
        yield f"{word[0]}-{word[0]}-{word}", command, stuttered(clip)
    for text, clip in zip(OTHERWISE, clips(voice, OTHERWISE), strict=True):
        yield text, None, clip


Said = Callable[[Voice], Iterator[tuple[str, Command | None, Pcm]]]


def chain_maker(ears: str, language: Language) -> partial[ListeningChain]:
    """Return what makes ears that have heard nothing; the recogniser is made once."""
    chosen = setup(ears, language)
    return partial(listening_chain, chosen, ear=recogniser(chosen))


def every_word_stuttered(voice: Voice) -> Iterator[tuple[str, Command | None, Pcm]]:
    """Yield each word that one can stutter and that is no answer, stuttered."""
    phrases = languages.load("en").phrases
    words = {several[0]: c for c, several in phrases.items() if several and c not in ANSWERS}
    for (word, command), clip in zip(words.items(), clips(voice, list(words)), strict=True):
        yield word, command, stuttered(clip)


def forms(ears: str, condition: conditions.Condition, said: Said = said) -> None:
    """Print of every form what became of it with all voices."""
    make = chain_maker(ears, languages.load("en"))
    results: dict[str, Counter[str]] = {}
    meant: dict[str, str] = {}
    for voice in filter(usable, HELD_OUT):
        for form, command, clip in said(voice):
            chain = make()
            chain.listen(frozenset(Command) - ANSWERS)
            results.setdefault(form, Counter())[answer(chain, clip, condition)] += 1
            meant[form] = command.value if command else "-"
    for form, counter in results.items():
        right = counter[meant[form]]
        print(f"{form:20} {right} of {counter.total()}  {dict(counter)}", flush=True)
    for name in dict.fromkeys(meant.values()):
        mine = [counter for form, counter in results.items() if meant[form] == name]
        print(f"all {name}: {sum(c[name] for c in mine)} of {sum(c.total() for c in mine)}")


def talk(ears: str, hours: float) -> None:
    """Print how often talk ends a session, and how often it is asked whether that is meant."""
    make = chain_maker(ears, languages.load("en"))
    seen: Counter[str] = Counter()

    def counted() -> ListeningChain:
        chain = make()
        hear = chain.accept

        def accept(pcm: bytes, reference: bytes = b"") -> tuple[object, ...]:
            heard = hear(pcm, reference)
            for one in heard:
                if isinstance(one, Recognition) and one.command is Command.STOP:
                    seen[type(one.verdict).__name__] += 1
            return heard

        chain.accept = accept  # type: ignore[method-assign, assignment]
        return chain

    outcome = units.talked(counted, list(filter(usable, HELD_OUT)), hours * 3600)
    length_h = sum(watch.seconds for watch in outcome.watches) / 3600
    false = Counter(command for watch in outcome.watches for _, command, _ in watch.false)
    print(f"{length_h:.2f} h of talk: stop {seen['Accepted']}, asked {seen['Doubtful']}, all {dict(false)}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--ears", default="auto")
    parser.add_argument("--kitchen", action="store_true", help="at 10 dB")
    parser.add_argument("--stutter", action="store_true", help="every word stuttered")
    parser.add_argument("--hours", type=float, default=0.0)
    options = parser.parse_args()
    if options.hours:
        talk(options.ears, options.hours)
    else:
        chosen = every_word_stuttered if options.stutter else said
        forms(options.ears, conditions.NOISY[1] if options.kitchen else conditions.QUIET, chosen)
