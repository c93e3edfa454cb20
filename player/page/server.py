"""The server of the page: one page, one stream of what is shown, one way to press a button.

Who may see it: a one-time code in the address becomes a cookie; without the cookie there is nothing. `Host`
must be ours (no rebinding of names), and `Origin` ours for what steers (no other page's form). Nothing is
loaded from elsewhere.
"""

import html
import io
import json
import re
import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import anyio.from_thread
import anyio.lowlevel
from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from player.page import mirror

_STATIC = Path(__file__).parent / "static"
_KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_PART = re.compile(r"\{(title|language|map|data|head|glass|where|way)\}")
_MOST_PAGES = 64
_MOST_CODES = 8  # that nobody has used yet
_BEAT_S = 10.0  # a stream that says nothing for so long says that it is there
_LONGEST = 64  # bytes of a command
_GUARD = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
_MIRROR_GUARD = mirror.guard(_GUARD)
_WAYS = ("/", mirror.WAY)  # that a code may lead to


@dataclass(slots=True)
class PageServer:
    """Serves one session. `press` gets the id of a command; `page` has title, map, steps and texts.

    `key` is the secret of the cookie, `codes` are those that may still be exchanged for it, and `used` gets
    one that was; `hosts` is what a browser may call this server.
    """

    page: dict[str, Any]
    key: str
    hosts: tuple[str, ...]
    press: Callable[[str], None]
    used: Callable[[str], None]
    codes: list[str] = field(default_factory=list)
    _shown: str = ""  # nothing yet
    _changed: anyio.Event = field(init=False)
    _token: Any = field(init=False)
    _pages: int = 0

    def begin(self) -> None:
        """Belong to the loop that runs now."""
        self._token = anyio.lowlevel.current_token()
        self._changed = anyio.Event()

    def show(self, shown: dict[str, Any]) -> None:
        """Show this from now on; from any other thread."""
        anyio.from_thread.run_sync(partial(self._show, json.dumps(shown)), token=self._token)

    def turn(self, page: dict[str, Any]) -> None:
        """Serve this from now on; from any other thread."""
        anyio.from_thread.run_sync(partial(setattr, self, "page", page), token=self._token)

    def _show(self, shown: str) -> None:
        self._shown = shown
        before, self._changed = self._changed, anyio.Event()
        before.set()

    def app(self) -> ASGIApp:
        """Return the application, guarded."""
        names = ("page.css", "page.js", "icon.svg", *(mirror.STATIC if self.page["mirror"] else ()))
        routes = [
            Route("/", self._page),
            Route("/events", self._events),
            Route("/press", self._press, methods=["POST"]),
            Route("/invite", self._invite, methods=["POST"]),
            *(Route(f"/{name}", self._static) for name in names),
        ]
        if self.page["mirror"]:
            routes += [Route(mirror.WAY, self._page), Route(mirror.PARTS + "{name}", self._part)]
        return _Guard(Starlette(routes=routes), self)

    @property
    def cookie(self) -> str:
        """Its name; browsers keep the cookies of all ports of a host together."""
        return f"player-{self.hosts[0].rpartition(':')[2]}"

    async def _page(self, request: HttpRequest) -> Response:
        here = request.url.path == mirror.WAY
        known = {name: self.page[name] for name in ("steps", "texts", "number")}
        if here:
            known["mirror"] = {**self.page["mirror"], "parts": bool(self.page["mirror"]["parts"])}
        parts = {name: html.escape(self.page[name]) for name in ("title", "language")}
        parts |= {"map": self.page["map"], "data": json.dumps(known).replace("<", "\\u003c")}
        parts |= mirror.parts_of_page(there=bool(self.page["mirror"]), here=here)
        text = (_STATIC / "page.html").read_text(encoding="utf-8")
        return Response(_PART.sub(lambda found: parts[found[1]], text), media_type="text/html")

    async def _static(self, request: HttpRequest) -> Response:
        path = _STATIC / request.url.path.lstrip("/")
        return Response(path.read_bytes(), media_type=_KINDS[path.suffix])

    async def _part(self, request: HttpRequest) -> Response:
        found = mirror.part(self.page["mirror"]["parts"], request.path_params["name"])
        return Response(found[0], media_type=found[1]) if found else PlainTextResponse("not here", 404)

    async def _events(self, _request: HttpRequest) -> Response:
        if self._pages >= _MOST_PAGES:
            return PlainTextResponse("too many pages", 503)
        return StreamingResponse(self._stream(), media_type="text/event-stream")

    async def _stream(self) -> AsyncIterator[str]:
        """Yield what is shown, the newest only: a page that is slow misses what has passed."""
        self._pages += 1
        try:
            yield "retry: 500\n\n"
            while True:
                changed = self._changed
                if self._shown:
                    yield f"data: {self._shown}\n\n"
                while not changed.is_set():
                    with anyio.move_on_after(_BEAT_S):
                        await changed.wait()
                    if not changed.is_set():
                        yield ": here\n\n"
        finally:
            self._pages -= 1

    async def _press(self, request: HttpRequest) -> Response:
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > _LONGEST:
                return PlainTextResponse("too long", 413)
        self.press(body.decode(errors="replace"))
        return Response(status_code=204)

    async def _invite(self, _request: HttpRequest) -> Response:
        """Return a new address for one more device, and its picture."""
        import segno

        self.codes[:] = [*self.codes[1 - _MOST_CODES :], secrets.token_urlsafe(16)]
        address = f"http://{self.hosts[0]}/?code={self.codes[-1]}"
        drawn = io.BytesIO()
        segno.make(address, error="m").save(
            drawn, kind="svg", xmldecl=False, svgns=False, omitsize=True, border=2
        )
        return JSONResponse({"address": address, "svg": drawn.getvalue().decode()})

    def known(self, request: HttpRequest) -> bool:
        """Whether the cookie is ours."""
        return secrets.compare_digest(request.cookies.get(self.cookie, "").encode(), self.key.encode())

    def redeemed(self, code: str) -> bool:
        """Whether the code was good; it is so once."""
        good = [one for one in self.codes if secrets.compare_digest(one.encode(), code.encode())]
        for one in good:
            self.codes.remove(one)
            self.used(one)
        return bool(good)


