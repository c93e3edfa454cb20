"""The page's process: `python -m player.page.worker`. It ends when its input does.

It is told `page` first (what is served, and where), then `codes` (that are good), `page` and `shown`, again.
It says `ready` with its port, `told` when it has taken codes, `alive` each second, `press` with a command and
`used` with a code.
"""

from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import Any

from player.workers.protocol import Message, error_line, line
from player.workers.serving import Requests, begun_beside

_TICKS = 10  # of 0.1 s, between two signs of life
LOOPBACK = "127.0.0.1"


def main() -> None:
    """Serve until the player is gone."""
    requests, say = begun_beside()
    first = requests.get()
    if first is None:
        return
    try:
        _serve(first, requests, say)
    except Exception as error:  # noqa: BLE001 - whatever it is, the player tells it
        say(error_line(error))


def _serve(first: Message, requests: Requests, say: Callable[[str], None]) -> None:
    import uvicorn

    from player.page.server import PageServer

    class Server(uvicorn.Server):
        async def startup(self, sockets: Any = None) -> None:
            await super().startup(sockets=sockets)
            pages.begin()
            Thread(target=_feed, args=(requests, pages, self, say), name="feed", daemon=True).start()
            say(line("ready", port=port))

        async def on_tick(self, counter: int) -> bool:
            if counter % _TICKS == 0:
                say(line("alive"))
            return await super().on_tick(counter)

    host = first["host"]
    config, taken = _bound(uvicorn, host, first["ports"])
    port = taken.getsockname()[1]
    names = (host, "localhost") if host == LOOPBACK else (host,)
    pages = PageServer(
        page=first["page"],
        key=first["key"],
        hosts=tuple(f"{name}:{port}" for name in names),
        press=lambda command: say(line("press", command=command)),
        used=lambda code: say(line("used", code=code)),
    )
    config.app = pages.app()
    Server(config).run(sockets=[taken])


def _bound(uvicorn: Any, host: str, ports: list[int]) -> tuple[Any, Any]:
    """Return the settings of the server and its socket, at the first port that is free. Raises `OSError`."""
    for port in ports:
        config = uvicorn.Config(
            "",
            host=host,
            port=port,
            log_config=None,
            access_log=False,
            server_header=False,
            ws="none",
            lifespan="off",
            timeout_graceful_shutdown=1,
            limit_concurrency=256,
        )
        with suppress(SystemExit):
            return config, config.bind_socket()
    raise OSError(f"{host} is no address of this computer, or is taken")


def _feed(requests: Requests, pages: Any, server: Any, say: Callable[[str], None]) -> None:
    """Pass on what the player says until it says no more."""
    while (message := requests.get()) is not None:
        with suppress(RuntimeError):  # the loop is over
            match message["kind"]:
                case "shown":
                    pages.show(message["shown"])
                case "page":
                    pages.turn(message["page"])
                case "codes":
                    pages.codes.extend(message["codes"])
                    say(line("told"))
    server.should_exit = True


if __name__ == "__main__":
    main()
