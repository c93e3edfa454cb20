"""The tag of an MP3 file: ID3v2.3 (id3.org, "ID3 tag version 2.3.0") with its Chapter Frame Addendum."""

import struct

from player.export.recording import ALBUM, GENRE, Recording

_MOST_CHAPTERS = 255  # a table of contents counts them in one byte
_NO_OFFSET = 0xFFFFFFFF  # the times alone count
_TOP_AND_ORDERED = 3


def tag(recording: Recording) -> bytes:
    """Return the tag that stands before the sound."""
    spans = recording.spans()[:_MOST_CHAPTERS]
    ids = [f"chapter{number}".encode() + b"\0" for number in range(len(spans))]
    contents = b"toc\0" + bytes((_TOP_AND_ORDERED, len(ids))) + b"".join(ids)
    frames = (
        _text("TIT2", recording.title),
        _text("TALB", ALBUM),
        _text("TCON", GENRE),
        _text("TLEN", str(round(1000 * recording.length_s))),
        _frame("CTOC", contents),
        *(_chapter(one, *span) for one, span in zip(ids, spans, strict=True)),
        _picture(recording.cover),
    )
    body = b"".join(frames)
    return b"ID3\3\0\0" + _syncsafe(len(body)) + body


def _chapter(name: bytes, begin_ms: int, end_ms: int, title: str) -> bytes:
    times = struct.pack(">4I", begin_ms, end_ms, _NO_OFFSET, _NO_OFFSET)
    return _frame("CHAP", name + times + _text("TIT2", title))


def _picture(png: bytes) -> bytes:
    front_cover = b"\0image/png\0\3\0"  # Latin-1, kind, cover (front), no words
    return _frame("APIC", front_cover + png) if png else b""


def _text(name: str, text: str) -> bytes:
    return _frame(name, b"\1\xff\xfe" + text.encode("utf-16-le"))


def _frame(name: str, body: bytes) -> bytes:
    return name.encode() + struct.pack(">I", len(body)) + b"\0\0" + body


def _syncsafe(number: int) -> bytes:
    """Return 28 bits as four bytes whose top bit is free."""
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))
