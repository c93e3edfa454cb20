"""The whole library as files for the phone, opened by FFmpeg's programs (Debian: ffmpeg): for docs/export.md.

python -m tests.export_library DIR [--voice NAME]    # DIR keeps the files; a second run finds its clips there

Chapters are held against the steps of the same session, as `player play` logs it, and against the sound of
their first sentence; captions against their own. Where in the decoded sound a clip lies, correlation finds.
"""

import argparse
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from player.core.plan import UNASKED_S
from player.files import paths, voices
from player.ports import RATE_HZ, Samples
from player.voice.fallback import FallbackVoice
from tests.care import interviewed

KINDS = ("mp3", "m4b")
CARE = "Before we begin"
LIKE = 0.5  # 1: it is the clip
SPOKEN_S = 0.1
REACH = RATE_HZ // 10  # how far from its caption a text is looked for
_CUE = re.compile(r"([\d:]+,\d+) --> [\d:,]+\n(.+)")


@dataclass(slots=True)
class Found:
    """What one kind of file was found to be; errors in seconds."""

    files: int = 0
    sound_s: float = 0.0
    made_s: float = 0.0
    chapters: list[float] = field(default_factory=list)
    heard: list[float] = field(default_factory=list)  # chapters against the sound of their first sentence
    captions: list[float] = field(default_factory=list)
    unlike: list[str] = field(default_factory=list)  # texts that are not where their captions are


def program(*command: object) -> bytes:
    """Return what a program prints. Raises `CalledProcessError` when it fails."""
    return subprocess.run(list(map(str, command)), capture_output=True, check=True).stdout


def player(*command: object) -> float:
    """Run the player; return how many seconds of one core it took, whatever else the machine had to do."""
    before = os.times()
    program(sys.executable, "-m", "player", *command)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def chapters(file: Path) -> list[tuple[float, str]]:
    told = json.loads(program("ffprobe", "-v", "error", "-show_chapters", "-of", "json", file))["chapters"]
    return [(float(one["start_time"]), one["tags"]["title"]) for one in told]


def decoded(file: Path) -> Samples:
    form = ("-f", "f32le", "-ac", "1", "-ar", str(RATE_HZ), "-")
    return np.frombuffer(program("ffmpeg", "-v", "error", "-i", file, "-map", "0:a", *form), "<f4")


def captions(file: Path) -> Iterator[tuple[float, str]]:
    text = program("ffmpeg", "-v", "error", "-i", file, "-f", "srt", "-").decode()
    for at, said in _CUE.findall(text):
        hours, minutes, seconds = at.replace(",", ".").split(":")
        yield 3600 * int(hours) + 60 * int(minutes) + float(seconds), said


def lag_s(clip: Samples, sound: Samples, at_s: float) -> tuple[float, float]:
    """Return how much later than `at_s` the clip lies in the sound, and how like it is (0 to 1)."""
    begin = round(at_s * RATE_HZ) - REACH
    part = sound[max(begin, 0) : begin + clip.size + 2 * REACH]
    part = np.pad(part, (max(-begin, 0), clip.size + 2 * REACH - part.size - max(-begin, 0)))
    size = part.size + clip.size
    like = np.fft.irfft(np.fft.rfft(part, size) * np.conj(np.fft.rfft(clip, size)), size)[: 2 * REACH + 1]
    at = int(like.argmax())
    there = part[at : at + clip.size]
    power = float(np.sqrt((there @ there) * (clip @ clip)))
    return (at - REACH) / RATE_HZ, float(like[at]) / power if power else 0.0


def steps(log: Path) -> list[tuple[float, str]]:
    told = map(json.loads, log.read_text(encoding="utf-8").splitlines())
    return [(one["t"], one["label"]) for one in told if one["event"] == "step"]


def look(file: Path, truth: list[tuple[float, str]], voice: FallbackVoice, found: Found) -> None:
    """Look at one file and what stands beside it."""
    sound = decoded(file)
    found.files += 1
    found.sound_s += sound.size / RATE_HZ
    others = [one for one in chapters(file) if one[1] != CARE]  # which no log has
    assert [title.lower() for _, title in others] == [label.lower() for _, label in truth], file
    begins = zip(others, truth, strict=True)
    found.chapters += [at - true for (at, _), (true, _) in begins if at]  # the first begins the file
    sounding = list[float]()
    for at_s, said in captions(file.with_suffix(".vtt")):
        lag, like = lag_s(voice.render(said), sound, at_s)
        if like < LIKE:  # what keeps to a fast beat is said faster
            lag, like = lag_s(voice.render(said, brisk=True), sound, at_s)
        found.captions.append(lag)
        sounding.append(at_s + lag)
        if like < LIKE:
            found.unlike.append(f"{file.name} {at_s:.2f} {said} ({like:.2f})")
    nearest = (min(sounding, key=lambda at_s: abs(at_s - begin)) - begin for begin, _ in others if begin)
    found.heard += [off for off in nearest if abs(off) < SPOKEN_S]  # it begins with a sentence


def row(kind: str, found: Found) -> str:
    off = [1000 * max(map(abs, one)) for one in (found.chapters, found.heard, found.captions)]
    speed = f"{found.sound_s / 3600:.1f} h, {found.sound_s / found.made_s:.0f} times real time on one core"
    begins = f"{len(found.chapters)}: {off[0]:.1f} ms | {len(found.heard)}: {off[1]:.1f} ms"
    return f"| `.{kind}` | {found.files} | {speed} | {begins} | {len(found.captions)}: {off[2]:.1f} ms |"


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("folder", type=Path)
    options.add_argument("--voice", default="calm")
    asked = options.parse_args()
    os.environ["PLAYER_HOME"] = str(asked.folder / "home")
    interviewed()
    voice = ("--voice", asked.voice)
    found = {kind: Found() for kind in KINDS}
    led = asked.folder / "led"
    led.mkdir(parents=True, exist_ok=True)
    names = [path.stem for path in sorted(paths.scripts().glob("*.yaml")) if path.stem != "interview"]
    for name in names:
        player("play", name, "--out", led / f"{name}.wav", "--log", led / f"{name}.jsonl", *voice)
        (led / f"{name}.wav").unlink()
    for kind, one in found.items():  # now the clips are there
        folder = asked.folder / kind
        folder.mkdir(exist_ok=True)
        one.made_s = player("export", "--all", folder, "--as", kind, "--wait", UNASKED_S, *voice)
    with FallbackVoice(voices.find(asked.voice)) as speaking:
        for kind, one in found.items():
            for name in names:
                truth = steps(led / f"{name}.jsonl")
                look(asked.folder / kind / f"{name}.{kind}", truth, speaking, one)
    heads = ("kind", "files", "sound, made at", "chapters: from the step", "from the sound", "captions: so")
    print(f"| {' | '.join(heads)} |\n{'|---' * len(heads)}|")
    for kind, one in found.items():
        print(row(kind, one))
        print(*one.unlike, sep="\n", end="")
    return int(any(one.unlike for one in found.values()))


if __name__ == "__main__":
    sys.exit(main())
