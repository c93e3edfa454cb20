"""The voice as the session sees it: a `Synthesiser` whose engine lives in a child process."""

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import asdict, astuple, dataclass
from threading import RLock, Thread
from time import monotonic
from typing import Self

from player.backends import flac
from player.backends.pyttsx3_voice import identity
from player.errors import BackendUnavailable, SynthesisError
from player.files import speech
from player.files.clips import Clips, key_of
from player.files.voices import VoiceProfile
from player.ports import Samples
from player.sound.shaping import from_s16
from player.voice import delivery
from player.voice.prefetch import prefetch
from player.workers.child import Child, ChildLost, Loss
from player.workers.protocol import Message, line, read_pcm
from player.workers.supervisor import Policy, Restarts, Supervisor, SupervisorClosed

COMMAND = (sys.executable, "-P", "-m", "player.voice.worker")
_HINT = "run `player doctor` to see which voices work"
_ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1"}  # no pool of threads for one clip at a time
_LOST = {
    Loss.NOT_STARTED: "it cannot be started ({})",
    Loss.ENDED: "it ended unexpectedly (status {})",
    Loss.SILENT: "it did not answer in time",
    Loss.NO_MESSAGE: "it answered with something else",
}


@dataclass(frozen=True, slots=True)
class VoicePatience:
    """How long the child may take and how often it is started again.

    `attempts` are made for one text, `back_off_s` apart (doubling, as the patience does). When a second text
    fails as well, a rest of 2, 4, 8 … at most `rest_s` seconds begins in which every text fails at once.
    """

    first_s: float = 15.0  # the first render of a fresh child: it starts Python and the engine, maybe slowly
    later_s: float = 8.0  # a tenth of a second in quiet; more with both cores busy
    per_character_s: float = 0.002
    attempts: int = 3
    back_off_s: float = 0.1
    rest_s: float = 30.0
    idle_s: float = 15.0  # a child that nobody asks for so long gives its memory back


class EngineLost(SynthesisError):
    """The engine cannot run, whatever the text."""


class VoiceWorker:
    """A `Synthesiser`; thread-safe. The child is started by the first text that is in no cache.

    A clip is the same to the bit whether it comes from the child or from the cache, and in every process.
    """

    def __init__(
        self,
        profile: VoiceProfile,
        clips: Clips | None = None,
        patience: VoicePatience | None = None,
        command: Sequence[str] = COMMAND,
    ) -> None:
        self.profile = profile
        self.identity = " | ".join(
            (
                *(
                    identity(profile.engine),
                    f"delivery {delivery.VERSION}",
                    speech.load(profile.language).digest,
                ),
                *map(repr, astuple(profile)[3:]),
            )
        )
        self._clips = Clips() if clips is None else clips
        self._patience = patience or VoicePatience()
        restarts = Restarts(self._patience.back_off_s, factor=2)
        policy = Policy(restarts, name="voice", environment=_ENVIRONMENT)
        self._supervisor = Supervisor(command, line("voice", **asdict(profile)), policy, self._watch_idle)
        self._watched: Child | None = None
        self._lock = RLock()
        self._failures = 0  # texts in a row that failed
        self._rests_until = 0.0
        self._reason = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def render(self, text: str, *, brisk: bool = False, on_disk: bool = True) -> Samples:
        """Return the clip of `text`: trimmed, -20 LUFS, peaks under -3 dBFS, ends at zero.

        A text with nothing to say gives an empty clip; `brisk` is for counts on a quick beat; without
        `on_disk` the clip is kept in memory alone. Raises only `SynthesisError`, and its kind `EngineLost`
        when the text is not to blame.
        """
        return from_s16(self._pcm(text, brisk=brisk, on_disk=on_disk))

    def prepare(
        self, texts: Iterable[str], progress: Callable[[int, int], None] = lambda _done, _all: None
    ) -> "Future[tuple[str, ...]]":
        """Render ahead in a thread; the result is the texts that failed.

        `progress(done, all)` is called from that thread. `close` ends the work early; the rest has failed.
        """
        return prefetch(self._pcm, texts, progress)

    @property
    def child(self) -> int | None:
        """The process of the engine, while there is one."""
        child = self._child
        return child.pid if child else None

    def close(self) -> None:
        """End the child; nothing is rendered any more. Idempotent, from any thread."""
        self._supervisor.close()  # a render under way gives up its lock
        with self._lock:
            self._supervisor.drop()

    @property
    def _child(self) -> Child | None:
        return self._supervisor.child

    def _pcm(self, text: str, *, brisk: bool = False, on_disk: bool = True) -> bytes:
        key = key_of(self.identity, text, *(["brisk"] if brisk else []))
        pcm = self._kept(key)
        if pcm is None:
            with self._lock:
                pcm = self._kept(key)  # another thread may have wanted the same
                if pcm is None:
                    pcm = self._rendered({"text": text, "brisk": brisk})
                    self._clips.put(key, flac.packed(pcm), on_disk=on_disk)
        return pcm

    def _kept(self, key: str) -> bytes | None:
        clip = self._clips.get(key)
        return None if clip is None else flac.unpacked(clip)

    def _rendered(self, request: Mapping[str, object]) -> bytes:
        if monotonic() < self._rests_until:
            raise EngineLost(f"the voice is out of order: {self._reason}", _HINT)
        try:
            answer = self._ask(request)
        except ChildLost as lost:
            self._reason = _LOST[lost.loss].format(lost.detail)
        except SupervisorClosed:
            raise SynthesisError("the voice is closed") from None
        else:
            self._failures = 0
            if self._child is not None and self._child is not self._watched:
                self._watch_idle(self._child)
            return _pcm_of(answer)
        self._failures += 1
        if self._failures > 1:
            self._rests_until = monotonic() + min(self._patience.rest_s, 2.0 ** (self._failures - 1))
        raise EngineLost(f"the voice is out of order: {self._reason}", _HINT)

    def _ask(self, request: Mapping[str, object]) -> Message:
        patience = self._patience
        longer_s = len(str(request["text"])) * patience.per_character_s
        attempts = 1 if self._failures else patience.attempts
        limits_s = (patience.first_s + longer_s, patience.later_s + longer_s)
        return self._supervisor.ask(
            "speak", *limits_s, attempts, text=request["text"], brisk=request["brisk"]
        )

    def _watch_idle(self, child: Child) -> None:
        with suppress(RuntimeError):  # no more threads just now: the next text tries again
            Thread(target=self._end_when_idle, args=(child,), name="voice-idle", daemon=True).start()
            self._watched = child

    def _end_when_idle(self, child: Child) -> None:
        """Look now and then; end a child that was asked nothing more since the last look."""
        asked = child.asked
        while not self._supervisor.closed.wait(self._patience.idle_s):
            with self._lock:
                if child is not self._child:
                    return
                if child.asked == asked:
                    self._supervisor.drop()
                    return
                asked = child.asked


def _pcm_of(answer: Message) -> bytes:
    pcm = read_pcm(answer)
    if pcm is None:
        kind = EngineLost if answer.get("error") == BackendUnavailable.__name__ else SynthesisError
        raise kind(str(answer.get("message", "the voice gave no sound")), str(answer.get("hint", "")))
    return pcm
