"""`player settings`: shows what is usual here, and changes it. What a command line says wins over it."""

import argparse
import sys
from pathlib import Path

from player.app.choices import Choices
from player.cli import streams
from player.cli.address import host
from player.cli.pipe import warn
from player.errors import FileFault, StoreError, UsageError
from player.files import paths, settings, voices
from player.messages import did_you_mean, shown


def run(options: argparse.Namespace) -> int:
    """Change what is given as KEY=VALUE, and show all of it."""
    for text in options.change:
        _change(text)
    own = settings.load()
    shown = {
        "voice": own.voice,
        "pace": f"{own.pace:g}",
        "minutes": "" if own.minutes is None else f"{own.minutes:g}",
        "product": own.product,
        "who": own.who,
        "bed": own.bed,
        "quiet": "tone" if own.signs_of_life else "none",
        "media_keys": "on" if own.media_keys else "off",
    }
    for key, value in shown.items():
        print(f"{key:<10} {value or 'the usual'}")
    print(f"Kept in {own.path}; `player settings KEY=VALUE` changes one, `KEY=` makes it the usual one.")
    return 0


def _change(text: str) -> None:
    key, sign, value = text.partition("=")
    if not sign and key in settings.KEYS:
        raise UsageError(f"`{key}` has no value", f"write `{key}=VALUE`, or `{key}=` for the usual one")
    if key not in settings.KEYS:
        near = did_you_mean(key, settings.KEYS)
        raise UsageError(f"`{text}` is no setting{near}", f"write KEY=VALUE, of {', '.join(settings.KEYS)}")
    if value:
        _refuse_missing(key, value)
    settings.remember(key, value)


def _refuse_missing(key: str, value: str) -> None:
    """Tell now of what is not there, and not in a session. Raises `FileFault`, `UsageError`."""
    if key == "voice":
        voices.find(value)
    elif key == "bed":
        from player.app import bed  # sound libraries, which most commands that read settings do without

        bed.loop_of(value, headphones=True)
    elif key == "product":
        from player.routine.compile.load import LIBRARY
        from player.routine.compile.load_library import load_library

        products = load_library(paths.scripts() / LIBRARY).products
        if value not in products:
            near = did_you_mean(value, products)
            raise UsageError(
                f"there is no product `{shown(value)}`{near}", f"products: {', '.join(products)}"
            )


def chosen(options: argparse.Namespace) -> Choices:
    """Return what the options choose; what they do not say is what is usual here."""
    own = fill(options)
    choices = Choices(
        routine=options.routine,
        voice=options.voice,
        ears=options.ears,
        out=options.out,
        source=options.source,
        start=options.start,
        pace=options.pace,
        headphones=options.headphones,
        log=options.log,
        check=not options.skip_check,
        plain=options.plain or streams.plain(sys.stdout),
        who=options.who,
        page=host(options.page_host, wanted=options.page),
        mirror=options.mirror,
        media_keys=own.media_keys if options.media_keys is None else options.media_keys,
    )
    if options.media_keys and choices.out_file is not None:
        raise UsageError(
            "--media-keys: a sound file is made faster than anybody can press a key", "leave one of them out"
        )
    return choices


def own_settings() -> settings.Settings:
    """Return the user's settings; those that cannot be read are told of and left out. Raises `FileFault`."""
    try:
        return settings.load()
    except FileFault as error:
        if not isinstance(error.__cause__, OSError):
            raise
        warn(f"{error}: led without your settings")
        return settings.Settings(settings.path())


def fill(options: argparse.Namespace) -> settings.Settings:
    """Put what is usual here in the place of what the command line does not say; return the settings."""
    try:
        own = settings.load()
    except (FileFault, StoreError):  # told of when they are needed
        own = settings.Settings(Path())
    for key in ("voice", "who", "pace", "minutes"):
        if key in options and getattr(options, key) in {"", None}:
            setattr(options, key, getattr(own, key))
    return own
