"""Getting a model: fetch, check, unpack, look whether it is whole, put it in its place.

Whose word is trusted for what the archive should be, in this order: a sum the user gives, the sum in the
catalogue, the sum of the first download of this name. The last is written beside the model and stays when
the model goes, so that a later download of something else under the same name does not pass unnoticed.
"""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

from player.errors import NetworkError, PlayerError, StoreError
from player.models import catalogue, layout, store
from player.models.download import DownloadPatience, Progress, download, forget
from player.models.unpack import unpack

_SHA256 = re.compile(r"[0-9a-fA-F]{64}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def get_model(
    name: str | None = None,
    *,
    url: str | None = None,
    sha256: str | None = None,
    progress: Progress | None = None,
    patience: DownloadPatience | None = None,
) -> Path:
    """Return the folder of the model `name`, fetched unless it is there whole.

    `name` is in the catalogue, or free where `url` is given; without a name, the recommended one. Raises
    `PlayerError` for a wrong name or sum, `NetworkError` for the download, `StoreError` for the disk.
    """
    entry = catalogue.find(name)
    name = _checked(entry.name if entry else name or "", url, sha256)
    target = store.folder() / name
    if target.is_dir() and not layout.missing_pieces(target):
        return target
    address = url or (entry.url if entry else "")
    expected, word = _expected(target, sha256, entry)
    archive = target.with_name(f".{name}.zip.part")
    found = download(address, archive, sha256=expected, progress=progress, patience=patience)
    try:
        unpack(archive, target, check=layout.missing_pieces)
    except NetworkError:  # the archive is at fault; after a full disk it stays for the next try
        forget(archive)
        raise
    forget(archive)
    _write_origin(target, {"url": address, "sha256": found, "trusted": word})
    return target


def origin(target: Path) -> dict[str, str]:
    """Return where a model came from: `url`, `sha256`, `trusted`, `fetched`; {} when unknown."""
    try:
        known = json.loads(_origin_file(target).read_bytes())
    except (OSError, ValueError):
        return {}
    return {str(k): str(v) for k, v in known.items()} if isinstance(known, dict) else {}


def _checked(name: str, url: str | None, sha256: str | None) -> str:
    if sha256 and not _SHA256.fullmatch(sha256):
        raise PlayerError(f"{sha256!r}: not a SHA-256", "it has 64 digits, 0-9 and a-f")
    if not url and not catalogue.find(name):
        raise catalogue.unknown(name)
    if not _NAME.fullmatch(name):
        raise PlayerError(f"{name!r}: not a name for a model", "use letters, digits, '.', '_' and '-'")
    return name


def _expected(target: Path, sha256: str | None, entry: catalogue.CatalogueEntry | None) -> tuple[str, str]:
    """Return the sum to insist on, "" for none, and on whose word."""
    if sha256:
        return sha256.lower(), "given"
    if entry and entry.sha256:
        return entry.sha256, "catalogue"
    known = origin(target).get("sha256", "")
    return (known, "first download") if _SHA256.fullmatch(known) else ("", "first download")


def _write_origin(target: Path, known: dict[str, str]) -> None:
    fetched = datetime.now(UTC).isoformat(timespec="seconds")
    text = json.dumps({**known, "fetched": fetched}, indent=1)
    try:
        _origin_file(target).touch(mode=0o600)
        _origin_file(target).write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise StoreError(f"{_origin_file(target)}: {error.strerror}", "check who owns it") from error


def _origin_file(target: Path) -> Path:
    return target.with_name(f"{target.name}.origin.json")
