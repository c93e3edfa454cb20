"""Everything that a session needs in any world: words, voice, screen, log, the sound under it."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from typing import TextIO, cast

from rich.console import Console

from player.app import bed, ears
from player.app.choices import DEFAULT_VOICE, Choices, starting_place
from player.app.session_config import SessionConfig
from player.cli.log import log_to
from player.cli.screen import Lines, LiveView
from player.cli.settings import own_settings
from player.cli.steady import SteadyOutput
from player.core.plan import Plan
from player.core.wording import Language
from player.files import languages, settings, voices
from player.files.settings import Applied, Settings
from player.session.texts import private, spoken
from player.voice.fallback import FallbackVoice

Screen = LiveView | Lines


@contextmanager
def prepared(
    plan: Plan, choices: Choices, options: argparse.Namespace
) -> Iterator[tuple[SessionConfig, Screen, FallbackVoice]]:
    """Have ready what `plan` is led with; closes it all at the end."""
    usual = languages.load(plan.language)
    own = own_settings()
    applied = settings.apply(own, usual, spoken(plan, usual))
    start = starting_place(plan, choices.start)
    with furnished(plan, own, applied, choices, options.bed) as (setting, screen, voice):
        yield replace(setting, start=start, pace=choices.pace, brief=options.brief), screen, voice


@contextmanager
def furnished(
    plan: Plan, own: Settings, applied: Applied, choices: Choices, sound: str
) -> Iterator[tuple[SessionConfig, Screen, FallbackVoice]]:
    """Have ready log, screen, voice and `sound` under it all, for a session or an evening; close them."""
    language = ears.as_tuned(choices, applied.language)
    profile = voices.find(choices.voice or DEFAULT_VOICE)
    with ExitStack() as closing:
        log = closing.enter_context(log_to(choices.log))
        screen = closing.enter_context(shown(plan, language, choices))
        lesser = partial(screen.tell, "lesser_voice")
        voice = closing.enter_context(FallbackVoice(profile, report=lesser))
        for fault in applied.refused:
            screen.tell("tune_refused", str(fault))
        observers = (*filter(None, (log,)), screen)
        under = bed.under(sound, own, headphones=ears.without_echo(choices), tell=screen.tell)
        yield (
            SessionConfig(
                plan=plan,
                language=language,
                render=voice.without_a_trace(private(plan)),
                observers=observers,
                bed=under.loop,
                sounds=under.on,
                signs_of_life=own.signs_of_life,
            ),
            screen,
            voice,
        )


@contextmanager
def shown(plan: Plan, language: Language, choices: Choices) -> Iterator[Screen]:
    """Show the session. In real time no reader is waited for; a sound file that is made is told of whole."""
    if choices.out_file is not None:  # the standard output is the sound's where that goes there
        yield Lines(plan, language, sys.stderr if choices.to_stdout else sys.stdout)
        return
    out = SteadyOutput(sys.stdout)
    text = cast("TextIO", out)
    screen = Lines(plan, language, text) if choices.plain else LiveView(plan, language, Console(file=text))
    try:
        yield screen
    finally:
        screen.close()
        out.finish()
