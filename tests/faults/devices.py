"""Faults of loudspeakers, microphones and the sound server."""

import numpy as np
import soundfile

from player.ports import EARS_RATE_HZ
from tests.faults.led import Led
from tests.faults.row import Row, nothing

# --- sound server


def move(led: Led) -> None:
    led.audio.pactl("load-module", "module-null-sink", "sink_name=other", "rate=48000", "norewinds=1")
    inputs = led.audio.pactl("list", "short", "sink-inputs").splitlines()
    player = next(line.split("\t")[0] for line in inputs if "loopback" not in line)
    led.audio.pactl("move-sink-input", player, "other")


def move_back(led: Led) -> None:
    inputs = led.audio.pactl("list", "short", "sink-inputs").splitlines()
    player = next(line.split("\t")[0] for line in inputs if "loopback" not in line)
    led.audio.pactl("move-sink-input", player, "spk")


LOUDSPEAKER = (
    Row(
        "loudspeaker unplugged",
        "loudspeaker",
        lambda led: led.audio.unplug(),
        lambda led: led.audio.furnish(),
    ),
    Row("loudspeaker moved to another device", "", move, move_back, goes_on=True),
    Row(
        "loudspeaker suspended",
        "loudspeaker",
        lambda led: led.audio.suspend(),
        lambda led: led.audio.resume(),
        lasts_s=4.0,
    ),
    Row(
        "sound server frozen",
        "loudspeaker",
        lambda led: led.audio.freeze(),
        lambda led: led.audio.thaw(),
        lasts_s=5.0,
    ),
    Row(
        "sound server killed and started again",
        "loudspeaker",
        lambda led: led.audio.kill(),
        lambda led: led.audio.start(),
        short=True,
    ),
    Row(
        "loudspeaker away for 15 s: captions go on",
        "loudspeaker",
        lambda led: led.audio.unplug(),
        lambda led: led.audio.furnish(),
        lasts_s=15.0,
        goes_on=True,
    ),
)


# --- microphone


def switch_profile(led: Led) -> None:
    """A headset that begins to listen: the same devices as before, with the sound of a telephone."""
    led.audio.furnish(rate_hz=16_000, channels=1)


def listening(led: Led) -> str:
    """Return the number of the player's own stream from the microphone."""
    outputs = led.audio.pactl("list", "source-outputs").split("Source Output #")
    return next(one.split("\n")[0] for one in outputs if "ALSA plug-in" in one)


def move_microphone(led: Led) -> None:
    led.audio.pactl(
        "load-module", "module-remap-source", "source_name=other", "master=room.monitor", "channels=2"
    )
    led.audio.pactl("move-source-output", listening(led), "other")


def mute(led: Led, how: str = "1") -> None:
    led.audio.pactl("set-source-mute", "mic", how)


def suspend_microphone(led: Led, how: str = "1") -> None:
    led.audio.pactl("suspend-sink", "room", how)
    led.audio.pactl("suspend-source", "mic", how)


def unplug_microphone(led: Led) -> None:
    modules = led.audio.pactl("list", "short", "modules").splitlines()
    line = next(one for one in modules if "module-remap-source" in one)
    led.audio.pactl("unload-module", line.split("\t")[0])


def plug_microphone(led: Led) -> None:
    led.audio.pactl(
        "load-module", "module-remap-source", "source_name=mic", "master=room.monitor", "channels=1"
    )
    led.audio.pactl("set-default-source", "mic")
    led.audio.pactl("move-source-output", listening(led), "mic")


def clip(led: Led) -> None:
    noise = (
        np.random.default_rng(1).normal(0, 60_000, EARS_RATE_HZ * 2).clip(-32_768, 32_767).astype(np.int16)
    )
    wav = led.home / "loud.wav"
    soundfile.write(wav, noise, EARS_RATE_HZ)
    led.audio.say(wav).wait(20)


MICROPHONE = (
    Row(
        "microphone suspended",
        "microphone",
        suspend_microphone,
        lambda led: suspend_microphone(led, "0"),
        "pocketsphinx",
        lasts_s=4.0,
        goes_on=True,
    ),
    Row(
        "microphone unplugged, another takes its place",
        "",
        unplug_microphone,
        plug_microphone,
        "pocketsphinx",
        goes_on=True,
    ),
    Row(
        "microphone gives zeros",
        "",
        mute,
        lambda led: mute(led, "0"),
        "pocketsphinx",
        lasts_s=3.0,
        goes_on=True,
    ),
    Row(
        "microphone gives zeros for 12 s",
        "signal",
        mute,
        lambda led: mute(led, "0"),
        "pocketsphinx",
        lasts_s=12.0,
        goes_on=True,
        checks=True,
        wordless=True,
    ),
    Row("microphone clips", "", clip, nothing, "pocketsphinx", goes_on=True),
    Row("microphone moved to another device", "", move_microphone, nothing, "pocketsphinx", goes_on=True),
    Row(
        "microphone and loudspeaker frozen with the sound server",
        "loudspeaker",
        lambda led: led.audio.freeze(),
        lambda led: led.audio.thaw(),
        "pocketsphinx",
        lasts_s=6.0,
    ),
    Row(
        "sound server of both killed and started again",
        "loudspeaker",
        lambda led: led.audio.kill(),
        lambda led: led.audio.start(),
        "pocketsphinx",
    ),
    Row(
        "headset switches to another profile",
        "loudspeaker",
        lambda led: led.audio.unplug(),
        switch_profile,
        "pocketsphinx",
        lasts_s=0.5,
    ),
    Row(
        "both devices unplugged",
        "loudspeaker",
        lambda led: led.audio.unplug(),
        lambda led: led.audio.furnish(),
        "pocketsphinx",
        lasts_s=3.0,
    ),
)
