"""Captions as text: WebVTT, SubRip and LRC. In: captions in order; out: the whole file."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from player.export.recording import Caption

_ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def vtt(captions: Sequence[Caption], title: str) -> str:
    """Return WebVTT (W3C); `title` stands in its head."""
    cues = [
        f"{_time(one.at_s, '.')} --> {_time(one.end_s, '.')}\n{one.text.translate(_ESCAPED)}\n"
        for one in captions
    ]
    return "\n".join((f"WEBVTT - {title.replace('-->', '')}\n", *cues))


def srt(captions: Sequence[Caption], _title: str) -> str:
    """Return SubRip, which has no place for a title."""
    cues = [
        f"{number}\n{_time(one.at_s, ',')} --> {_time(one.end_s, ',')}\n{one.text}\n"
        for number, one in enumerate(captions, 1)
    ]
    return "\n".join(cues)


def lrc(captions: Sequence[Caption], title: str) -> str:
    """Return LRC, as music players show it: a line stays until the next."""
    lines = [f"[{_minutes(one.at_s)}]{one.text}" for one in captions]
    return "\n".join((f"[ti:{title}]", *lines, ""))


KINDS: Mapping[str, Callable[[Sequence[Caption], str], str]] = MappingProxyType(
    {"vtt": vtt, "srt": srt, "lrc": lrc}
)


def _time(t_s: float, point: str) -> str:
    ms = round(1000 * t_s)
    return f"{ms // 3_600_000:02d}:{ms // 60_000 % 60:02d}:{ms // 1000 % 60:02d}{point}{ms % 1000:03d}"


def _minutes(t_s: float) -> str:
    hundredths = round(100 * t_s)
    return f"{hundredths // 6000:02d}:{hundredths // 100 % 60:02d}.{hundredths % 100:02d}"
