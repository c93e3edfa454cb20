"""A whole evening by voice, in real time: `python -m tests.e2e.whole_evening [--who flite:slt] [FOLDER]`.

The player as a user gets it, in a room with an echo; somebody who has never used it answers what it asks.
Nothing is touched from `player` to "good night": an introduction, the interview, a wrong word, a silence, a
change of mind in a menu, a session that is stopped and taken up again, a second one. In fifteen minutes it
writes the log of the player, a transcript of both, and what the room heard (left: the loudspeaker, right: the
microphone).

The log holds nothing about health: the questions of the interview are read from what is printed.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from player.bench.voices import Voice
from player.core.timing import speech_s
from player.ports import EARS_RATE_HZ, RATE_HZ
from tests import virtual_audio
from tests.e2e import microphone, recorded
from tests.e2e.over_it import ECHO, steady_air, witness
from tests.e2e.recorded import Entry, events
from tests.virtual_audio import VirtualAudio

ANSWER_S, AGAIN_S, TRIES = 0.7, 6.0, 4  # a person answers, and says it again when nothing has happened
LIMIT_S = 20 * 60.0
_LOOK_S = 0.02


@dataclass(frozen=True, slots=True)
class Turn:
    """What is said when the player has said something that ends so; "": nothing.

    `obeyed` is the id of the command, or the name, that is to come of it; "": nothing may.
    """

    after: str
    says: str
    obeyed: str = ""


HOW = "sore anywhere?"  # that concerns health: it is printed, and not logged


def named(after: str, name: str) -> Turn:
    return Turn(after, name, name)


_SESSION = (
    named("or gel?", "nothing"),
    named("one minute, or five?", "one minute"),
    named("when you are ready.", "ready"),
)
EVENING = (
    Turn("Say: pause.", "pause", "pause"),
    Turn("say: continue.", "continue", "resume"),
    Turn("say: again.", "again", "repeat"),
    Turn("say: next.", "next", "next"),
    Turn("or wait a moment.", "stop", "stop"),
    Turn("Say: continue.", "continue", "resume"),
    Turn("Would you like it?", "window"),  # a wrong word
    Turn("you may name one.", "next", "next"),
    Turn("Would you like it?", ""),  # a silence
    named("you may name one.", "forehead"),
    named("or gel?", "another"),  # a change of mind
    named("Would you like it?", "cheeks"),
    *_SESSION,
    Turn("let your cheeks go loose.", "stop", "stop"),
    Turn("a minute to take it up.", "continue", "resume"),
    Turn(HOW, "good"),
    named("or good night?", "another"),
    named("Would you like it?", "forehead"),
    *_SESSION,
    Turn(HOW, "good"),
    named("or good night?", "good night"),
)
PLANS = (
    *(
        "introduction",
        "stopped",
        "interview",
        "offer",
        "questions",
        "offer",
        "questions",
        "focus-cheeks",
        "stopped",
    ),
    *("focus-cheeks", "afterwards", "offer", "questions", "focus-brow", "afterwards", "good_night"),
)
HASTY = "focus-brow"  # in which every instruction is answered by "next"


class Somebody:
    """Hears the player by its log, and says in the room what `turns` have for it; in the interview "no"."""

    def __init__(self, audio: VirtualAudio, folder: Path, voice: Voice, turns: Sequence[Turn]) -> None:
        self._audio, self._folder, self._voice = audio, folder, voice
        self.left = list(turns)
        self.transcript: list[str] = []
        self.missed: list[str] = []
        self._plan = ""
        self._begun_s = time.monotonic()
        self._turn: Turn | None = None  # what is to be said, or was and has not been obeyed
        self._due_s, self._tries = 0.0, 0
        self.asked = 0  # how often a word was said again

    def told(self, entry: Entry) -> None:
        """Take one line of the log."""
        match entry:
            case {"event": "started", "routine": routine}:
                self._plan = routine
                self._note(f"-- {routine}")
            case {"event": "speech_started", "text": text, "role": role}:
                if role != "count":
                    self._note(f"player: {text}")
            case {"event": "speech_ended", "text": text}:
                self._hear(text)
            case {"event": "command", "command": command, **more}:
                self._note(f"    obeyed: {more.get('name') or command}")
                self._obeyed(more.get("name") or command)
            case {"event": "rejected", "text": text, "reason": reason}:
                self._note(f"    heard, and not obeyed: {text} ({reason})")

    def _hear(self, text: str) -> None:
        if self.left and self.left[0].after != HOW and text.endswith(self.left[0].after):
            self._mean(self.left.pop(0))
        elif self._plan == HASTY and self._turn is None and not text.endswith("?") and len(text) > 20:
            self._mean(Turn(text, "next", "next"))

    def shown(self, line: str) -> None:
        """Take one printed line; a question of the interview is printed as it begins."""
        text = line.partition("] ")[2]
        if self._plan == "afterwards" and self.left and text.endswith(HOW) and self.left[0].after == HOW:
            self._mean(self.left.pop(0))
            self._due_s += speech_s(text)
        if self._plan == "interview" and text.endswith("?"):
            self._note(f"player: {text}")
            self._mean(Turn(text, "no"))
            self._due_s += speech_s(text)

    def _mean(self, turn: Turn) -> None:
        self._turn, self._tries = (turn if turn.says else None), 0
        self._due_s = time.monotonic() + ANSWER_S

    def _obeyed(self, what: str) -> None:
        if self._turn is not None and what == self._turn.obeyed:
            self._turn = None
        else:
            self._note(f"    !! nobody said {what}")
            self.missed.append(f"obeyed {what}, which nobody said")

    def look(self) -> None:
        """Say what is due now."""
        if self._turn is None or time.monotonic() < self._due_s:
            return
        if self._tries == TRIES:
            self.missed.append(f"`{self._turn.says}` after {self._turn.after}")
            self._turn = None
            return
        self.say(self._turn.says)
        self._tries += 1
        self.asked += self._tries > 1
        self._due_s = time.monotonic() + AGAIN_S
        if not self._turn.obeyed:
            self._turn = None

    def say(self, text: str) -> None:
        """Say it in the room; returns at once."""
        wav = self._folder / f"{text}.wav"
        clip = microphone.word(self._voice, text).astype(np.int16)
        soundfile.write(wav, np.concatenate([clip, np.zeros(EARS_RATE_HZ // 5, np.int16)]), EARS_RATE_HZ)
        self._note(f"PERSON: {text}")
        self._audio.say(wav)

    def _note(self, line: str) -> None:
        at_s = time.monotonic() - self._begun_s
        self.transcript.append(f"{int(at_s // 60):2}:{at_s % 60:04.1f}  {line}")
        print(self.transcript[-1], flush=True)


class Following:
    """A file that grows: whole lines, each once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read = 0

    def new(self) -> list[str]:
        lines = self._path.read_text(encoding="utf-8").split("\n")[:-1] if self._path.exists() else []
        new, self._read = lines[self._read :], len(lines)
        return new


