"""The JSON form of observations: the one codec of the log and of whatever sends them on.

In: second of the session and an `Observation`; out: a mapping or a line of JSON, `t` and `event` first, keys
in the order in which a log has them. Keys and names stay as they are: people keep logs.
"""

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from player.core.observations import (
    CommandObeyed,
    DeviceFound,
    DeviceLost,
    EchoStatus,
    ListeningChanged,
    NoticeGiven,
    Observation,
    PrivacyChanged,
    SessionFinished,
    SessionPaused,
    SessionResumed,
    SessionStarted,
    SpeechEnded,
    SpeechStarted,
    StepStarted,
    StrokeStarted,
    TonePlayed,
    Transcribed,
    UtteranceRejected,
    VoiceDucked,
)

NAMES: Mapping[type[Observation], str] = {
    SessionStarted: "started",
    StepStarted: "step",
    SpeechStarted: "speech_started",
    SpeechEnded: "speech_ended",
    StrokeStarted: "stroke",
    NoticeGiven: "notice",
    Transcribed: "heard",
    CommandObeyed: "command",
    UtteranceRejected: "rejected",
    SessionPaused: "paused",
    SessionResumed: "resumed",
    ListeningChanged: "listening",
    DeviceLost: "notice",
    DeviceFound: "notice",
    TonePlayed: "tone",
    VoiceDucked: "ducked",
    EchoStatus: "echo",
    PrivacyChanged: "private",
    SessionFinished: "finished",
}


def to_plain(t_s: float, observation: Observation) -> dict[str, Any]:
    """Return the JSON form of what was observed at `t_s`."""
    return {"t": t_s, "event": NAMES[type(observation)], **_values(observation)}


_WHERE_NAMED = {"name", "names"}  # of what is on offer: only where there is something


def to_line(t_s: float, observation: Observation) -> str:
    """Return the JSON form as one line of a log."""
    return json.dumps(to_plain(t_s, observation), ensure_ascii=False) + "\n"


def _values(observation: Observation) -> dict[str, Any]:
    match observation:
        case DeviceLost(device=device):
            return {"text": "", "became": "lost", "device": device}
        case DeviceFound(device=device):
            return {"text": "", "became": "found", "device": device}
        case Transcribed(text, score, margin, start_s, end_s):
            return {"text": text, "score": score, "margin": margin, "start": start_s, "end": end_s}
        case StrokeStarted(place=place, of=of):
            where = {"part": place.part.name.lower(), "set": place.set, "stroke": place.stroke}
            return {**where, "of": of, "elapsed_ms": place.elapsed_ms}
    values = {field.name: getattr(observation, field.name) for field in fields(observation)}
    return {name: value for name, value in values.items() if value or name not in _WHERE_NAMED}
