"""`player play`."""

import argparse
import os
import sys
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console

from player.app.choices import DEFAULT_VOICE, Choices, starting_place
from player.app.setting import Setting
from player.cli.request import plan_for
from player.cli.screen import Lines, View
from player.core.plan import Plan, hands_off
from player.core.states import Ending
from player.core.wording import Language
from player.errors import PlayerError
from player.files import languages, voices
from player.files.log import Log
from player.session.notes import Observer
from player.session.texts import spoken
from player.voice.client import VoiceWorker


def run(options: argparse.Namespace) -> int:
    """Lead a session; 0 however it ended."""
    choices = Choices(
        options.routine,
        options.voice,
        options.ears,
        options.out,
        options.source,
        options.start,
        options.pace,
        options.headphones,
        options.log,
    )
    plan = _plan(options, choices)
    language = languages.load(plan.language)
    start = starting_place(plan, choices.start)
    with ExitStack() as closing:
        voice = closing.enter_context(VoiceWorker(voices.find(choices.voice or DEFAULT_VOICE)))
        log = _log(choices, closing)
        if choices.out_file is None:
            voice.prepare(spoken(plan, language))
        view = closing.enter_context(_watching(plan, language))
        setting = Setting(plan, language, voice.render, start, choices.pace, options.brief, (*log, view))
        ending = _lead(setting, choices, language)
    if log and log[0].failed:
        print(f"{choices.log}: the log is not whole: {log[0].failed}", file=sys.stderr)
    return 0 if ending else 1


def _plan(options: argparse.Namespace, choices: Choices) -> Plan:
    plan = plan_for(options, with_gates=True)
    deaf = choices.ears == "none" or (choices.out_file is not None and not choices.source)
    return hands_off(plan) if deaf else plan


def _lead(setting: Setting, choices: Choices, language: Language) -> Ending:
    if choices.out_file is not None:
        from player.app import virtual

        if choices.source and choices.source_file is None:
            raise PlayerError(
                "a sound file cannot be made while listening to a device",
                "give a sound file for --in as well, or leave --in out",
            )
        return virtual.lead(setting, virtual.Files(choices.out_file, choices.source_file), choices.ears)
    from player.app import real

    def tell(key: str, reason: str = "", hint: str = "") -> None:
        print(language.screen[key], reason, f"({hint})" if hint else "", file=sys.stderr)

    return real.lead(setting, choices, tell)


def _log(choices: Choices, closing: ExitStack) -> tuple[Log, ...]:
    if not choices.log:
        return ()
    log = Log(Path(choices.log))
    closing.callback(log.close)
    return (log,)


class _watching:  # noqa: N801 - read as a verb: with _watching(...)
    def __init__(self, plan: Plan, language: Language) -> None:
        live = sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
        self._view: View | Lines = (
            View(plan, language, Console()) if live else Lines(plan, language, sys.stdout)
        )

    def __enter__(self) -> Observer:
        return self._view

    def __exit__(self, *_exc: object) -> None:
        self._view.close()
