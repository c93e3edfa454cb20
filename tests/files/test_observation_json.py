"""The JSON form of observations, byte for byte as logs have had it."""

from typing import get_args

import pytest

from player.core import observations as seen
from player.core.commands import Command
from player.core.decision import Reason
from player.core.events import Device
from player.core.notation import Role
from player.core.orders import Tone
from player.core.place import Part, Place
from player.core.states import Ending
from player.files.log import ONLY_SHOWN, Log
from player.files.observation_json import NAMES, to_line

LINES = (
    (seen.SessionStarted("quick", "Quick"), '"started", "routine": "quick", "title": "Quick"'),
    (seen.StepStarted("a.b", 1, 9, "chin"), '"step", "step": "a.b", "index": 1, "of": 9, "label": "chin"'),
    (
        seen.SpeechStarted("Ruhe, “so”", Role.COUNT),
        '"speech_started", "text": "Ruhe, “so”", "role": "count"',
    ),
    (seen.SpeechEnded("Rest."), '"speech_ended", "text": "Rest."'),
    (
        seen.StrokeStarted(Place(3, Part.HOLD, 1, 8, 250), 15),
        '"stroke", "part": "hold", "set": 1, "stroke": 8, "of": 15, "elapsed_ms": 250',
    ),
    (seen.NoticeGiven(""), '"notice", "text": ""'),
    (
        seen.Transcribed("stop", -1.0, None, 0.1, 0.5),
        '"heard", "text": "stop", "score": -1.0, "margin": null, "start": 0.1, "end": 0.5',
    ),
    (
        seen.CommandObeyed(Command.HOW_LONG, seen.Origin.VOICE),
        '"command", "command": "how_long", "by": "voice"',
    ),
    (seen.UtteranceRejected("", Reason.NOT_NOW), '"rejected", "text": "", "reason": "not_now"'),
    (seen.UtteranceRejected("next", "doubtful"), '"rejected", "text": "next", "reason": "doubtful"'),
    (seen.SessionPaused(), '"paused"'),
    (seen.SessionResumed(), '"resumed"'),
    (seen.ListeningChanged((Command.NO, Command.STOP)), '"listening", "commands": ["no", "stop"]'),
    (seen.DeviceLost(Device.VOICE), '"notice", "text": "", "became": "lost", "device": "voice"'),
    (seen.DeviceFound(Device.DISK), '"notice", "text": "", "became": "found", "device": "disk"'),
    (seen.TonePlayed(Tone.UNSURE), '"tone", "tone": "unsure"'),
    (seen.VoiceDucked(True), '"ducked", "down": true'),
    (
        seen.EchoStatus(True, 21.5, 80.0, None),
        '"echo", "converged": true, "erle_db": 21.5, "delay_ms": 80.0, "drift_ppm": null',
    ),
    (seen.PrivacyChanged(False), '"private", "private": false'),
    (seen.SessionFinished(Ending.STOPPED), '"finished", "ending": "stopped"'),
)


def test_every_observation_has_its_form_and_its_line_here() -> None:
    kinds = set(get_args(seen.Observation))
    assert set(NAMES) == kinds
    assert {type(observation) for observation, _line in LINES} == kinds


@pytest.mark.parametrize(("observation", "line"), LINES)
def test_the_line_of_a_log_is_as_it_was(observation: seen.Observation, line: str) -> None:
    assert to_line(1.25, observation) == f'{{"t": 1.25, "event": {line}}}\n'


def test_a_log_holds_all_but_what_is_only_shown(tmp_path) -> None:
    log = Log(tmp_path / "log")
    for observation, _line in LINES:
        log.observe(1.25, observation)
    log.close()
    kept = [line for observation, line in LINES if not isinstance(observation, ONLY_SHOWN)]
    expected = "".join(f'{{"t": 1.25, "event": {line}}}\n' for line in kept)
    assert (tmp_path / "log").read_text(encoding="utf-8") == expected
    assert len(kept) == len(LINES) - len(ONLY_SHOWN)
