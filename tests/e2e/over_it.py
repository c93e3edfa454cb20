"""Each command said over the narration in a room with an echo: `python -m tests.e2e.over_it [VOICE [WORD…]]`.

`--in-time`: as on a machine whose loudspeaker was never asked late, and so has the short buffer.

Real streams, real processes, the ears of a fresh machine. What the loudspeaker plays and what the microphone
hears are recorded side by side; log and recording tell when the voice went down and when it was obeyed.
"""

import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr

from player.app.buffer import keep
from player.backends.portaudio import Timekeeping
from player.bench.voices import Voice
from player.core.commands import Command
from player.files import languages, voices
from player.ports import EARS_RATE_HZ, RATE_HZ, Samples
from player.voice.client import VoiceWorker
from tests import virtual_audio
from tests.e2e import microphone
from tests.e2e.recorded import Entry, commands, events, place_of
from tests.e2e.test_room import Playing, playing
from tests.virtual_audio import LATENCY_MS, Recording, VirtualAudio
from tests.waiting import until

SPEAKER = "flite:slt"
ECHO = 0.3  # linear
ALL = (
    *("next", "repeat", "previous", "slower", "faster", "louder", "quieter", "where", "how_long", "help"),
    *("undo", "pause", "resume", "stop"),
)
TRIES = 3
_INTO_IT_S = 1.5  # a sentence has been going on for so long
_ANSWER_S = 4.0
_LOOK_S = 2.5  # of the recording, for a word
_SENTENCE_S = 4.0  # before a word its sentence has begun
_WINDOW = RATE_HZ // 50
_DOWN = 0.5  # of its level: the voice has begun to fall
_SENTENCES = (
    "Rest the palms of both hands on your cheeks and let the warmth spread slowly, without any haste at all.",
    "Let the shoulders sink and the breath come and go by itself, as slowly as it likes, and the hands rest.",
    "Now let the fingertips lie along the brow, light as a feather, while the skin there grows soft.",
    "Let both hands glide down beside the nose and out over the cheeks, as slow as honey runs from a spoon.",
)


@dataclass(frozen=True, slots=True)
class Said:
    """A command that was said: how often, and where in the recording the last try was looked for."""

    command: str
    word: Samples  # 16 kHz
    tries: int
    obeyed: bool
    about_s: float


@dataclass(frozen=True, slots=True)
class Figures:
    """Seconds from the word's beginning to the fall of the voice, and from its end to the command."""

    said: Said
    hush_s: float | None
    action_s: float | None


def script(folder: Path) -> Path:
    """Write a routine in which the voice speaks nearly all the time."""
    head = "format: 1\ntitle: Much talk\nfamily: acupressure\ntarget_min: [1, 60]\neyes: closed\nsteps:\n"
    step = '  - id: talk-{0}\n    say: "{1}"\n    label: talk {0}\n    at: cheek\n    seconds: 3\n'
    steps = [step.format(number, _SENTENCES[number % len(_SENTENCES)]) for number in range(1, 41)]
    path = folder / "much-talk.yaml"
    path.write_text(head + "".join(steps), encoding="utf-8")
    return path


def steady_air(audio: VirtualAudio) -> None:
    """Let the air keep one pace: the loopback would bend its own by thousands of ppm to hold its latency."""
    modules = audio.pactl("list", "short", "modules").splitlines()
    audio.pactl("unload-module", next(one.split("\t")[0] for one in modules if "module-loopback" in one))
    _loopback(audio, "spk.monitor", "room")


def witness(audio: VirtualAudio) -> str:
    """Put two channels into the room: what the loudspeaker plays, what the microphone hears."""
    audio.pactl(
        "load-module", "module-null-sink", "sink_name=both", "rate=48000", "channels=2", "norewinds=1"
    )
    right = ("source_name=right", "channels=1", "channel_map=front-right", "master_channel_map=mono")
    audio.pactl("load-module", "module-remap-source", "master=room.monitor", *right)
    for source, channel in (("spk.monitor", "front-left"), ("right", "front-right")):
        _loopback(audio, source, "both", "channels=1", f"channel_map={channel}", "remix=no")
    return "both.monitor"


def _loopback(audio: VirtualAudio, source: str, sink: str, *options: str) -> None:
    fixed = (f"latency_msec={LATENCY_MS}", "adjust_time=0", "source_dont_move=true", "sink_dont_move=true")
    audio.pactl("load-module", "module-loopback", f"source={source}", f"sink={sink}", *fixed, *options)


@contextmanager
def led(audio: VirtualAudio, folder: Path) -> Iterator[tuple[Playing, Recording]]:
    """Lead a talkative session with the usual ears until the echo is known."""
    steady_air(audio)
    audio.echo(ECHO)
    with (
        audio.recording(witness(audio), channels=2) as recording,
        playing(folder, str(script(folder))) as player,
    ):
        for _ in range(2):
            try:
                player.wait_for(lambda entries: any(one["converged"] for one in events(entries, "echo")))
                break
            except AssertionError:
                assert player.process.poll() is None
        yield player, recording


