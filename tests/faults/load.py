"""Sound under load: `python -m tests.faults.load [--only TEXT] [--write]`, or over hours: `--soak MINUTES`.

A real session is led in a room of virtual hardware, with a cold cache and ears, while the machine has other
things to do. What the loudspeaker played is recorded. Its beats are a second apart in one stream of sound, so
whatever is missing anywhere between two of them makes the second one late, to the sample.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from player.bench.processes import every_core_busy
from player.ports import RATE_HZ, Samples
from player.sound import tones
from tests.faults import page
from tests.faults.led import Led
from tests.mirror import glass
from tests.virtual_audio import VirtualAudio, room
from tests.waiting import until

ROUTINE = Path(__file__).with_name("load.yaml")
CGROUP = Path("/sys/fs/cgroup/memory")
SPARE_BYTES = 26_000_000
HEARD = 0.003  # quieter is silence
PIECE = 60 * RATE_HZ  # of a recording, at once in memory
HEAD = (
    "| load | beats | largest error of the beat | longest silence | what was done |",
    "|---|---|---|---|---|",
)
BEGIN = "<!-- generated: load -->\n"

# Every write of a file, every new name and every wish to keep it takes 100 ms longer, as on a worn card.
SLOW_DISK = """
import os, stat, time

def slowed(call, concerns=lambda *_: True):
    def slow(*arguments, **options):
        if concerns(*arguments):
            time.sleep(0.1)  # the slow disk itself
        return call(*arguments, **options)
    return slow

def regular(descriptor, *_):
    return stat.S_ISREG(os.fstat(descriptor).st_mode)

def written(descriptor, mode="r", *_):
    return "w" in mode and regular(descriptor)

os.write = slowed(os.write, regular)
os.fdopen = slowed(os.fdopen, written)
os.fsync, os.replace, os.utime, os.unlink = map(slowed, (os.fsync, os.replace, os.utime, os.unlink))
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """What a recording shows: beats, the largest error of one in samples, the longest silence in seconds.

    `dry`: how often the loudspeaker's sound was used up before more came.
    """

    beats: int
    error: int
    silence_s: float
    dry: int = 0


# --- what is recorded


def measured(sound: Samples) -> Figures:
    """Measure a recording of a session."""
    beats = np.array(ticks(sound))
    apart = np.diff(beats)
    near = apart[apart < 3.5 * RATE_HZ]  # one or two may be lost under a voice; more is the next step
    errors = np.abs(near - np.round(near / RATE_HZ) * RATE_HZ)
    return Figures(len(beats), int(errors.max(initial=0)), longest_silence_s(sound))


def ticks(sound: Samples) -> list[int]:
    """Return where a tick begins, to the sample."""
    found: list[int] = []
    for start in range(0, len(sound), PIECE):
        for at in _ticks(sound[start : start + PIECE + RATE_HZ]):
            once = not found or start + at - found[-1] > RATE_HZ // 10  # not the rest of one cut in two
            if at < PIECE and once:
                found.append(start + at)
    return found


