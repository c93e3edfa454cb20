"""The process of the media keys: `python -m player.media_keys.worker`. It ends when its input does.

It is told `shown`, again and again. It says `ready` when the desktop knows of it, `alive` each second, and
`press` with a command and its moment. It ends with an error when there is no session bus, or no longer one.
"""

import os
from collections.abc import Callable
from functools import partial
from threading import Thread
from typing import Any

from player.backends.machine_clock import now_s
from player.workers.protocol import error_line, line
from player.workers.serving import Requests, begun_beside

_ALIVE_S = 1.0


def main() -> None:
    """Take media keys until the player is gone."""
    requests, say = begun_beside()
    try:
        import anyio

        anyio.run(_serve, requests, say)
    except Exception as error:  # noqa: BLE001 - whatever it is, the player tells it
        say(error_line(error))


async def _serve(requests: Requests, say: Callable[[str], None]) -> None:
    import anyio
    from anyio.lowlevel import current_token

    from player.media_keys.mpris import MediaPlayer, joined

    bus = await joined(os.getpid())
    remote = MediaPlayer(bus, lambda command: say(line("press", command=command, at_s=now_s())))
    feed = partial(_feed, requests, remote, current_token(), bus.disconnect)
    Thread(target=feed, name="feed", daemon=True).start()
    say(line("ready"))
    never = anyio.Event()
    while bus.connected:
        say(line("alive"))
        with anyio.move_on_after(_ALIVE_S):
            await never.wait()
    raise ConnectionError("the session bus is gone")


def _feed(requests: Requests, remote: Any, token: Any, leave: Callable[[], None]) -> None:
    """Pass on what the player says until it says no more."""
    import anyio.from_thread

    while (message := requests.get()) is not None:
        if message["kind"] == "shown":
            anyio.from_thread.run_sync(partial(remote.show, message["shown"]), token=token)
    anyio.from_thread.run_sync(leave, token=token)


if __name__ == "__main__":
    main()
