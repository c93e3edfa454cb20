"""`player` without a command: the whole evening by voice, from the welcome to "good night"."""

import argparse
from contextlib import ExitStack

from player.app.choices import is_file
from player.app.sounding import sounding
from player.cli.pipe import warn
from player.errors import UsageError
from player.files import paths
from player.files.alone import alone


def run(options: argparse.Namespace) -> int:
    """Lead an evening; 0 however it ended."""
    if (options.page or options.page_host) and is_file(options.out):
        raise UsageError("--page: a sound file is made faster than anybody can look", "leave one of them out")
    with paths.standing_in(warn), alone(warn), ExitStack() as closing:
        sounds = None if is_file(options.out) else closing.enter_context(sounding(options.out))
        from player.cli import reception  # while the loudspeaker wakes up: this takes as long

        return reception.receive(options, sounds)
