"""The sound under a session, as the listener chose it: made by the player, or a file of their own."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import soundfile

from player.core.session import Session
from player.errors import Fault, FileFault, PlayerError, UsageError
from player.files import settings, there
from player.messages import did_you_mean
from player.ports import RATE_HZ, Samples
from player.sound import beds
from player.sound.shaping import resample

NONE = "none"
USUAL = "brown"  # for whoever says "with sound" and has chosen none
_RATES_HZ = range(4_000, 400_001)  # what sound is kept at, by anybody
_READ_S = beds.MOST_S + 1  # more than is used, so that a longer file is known as one
_LOUDEST = 1e6  # some files have whole numbers as fractions; what lies beyond is no sound
_KINDS = (".wav", ".flac", ".ogg", ".mp3", ".opus", ".aiff", ".aif")


Loop = Callable[[], Samples]  # gives a bed, mono at 48 kHz; it may take a second to make


def names() -> tuple[str, ...]:
    """Return what `--bed` knows besides files."""
    return (*beds.NAMES, NONE)


def chosen(name: str, *, headphones: bool, tell: Callable[..., None]) -> Loop | None:
    """Return the loop for `--bed NAME`; what cannot be is told in one line, and left out."""
    try:
        return loop_of(name, headphones=headphones)
    except PlayerError as error:
        tell("no_bed", str(error), error.hint)
        return None


@dataclass(frozen=True, slots=True)
class Under:
    """The sound under a session: what gives its loop, and whether it is wanted from the beginning."""

    loop: Loop
    on: bool


def under(asked: str, own: settings.Settings, *, headphones: bool, tell: Callable[..., None]) -> Under:
    """Return the sound that was asked for, else the one of last time; what can be had is kept for the next.

    One that is not wanted now is made when somebody says "with sound".
    """
    later = partial(_or_usual, own.bed, headphones=headphones)
    if not asked and not own.sound:
        return Under(later, on=False)
    sound = chosen(asked or own.bed, headphones=headphones, tell=tell)
    if asked and (asked != own.bed or not own.sound) and (sound is not None or asked == NONE):
        _keep(partial(settings.remember_bed, asked), tell)
    return Under(later, on=False) if sound is None else Under(sound, on=True)


def keep_choice(before: Session, after: Session, tell: Callable[..., None]) -> None:
    """Keep for the next session what was said last in this one, "with sound" or "without sound"."""
    if after.sounds != before.sounds:
        _keep(partial(_remember_choice, on=after.sounds), tell)


def _remember_choice(*, on: bool) -> None:
    if on and settings.load().bed in {"", NONE}:
        settings.remember_bed(USUAL)
    else:
        settings.remember_sound(on=on)


def _keep(remember: Callable[[], None], tell: Callable[..., None]) -> None:
    try:
        remember()
    except PlayerError as error:
        tell("no_bed", str(error), error.hint)


def _or_usual(name: str, *, headphones: bool) -> Samples:
    try:
        sound = loop_of(name, headphones=headphones)
    except PlayerError:
        sound = None
    return beds.bed(USUAL) if sound is None else sound()


def loop_of(name: str, *, headphones: bool) -> Loop | None:
    """Return the loop for `--bed NAME`, None for none. Raises `UsageError`, `FileFault`."""
    if name in {"", NONE}:
        return None
    if name == "rain" and not headphones:
        raise UsageError(
            "bed `rain`: from a loudspeaker it hides your words from the microphone",
            "use `--headphones`, or take `brown` or `drone`",
        )
    if name in beds.NAMES:
        return partial(beds.bed, name)
    if not name.lower().endswith(_KINDS) and "/" not in name:
        known = names()
        raise UsageError(
            f"bed `{name}`: there is none{did_you_mean(name, known)}", f"{', '.join(known)}, or a file"
        )
    own = _of_file(Path(name))
    return lambda: own


def _of_file(path: Path) -> Samples:
    """Return the loop of a sound file, of which only the beginning is read. Raises `FileFault`."""
    if not there.exists(path):
        raise _fault(path, "there is no such file")
    try:
        with soundfile.SoundFile(path) as file:
            rate_hz = file.samplerate
            if rate_hz not in _RATES_HZ:
                raise _fault(path, f"it says that it has {rate_hz} samples a second, which is no sound")
            read = file.read(int(_READ_S * rate_hz), dtype="float32", always_2d=True)
    except (soundfile.LibsndfileError, OSError) as error:
        raise _fault(path, "this is not a sound file that can be read") from error
    try:
        return beds.looped(resample(_one_channel(read), rate_hz, RATE_HZ))
    except ValueError as error:
        raise _fault(path, str(error)) from error


def _one_channel(read: Samples) -> Samples:
    sound = np.clip(np.nan_to_num(read, posinf=0.0, neginf=0.0), -_LOUDEST, _LOUDEST)
    return np.asarray(sound.mean(axis=1, dtype=np.float32))


def _fault(path: Path, message: str) -> FileFault:
    return FileFault(
        (Fault(str(path), 0, 0, message, "sound-file"),), f"take another file, or `--bed {USUAL}`"
    )
