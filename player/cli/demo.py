"""`player demo`."""

import argparse
import sys
import tempfile
from pathlib import Path

from player.app import demo
from player.app.choices import DEFAULT_VOICE, is_stdout
from player.app.session_config import SessionConfig
from player.cli.main import DEFAULT_ROUTINE
from player.cli.pipe import warn
from player.cli.screen import Lines
from player.errors import BackendError
from player.files import languages, voices
from player.routine.compile.compose import load_plan
from player.voice.fallback import FallbackVoice


def run(options: argparse.Namespace) -> int:
    """Lead the demonstration; 0 when every spoken command was obeyed. Raises `BackendError` when not."""
    plan = demo.excerpt(load_plan(DEFAULT_ROUTINE))
    language = languages.load(plan.language)
    out = Path(options.out)
    words = sys.stderr if is_stdout(options.out) else sys.stdout
    with (
        FallbackVoice(voices.find(DEFAULT_VOICE), report=warn, one_voice=True) as voice,
        FallbackVoice(demo.helper_voice()) as helper,
        tempfile.TemporaryDirectory(prefix="player-demo-") as folder,
    ):
        source = Path(folder) / "microphone.wav"
        demo.microphone_file(source, language, helper)
        setting = SessionConfig(plan, language, voice.render)
        obeyed = demo.lead(setting, out, source, Lines(plan, language, words))
    said = tuple(command for _at_s, command in demo.SPOKEN)
    print(f"said:   {', '.join(said)}\nobeyed: {', '.join(obeyed)}\nsound:  {out}", file=words)
    if obeyed != said:
        raise BackendError("the ears did not understand everything", "run `player doctor`")
    return 0
