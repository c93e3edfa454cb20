"""The SHA-256 of a file, by which a model is known."""

import hashlib
from pathlib import Path


def sha256_of(file: Path) -> str:
    """Return it in hexadecimal; the file is never whole in memory. Raises `OSError`."""
    with file.open("rb") as read:
        return hashlib.file_digest(read, "sha256").hexdigest()
