"""Whether words are heard while the mirror looks: `python -m tests.mirror.heard`.

A session is led in a room of virtual hardware; somebody says "pause", then "continue", again and again, first
with nothing else to do for the machine, then while a browser without a GPU looks at a face on the same cores.
Told is how many were obeyed at once, and how long after the word's sound.
"""

import sys
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import soundfile

from player.ports import EARS_RATE_HZ
from tests.e2e import microphone
from tests.faults.led import Led
from tests.faults.table import SPEAKER
from tests.mirror import glass
from tests.virtual_audio import room

TIMES = 10
PATIENCE_S = 4.0


def heard(*, mirror: bool) -> str:
    """Return the line of one session."""
    with tempfile.TemporaryDirectory() as folder, room() as audio:
        home = Path(folder)
        looked = glass.looking(home) if mirror else nullcontext(str)
        with looked as told:
            led = Led(audio, home, "--ears", "pocketsphinx", "--headphones")
            try:
                led.until(0.0, "speech_started", 90.0, text="5")
                led.wait_for(lambda: "ALSA plug-in" in audio.pactl("list", "source-outputs"), "it listens")
                delays = [delay for number in range(TIMES) if (delay := _obeyed(led, number)) is not None]
            finally:
                led.close()
            usual = f"{np.median(delays):.2f} s" if delays else "never"
            return f"{len(delays)} of {TIMES} words obeyed, usually after {usual}; {told()}"


def _obeyed(led: Led, number: int) -> float | None:
    """Say a word; return how long after its end it was obeyed, or None, and then press the key."""
    word, command, key = (("pause", "pause", " "), ("continue", "resume", " "))[number % 2]
    wav = led.home / f"{word}.wav"
    clip = microphone.word(SPEAKER, word).astype(np.int16)
    soundfile.write(wav, np.concatenate([clip, np.zeros(EARS_RATE_HZ // 5, np.int16)]), EARS_RATE_HZ)
    began = time.monotonic()
    led.audio.say(wav).wait(20)
    ended = time.monotonic()
    while time.monotonic() < ended + PATIENCE_S:
        if told := led.first(began, "command", command=command, by="voice"):
            return told.at_s - ended
        time.sleep(0.01)  # between two looks at the log of another process
    led.press(key)
    led.until(ended, "command", command=command)
    return None


if __name__ == "__main__":
    for name, mirror in (("nothing else", False), ("the mirror", True)):
        sys.stdout.write(f"{name}: {heard(mirror=mirror)}\n")
        sys.stdout.flush()