@contextmanager
def _led(folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
    with (folder / "printed.txt").open("wb") as printed:
        player = subprocess.Popen(
            [sys.executable, "-m", "player", "--log", str(folder / "log.jsonl")],
            env=os.environ | {"PLAYER_HOME": str(folder / "home")},
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.STDOUT,
        )
        try:
            yield player
        finally:
            player.kill()
            player.wait()


def lead(folder: Path, voice: Voice, echo: float) -> tuple[Somebody, int | None]:
    """Lead an evening in a room of its own; return who was there and the exit code (None: it did not end)."""
    with virtual_audio.room() as audio:
        steady_air(audio)
        audio.echo(echo)
        somebody = Somebody(audio, folder, voice, EVENING)
        with audio.recording(witness(audio), channels=2) as recording, _led(folder) as player:
            logged, printed = Following(folder / "log.jsonl"), Following(folder / "printed.txt")
            end_s = time.monotonic() + LIMIT_S
            while time.monotonic() < end_s:
                ended = player.poll() is not None
                for line in logged.new():
                    somebody.told(json.loads(line))
                for line in printed.new():
                    somebody.shown(line)
                if ended:
                    break
                somebody.look()
                time.sleep(_LOOK_S)  # another process: between two looks at its log
            code = player.poll()
        sound = recording.samples().reshape(-1, 2)
    soundfile.write(folder / "evening.flac", sound[::2], RATE_HZ // 2)
    (folder / "transcript.txt").write_text("\n".join(somebody.transcript) + "\n", encoding="utf-8")
    return somebody, code


def first_words(entries: Sequence[Entry]) -> list[tuple[str, float]]:
    """Return of each plan how long after the command before it its first word could be heard, in seconds."""
    found, before = [], None
    for at, entry in enumerate(entries):
        if entry["event"] == "command":
            before = entry["t"]
        if entry["event"] == "started" and before is not None:
            words = events(entries[at:], "speech_started")
            found += [(entry["routine"], words[0]["t"] - before)] if words else []
            before = None
    return found


def main() -> None:
    """Lead it, and say what came of it."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("folder", nargs="?", type=Path)
    options.add_argument("--who", default="flite:slt", help="a voice of the bench")
    options.add_argument("--echo", type=float, default=ECHO, help="linear; 0: as with headphones")
    chosen = options.parse_args()
    folder = chosen.folder or Path(tempfile.mkdtemp(prefix="whole-evening-"))
    folder.mkdir(parents=True, exist_ok=True)
    load = os.getloadavg()[0]
    somebody, code = lead(folder, Voice(*chosen.who.split(":", 1)), chosen.echo)
    entries = recorded.log(folder / "log.jsonl")
    plans = tuple(entry["routine"] for entry in events(entries, "started"))
    minutes = entries[-1]["t"] / 60
    print(f"\n{minutes:.1f} minutes; load {load:.1f} before, {os.getloadavg()[0]:.1f} after; {folder}")
    print("from a command to the first word of what came of it:")
    for plan, seconds in first_words(entries):
        print(f"  {plan:<14} {seconds:.2f} s")
    print(f"said once more: {somebody.asked}; missed: {'; '.join(somebody.missed) or 'nothing'}")
    wrong = [*somebody.missed, *(f"never came to: {turn.after}" for turn in somebody.left)]
    if plans != PLANS or code != 0 or wrong:
        print(f"not as it should be: {plans}; exit code {code}; {wrong}")
        sys.exit(1)


if __name__ == "__main__":
    main()
