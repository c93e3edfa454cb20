"""In a room with an echo: the player speaks, somebody says commands over it, and they are obeyed.

Real streams and real processes; what the loudspeaker plays comes back to the microphone.
"""

import time

from tests.e2e import recorded
from tests.e2e.recorded import events
from tests.e2e.test_room import audio, person, playing, until_it_listens
from tests.virtual_audio import LATENCY_MS

__all__ = ["audio", "person"]

ECHO = 0.3
TRIES = 7  # on a busy machine the air of this room breaks off now and then


def steady_air(audio):
    """Let the air keep one pace: the loopback would bend its own by thousands of ppm to hold its latency."""
    modules = audio.pactl("list", "short", "modules").splitlines()
    audio.pactl("unload-module", next(one.split("\t")[0] for one in modules if "module-loopback" in one))
    options = ("source=spk.monitor", "sink=room", f"latency_msec={LATENCY_MS}", "adjust_time=0")
    audio.pactl("load-module", "module-loopback", *options, "source_dont_move=true", "sink_dont_move=true")


def speaking(entries):
    told = events(entries, "speech_started", "speech_ended")
    return bool(told) and told[-1]["event"] == "speech_started" and told[-1]["role"] != "count"


def commands(player):
    return [entry["command"] for entry in events(player.entries(), "command")]


def said_over_it(player, person, word, command):
    """Say it while the player speaks, as often as a person would; return how often it took."""
    for turn in range(TRIES):
        player.wait_for(speaking)
        person.say(word)
        end = time.monotonic() + 4
        while time.monotonic() < end:
            if commands(player)[-1:] == [command]:
                return turn + 1
            time.sleep(0.05)
    raise AssertionError(f"{word} was not heard; the log ends {player.entries()[-8:]}")


def test_commands_said_over_the_narration_are_obeyed(person, audio, tmp_path):
    steady_air(audio)
    audio.echo(ECHO)
    with playing(tmp_path, "--from", "between-brows", "--ears", "pocketsphinx") as player:
        player.wait_for(lambda entries: events(entries, "speech_started"))
        until_it_listens(audio)
        for _ in range(2):
            try:
                player.wait_for(lambda entries: any(e["converged"] for e in events(entries, "echo")))
                break
            except AssertionError:
                assert player.process.poll() is None
        said_over_it(player, person, "next", "next")
        said_over_it(player, person, "slower", "slower")
        said_over_it(player, person, "stop", "stop")
        code, _, err = player.end()
    assert code == 0, err
    obeyed, wanted = commands(player), ["next", "slower", "stop"]
    assert [command for command in obeyed if command in wanted] == wanted
    assert len(obeyed) <= len(wanted) + 1  # a word may be taken for another: docs/hearing.md
    entries = recorded.log(player.log)
    (told, *_) = events(entries, "echo")
    assert told["erle_db"] > 10
    assert 50 < told["delay_ms"] < 1000
