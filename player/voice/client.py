"""The voice as the session sees it: a `Synthesiser` whose engine lives in a child process."""

import sys
from collections.abc import Callable, Container, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import asdict, astuple, dataclass
from threading import RLock, Thread
from time import monotonic
from typing import Self

from player.backends.pyttsx3_voice import identity
from player.errors import SynthesisError
from player.files.clips import Clips, key_of
from player.files.voices import VoiceProfile
from player.ports import Samples
from player.sound.shaping import from_s16
from player.voice import delivery
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

    `attempts` are made for one text, `back_off_s` apart (doubling). When a second text fails as well, a rest
    of 2, 4, 8 … at most `rest_s` seconds begins in which every text fails at once.
    """

    first_s: float = 5.0  # the first render of a fresh child: it starts Python and the engine
    later_s: float = 2.0
    per_character_s: float = 0.002
    attempts: int = 3
    back_off_s: float = 0.1
    rest_s: float = 30.0


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
            (identity(profile.engine), f"delivery {delivery.VERSION}", *map(repr, astuple(profile)[3:]))
        )
        self._clips = Clips() if clips is None else clips
        self._patience = patience or VoicePatience()
        restarts = Restarts(self._patience.back_off_s, factor=2)
        policy = Policy(restarts, name="voice", environment=_ENVIRONMENT)
        self._supervisor = Supervisor(command, line("voice", **asdict(profile)), policy)
        self._lock = RLock()
        self._failures = 0  # texts in a row that failed
        self._rests_until = 0.0
        self._reason = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def render(self, text: str) -> Samples:
        """Return the clip of `text`: trimmed, -20 LUFS, peaks under -3 dBFS, ends at zero.

        A text with nothing to say gives an empty clip. Raises only `SynthesisError`.
        """
        return from_s16(self._pcm(text))

    def without_a_trace(self, private: Container[str]) -> Callable[[str], Samples]:
        """Return what renders like `render`, and keeps the clips of these texts in memory alone."""
        return lambda text: from_s16(self._pcm(text, on_disk=text not in private))

    def prepare(
        self, texts: Iterable[str], progress: Callable[[int, int], None] = lambda _done, _all: None
    ) -> "Future[tuple[str, ...]]":
        """Render ahead in a thread; the result is the texts that failed.

        `progress(done, all)` is called from that thread. `close` ends the work early; the rest has failed.
        """
        waiting = tuple(dict.fromkeys(texts))
        outcome: Future[tuple[str, ...]] = Future()
        arguments = (waiting, progress, outcome)
        Thread(target=self._prepare, args=arguments, name="voice-ahead", daemon=True).start()
        return outcome

    def close(self) -> None:
        """End the child; nothing is rendered any more. Idempotent, from any thread."""
        self._supervisor.close()  # a render under way gives up its lock
        with self._lock:
            self._supervisor.drop()

    @property
    def _child(self) -> Child | None:
        return self._supervisor.child

    def _prepare(
        self, texts: Sequence[str], progress: Callable[[int, int], None], outcome: "Future[tuple[str, ...]]"
    ) -> None:
        failed = []
        try:
            for done, text in enumerate(texts, 1):
                try:
                    self._pcm(text)
                except SynthesisError:
                    failed.append(text)
                progress(done, len(texts))
        except BaseException as error:  # whoever waits for the outcome gets it
            outcome.set_exception(error)
            raise
        outcome.set_result(tuple(failed))

    def _pcm(self, text: str, *, on_disk: bool = True) -> bytes:
        key = key_of(self.identity, text)
        pcm = self._clips.get(key)
        if pcm is None:
            with self._lock:
                pcm = self._clips.get(key)  # another thread may have wanted the same
                if pcm is None:
                    pcm = self._rendered(text)
                    self._clips.put(key, pcm, on_disk=on_disk)
        return pcm

    def _rendered(self, text: str) -> bytes:
        if monotonic() < self._rests_until:
            raise SynthesisError(f"the voice is out of order: {self._reason}", _HINT)
        try:
            answer = self._ask(text)
        except ChildLost as lost:
            self._reason = _LOST[lost.loss].format(lost.detail)
        except SupervisorClosed:
            raise SynthesisError("the voice is closed") from None
        else:
            self._failures = 0
            return _pcm_of(answer)
        self._failures += 1
        if self._failures > 1:
            self._rests_until = monotonic() + min(self._patience.rest_s, 2.0 ** (self._failures - 1))
        raise SynthesisError(f"the voice is out of order: {self._reason}", _HINT)

    def _ask(self, text: str) -> Message:
        patience = self._patience
        longer_s = len(text) * patience.per_character_s
        attempts = 1 if self._failures else patience.attempts
        limits_s = (patience.first_s + longer_s, patience.later_s + longer_s)
        return self._supervisor.ask("speak", *limits_s, attempts, text=text)


def _pcm_of(answer: Message) -> bytes:
    pcm = read_pcm(answer)
    if pcm is None:
        raise SynthesisError(
            str(answer.get("message", "the voice gave no sound")), str(answer.get("hint", ""))
        )
    return pcm
