"""A web server on this machine that misbehaves on request, and small archives."""

import contextlib
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from small_model import MODEL, packed


@dataclass
class Site:
    """One file, and how the server treats whoever asks for it."""

    body: bytes = b""
    etag: str = '"one"'
    status: int = 200
    ranges: bool = True  # False: the whole, whatever is asked for
    cut_after: list[int] = field(default_factory=list)  # bytes after which an answer breaks off, in turn
    drip_s: float = 0.0  # pause after each byte
    silent_s: float = 0.0  # pause before any answer
    no_length: bool = False
    wrong_join: bool = False
    always_a_piece: bool = False  # 206 also to whoever asked for the whole
    send_on: str = ""
    endless: bool = False
    asked: list[str] = field(default_factory=list)  # the Range of each request
    base: str = ""

    @property
    def url(self) -> str:
        return f"{self.base}/model.zip"


class _Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, *args, site: Site, **more) -> None:
        self.site = site
        super().__init__(*args, **more)

    def log_message(self, format: str, *args) -> None:  # noqa: A002
        pass

    def do_GET(self) -> None:
        self.close_connection = True
        with contextlib.suppress(
            BrokenPipeError, ConnectionResetError
        ):  # some tests want the client to give up
            self._answer()

    def _answer(self) -> None:
        site = self.site
        asked = self.headers.get("Range", "")
        site.asked.append(asked)
        time.sleep(site.silent_s)  # a server that is slow to answer
        if site.send_on:
            self.send_response(302)
            self.send_header("Location", site.send_on)
            self.end_headers()
            return
        match = re.fullmatch(r"bytes=(\d+)-", asked)
        same = self.headers.get("If-Range", site.etag) == site.etag
        start = int(match[1]) if match and site.ranges and same else 0
        if start >= len(site.body) > 0:
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{len(site.body)}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self._send(start)

    def _send(self, start: int) -> None:
        site, body = self.site, self.site.body[start:]
        piece = start or site.always_a_piece
        self.send_response(206 if piece and site.status == 200 else site.status)
        if piece:
            shown = start + 1 if site.wrong_join else start
            self.send_header("Content-Range", f"bytes {shown}-{len(site.body) - 1}/{len(site.body)}")
        if site.etag:
            self.send_header("ETag", site.etag)
        if not site.no_length and not site.endless:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if site.endless:
            while True:
                self.wfile.write(bytes(1 << 16))
        if site.cut_after:
            body = body[: site.cut_after.pop(0)]
        if not site.drip_s:
            self.wfile.write(body)
            return
        for at in range(len(body)):
            self.wfile.write(body[at : at + 1])
            time.sleep(site.drip_s)  # a server that sends drop by drop


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    it = Site(body=bytes(range(256)) * 400)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Answer, site=it))
    server.daemon_threads = True
    it.base = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=partial(server.serve_forever, poll_interval=0.01))
    thread.start()
    yield it
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PLAYER_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def model_zip() -> bytes:
    return packed(MODEL, "vosk-model-tiny-0.1/")