def _ticks(sound: Samples) -> list[int]:
    tick = tones.tone("tick").astype(np.float64)
    size = 1 << (len(sound) + len(tick)).bit_length()
    spectrum = np.fft.rfft(sound, size) * np.conj(np.fft.rfft(tick, size))
    alike = np.fft.irfft(spectrum, size)[: max(0, len(sound) - len(tick))]
    energy = np.concatenate(([0.0], np.cumsum(sound.astype(np.float64) ** 2)))
    power = np.maximum(energy[len(tick) :] - energy[: -len(tick)], 1e-6)[: len(alike)]
    alike /= np.sqrt(power) * np.linalg.norm(tick)
    found: list[int] = []
    for at in np.flatnonzero(alike > 0.9):
        if not found or at - found[-1] > RATE_HZ // 10:
            near = alike[at : at + RATE_HZ // 100]
            found.append(int(at + near.argmax()))
    return found


def longest_silence_s(sound: Samples) -> float:
    last, longest = -1, 0
    for start in range(0, len(sound), PIECE):
        heard = start + np.flatnonzero(np.abs(sound[start : start + PIECE]) > HEARD)
        if len(heard):
            longest = max(longest, int(np.diff(heard, prepend=heard[0] if last < 0 else last).max()))
            last = int(heard[-1])
    return longest / RATE_HZ


# --- what else the machine has to do


@dataclass(frozen=True, slots=True)
class Load:
    """One kind of load; `done` says what was done."""

    name: str
    done: str
    busy: bool = False
    slow: bool = False
    short: bool = False
    mirror: bool = False


LOADS = (
    Load("nothing else", "for comparison"),
    Load("both cores busy", "one endless loop on every core", busy=True),
    Load("disk slow", "every write, sync and new name takes 100 ms longer", slow=True),
    Load("memory short", "memory limited to little more than what cannot be given back", short=True),
    Load("the mirror", "a browser without a GPU beside it looks at a face as often as it may", mirror=True),
    Load("all of it at once", "", busy=True, slow=True, short=True),
)


class Scarce:
    """A memory control group with an installation of its own, as pages belong to whoever read them first."""

    def __init__(self, folder: Path) -> None:
        self.group = CGROUP / f"player-{os.getpid()}"
        self.group.mkdir()
        self.python = folder / "venv" / "bin" / "python"
        subprocess.run([*self.under(), "cp", "-a", sys.prefix, str(folder / "venv")], check=True)
        os.sync()  # what was written can be given back

    def under(self) -> tuple[str, ...]:
        """Return what to put in front of a command."""
        return ("sh", "-c", f'echo $$ >{self.group}/cgroup.procs; exec "$@"', "sh")

    def tighten(self) -> str:
        """Leave, bit by bit, hardly more than what cannot be given back; return how much that is."""
        stat = dict(line.split() for line in (self.group / "memory.stat").read_text().splitlines())
        used = int(stat["total_rss"]) + int(stat["total_cache"])
        limit = int(stat["total_rss"]) + SPARE_BYTES
        for step in range(1, 11):
            now = used + (limit - used) * step // 10
            (self.group / "memory.limit_in_bytes").write_text(str(now))
            time.sleep(0.3)  # the system takes pages away bit by bit
        return f"{limit / 1e6:.0f} MB of {used / 1e6:.0f} MB"

    def pressed(self) -> str:
        """Return how hard it was."""
        stat = dict(line.split() for line in (self.group / "memory.stat").read_text().splitlines())
        met = int((self.group / "memory.failcnt").read_text())
        return f"the limit was met {met} times, {int(stat['total_pgmajfault'])} pages were read anew"

    def close(self) -> None:
        until(lambda: not (self.group / "cgroup.procs").read_text(), 5)
        self.group.rmdir()


def scarce_here() -> bool:
    """Whether memory can be limited on this machine: a control group (version 1), as root."""
    return os.access(CGROUP / "cgroup.procs", os.W_OK)


def run(load: Load, routine: Path = ROUTINE) -> tuple[Figures, str]:
    """Lead a session under a load; return the figures and what more was done."""
    with ExitStack() as closing:
        home = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="load-")))
        (home / "site").mkdir()
        if load.slow:
            (home / "site" / "sitecustomize.py").write_text(SLOW_DISK)
        audio = VirtualAudio()
        closing.callback(audio.close)
        audio.start()
        scarce = Scarce(home) if load.short else None
        if scarce is not None:
            closing.callback(scarce.close)
        if load.busy:
            closing.enter_context(every_core_busy())
        looked = closing.enter_context(glass.looking(home)) if load.mirror else str
        figures, done = _led(audio, home, routine, scarce)
        return figures, done or looked()


def _led(audio: VirtualAudio, home: Path, routine: Path, scarce: Scarce | None) -> tuple[Figures, str]:
    done = ""
    options = ("--ears", "pocketsphinx", "--headphones")
    environment = {"PYTHONPATH": str(home / "site")}
    with audio.recording() as recording:
        led = Led(
            audio,
            home,
            *options,
            environment=environment,
            under=scarce.under() if scarce else (),
            routine=str(routine),
            python=str(scarce.python) if scarce else sys.executable,
        )
        try:
            led.until(0.0, "speech_started", 60.0, text="5")
            if scarce is not None:
                led.wait_for(lambda: "ALSA plug-in" in audio.pactl("list", "source-outputs"), "it listens")
                done = scarce.tighten()
            code = led.ends(180.0)
            assert code == 0, f"exit code {code}: {led.err.read_text()[-300:]}"
            if scarce is not None:
                done = f"{done}; {scarce.pressed()}"
            lost = [one.fields["device"] for one in led.told if one.fields.get("became")]
            assert not lost, f"told of as lost: {lost}"
        finally:
            led.close()
    return replace(measured(recording.samples()), dry=audio.ran_dry()), done


def soak(minutes: float, plot: str) -> Figures:
    """Lead the session of `player bench soak` in real time; return what the loudspeaker played of it."""
    with room() as audio, audio.recording() as recording:
        command = [sys.executable, "-m", "player", "bench", "soak", "--real", "--minutes", str(minutes)]
        subprocess.run([*command, "--plot", plot], check=True)
        recording.wait_for(recording.seconds() + 1.0)
        return measured(recording.samples())


def shown(load: Load, figures: Figures, more: str) -> str:
    """Return the line of the table."""
    done = "; ".join(filter(None, (load.done, more)))
    return f"| {load.name} | {figures.beats} | {figures.error} samples | {figures.silence_s:.2f} s | {done} |"


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", default="")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--soak", type=float, default=0.0, metavar="MINUTES", help="of one long session")
    parser.add_argument("--plot", default="soak-real.svg", metavar="FILE.svg")
    options = parser.parse_args()
    if options.soak:
        print(soak(options.soak, options.plot))
        return 0
    lines = list(HEAD)
    print(*HEAD, sep="\n", flush=True)
    for load in LOADS:
        if options.only not in load.name or (load.short and not scarce_here()):
            continue
        lines.append(shown(load, *run(load)))
        print(lines[-1], flush=True)
    if options.write:
        page.write(BEGIN, lines)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
