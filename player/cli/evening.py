"""`player` without a command: the whole evening by voice, from the welcome to "good night"."""

import argparse
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace

from player.app import care, resume
from player.app.choices import Choices
from player.app.evening import Shelf
from player.app.world import World
from player.cli import keeping, play
from player.cli.host import Host
from player.cli.log import warn
from player.cli.media_keys import media_keys_beside
from player.cli.prepared import Screen, furnished
from player.cli.settings import chosen, own_settings
from player.core.menu_words import Words
from player.core.plan import Plan
from player.errors import UsageError
from player.files import languages, paths, settings
from player.routine.compile.load import Scripts

_NONE = Plan("evening", "", "en", ())


def run(options: argparse.Namespace) -> int:
    """Lead an evening; 0 however it ended."""
    choices = chosen(options)
    if choices.page:
        raise UsageError("--page: an evening has no page", "a session has one: `player play ROUTINE --page`")
    with paths.standing_in(warn), resume.alone(warn), ExitStack() as closing:
        own = own_settings()
        applied = settings.apply(own, languages.load("en"))
        words = languages.evening(applied.language)
        shelf = closing.enter_context(_apart(lambda: Shelf(Scripts(paths.scripts()), words)))
        furniture = furnished(_NONE, own, replace(applied, language=words.language), choices, options.bed)
        setting, screen, voice = closing.enter_context(furniture)
        world = closing.enter_context(_world(choices, words, screen))
        wanted = choices.media_keys and choices.out_file is None
        keys = media_keys_beside(words.language, world.post, screen.tell, wanted=wanted)
        if not world.answerable:
            screen.tell("nobody_heard")
            return play.NOT_LED
        keeping.tell_of_kept(care.person(choices.who), screen)
        Host(
            choices=choices,
            words=words,
            screen=screen,
            voice=voice,
            world=world,
            setting=setting,
            shelf=shelf,
            wishes={"product": own.product} if own.product else {},
            watching=closing.enter_context(keys),
        ).lead()
    return 0


@contextmanager
def _apart(made) -> Iterator["Future[Shelf]"]:  # type: ignore[no-untyped-def]
    """Make the shelf in a thread while the devices are opened."""
    with ThreadPoolExecutor(1, "shelf") as pool:
        yield pool.submit(made)


@contextmanager
def _world(choices: Choices, words: Words, screen: Screen) -> Iterator[World]:
    """Open the room of the evening: the devices of this machine, or files."""
    if choices.out_file is not None:
        from player.app import virtual

        files = virtual.Files(choices.out_file, choices.source_file)
        with virtual.VirtualWorld(files, words.language, choices.ears) as world:
            yield world
        return
    from player.app import real

    with real.RealWorld(choices, words.language, screen.tell) as world:
        yield world