class _Guard:
    """Stands before everything: refuses who may not, and sends the guarding headers with every answer."""

    def __init__(self, app: ASGIApp, server: PageServer) -> None:
        self._app = app
        self._server = server

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                guard = _MIRROR_GUARD if scope["path"] == mirror.WAY else _GUARD
                extra = [(name.encode(), text.encode()) for name, text in guard.items()]
                message = {**message, "headers": [*message["headers"], *extra]}
            await send(message)

        if scope["type"] == "http":
            answer = self._refused(HttpRequest(scope))
            await (answer or self._app)(scope, receive, guarded)
        elif scope["type"] == "lifespan":
            await self._app(scope, receive, send)

    def _refused(self, request: HttpRequest) -> Response | None:
        """Return the answer to who may not go on; None: go on."""
        server, host = self._server, request.headers.get("host", "")
        if host not in server.hosts:
            return PlainTextResponse("not here", 421)
        if request.method == "POST" and request.headers.get("origin") != f"http://{host}":
            return PlainTextResponse("not from there", 403)
        code = request.query_params.get("code")
        if code is not None and request.method == "GET" and request.url.path in _WAYS:
            return self._exchanged(code, request)
        if not server.known(request):
            return PlainTextResponse("Open the address that the player shows; each is good once.", 403)
        return None

    def _exchanged(self, code: str, request: HttpRequest) -> Response | None:
        way = request.url.path
        if not self._server.redeemed(code):
            known = self._server.known(request)  # the same address again, in the same browser
            return RedirectResponse(way, 303) if known else PlainTextResponse("used already", 403)
        answer = RedirectResponse(way, 303)
        answer.set_cookie(self._server.cookie, self._server.key, httponly=True, samesite="strict", path="/")
        return answer
