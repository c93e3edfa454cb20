"""Fetching one file: goes on where it was cut off, checks the sum, says clearly what went wrong."""

import http.client
import json
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from player import __version__
from player.errors import NetworkError, StoreError
from player.models.checksum import sha256_of

Progress = Callable[[int, int | None], None]  # (bytes so far, bytes in all or None)

MAX_BYTES = 4_000_000_000
_CHUNK = 64 * 1024
_ATTEMPTS = 4
_THIS_MACHINE = ("127.0.0.1", "localhost", "::1")
_AGAIN = "run the same command again: it goes on from there"
_ONLINE = "is this computer on the network? (only this command needs it)"


@dataclass(frozen=True, slots=True)
class DownloadPatience:
    """How long a server may take: to answer at all, and to send at least `bytes_` in `window_s`."""

    answer_s: float = 20.0
    window_s: float = 30.0
    bytes_: int = 30_000


class _Cut(Exception):
    """The connection ended before the file did."""


class _NoDowngrade(HTTPRedirectHandler):
    """Never follows a redirection from an encrypted address to another kind."""

    def redirect_request(self, req: Request, *answer: Any) -> Request | None:
        newurl: str = answer[-1]
        if req.full_url.startswith("https:") and not newurl.startswith("https:"):
            raise NetworkError(f"{req.full_url}: sends on to an address without encryption; not followed")
        return super().redirect_request(req, *answer)


@dataclass(frozen=True, slots=True)
class _Part:
    """The part of a file that is here already, and what must hold to go on with it."""

    path: Path
    url: str
    sha256: str

    @property
    def size(self) -> int:
        return self.path.stat().st_size if self.path.exists() else 0

    @property
    def _note(self) -> Path:
        return self.path.with_name(self.path.name + ".json")

    def headers(self) -> dict[str, str]:
        """Ask for the rest, but only of the very same file; else for the whole."""
        note = self._read_note()
        if not self.size or note.get("url") != self.url:
            return {}
        if note.get("validator"):
            return {"Range": f"bytes={self.size}-", "If-Range": note["validator"]}
        return {"Range": f"bytes={self.size}-"} if self.sha256 else {}  # a sum tells a wrong join

    def start(self, answer: Any) -> IO[bytes]:
        """Begin anew with the file that `answer` describes."""
        etag = answer.headers.get("ETag", "")
        validator = etag if etag and not etag.startswith("W/") else answer.headers.get("Last-Modified", "")
        for path in (self.path, self._note):
            path.unlink(missing_ok=True)
            path.touch(mode=0o600)  # nobody else's to read: what is fetched tells what a person does
        self._note.write_text(json.dumps({"url": self.url, "validator": validator}))
        return self.path.open("wb")

    def drop(self) -> None:
        self.path.unlink(missing_ok=True)
        self._note.unlink(missing_ok=True)

    def _read_note(self) -> dict[str, str]:
        try:
            note = json.loads(self._note.read_bytes())
        except (OSError, ValueError, RecursionError):
            return {}
        return note if isinstance(note, dict) else {}


def download(
    url: str,
    path: Path,
    *,
    sha256: str = "",
    progress: Progress | None = None,
    patience: DownloadPatience | None = None,
) -> str:
    """Fetch `url` into the file `path` and return its SHA-256 as hex.

    What has come stays in `path` when the connection breaks, and the next call goes on from there; a file
    with a wrong sum does not stay. `forget` removes `path` and its note. Raises `NetworkError`, `StoreError`.
    """
    check_address(url, sha256)
    part = _Part(path, url, sha256)
    try:
        _fetch(part, progress or (lambda _done, _all: None), patience or DownloadPatience())
        found = sha256_of(path)
        if sha256 and found != sha256.lower():
            part.drop()
            raise NetworkError(
                f"{url}: wrong checksum: SHA-256 is {found}, expected {sha256.lower()}",
                "nothing was kept; try again later, or check where the sum comes from",
            )
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror or error}", f"free some space, then {_AGAIN}") from error
    return found


def forget(path: Path) -> None:
    """Remove what `download` left at `path`."""
    _Part(path, "", "").drop()


def check_address(url: str, sha256: str) -> None:
    """Raise `NetworkError` unless `url` is encrypted, checked by a sum, or on this machine."""
    try:
        address = urlsplit(url)
    except ValueError:
        raise NetworkError(f"{url!r}: not an address") from None
    if address.scheme not in ("http", "https") or not address.hostname:
        raise NetworkError(f"{url!r}: not an address of the kind https://…")
    if address.scheme == "http" and not sha256 and address.hostname not in _THIS_MACHINE:
        raise NetworkError(f"{url}: not encrypted, so anyone on the way could change it", "add --sha256")


