"""Sound as Vosk will see it: rooms, noise and levels put on; then Kaldi's MFCC and the unit of each frame."""

from collections.abc import Sequence
from dataclasses import dataclass

import kaldi_native_fbank
import numpy as np
import numpy.typing as npt
import soxr
from corpus import Span
from speakers import Utterance

RATE_HZ = 16_000
WIDTH = 40
REACH = 25  # frames that the network sees to each side
IGNORED = -1
_STEP_S, _CENTRE_S = 0.010, 0.0125
_SPEEDS = (0.84, 0.9, 0.95, 1.0, 1.0, 1.06, 1.12, 1.2)

# The same settings go into conf/mfcc.conf. No dither: the same sound gives the same result.
MFCC_CONF = """\
--use-energy=false
--num-mel-bins=40
--num-ceps=40
--low-freq=20
--high-freq=7600
--dither=0
--allow-downsample=true
--allow-upsample=true
"""

Sound = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Example:
    """An utterance and its units in time."""

    utterance: Utterance
    spans: Sequence[Span]


def mfcc(sound: Sound) -> Sound:
    """Return [frames, WIDTH] of `sound`, which is at RATE_HZ in the range of s16."""
    computer = kaldi_native_fbank.OnlineMfcc(_options())
    computer.accept_waveform(RATE_HZ, sound.tolist())
    computer.input_finished()
    return np.array([computer.get_frame(i) for i in range(computer.num_frames_ready)], np.float32)


def _options() -> kaldi_native_fbank.MfccOptions:
    options = kaldi_native_fbank.MfccOptions()
    options.frame_opts.dither = 0
    options.mel_opts.num_bins = options.num_ceps = WIDTH
    options.mel_opts.low_freq, options.mel_opts.high_freq = 20, 7600
    options.use_energy = False
    return options


def frames(
    example: Example, babble: Utterance, outputs: dict[str, int], rng: np.random.Generator
) -> tuple[npt.NDArray[np.float16], npt.NDArray[np.int16]]:
    """Return features and output numbers of a varied copy, with edges repeated as Kaldi does."""
    speed = float(rng.choice(_SPEEDS))
    before_s = rng.uniform(0.05, 0.6)
    sound = _varied(_placed(example.utterance, speed, before_s, rng), babble, rng)
    features = mfcc(sound)
    labels = np.zeros(len(features), np.int16)
    centres_s = np.arange(len(features)) * _STEP_S + _CENTRE_S
    for unit, start_s, end_s in example.spans:
        first, last = np.searchsorted(centres_s, (before_s + start_s / speed, before_s + end_s / speed))
        labels[first:last] = outputs[unit]
    padded = np.pad(features, ((REACH, REACH), (0, 0)), mode="edge")
    return padded.astype(np.float16), np.pad(labels, REACH, constant_values=IGNORED)


def _placed(utterance: Utterance, speed: float, before_s: float, rng: np.random.Generator) -> Sound:
    """Return the utterance at RATE_HZ, faster by `speed` (pitch and vowels move too), with silence around."""
    sound = soxr.resample(utterance.samples.astype(np.float32), utterance.rate_hz * speed, RATE_HZ)
    around = (int(before_s * RATE_HZ), int(rng.uniform(0.1, 0.6) * RATE_HZ))
    return np.pad(sound, around)


def _varied(sound: Sound, babble: Utterance, rng: np.random.Generator) -> Sound:
    """Put a room, a microphone, noise, other voices and a level on `sound`."""
    loudness = _loudness(sound)
    sound = _filtered(sound, rng)
    if rng.random() < 0.8:
        sound = sound + _noise(len(sound), rng) * loudness * 10 ** (-rng.uniform(4, 40) / 20)
    if rng.random() < 0.15:
        voice = np.resize(
            soxr.resample(babble.samples.astype(np.float32), babble.rate_hz, RATE_HZ), len(sound)
        )
        sound = sound + voice * loudness / _loudness(voice) * 10 ** (-rng.uniform(10, 25) / 20)
    sound = sound * (32767 * 10 ** (-rng.uniform(0, 28) / 20) / (np.abs(sound).max() + 1))
    if rng.random() < 0.7:  # otherwise the silence around stays digital
        sound = sound + rng.standard_normal(len(sound)) * rng.choice((0.3, 1, 3, 8))
    return np.clip(np.rint(sound), -32768, 32767).astype(np.float32)


def _loudness(sound: Sound) -> float:
    loud = sound[np.abs(sound) > 50]
    return float(np.sqrt(np.mean(loud**2))) if len(loud) else 1000.0


def _filtered(sound: Sound, rng: np.random.Generator) -> Sound:
    """Convolve with a short decaying room and a tilted or dull microphone, in the frequency domain."""
    length = _round_up(len(sound) + RATE_HZ // 2)
    frequencies_hz = np.fft.rfftfreq(length, 1 / RATE_HZ)
    response = np.ones(len(frequencies_hz), np.complex128)
    if rng.random() < 0.5:
        decay = np.exp(-6.9 * np.arange(RATE_HZ // 2) / (rng.uniform(0.08, 0.5) * RATE_HZ))
        tail = rng.standard_normal(len(decay)) * decay
        tail *= 10 ** (-rng.uniform(3, 18) / 20) / np.sqrt(np.sum(tail**2))
        response += np.fft.rfft(tail, length)
    if rng.random() < 0.5:
        response *= 10 ** (rng.uniform(-8, 8) * (frequencies_hz / 4000 - 1) / 20)
    if rng.random() < 0.25:
        response /= np.sqrt(1 + (frequencies_hz / rng.choice((3400, 5000, 6500))) ** 8)
    return np.fft.irfft(np.fft.rfft(sound, length) * response, length)[: len(sound)].astype(np.float32)


def _noise(length: int, rng: np.random.Generator) -> Sound:
    """Noise of level 1 whose spectrum falls with a random power of the frequency: white, pink, brown."""
    rounded = _round_up(length)
    spectrum = np.fft.rfft(rng.standard_normal(rounded))
    spectrum *= np.maximum(np.fft.rfftfreq(rounded, 1 / RATE_HZ), 40) ** -rng.choice((0.0, 0.0, 0.5, 1.0))
    noise = np.fft.irfft(spectrum, rounded)[:length]
    return (noise / np.sqrt(np.mean(noise**2))).astype(np.float32)


def _round_up(length: int) -> int:
    """Return a length whose Fourier transform is fast."""
    return -(-length // 4000) * 4000


def silences(count: int, rng: np.random.Generator) -> list[Example]:
    """Return stretches with nothing in them: the variation fills most of them with noise."""
    lengths = rng.uniform(1, 4, count)
    return [
        Example(Utterance("", "nobody", np.zeros(int(s * RATE_HZ), np.int16), RATE_HZ), ()) for s in lengths
    ]
