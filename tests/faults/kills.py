"""Kills of a player at random moments: `python -m tests.faults.kills --count 200`.

A child leads a real plan with the real loop, stage, mixer and journal on a clock that runs faster than the
wall's, gives itself commands, and tells a second file, at once and without a thread, where it is. Then it is
killed. What the journal says is compared with what was told.
"""

import argparse
import json
import os
import random
import signal
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from player.app import resume
from player.core.commands import Command
from player.core.engine import Engine, handle
from player.core.notation import samples
from player.core.plan import Plan
from player.core.session import Session
from player.core.timing import speech_s
from player.core.wording import Language
from player.files import journal, languages
from player.files.journal import Journal
from player.ports import BLOCK, RATE_HZ, NullEars, Samples
from player.routine.compile.compose import load_plan
from player.routine.compile.request import Request
from player.session.codec import Plain, from_plain, place_to_plain
from player.session.inbox import News, Pressed
from player.session.keepers import Keepers
from player.session.loop import Leader
from player.session.recovery import replay
from player.session.stage import Stage
from player.sound.mixer import Mixer
from tests.faults.routine import ROUTINE

SPEED = 8.0  # times as fast as a clock: a stroke of half a second in 60 ms
LONGEST_S = 6.0  # three quarters of a minute of the session
COMMANDS = (
    *(Command.NEXT, Command.PREVIOUS, Command.REPEAT, Command.PAUSE, Command.RESUME, Command.UNDO),
    *(Command.SLOWER, Command.FASTER, Command.WHERE, Command.LOUDER, Command.YES),
)


@dataclass(frozen=True, slots=True)
class Killed:
    """What came of one kill: strokes lost, and what is wrong ("" when nothing is)."""

    after_s: float
    lost: int
    wrong: str


class FastInbox:
    """One block for each turn, as fast as the clock allows; now and then a command."""

    def __init__(self, mixer: Mixer, chance: random.Random) -> None:
        self.played = 0
        self.look = lambda: None
        self._mixer = mixer
        self._chance = chance
        self._begun_s = time.monotonic()

    def take(self) -> tuple[News, ...]:
        ahead_s = self.played / RATE_HZ / SPEED - (time.monotonic() - self._begun_s)
        if ahead_s > 0:
            time.sleep(ahead_s)  # it keeps the time of a device
        self._mixer.render(BLOCK)
        self.played += BLOCK
        self.look()
        if self._chance.random() < 0.003:
            return (Pressed(self._chance.choice(COMMANDS)),)
        return ()


def render(text: str, *, brisk: bool = False) -> Samples:
    """Silence as long as the text takes to say."""
    return np.zeros(samples(speech_s(text)), np.float32)


def lead(plan: Plan, language: Language, folder: Path, truth: Path, seed: int) -> None:
    """Lead a session until killed, telling `truth` where it is."""
    told = os.open(truth, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    mixer = Mixer()
    inbox = FastInbox(mixer, random.Random(seed))
    engine = Engine(plan, Session())
    stage = Stage(plan, language, render, mixer, lambda: inbox.played, NullEars())
    header = resume.header(plan, ROUTINE, Request(), engine.session, resumed=False)
    kept = Journal(folder, header | {"resumed": True})

    def tell(**fields: object) -> None:
        os.write(told, json.dumps(fields).encode() + b"\n")

    def look() -> None:
        if engine.live:
            tell(place=place_to_plain(stage.place))

    def keep(entry: Plain) -> None:
        if entry.get("event") not in {None, "ended"}:
            after, _ = handle(plan, engine.session, from_plain(entry))
            tell(session=repr(after), place=place_to_plain(after.place))
        else:
            tell(place=entry.get("place") or place_to_plain(stage.place))
        kept.write(entry)

    inbox.look = look
    Leader(engine, stage, inbox, Keepers(keep)).lead()


def by_the_second(place: list[int]) -> list[int]:
    return [*place[:-1], place[-1] // 1000 * 1000]


def strokes(truth: Path) -> list[list[int]]:
    """Return the places that were told, one for each stroke or second."""
    places: list[list[int]] = []
    for line in truth.read_text().splitlines():
        place = by_the_second(json.loads(line)["place"])
        if not places or places[-1] != place:
            places.append(place)
    return places


def judge(plan: Plan, folder: Path, truth: Path, after_s: float) -> Killed:
    """Compare what can be recovered with what was told."""
    told = strokes(truth)
    sessions = [json.loads(line).get("session") for line in truth.read_text().splitlines()]
    known = [session for session in sessions if session is not None]
    one = resume.unfinished(ROUTINE)
    found = resume.kept(one) if one else None
    if "state=Closing" in known[-1] or "state=Finished" in known[-1]:
        return Killed(after_s, 0, "" if found is None else "offered although it was over")
    if one is None or found is None:
        return Killed(after_s, len(told), "" if len(told) <= 2 else "nothing to go on with")
    place = by_the_second(place_to_plain(found.recovered.place))
    if place not in told:
        return Killed(after_s, len(told), f"at {place}, where it never was")
    lost = len(told) - 1 - max(at for at, each in enumerate(told) if each == place)
    began = Session()
    again = [repr(after) for event, after, _ in replay(plan, one.entries, began) if event is not None]
    if again != known[: len(again)]:
        return Killed(after_s, lost, "the replay gives other sessions")
    return Killed(after_s, lost, "" if lost <= 1 else f"at {place}, but it was at {told[-1]}")


def kill_one(plan: Plan, language: Language, home: Path, seed: int) -> Killed:
    """Lead, kill after a random time, and judge."""
    os.environ["PLAYER_HOME"] = str(home)
    folder, truth = journal.folder(), home / "truth"
    after_s = random.Random(seed).uniform(0.05, LONGEST_S)
    child = os.fork()
    if child == 0:
        lead(plan, language, folder, truth, seed)
        os._exit(0)
    time.sleep(after_s)  # it is killed after a random time
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return judge(plan, folder, truth, after_s)


def run(count: int, seed: int = 0) -> Iterator[Killed]:
    """Kill so many players, one after the other."""
    plan = load_plan(ROUTINE)
    language = languages.load(plan.language)
    for number in range(seed, seed + count):
        with tempfile.TemporaryDirectory() as home:
            yield kill_one(plan, language, Path(home), number)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    all_of_them = []
    for number, one in enumerate(run(options.count, options.seed), options.seed):
        all_of_them.append(one)
        if one.wrong:
            print(f"kill {number} after {one.after_s:.2f} s: {one.wrong}; {one.lost} lost", flush=True)
    wrong = sum(bool(one.wrong) for one in all_of_them)
    worst = max(one.lost for one in all_of_them)
    figures = {"kills": len(all_of_them), "wrong": wrong, "most_lost": worst}
    print(json.dumps(figures))
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
