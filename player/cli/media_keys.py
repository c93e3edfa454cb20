"""Media keys and the headset's button, where `--media-keys` or the settings ask for them."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from player.app.speaking import Watching
from player.cli.page import Post, TellScreen
from player.core.commands import Command
from player.core.plan import Plan
from player.core.wording import Language
from player.errors import BackendError
from player.media_keys.client import MediaKeysProcess, card
from player.page.shown import PageObserver, Shown
from player.session.inbox import Pressed


@contextmanager
def media_keys_beside(
    language: Language, post: Post, tell: TellScreen, *, wanted: bool
) -> Iterator[Watching]:
    """Take media keys while sessions are led; give who watches the session of a plan for them.

    What they cannot do is told, and all is led without them.
    """
    if not wanted:
        yield lambda _plan: ()
        return

    def press(command: Command, at_s: float | None) -> None:
        post(Pressed(command, at_s))

    try:
        keys = MediaKeysProcess(press, partial(tell, "no_media_keys"))
    except BackendError as error:
        tell("no_media_keys", str(error), error.hint)
        yield lambda _plan: ()
        return

    def watching(plan: Plan) -> tuple[PageObserver]:
        def show(shown: Shown) -> None:
            keys.show(card(plan, shown))

        observer = PageObserver(plan, language, show)
        show(observer.shown)
        return (observer,)

    try:
        yield watching
    finally:
        keys.close()
