"""The demonstration: a short session in virtual time in which a second voice speaks the commands.

The commands are rendered on the spot into a microphone file and really recognised; nothing is pretended.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import soundfile

from player.app import virtual
from player.app.session_config import SessionConfig
from player.core.commands import Command
from player.core.observations import CommandObeyed, Observation
from player.core.plan import Plan
from player.core.wording import Language
from player.files import voices
from player.files.voices import VoiceProfile
from player.ports import RATE_HZ, Observer, Samples, Synthesiser

LENGTH_S = 75.0
SPOKEN = (
    (17.0, Command.PAUSE),
    (23.0, Command.RESUME),
    (37.0, Command.REPEAT),
    (50.0, Command.NEXT),
)
NOISE_DB = -66.0  # a quiet room


@dataclass(slots=True)
class Obeyed:
    """Collects which commands were obeyed."""

    commands: list[Command]

    def observe(self, t_s: float, observation: Observation) -> None:
        """Keep the command of one that was obeyed."""
        del t_s
        if isinstance(observation, CommandObeyed):
            self.commands.append(observation.command)


def excerpt(plan: Plan) -> Plan:
    """Return the steps of the demonstration: two places of the routine, and its end."""
    return replace(plan, steps=(plan.steps[2], plan.steps[3], plan.steps[-1]))


def microphone_file(path: Path, language: Language, speaker: Synthesiser) -> None:
    """Write the room: `speaker` says the commands, with a little noise (fixed seed)."""
    room = (
        np.random.default_rng(1).normal(0, 10 ** (NOISE_DB / 20), int(LENGTH_S * RATE_HZ)).astype(np.float32)
    )
    for at_s, command in SPOKEN:
        _put(room, int(at_s * RATE_HZ), speaker.render(language.name(command)))
    soundfile.write(path, room, RATE_HZ, subtype="PCM_16")


def _put(room: Samples, at: int, word: Samples) -> None:
    room[at : at + len(word)] += word


def lead(setting: SessionConfig, out: Path, source: Path, watch: Observer) -> tuple[Command, ...]:
    """Lead the demonstration into `out`; return the commands that were obeyed, in order."""
    obeyed = Obeyed([])
    setting = replace(setting, observers=(watch, obeyed))
    virtual.lead(setting, virtual.Files(out, source))
    return tuple(obeyed.commands)


def helper_voice() -> VoiceProfile:
    """Return a voice that is plainly not the player's."""
    british = voices.find("espeak-british")
    return replace(british, name="helper", voice="en-gb-x-rp+m1", rate_wpm=140, pitch=45)
