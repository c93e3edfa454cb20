"""The child process that speaks into memory: `python -m player.voice.worker`.

In the lines of `player/workers/protocol.py`, one answer for each request:

    {"kind": "voice", …the profile's fields…}          first line, no answer
    {"kind": "speak", "id": 1, "text": "Close …"}      {"kind": "clip", "id": 1, "pcm": "…base64…"}
                                                       {"kind": "error", "id": 1, "message": …, "hint": …}

The sound is s16le, mono, 48 kHz. It ends when stdin does, even in the middle of a render.
"""

import sys
from queue import SimpleQueue

from player.backends.pyttsx3_voice import Pyttsx3Voice
from player.environment import leave_no_core
from player.files.voices import VoiceProfile
from player.voice.delivery import deliver, properties
from player.workers import serving
from player.workers.protocol import Message, error_line, line, pcm_text


def main() -> None:
    """Answer requests until stdin ends."""
    leave_no_core()
    say = serving.conversation()
    requests: SimpleQueue[Message | None] = SimpleQueue()
    serving.pass_on(sys.stdin.buffer, requests.put)
    profile = VoiceProfile(**{key: value for key, value in (requests.get() or {}).items() if key != "kind"})
    voice: Pyttsx3Voice | None = None
    while request := requests.get():
        try:
            voice = voice or Pyttsx3Voice(profile.engine, properties(profile))
            answer = line("clip", id=request["id"], pcm=pcm_text(deliver(voice, profile, request["text"])))
        except Exception as error:  # noqa: BLE001  # whatever it is, only the client can tell the user
            answer = error_line(error, id=request["id"])
        say(answer)


if __name__ == "__main__":
    main()
