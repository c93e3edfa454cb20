"""Rendering ahead, in a thread of its own."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from threading import Thread

from player.errors import SynthesisError

Progress = Callable[[int, int], None]


def prefetch(
    render: Callable[[str], object], texts: Iterable[str], progress: Progress
) -> "Future[tuple[str, ...]]":
    """Render each text once, in order; the result is the texts that failed.

    `progress(done, all)` is called from the thread.
    """
    outcome: Future[tuple[str, ...]] = Future()
    waiting = tuple(dict.fromkeys(texts))
    Thread(
        target=_prefetch, args=(render, waiting, progress, outcome), name="voice-ahead", daemon=True
    ).start()
    return outcome


def _prefetch(
    render: Callable[[str], object],
    texts: Sequence[str],
    progress: Progress,
    outcome: "Future[tuple[str, ...]]",
) -> None:
    failed = []
    try:
        for done, text in enumerate(texts, 1):
            try:
                render(text)
            except SynthesisError:
                failed.append(text)
            progress(done, len(texts))
    except BaseException as error:  # whoever waits for the outcome gets it
        outcome.set_exception(error)
        raise
    outcome.set_result(tuple(failed))
