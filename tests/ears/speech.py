"""Words for ears, spoken on the spot by a voice that the player does not speak with."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import yaml

import player
from player.bench.voices import Voice, render
from player.core.commands import Command

LANGUAGE = Path(player.__file__).parent / "lang"
SPEAKER = Voice("espeak", "en-us+m5", 160)


@cache
def phrases() -> Mapping[Command, tuple[str, ...]]:
    text = (LANGUAGE / "en.yaml").read_text(encoding="utf-8")
    commands = yaml.load(text, Loader=yaml.BaseLoader)["commands"]
    return {Command(command): tuple(several) for command, several in commands.items()}


@cache
def others() -> tuple[str, ...]:
    data = yaml.load((LANGUAGE / "en_decoys.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    return (*(word for words in data["near"].values() for word in words), *data["common"].split())


@cache
def spoken(text: str) -> np.ndarray:
    """One clip, s16 at 16 kHz, as loud as a person near the microphone."""
    clip = render(SPEAKER, [text + "."])[0].astype(float)
    return (clip * 8000 / np.abs(clip).max()).astype(np.int16)


def stream(*parts: str | float, noise_db: float | None = None) -> bytes:
    """Words and, as numbers, seconds of silence; over them, if asked, steady noise (dB full scale)."""
    pieces = [spoken(p) if isinstance(p, str) else np.zeros(int(p * 16000), np.int16) for p in parts]
    sound = np.concatenate(pieces).astype(float)
    if noise_db is not None:
        sound += np.random.default_rng(7).normal(0, 32768 * 10 ** (noise_db / 20), len(sound))
    return np.clip(sound, -32768, 32767).astype("<i2").tobytes()


def words(*texts: str) -> dict[str, bytes]:
    return {text: stream(0.2, text, 0.2) for text in texts}


def chunks(pcm: bytes, size: int = 640) -> Sequence[bytes]:
    return [pcm[at : at + size] for at in range(0, len(pcm), size)]
