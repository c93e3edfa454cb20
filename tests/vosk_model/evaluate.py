"""Print how well real Vosk hears with the tiny model: `python tests/vosk_model/evaluate.py [MODEL]`.

Each speaker says every phrase of the language file twice, the sentences of unseen.txt and every decoy, at
random speeds, with noise 30 dB below. Columns:

    phrases    the text is exactly the phrase
    others     the text is exactly another phrase (the worst that can happen)
    sentences  results in plain speech that are exactly a phrase, in all sentences
    decoys     decoys heard as exactly a phrase, when the grammar has no decoys; and when it has them
"""

import argparse
import json
import random
import shutil
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import soxr
import vosk
from corpus import UNSEEN_VARIANTS
from lexicon import UNKNOWN, Lexicon, load
from speakers import Utterance, espeak, festival, flite

HERE = Path(__file__).parent
RATE_HZ = 16_000
_CHUNK = 3200 * 2
Speaker = Callable[[Sequence[str], random.Random], list[Utterance]]


def _espeak(variants: Sequence[str], texts: Sequence[str], rng: random.Random) -> list[Utterance]:
    said = []
    for text in texts:
        voice = f"gmw/{rng.choice(('en-US', 'en', 'en-GB-x-rp'))}+{rng.choice(variants)}"
        said.append(espeak().say(text, voice, rate=rng.randint(120, 200), pitch=rng.randint(25, 80)))
    return [utterance for utterance in said if utterance]


def _flite(voice: str, texts: Sequence[str], rng: random.Random) -> list[Utterance]:
    said = [flite(text, voice, stretch=rng.uniform(0.85, 1.2)) for text in texts]
    return [utterance for utterance in said if utterance]


def _festival(voice: str, texts: Sequence[str], rng: random.Random) -> list[Utterance]:
    return festival(list(texts), voice, [rng.uniform(0.85, 1.2) for _ in texts])


_DEVELOPMENT: dict[str, Speaker] = {
    "espeak, unseen timbres A": partial(_espeak, UNSEEN_VARIANTS[::2]),
    "flite kal16, unseen": partial(_flite, "kal16"),
    "flite slt, seen": partial(_flite, "slt"),
}
_UNTOUCHED: dict[str, Speaker] = {
    "espeak, unseen timbres B": partial(_espeak, UNSEEN_VARIANTS[1::2]),
    "espeak, plain": partial(_espeak, ("f1", "m1")),
    "flite awb, seen": partial(_flite, "awb"),
    "flite rms, seen": partial(_flite, "rms"),
    "festival ked, unseen": partial(_festival, "ked_diphone"),
    "festival slt, seen in flite": partial(_festival, "cmu_us_slt_arctic_hts"),
}


def hear(model: vosk.Model, grammar: Sequence[str], sound: bytes) -> list[str]:
    """Return the text of each result that is not empty."""
    recogniser = vosk.KaldiRecognizer(model, RATE_HZ, json.dumps([*grammar, UNKNOWN]))
    results = [
        recogniser.Result()
        for i in range(0, len(sound), _CHUNK)
        if recogniser.AcceptWaveform(sound[i : i + _CHUNK])
    ]
    texts = [json.loads(result)["text"] for result in [*results, recogniser.FinalResult()]]
    return [text for text in texts if text]


def as_heard(utterance: Utterance, rng: np.random.Generator | None = None) -> bytes:
    """Return s16le at RATE_HZ: half of full scale, silence around; with `rng`, noise 30 dB below."""
    sound = soxr.resample(utterance.samples.astype(np.float32), utterance.rate_hz, RATE_HZ)
    level = np.sqrt(np.mean(sound[np.abs(sound) > 50] ** 2))
    sound = np.pad(sound, (6400, 9600))
    if rng:
        sound = sound + rng.standard_normal(len(sound)) * level * 10 ** (-30 / 20)
    return np.asarray(sound * 16_000 / np.abs(sound).max(), "<i2").tobytes()


def _row(name: str, speaker: Speaker, model: vosk.Model, lexicon: Lexicon, verbose: bool) -> str:
    draw, rng = random.Random(7), np.random.default_rng(7)
    listen = partial(hear, model)
    asked = [(u.text, listen(lexicon.phrases, as_heard(u, rng))) for u in speaker(lexicon.phrases * 2, draw)]
    plain = (HERE / "unseen.txt").read_text().splitlines()
    strays = [text for u in speaker(plain, draw) for text in listen(lexicon.phrases, as_heard(u, rng))]
    near = [(u.text, as_heard(u, rng)) for u in speaker(lexicon.decoys, draw)]
    bare = [(text, listen(lexicon.phrases, sound)) for text, sound in near]
    aided = [(text, listen([*lexicon.phrases, *lexicon.decoys], sound)) for text, sound in near]
    if verbose:
        wrong = [f"{text} > {' | '.join(heard)}" for text, heard in asked if heard != [text]]
        fooled = [f"{text} > {' | '.join(heard)}" for text, heard in bare if _obeyed(heard, lexicon)]
        sys.stderr.write(f"{name}\n  missed: {'; '.join(wrong)}\n  decoys: {'; '.join(fooled)}\n")
    right = sum(heard == [text] for text, heard in asked)
    others = sum(heard != [text] and _obeyed(heard, lexicon) for text, heard in asked)
    obeyed = sum(text in lexicon.phrases for text in strays)
    counts = [sum(_obeyed(heard, lexicon) for _, heard in several) for several in (bare, aided)]
    return (
        f"{name:28} {right / len(asked):7.2f} {others:6d} of {len(asked)} {obeyed:6d} of {len(plain)}"
        f" {counts[0]:6d}, {counts[1]} of {len(near)}"
    )


def _obeyed(heard: list[str], lexicon: Lexicon) -> bool:
    return any(text in lexicon.phrases for text in heard)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", type=Path, nargs="?", default=HERE / "model")
    parser.add_argument("--development", action="store_true", help="only the voices for choosing settings")
    parser.add_argument("--verbose", action="store_true", help="also what went wrong")
    options = parser.parse_args()
    if needed := [program for program in ("flite", "festival") if not shutil.which(program)]:
        sys.stderr.write(f"Missing: {', '.join(needed)}; see README.md\n")
        return 1
    vosk.SetLogLevel(-1)
    model, lexicon = vosk.Model(str(options.model)), load()
    sys.stdout.write(f"{'':28} phrases       others    sentences         decoys\n")
    for name, speaker in (_DEVELOPMENT if options.development else _DEVELOPMENT | _UNTOUCHED).items():
        sys.stdout.write(_row(name, speaker, model, lexicon, options.verbose) + "\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