def say_over_it(
    player: Playing,
    recording: Recording,
    audio: VirtualAudio,
    folder: Path,
    command: str,
    word: Samples,
    tries: int,
) -> Said:
    """Say it while the player speaks ("resume": while it is silent), as often as a person would."""
    path = folder / f"{command}.wav"
    soundfile.write(path, np.concatenate([word, np.zeros(EARS_RATE_HZ // 5, np.float32)]), EARS_RATE_HZ)
    before = len(commands(player.entries()))
    for turn in range(1, tries + 1):
        if command == "resume":
            time.sleep(2)  # in the silence of the pause
        else:
            _until_it_speaks(player)
        about_s = recording.seconds()
        audio.say(path)
        if until(lambda: command in commands(player.entries())[before:], _ANSWER_S):
            return Said(command, word, turn, True, about_s)
    return Said(command, word, tries, False, about_s)


def _word(voice: Voice, command: str) -> Samples:
    phrase = languages.load("en").phrases[Command(command)][0]
    return microphone.word(voice, phrase).astype(np.float32) / 32768


def _until_it_speaks(player: Playing) -> None:
    """Wait until a long sentence has been going on for a while."""
    begun: list[Entry] = []
    seen = time.monotonic()

    def speaking(entries: list[Entry]) -> bool:
        nonlocal begun, seen
        told = events(entries, "speech_started", "speech_ended")
        now = told[-1:] if told and told[-1]["event"] == "speech_started" else []
        if now != begun:
            begun, seen = now, time.monotonic()
        long = bool(now) and len(now[0]["text"]) > 80
        return long and _INTO_IT_S < time.monotonic() - seen < 2 * _INTO_IT_S

    player.wait_for(speaking)


def _found(
    said: Said, entries: Sequence[Entry], played: Samples, heard: Samples, voice: VoiceWorker
) -> Figures:
    """Return what is known of it: nothing where air that broke off makes the recording unlike itself."""
    if said.obeyed:
        with suppress(AssertionError):
            return figures(said, entries, played, heard, voice)
    return Figures(said, None, None)


def figures(
    said: Said, entries: Sequence[Entry], played: Samples, heard: Samples, voice: VoiceWorker
) -> Figures:
    """Find the word in what the microphone heard, and what became of the voice in what was played."""
    word = soxr.resample(said.word, EARS_RATE_HZ, RATE_HZ)
    from_ = max(0, round((said.about_s - 0.5) * RATE_HZ))
    start = from_ + place_of(word, heard[from_ : from_ + round(_LOOK_S * RATE_HZ)], least=0.5)
    obeyed = next(
        at
        for at, one in enumerate(entries)
        if (one["event"], one.get("command")) == ("command", said.command)
    )
    sentence = next(
        one
        for one in reversed(entries[:obeyed])
        if one["event"] == "speech_started" and one["role"] != "count"
    )
    clip = voice.render(sentence["text"])
    before = max(0, start - round(_SENTENCE_S * RATE_HZ))
    at = before + place_of(clip[: RATE_HZ // 2], played[before : start + RATE_HZ // 2], least=0.6)
    shift_s = at / RATE_HZ - sentence["t"]
    action_s = entries[obeyed]["t"] + shift_s - (start + len(word)) / RATE_HZ
    spoken = said.command != "resume"  # that is said into silence
    return Figures(said, _hush_s(clip, played[at : at + len(clip)], start - at) if spoken else None, action_s)


def _hush_s(clip: Samples, played: Samples, start: int) -> float | None:
    """Return when, after sample `start`, what was played falls under what it would be."""
    for at in range(max(0, start), len(played) - _WINDOW, _WINDOW // 4):
        loud, now = (float(np.sqrt(np.mean(one[at : at + _WINDOW] ** 2))) for one in (clip, played))
        if loud > 0.01 and now < _DOWN * loud:
            return (at + _WINDOW / 2 - start) / RATE_HZ
    return None


@dataclass(frozen=True, slots=True)
class Witnessed:
    """What became of every command that was said, and what the session logged."""

    figures: Sequence[Figures]
    entries: Sequence[Entry]


def witnessed(names: Sequence[str], folder: Path, voice: str = SPEAKER, tries: int = TRIES) -> Witnessed:
    """Lead one session and say each of these over it."""
    words = [(name, _word(Voice(*voice.split(":")), name)) for name in names]
    with virtual_audio.room() as audio:
        with led(audio, folder) as (player, recording):
            said = [say_over_it(player, recording, audio, folder, *one, tries) for one in words]
            recording.wait_for(recording.seconds() + 1)
        played, heard = recording.samples().reshape(-1, 2).T
        entries = player.entries()
    with VoiceWorker(voices.find("calm")) as own:
        found = [_found(one, entries, played, heard, own) for one in said]
    return Witnessed(found, entries)


def main() -> None:
    """Print the table of docs/hearing.md."""
    asked = [one for one in sys.argv[1:] if one != "--in-time"]
    with tempfile.TemporaryDirectory() as folder:
        if len(asked) < len(sys.argv) - 1:
            os.environ["PLAYER_HOME"] = folder
            keep(Timekeeping("default", 600.0, 0.0))
        voice, names = (asked[:1] or [SPEAKER])[0], asked[1:] or ALL
        told = witnessed(names, Path(folder), voice)
    print(
        "| command | tries | voice falls after the word's start | command after its end |\n|---|---|---|---|"
    )
    for one in told.figures:
        hush, action = _seconds(one.hush_s), _seconds(one.action_s)
        print(
            f"| {one.said.command} | {one.said.tries if one.said.obeyed else 'missed'} | {hush} | {action} |"
        )
    print("\nobeyed, in order:", *commands(told.entries))
    sys.exit(not all(one.said.obeyed for one in told.figures))


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f} s"


if __name__ == "__main__":
    main()
