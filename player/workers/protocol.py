"""What a worker process and its client say to each other: one JSON object a line, `kind` first, over pipes.

The end of the client's stream means: end. Sound goes as base64. Which kinds there are each worker says.
"""

import base64
import json
from contextlib import suppress
from typing import Any

from player.errors import PlayerError

Message = dict[str, Any]


def line(kind: str, **values: object) -> str:
    """Write one message."""
    return json.dumps({"kind": kind, **values}) + "\n"


def read(text: bytes | str) -> Message:
    """Read one message. Raises `ValueError` for what is none."""
    message = json.loads(text)
    if not isinstance(message, dict) or not isinstance(message.get("kind"), str):
        raise ValueError("no JSON object with a kind")  # noqa: TRY004 - whoever reads expects one error
    return message


def error_line(error: Exception, **values: object) -> str:
    """Write that something failed, and what can be done about it."""
    known = isinstance(error, PlayerError)
    text = str(error) if known else f"{type(error).__name__}: {error}"
    hint = error.hint if isinstance(error, PlayerError) else ""
    return line("error", **values, error=type(error).__name__, message=text, hint=hint)


def pcm_text(pcm: bytes) -> str:
    """Write sound into a message."""
    return base64.b64encode(pcm).decode()


def read_pcm(message: Message) -> bytes | None:
    """Return the sound in a message; None when there is none."""
    with suppress(KeyError, ValueError, TypeError):
        return base64.b64decode(message["pcm"], validate=True)
    return None
