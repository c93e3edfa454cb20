"""A web server on this machine that misbehaves on request, and small archives."""

import io
import re
import threading
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest


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
        try:
            self._answer()
        except (BrokenPipeError, ConnectionResetError):
            pass  # the client gave up, as some tests want

    def _answer(self) -> None:
        site = self.site
        asked = self.headers.get("Range", "")
        site.asked.append(asked)
        time.sleep(site.silent_s)
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
        self.send_response(206 if start and site.status == 200 else site.status)
        if start:
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
            time.sleep(site.drip_s)


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


FST = (
    b"\xd6\xfd\xb2\x7e" + b"\x05\0\0\0const" + b"\x08\0\0\0standard" + b"\x02\0\0\0" + b"\0\0\0\0" + bytes(40)
)

MODEL = {
    "am/final.mdl": b"\0B<TransitionModel>",
    "conf/mfcc.conf": b"--use-energy=false\n",
    "conf/model.conf": b"--endpoint.silence-phones=1\n",
    "graph/HCLr.fst": FST,
    "graph/Gr.fst": FST,
    "graph/disambig_tid.int": b"",
    "graph/words.txt": b"<eps> 0\nnext 1\n",
}


def packed(files: dict[str, bytes], outer: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(outer + name, content)
    return out.getvalue()


@pytest.fixture
def model_zip() -> bytes:
    return packed(MODEL, "vosk-model-tiny-0.1/")
