"""`player tune`, `player tune --show`, `player tune --forget`."""

import argparse
import sys

from rich.console import Console
from rich.table import Table

from player.app import ears, enrol
from player.app.choices import DEFAULT_VOICE, Choices
from player.app.enrol_script import Result, usual
from player.cli.log import log_to
from player.cli.pipe import warn
from player.cli.screen import Lines
from player.cli.settings import fill
from player.core.plan import Plan
from player.core.wording import Language
from player.errors import Fault, FileFault, PlayerError
from player.files import enrolment, languages, settings, voices
from player.files.alone import alone
from player.files.enrolment import Enrolment
from player.messages import did_you_mean
from player.voice.fallback import FallbackVoice


def run(options: argparse.Namespace) -> int:
    """Tune, or show or delete what tuning kept."""
    fill(options)
    if options.show:
        return _show(options.who)
    if options.forget:
        return _forget(options.who)
    return _tune(options)


def _show(who: str) -> int:
    kept = enrolment.load(who)
    if kept is None:
        print("nothing is kept of your voice; `player tune` learns it in two to three minutes")
        return 0
    console = Console(highlight=False, soft_wrap=True)
    console.print(
        f"{enrolment.path(who)} ({enrolment.path(who).stat().st_size // 1000} kB, no sound)", markup=False
    )
    console.print(_about(kept), markup=False)
    table = Table("phrase", "takes", "with palms", "", box=None, header_style="bold")
    for phrase, several in kept.takes.items():
        palms = sum(one.palms for one in several)
        weak = "hard to tell from others" if phrase in kept.weak else ""
        table.add_row(phrase, str(len(several)), str(palms), weak)
    console.print(table)
    return 0


def _about(kept: Enrolment) -> str:
    room = f"the room is at {kept.room.floor_db:.0f} dB"
    echo = ", the player is not heard in the microphone"
    if kept.room.echo_db is not None and kept.room.echo_s is not None:
        echo = f", the player at {kept.room.echo_db:.0f} dB after {1000 * kept.room.echo_s:.0f} ms"
    return f"made {kept.made} with microphone `{kept.microphone or 'of the system'}`: {room}{echo}"


def _forget(who: str) -> int:
    print("deleted" if enrolment.forget(who) else "nothing was kept")
    return 0


def _tune(options: argparse.Namespace) -> int:
    own = settings.load()
    applied = settings.apply(own, languages.load("en"))
    for fault in applied.refused:
        warn(str(fault))
    language = applied.language
    words = _words(options.words, language) or _all(language, own)
    choices = Choices(
        routine="",
        voice=options.voice,
        ears=options.ears,
        out=options.out,
        source=options.source,
        log=options.log,
        who=options.who,
    )
    profile = voices.find(options.voice or DEFAULT_VOICE)
    with alone(warn), FallbackVoice(profile, report=warn) as voice:
        result = _led(choices, language, voice, words)
        before = _before(options.who) if options.words else None
        kept = enrol.tuned(result, language, ears.microphone(choices), before)
    if kept is None:
        why = result.ended_early
        raise PlayerError(f"nothing was learned{why and ': '}{why}", _cure(result))
    if result.ended_early:
        print(f"{result.ended_early}: what was learned till then is kept")
    print(enrolment.save(kept, options.who))
    return _show(options.who)


def _led(choices: Choices, language: Language, voice: FallbackVoice, words: tuple[str, ...]) -> Result:
    screen = Lines(Plan("tune", "", language.code, ()), language, sys.stdout)
    with log_to(choices.log) as log:
        scene = enrol.Scene(language, voice.render, (screen, *filter(None, (log,))))
        return enrol.lead(choices, scene, words)


def _all(language: Language, own: settings.Settings) -> tuple[str, ...]:
    theirs = {word.text for word in own.words}
    phrases = [phrase for several in language.phrases.values() for phrase in several]
    return (*usual(language.phrases), *(phrase for phrase in phrases if phrase in theirs))


def _words(asked: list[str], language: Language) -> tuple[str, ...]:
    known = {phrase for several in language.phrases.values() for phrase in several}
    for word in asked:
        if word not in known:
            message = f"`{word}` is no phrase for a command{did_you_mean(word, known)}"
            raise FileFault((Fault("tune", 0, 0, message),), "put phrases of two words in quotes")
    return tuple(asked)


def _before(who: str) -> Enrolment | None:
    try:
        return enrolment.load(who)
    except FileFault:
        return None  # it is about to be replaced


def _cure(result: Result) -> str:
    if result.quit or result.stops >= 2:
        return "`player tune` begins anew whenever you like"
    if result.room is not None and result.room.floor_db > -40:
        return f"the room is loud ({result.room.floor_db:.0f} dB): come closer to the microphone"
    return "see with `player doctor` that the microphone works, then begin anew"
