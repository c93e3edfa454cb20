"""A microphone that opens but gives nothing: told of once, found when sound comes."""

import json
import threading
import time

import pytest

from player.ears import protocol
from player.ears.worker import EarsLoop
from player.files import languages
from player.ports import EARS_BLOCK
from tests.waiting import until

LANGUAGE = languages.load("en")


class Suspended:
    """Opens whenever it is asked to, and looks well for a moment; sound comes only when it `gives`."""

    def __init__(self) -> None:
        self.gives = True
        self.opened = 0
        self._sink = None
        self._seen_s = time.monotonic()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self, sink) -> None:
        self._sink = sink
        self._thread.start()

    def reopen(self) -> None:
        self.opened += 1
        self._seen_s = time.monotonic()

    def healthy(self) -> bool:
        return time.monotonic() - self._seen_s < 0.3

    def close(self) -> None:
        self._over.set()

    def _run(self) -> None:
        while not self._over.wait(0.02):
            if self.gives:
                self._seen_s = time.monotonic()
                self._sink(bytes(2 * EARS_BLOCK))


@pytest.mark.parametrize("chatter", [False, True], ids=["quiet", "while messages keep coming"])
def test_it_is_lost_once_and_found_once(chatter):
    said: list[str] = []
    microphone = Suspended()
    loop = EarsLoop(
        protocol.Setup("pocketsphinx", LANGUAGE.phrases, languages.other_words("en")), microphone, said.append
    )
    thread = threading.Thread(target=loop.run, daemon=True)
    thread.start()

    def lines() -> list[str]:
        return [kind for kind in (json.loads(one)["kind"] for one in said) if kind in {"lost", "found"}]

    def wait(true, limit_s: float) -> None:
        def look() -> bool:
            if chatter:
                loop.put({"kind": "own_voice", "audible": False})
            return true()

        until(look, limit_s)

    wait(lambda: any("ready" in one for one in said), 20)
    microphone.gives = False
    wait(lambda: microphone.opened >= 4, 15)
    assert microphone.opened >= 4
    assert lines() == ["lost"]
    microphone.gives = True
    wait(lambda: "found" in lines(), 5)
    loop.put(None)
    thread.join(10)
    assert lines() == ["lost", "found"]
