"""The sound under a session, as the listener chose it: made by the player, or a file of their own."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile

from player.errors import Fault, FileFault, PlayerError, StoreError, UsageError
from player.files import settings
from player.messages import did_you_mean
from player.ports import RATE_HZ, Samples
from player.sound import beds
from player.sound.shaping import resample

NONE = "none"
_KINDS = (".wav", ".flac", ".ogg", ".mp3", ".opus", ".aiff", ".aif")


def chosen(name: str, *, headphones: bool, tell: Callable[..., None]) -> Samples | None:
    """Return the loop for `--bed NAME`, mono at 48 kHz; what cannot be is told in one line, and left out."""
    try:
        return _bed(name, headphones=headphones)
    except PlayerError as error:
        tell("no_bed", str(error), error.hint)
        return None


def remembered(asked: str, kept: str, *, headphones: bool, tell: Callable[..., None]) -> Samples | None:
    """Return the loop that was asked for, else the one of last time; what can be had is kept for the next."""
    sound = chosen(asked or kept, headphones=headphones, tell=tell)
    if asked and asked != kept and (sound is not None or asked == NONE):
        try:
            settings.remember("bed", asked)
        except StoreError as error:
            tell("no_bed", str(error), error.hint)
    return sound


def _bed(name: str, *, headphones: bool) -> Samples | None:
    if name in {"", NONE}:
        return None
    if name == "rain" and not headphones:
        raise UsageError(
            "bed `rain`: from a loudspeaker it hides your words from the microphone",
            "use `--headphones`, or take `brown` or `drone`",
        )
    if name in beds.NAMES:
        return beds.bed(name)
    if not name.lower().endswith(_KINDS) and "/" not in name:
        known = (*beds.NAMES, NONE)
        raise UsageError(
            f"bed `{name}`: there is none{did_you_mean(name, known)}", f"{', '.join(known)}, or a file"
        )
    return _of_file(Path(name))


def _of_file(path: Path) -> Samples:
    """Return the loop of a sound file, of which only the beginning is read. Raises `FileFault`."""
    try:
        with soundfile.SoundFile(path) as file:
            read = file.read(int(beds.MOST_S * file.samplerate), dtype="float32", always_2d=True)
            rate_hz = file.samplerate
    except (soundfile.LibsndfileError, OSError) as error:
        raise _fault(path, "this is not a sound file that can be read") from error
    mono = np.nan_to_num(read, posinf=0.0, neginf=0.0).mean(axis=1, dtype=np.float32)
    try:
        return beds.looped(resample(mono, rate_hz, RATE_HZ))
    except ValueError as error:
        raise _fault(path, str(error)) from error


def _fault(path: Path, message: str) -> FileFault:
    return FileFault((Fault(str(path), 0, 0, message, "sound-file"),), "the session goes on without it")
