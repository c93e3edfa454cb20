"""The child process that speaks into memory: `python -m player.voice.worker`.

Lines of JSON, in on stdin and out on stdout, one answer for each request:

    {"voice": {…the profile's fields…}}          first line, no answer
    {"id": 1, "text": "Close your eyes."}        {"id": 1, "pcm": "…base64 of s16le, mono, 48 kHz…"}
                                                 {"id": 1, "error": "…", "hint": "…"}

It ends when stdin does, even in the middle of a render, so it never outlives the player.
"""

import json
import os
import signal
import sys
from base64 import b64encode
from collections.abc import Iterator
from queue import SimpleQueue
from threading import Thread
from typing import Any, BinaryIO

from player.backends.pyttsx3_voice import Pyttsx3Voice
from player.environment import leave_no_core
from player.errors import PlayerError
from player.files.voices import VoiceProfile
from player.voice.delivery import deliver, properties


def main() -> None:
    """Answer requests until stdin ends."""
    leave_no_core()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the player decides when a session ends
    replies = _keep_stdout_clean()
    requests = _requests()
    profile = VoiceProfile(**next(requests)["voice"])
    voice: Pyttsx3Voice | None = None
    for request in requests:
        try:
            voice = voice or Pyttsx3Voice(profile.engine, properties(profile))
            answer = {"pcm": b64encode(deliver(voice, profile, request["text"])).decode()}
        except PlayerError as error:
            answer = {"error": str(error), "hint": error.hint}
        except Exception as error:  # noqa: BLE001  # whatever it is, only the client can tell the user
            answer = {"error": f"{type(error).__name__}: {error}", "hint": ""}
        replies.write(json.dumps({"id": request["id"]} | answer).encode() + b"\n")
        replies.flush()


def _keep_stdout_clean() -> BinaryIO:
    """Return the pipe to the client; whatever else is printed, by C code too, goes to stderr."""
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return replies


def _requests() -> Iterator[dict[str, Any]]:
    lines: SimpleQueue[bytes] = SimpleQueue()
    Thread(target=_read, args=(lines,), name="requests", daemon=True).start()
    while True:
        yield json.loads(lines.get())


def _read(lines: SimpleQueue[bytes]) -> None:
    for line in sys.stdin.buffer:
        lines.put(line)
    os._exit(0)  # the player is gone, and a render may be under way


if __name__ == "__main__":
    main()
