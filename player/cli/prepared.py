"""Everything that a session needs in any world: words, voice, screen, log, the sound under it."""

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
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
from player.core.spoken_form import spoken_form
from player.core.wording import Language
from player.errors import FileFault
from player.files import languages, settings, speech, there, voices
from player.files.settings import Applied, Settings
from player.files.voices import VoiceProfile
from player.session.texts import instructions, private, spoken
from player.voice.fallback import FallbackVoice
from player.yaml_reader import document

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
        forms = speech.load(plan.language).forms
        for text in sorted(one for one in instructions(plan) if not spoken_form(one, forms)):
            screen.tell("not_spoken", text)
        yield replace(setting, start=start, pace=choices.pace, brief=options.brief), screen, voice


@contextmanager
def furnished(
    plan: Plan, own: Settings, applied: Applied, choices: Choices, sound: str
) -> Iterator[tuple[SessionConfig, Screen, FallbackVoice]]:
    """Have ready log, screen, voice and `sound` under it all, for a session or an evening; close them."""
    language = ears.as_tuned(choices, applied.language)
    with ExitStack() as closing:
        log = closing.enter_context(log_to(choices.log))
        screen = closing.enter_context(shown(plan, language, choices))
        lesser = partial(screen.tell, "lesser_voice")
        profile = _voice(choices.voice, lesser)
        alone = choices.out_file is not None  # a file has one voice, or ends with an error
        voice = closing.enter_context(FallbackVoice(profile, report=lesser, one_voice=alone))
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


def _voice(name: str, tell: Callable[[str, str], None]) -> VoiceProfile:
    """Return the voice of this name; the usual one where there is none, which is told.

    Raises `FileFault` for a file of the user's own that is no voice.
    """
    try:
        return voices.find(name or DEFAULT_VOICE)
    except FileFault as error:
        if document.is_yaml(name) and there.exists(Path(name)):
            raise
        tell(str(error), error.hint)
        return voices.find(DEFAULT_VOICE)


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
