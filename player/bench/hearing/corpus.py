"""What is said: a folder of recordings, or words made by synthesizers that nothing was tuned on."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

import numpy as np
import soundfile
import soxr

from player.bench.hearing.noises import Make, babble_of, fan, kitchen, music, recorded, television_of
from player.bench.voices import HELD_OUT, TUNING, Pcm, Voice, render, usable
from player.core.commands import Command
from player.core.decision import meanings
from player.errors import Fault, FileFault
from player.ports import EARS_RATE_HZ

Phrases = Mapping[Command, Sequence[str]]

TUNE, LEFT_OUT = "tune", "left-out"  # parts of a folder that is split by speaker
_PARTS = ("commands", "speech", "other", "near", "noise", "music")
_SOUNDS = "*.[wWfF][aAlL][vVaA]*"
_TALK_VOICES = 3
_AT_A_TIME = 25  # texts
_NEAR = (
    "neck text rest cause pores stock shop wear undone nets hello mouse house step hop cops pass horse "
    "clause against begin receipt retreat container tomorrow obvious assume hair share flower master "
    "plaster ladder powder quite health held under into yet guess nose know left circle press chin temple "
    "breathe water"
)


@dataclass(frozen=True, slots=True)
class Clip:
    """One utterance; `command` is what it means, None for anything else."""

    speaker: str
    text: str
    command: Command | None
    pcm: Pcm


@dataclass(slots=True)
class Corpus:
    """Everything that is fed to the ears. `makes` are kinds of noise."""

    words: list[Clip] = field(default_factory=list)
    other: list[Clip] = field(default_factory=list)
    near: list[Clip] = field(default_factory=list)  # lone words that sound nearly like a command
    speech: list[Clip] = field(default_factory=list)
    narration: list[Clip] = field(default_factory=list)
    makes: dict[str, Make] = field(default_factory=dict)
    absent: list[str] = field(default_factory=list)  # voices that this machine does not have
    chosen_on: str = ""  # by what the limits of the ears were chosen, as far as that is known

    def piece(self, kind: str, index: int, of: int) -> list[Clip]:
        """Return a part of one kind of clips, one speaker behind the other: pieces add up to the whole."""
        clips: list[Clip] = sorted(getattr(self, kind), key=lambda clip: clip.speaker)
        return clips[index * len(clips) // of : (index + 1) * len(clips) // of]


def synthetic(
    phrases: Phrases,
    talk: Sequence[str],
    have: Path | None = None,
    *,
    quick: bool = False,
    tuning: bool = False,
) -> Corpus:
    """Speak every phrase, the near-sounding words and `talk`, but for what there is in the folder `have`.

    `tuning`: with the voices to choose by.
    """
    voices = TUNING if tuning else HELD_OUT
    here = [voice for voice in voices if usable(voice)]
    words, some = (here[:1] + here[-2:-1], talk[:6]) if quick else (here, talk)
    speakers = here[: 1 if quick else _TALK_VOICES]
    meaning = meanings(phrases)
    near = _NEAR.split()
    corpus = Corpus(absent=[str(voice) for voice in voices if not usable(voice)])
    corpus.chosen_on = "these very voices" if tuning else f"other voices: {', '.join(map(str, TUNING))}"
    for voice in () if have and _has(have, "commands") else words:
        corpus.words += _said(voice, list(meaning), meaning)
    for voice in () if have and _has(have, "speech") else speakers:
        corpus.near += _said(voice, near[::4] if quick else near, {})
        corpus.speech += _said(voice, some, {})
    corpus.narration = _said(Voice("espeak", "en-us"), some, {})
    corpus.makes = {"kitchen": kitchen, "fan": fan, "music": music} | _talkers(corpus.speech)
    return corpus


def _has(folder: Path, part: str) -> bool:
    """Return whether there are sounds in that part of a folder, or of those left out where it is split."""
    there = folder / LEFT_OUT if (folder / LEFT_OUT).is_dir() else folder
    return any((there / part).rglob(_SOUNDS))


def read_aloud(voice: Voice, texts: Sequence[str], seconds: float, seed: int) -> Iterator[list[Clip]]:
    """Yield some texts at a time, in an order of its own, until the voice has read for so long."""
    order = np.random.default_rng(seed).permutation(len(texts))
    for numbers in cycle(np.array_split(order, max(1, len(order) // _AT_A_TIME))):
        clips = _said(voice, [texts[number] for number in numbers], {})
        yield clips
        seconds -= sum(len(clip.pcm) for clip in clips) / EARS_RATE_HZ
        if seconds <= 0:
            return


def _talkers(speech: Sequence[Clip]) -> dict[str, Make]:
    sounds = _sounds(speech)
    return {"babble": babble_of(sounds), "television": television_of(sounds)}


def _said(voice: Voice, texts: Sequence[str], meaning: Mapping[str, Command]) -> list[Clip]:
    clips = render(voice, [text if text.endswith((".", "?", "!")) else f"{text}." for text in texts])
    return [Clip(str(voice), t, meaning.get(t), pcm) for t, pcm in zip(texts, clips, strict=True)]


def read(folder: Path, phrases: Phrases, fallback: Corpus) -> Corpus:
    """Read `commands/<command>/*.wav`, `speech/`, `other/`, `near/`, `noise/`, `music/`; the rest is made.

    Of a folder that is split into `tune/` and `left-out/` the second is read, and no speaker may be in both.
    A speaker is what comes before the first `_` or `-` of a file's name. Raises `FileFault` with every fault.
    """
    faults: list[Fault] = []
    split = (folder / LEFT_OUT).is_dir()
    corpus = _recordings(folder / LEFT_OUT if split else folder, phrases, fallback, faults)
    corpus.chosen_on = (
        _other_people(folder, faults) if split else f"it is not split into {TUNE}/ and {LEFT_OUT}/"
    )
    if faults:
        raise FileFault(tuple(faults))
    return corpus


def _recordings(folder: Path, phrases: Phrases, fallback: Corpus, faults: list[Fault]) -> Corpus:
    corpus = Corpus(
        words=list(_commands(folder / "commands", phrases, faults)),
        other=list(_clips(folder / "other", None, faults)),
        near=list(_clips(folder / "near", None, faults)),
        speech=list(_clips(folder / "speech", None, faults)) or fallback.speech,
        narration=fallback.narration,
        makes=dict(fallback.makes),
        absent=fallback.absent,
    )
    for name in ("noise", "music"):
        if pieces := list(_clips(folder / name, None, faults)):
            corpus.makes["kitchen" if name == "noise" else name] = recorded(_sounds(pieces))
    if (folder / "speech").is_dir() and corpus.speech:
        corpus.makes |= _talkers(corpus.speech)
    if not corpus.words and not (folder / "commands").is_dir():
        corpus.words = fallback.words
    if not any((folder / name).is_dir() for name in _PARTS):
        faults.append(Fault(str(folder), 0, 0, f"there is none of {'/ '.join(_PARTS)}/ here"))
    return corpus


def _other_people(folder: Path, faults: list[Fault]) -> str:
    """Return who was left for choosing limits; nobody may be on both sides."""
    tune, left_out = (_speakers(folder / part) for part in (TUNE, LEFT_OUT))
    faults += [
        Fault(str(folder), 0, 0, f"`{speaker}` is in {TUNE}/ and in {LEFT_OUT}/")
        for speaker in sorted(tune & left_out)
    ]
    return f"other people: {len(tune)} speakers in {TUNE}/"


def _speakers(folder: Path) -> set[str]:
    return {_speaker(path) for name in _PARTS[:4] for path in (folder / name).rglob(_SOUNDS)}


def _speaker(path: Path) -> str:
    return path.stem.replace("-", "_").partition("_")[0]


def _commands(folder: Path, phrases: Phrases, faults: list[Fault]) -> Iterable[Clip]:
    meaning = {phrase.replace(" ", "_"): command for phrase, command in meanings(phrases).items()}
    meaning |= {command.value: command for command in Command}
    for one in sorted(path for path in folder.glob("*") if path.is_dir()):
        command = meaning.get(one.name.lower().replace(" ", "_").replace("-", "_"))
        if command is None:
            faults.append(Fault(str(one), 0, 0, f"`{one.name}` is no command and no phrase of one"))
        else:
            yield from _clips(one, command, faults)


def _clips(folder: Path, command: Command | None, faults: list[Fault]) -> Iterable[Clip]:
    for path in sorted(folder.rglob(_SOUNDS)):
        try:
            sound, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
        except (soundfile.LibsndfileError, OSError) as error:
            faults.append(Fault(str(path), 0, 0, f"cannot be read as sound: {error}"))
            continue
        heard = soxr.resample(sound.mean(axis=1), rate_hz, EARS_RATE_HZ)
        if len(heard) < EARS_RATE_HZ // 20 or not np.abs(heard).max() > 0:
            faults.append(Fault(str(path), 0, 0, "there is no sound in it"))
            continue
        pcm = np.clip(heard * 32768, -32768, 32767).astype(np.int16)
        yield Clip(_speaker(path), folder.name if command else path.stem, command, pcm)


def _sounds(clips: Sequence[Clip]) -> list[Pcm]:
    return [clip.pcm for clip in clips]
