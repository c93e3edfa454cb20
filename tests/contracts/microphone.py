"""What every `Microphone` that hears keeps to. Subclass it and give the fixture `microphone`."""

import threading
import time

from player.ports import EARS_BLOCK, Microphone
from tests.waiting import until


class MicrophoneContract:
    def test_delivers_blocks_of_twenty_milliseconds_in_real_time(self, microphone: Microphone) -> None:
        blocks: list[bytes] = []
        microphone.start(blocks.append)
        assert until(lambda: len(blocks) > 3)
        begin, first = time.monotonic(), len(blocks)
        assert until(lambda: len(blocks) >= first + 50)
        assert 0.7 < time.monotonic() - begin < 2.5
        assert {len(block) for block in blocks} == {2 * EARS_BLOCK}
        assert microphone.healthy()

    def test_is_not_healthy_before_it_starts_nor_after_it_is_closed(self, microphone: Microphone) -> None:
        assert not microphone.healthy()
        microphone.start(lambda pcm: None)
        assert microphone.healthy()
        microphone.close()
        assert not microphone.healthy()

    def test_delivers_nothing_after_it_is_closed_and_may_be_closed_again(
        self, microphone: Microphone
    ) -> None:
        blocks: list[bytes] = []
        microphone.start(blocks.append)
        until(lambda: bool(blocks))
        microphone.close()
        count = len(blocks)
        time.sleep(0.1)  # a block that must not come has no event
        assert len(blocks) == count > 0
        microphone.close()

    def test_may_be_closed_before_it_starts(self, microphone: Microphone) -> None:
        microphone.close()
        assert not microphone.healthy()

    def test_may_be_closed_by_whoever_is_listening(self, microphone: Microphone) -> None:
        blocks: list[bytes] = []

        def once(pcm: bytes) -> None:
            blocks.append(pcm)
            microphone.close()

        microphone.start(once)
        assert until(lambda: bool(blocks))
        assert until(lambda: not microphone.healthy())

    def test_leaves_no_thread_behind(self, microphone: Microphone) -> None:
        before = set(threading.enumerate())
        blocks: list[bytes] = []
        microphone.start(blocks.append)
        until(lambda: bool(blocks))
        microphone.close()
        assert until(lambda: set(threading.enumerate()) <= before)
