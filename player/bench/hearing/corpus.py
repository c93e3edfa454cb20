"""What is said: a folder of recordings, or words made by synthesizers that nothing was tuned on."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

import numpy as np
import soundfile
import soxr

from player.bench.hearing.noises import Make, Sound, babble_of, fan, kitchen, music, recorded, television_of
from player.bench.voices import HELD_OUT, TUNING, Pcm, Voice, render, usable
from player.core.commands import Command
from player.core.decision import meanings
from player.errors import Fault, FileFault
from player.ports import EARS_RATE_HZ

Phrases = Mapping[Command, Sequence[str]]

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
    speech: list[Clip] = field(default_factory=list)
    narration: list[Clip] = field(default_factory=list)
    makes: dict[str, Make] = field(default_factory=dict)
    absent: list[str] = field(default_factory=list)  # voices that this machine does not have

    def share(self, index: int, of: int) -> "Corpus":
        """Return a part of the words and of the speech, with all the noise: shares add up to the whole."""
        parts = (self.words, self.other, self.speech, self.narration)
        words, other, speech, narration = (_dealt(part, index, of) for part in parts)
        return Corpus(
            words=words, other=other, speech=speech, narration=narration, makes=self.makes, absent=self.absent
        )


def _dealt(clips: Sequence[Clip], index: int, of: int) -> list[Clip]:
    speakers = list(dict.fromkeys(clip.speaker for clip in clips))
    if len(speakers) % of:
        return list(clips[index::of])
    return [clip for clip in clips if speakers.index(clip.speaker) % of == index]


def synthetic(phrases: Phrases, talk: Sequence[str], *, quick: bool = False, tuning: bool = False) -> Corpus:
    """Speak every phrase, the near-sounding words and `talk`; `tuning`: with the voices to choose by."""
    voices = TUNING if tuning else HELD_OUT
    here = [voice for voice in voices if usable(voice)]
    words, some = (here[:1] + here[-2:-1], talk[:6]) if quick else (here, talk)
    speakers = here[: 1 if quick else _TALK_VOICES]
    meaning = meanings(phrases)
    near = _NEAR.split()
    corpus = Corpus(absent=[str(voice) for voice in voices if not usable(voice)])
    for voice in words:
        corpus.words += _said(voice, list(meaning), meaning)
    for voice in speakers:
        corpus.other += _said(voice, near[::4] if quick else near, {})
        corpus.speech += _said(voice, some, {})
    corpus.narration = _said(Voice("espeak", "en-us"), some, {})
    corpus.makes = {"kitchen": kitchen, "fan": fan, "music": music} | _talkers(corpus.speech)
    return corpus


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
    """Read `commands/<command>/*.wav`, `speech/`, `other/`, `noise/`, `music/`; what is not there is made.

    A speaker is what comes before the first `_` or `-` of a file's name. Raises `FileFault` with every fault.
    """
    faults: list[Fault] = []
    corpus = Corpus(
        words=list(_commands(folder / "commands", phrases, faults)),
        other=list(_clips(folder / "other", None, faults)),
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
    if not any((folder / name).is_dir() for name in ("commands", "speech", "other", "noise", "music")):
        faults.append(
            Fault(str(folder), 0, 0, "there is none of commands/ speech/ other/ noise/ music/ here")
        )
    if faults:
        raise FileFault(tuple(faults))
    return corpus


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
    for path in sorted(folder.rglob("*.[wWfF][aAlL][vVaA]*")):
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
        speaker = path.stem.replace("-", "_").partition("_")[0]
        yield Clip(speaker, folder.name if command else path.stem, command, pcm)


def _sounds(clips: Sequence[Clip]) -> list[Sound]:
    return [clip.pcm.astype(np.float64) for clip in clips]
