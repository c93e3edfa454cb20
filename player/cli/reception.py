"""The room of an evening, once its loudspeaker sounds: words, voice, screen, devices; then the host leads."""

import argparse
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from player.app.choices import Choices
from player.app.sounding import Sounding
from player.app.speaking import Speaking, Watching
from player.app.starting_ears import VOICE_FIRST_S
from player.app.world import World
from player.cli.host import Host
from player.cli.performer import Performer, Showing, first_words
from player.cli.pipe import warn
from player.cli.prepared import Screen, furnished
from player.cli.settings import chosen, own_settings
from player.core.evening import AnsweredBy
from player.core.menu_words import Words
from player.core.session import Session
from player.files import languages, settings, voices
from player.files.settings import Settings
from player.voice.fallback import FallbackVoice

if TYPE_CHECKING:
    from player.cli.repertoire import Repertoire

NOT_LED = 1


def receive(options: argparse.Namespace, sounds: Sounding | None) -> int:
    """Lead an evening in the room where it `sounds`; None: into a file."""
    choices = chosen(options)
    own = own_settings()
    applied = settings.apply(own, languages.load("en"))
    words = languages.evening(applied.language)
    applied = replace(applied, language=words.language)
    host, untold = Host(choices.who, words), list[str]()  # the room hides what is printed
    plan = host.menu(host.first)
    with ExitStack() as closing:
        setting, screen, voice = closing.enter_context(furnished(plan, own, applied, choices, options.bed))
        spoken = threading.Event()
        first = voice.prepare(first_words(plan), lambda _done, _all: spoken.set())  # it takes the longest
        first.add_done_callback(lambda _failed: spoken.set())
        world = closing.enter_context(_world(choices, words, screen, sounds, spoken))
        if sounds is not None and world.answered_by is AnsweredBy.NOTHING:
            screen.tell("evening_unheard")
            return NOT_LED
        performer = Performer(
            voice=voice,
            screen=screen,
            world=world,
            setting=setting,
            manner=Session(pace=choices.pace),
            sounds=setting.sounds,
            another=partial(_another, closing, screen),
            watching=_watching(choices, words, screen, world, closing),
            showing=_showing(choices, words, screen, world, closing),
        )
        with ThreadPoolExecutor(1, "repertoire") as apart:
            apart.submit(spoken.wait, VOICE_FIRST_S)
            host.lead(performer, apart.submit(_repertoire, choices, words, own, screen, untold))
    list(map(warn, untold))
    return 0


def _another(closing: ExitStack, screen: Screen, before: Speaking) -> Speaking:
    """Return the voice after this one, open until the room is left."""
    profile = voices.like(before.profile)[0]
    return closing.enter_context(FallbackVoice(profile, report=partial(screen.tell, "lesser_voice")))


def _watching(choices: Choices, words: Words, screen: Screen, world: World, closing: ExitStack) -> Watching:
    """Take media keys, where they are asked for; return who watches a plan for them."""
    if not choices.media_keys or choices.out_file is not None:
        return lambda _plan: ()
    from player.cli.media_keys import media_keys_beside

    keys = media_keys_beside(words.language, world.post, screen.tell, wanted=True)
    return closing.enter_context(keys)


def _showing(choices: Choices, words: Words, screen: Screen, world: World, closing: ExitStack) -> Showing:
    """Serve a page, where it is asked for; return who shows a plan on it."""
    if not choices.page:
        return lambda _plan, _led: ()
    from player.cli.page import page_of_evening

    return closing.enter_context(page_of_evening(choices, words.language, world.post, screen.tell))


def _repertoire(
    choices: Choices, words: Words, own: Settings, screen: Screen, untold: list[str]
) -> "Repertoire":
    """Read the shelf, while the first words are said."""
    from player.app import care
    from player.cli import keeping
    from player.cli.repertoire import Repertoire

    keeping.tell_of_kept(care.person(choices.who), screen)
    return Repertoire(choices, words, {"product": own.product} if own.product else {}, untold.append)


@contextmanager
def _world(
    choices: Choices, words: Words, screen: Screen, sounds: Sounding | None, spoken: threading.Event
) -> Iterator[World]:
    """Open the room of the evening: the devices of this machine, or files."""
    if sounds is None:
        from player.app import virtual

        assert choices.out_file is not None
        files = virtual.Files(choices.out_file, choices.source_file)
        with virtual.VirtualWorld(files, words.language, choices.ears) as world:
            yield world
        return
    from player.app import real

    with real.RealWorld(choices, words.language, screen.tell, sounds, spoken) as world:
        yield world
