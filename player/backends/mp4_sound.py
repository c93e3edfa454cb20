"""An MPEG-4 sound file (.m4a, .m4b), its chapters and cover, by FFmpeg in the wheel of PyAV (an extra)."""

import io
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from player.errors import BackendUnavailable
from player.ports import RATE_HZ

KINDS = (".m4a", ".m4b")
_BITS_A_SECOND = 64_000
_BRANDS = {".m4a": "M4A ", ".m4b": "M4B "}
_MS = Fraction(1, 1000)
_HINT = "`pipx install '.[export]'`, in a checkout `make extras`; or name it .mp3, .opus or .flac"

Span = tuple[int, int, str]  # begin and end of a chapter in ms, its title


def need() -> Any:
    """Return the library. Raises `BackendUnavailable`."""
    try:
        import av
    except ImportError as error:
        raise BackendUnavailable(".m4a and .m4b need the extra `export`", _HINT) from error
    return av


def encode(wav: Path, target: Path, tags: dict[str, str], chapters: Sequence[Span], cover: bytes) -> None:
    """Write `wav` as AAC into `target`, named .m4a or .m4b. Raises `BackendUnavailable`, `OSError`."""
    av = need()
    try:
        _encode(av, wav, target, tags, chapters, cover)
    except av.FFmpegError as error:
        raise OSError(getattr(error, "errno", 0), str(getattr(error, "strerror", error))) from error


def _encode(
    av: Any, wav: Path, target: Path, tags: dict[str, str], chapters: Sequence[Span], cover: bytes
) -> None:
    exact = {"flags": "+bitexact"}
    options = {"fflags": "+bitexact", "brand": _BRANDS[target.suffix.lower()]}
    with av.open(str(wav)) as source, av.open(str(target), "w", format="mp4", options=options) as out:
        sound = out.add_stream("aac", rate=RATE_HZ, layout="mono", options=exact)
        sound.bit_rate = _BITS_A_SECOND
        out.metadata.update(tags)
        out.set_chapters([_chapter(number, *span) for number, span in enumerate(chapters)])
        picture = _add_cover(av, out, cover) if cover else None
        for frame in source.decode(audio=0):
            for packet in sound.encode(frame):
                out.mux(packet)
                if picture is not None:  # once the head is written
                    out.mux(picture)
                    picture = None
        for packet in sound.encode(None):
            out.mux(packet)


def _chapter(number: int, begin_ms: int, end_ms: int, title: str) -> dict[str, Any]:
    return {
        "id": number,
        "start": begin_ms,
        "end": end_ms,
        "time_base": _MS,
        "metadata": {"title": title},
    }


def _add_cover(av: Any, out: Any, cover: bytes) -> Any:
    """Add the stream of the picture; return its only packet."""
    with av.open(io.BytesIO(cover)) as source:
        stream = out.add_stream_from_template(source.streams.video[0])
        stream.disposition = int(av.stream.Disposition.attached_pic.value)
        packet = next(source.demux(video=0))
    packet.stream = stream
    return packet