def _fetch(part: _Part, progress: Progress, patience: DownloadPatience) -> None:
    for attempt in range(1, _ATTEMPTS + 1):
        before = part.size
        try:
            return _fetch_rest(part, progress, patience)
        except _Cut as cut:
            if attempt == _ATTEMPTS or part.size <= before:
                had = f"cut off after {part.size / 1e6:.1f} MB: {cut}"
                raise NetworkError(f"{part.url}: {had}", _AGAIN) from cut
    return None


def _fetch_rest(part: _Part, progress: Progress, patience: DownloadPatience) -> None:
    headers = part.headers()
    have = part.size if headers else 0
    answer = _ask(part, headers, patience)
    if answer is None:  # nothing is left to fetch
        return
    with answer:
        piece = answer.status == http.HTTPStatus.PARTIAL_CONTENT
        joins = piece and bool(headers) and _begins_at(answer, have)
        if piece and not joins:
            part.drop()
            raise _Cut("the server sent another piece than the one asked for")
        have = have if joins else 0
        total = _total(part, answer, have)
        with part.path.open("ab") if joins else part.start(answer) as file:
            _copy(answer, file, lambda done: progress(have + done, total), patience)
    if total is not None and part.size < total:
        raise _Cut(f"{total / 1e6:.1f} MB were announced")


def _ask(part: _Part, headers: dict[str, str], patience: DownloadPatience) -> Any:
    """Return the open answer, or None where the part turns out to be the whole. Raises `NetworkError`."""
    request_headers = {
        "User-Agent": f"handsfree-player/{__version__}",
        "Accept-Encoding": "identity",
        **headers,
    }
    try:
        request = Request(part.url, headers=request_headers)  # noqa: S310 - check_address saw it
        return build_opener(_NoDowngrade).open(request, timeout=patience.answer_s)
    except HTTPError as error:
        error.close()
        if error.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and headers:
            if error.headers.get("Content-Range") == f"bytes */{part.size}":
                return None
            part.drop()
            return _ask(part, {}, patience)
        raise NetworkError(f"{part.url}: {error.code} {error.reason}", _refused(error.code)) from error
    except URLError as error:
        raise NetworkError(f"{part.url}: cannot connect: {_plain(error.reason)}", _ONLINE) from error
    except (ValueError, http.client.InvalidURL):
        raise NetworkError(f"{part.url!r}: not an address") from None
    except (OSError, http.client.HTTPException) as error:
        raise NetworkError(f"{part.url}: no proper answer: {_plain(error)}", _ONLINE) from error


def _copy(answer: Any, file: IO[bytes], progress: Callable[[int], None], patience: DownloadPatience) -> None:
    done, mark, since = 0, 0, time.monotonic()
    while block := _read(answer):
        file.write(block)
        done += len(block)
        if done > MAX_BYTES:
            raise NetworkError(f"{answer.url}: does not end; stopped after {done / 1e9:.0f} GB")
        progress(done)
        if time.monotonic() - since > patience.window_s:
            if done - mark < patience.bytes_:
                raise NetworkError(
                    f"{answer.url}: too slow: {done - mark} bytes in {patience.window_s:.0f} s", _AGAIN
                )
            mark, since = done, time.monotonic()


def _read(answer: Any) -> bytes:
    try:
        block: bytes = answer.read1(_CHUNK)
    except (OSError, http.client.HTTPException) as error:
        raise _Cut(_plain(error)) from error
    return block


def _total(part: _Part, answer: Any, have: int) -> int | None:
    """Return how long the whole file is; None where the server does not say. Raises where it cannot fit."""
    length = answer.headers.get("Content-Length", "")
    if not length.isdecimal():
        return None
    total = have + int(length)
    if total > MAX_BYTES:
        raise NetworkError(f"{part.url}: {total / 1e9:.1f} GB is too large for a model")
    free = shutil.disk_usage(part.path.parent).free
    if total - have > free:
        raise StoreError(
            f"{part.path.parent}: {(total - have) / 1e6:.0f} MB are needed, {free / 1e6:.0f} MB are free",
            f"free some space, then {_AGAIN}",
        )
    return total


def _begins_at(answer: Any, have: int) -> bool:
    return bool(str(answer.headers.get("Content-Range", "")).startswith(f"bytes {have}-"))


def _refused(code: int) -> str:
    if code == http.HTTPStatus.NOT_FOUND:
        return "it is not there (any more): see 'player models list', or give its address with --url"
    return "the server is in trouble or refuses; try again later"


def _plain(reason: object) -> str:
    if isinstance(reason, TimeoutError):
        return "no answer in time"
    return getattr(reason, "strerror", None) or str(reason) or type(reason).__name__
