"""The tags of FLAC and Opus files: Vorbis comments with chapters (CHAPTERnnn), and the cover.

Sources: FLAC (RFC 9639), Ogg (RFC 3533), Opus in Ogg (RFC 7845).
"""

import base64
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from player.export.recording import ALBUM, GENRE, Recording

_STREAMINFO, _COMMENT, _PICTURE = 0, 4, 6
_KEPT = {_STREAMINFO, 3}  # and the table for seeking
_LAST = 0x80
_VENDOR = ALBUM
_FRONT_COVER = 3
_SERIAL = 1  # of the only stream; libsndfile draws one by lot
_FULL = 255  # bytes in a full segment, and segments in a full page
_MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def tagged_flac(sound: bytes, recording: Recording) -> bytes:
    """Return a FLAC file with these tags in place of its own. Raises `ValueError` for what is none."""
    if not sound.startswith(b"fLaC"):
        raise ValueError("no FLAC file")
    blocks, at, last = list[tuple[int, bytes]](), 4, False
    while not last:
        kind, size = sound[at], int.from_bytes(sound[at + 1 : at + 4], "big")
        last = bool(kind & _LAST)
        if kind & ~_LAST in _KEPT:
            blocks.append((kind & ~_LAST, sound[at + 4 : at + 4 + size]))
        at += 4 + size
    blocks.append((_COMMENT, _comments(_fields(recording))))
    if recording.cover:
        blocks.append((_PICTURE, _picture(recording.cover)))
    heads = [bytes([kind]) + len(body).to_bytes(3, "big") + body for kind, body in blocks[:-1]]
    kind, body = blocks[-1]
    return b"".join((b"fLaC", *heads, bytes([kind | _LAST]), len(body).to_bytes(3, "big"), body, sound[at:]))


def tagged_opus(sound: bytes, recording: Recording) -> bytes:
    """Return an Ogg file of one Opus stream with these tags in place of its own."""
    fields = _fields(recording)
    if recording.cover:
        picture = base64.b64encode(_picture(recording.cover)).decode()
        fields.append(f"METADATA_BLOCK_PICTURE={picture}")
    head, *rest = _pages(sound)
    while not rest.pop(0).ends_packet:  # the old tags
        pass
    pages = (head, *_paged(b"OpusTags" + _comments(fields)), *rest)
    return b"".join(page.written(number) for number, page in enumerate(pages))


def _fields(recording: Recording) -> list[str]:
    fields = [f"TITLE={recording.title}", f"ALBUM={ALBUM}", f"GENRE={GENRE}"]
    for number, (begin_ms, _end_ms, title) in enumerate(recording.spans()):
        fields += [f"CHAPTER{number:03d}={_time(begin_ms)}", f"CHAPTER{number:03d}NAME={title}"]
    return fields


def _time(ms: int) -> str:
    return f"{ms // 3_600_000:02d}:{ms // 60_000 % 60:02d}:{ms // 1000 % 60:02d}.{ms % 1000:03d}"


def _comments(fields: Sequence[str]) -> bytes:
    texts = [text.encode() for text in (_VENDOR, *fields)]
    vendor, *others = (struct.pack("<I", len(text)) + text for text in texts)
    return vendor + struct.pack("<I", len(fields)) + b"".join(others)


def _picture(png: bytes) -> bytes:
    wide, high = struct.unpack(">II", png[16:24])
    kind = b"image/png"
    head = struct.pack(">II", _FRONT_COVER, len(kind)) + kind
    return head + struct.pack(">6I", 0, wide, high, 24, 0, len(png)) + png


@dataclass(frozen=True, slots=True)
class _Page:
    """A page of Ogg: `flags` and `granule` as they stand in it, the lengths of its segments, its body."""

    flags: int
    granule: int
    lacing: bytes
    body: bytes

    @property
    def ends_packet(self) -> bool:
        return self.lacing[-1] < _FULL

    def written(self, number: int) -> bytes:
        """Return its bytes as page `number` of the stream, with its check sum."""
        head = struct.pack("<4sBBqII", b"OggS", 0, self.flags, self.granule, _SERIAL, number)
        tail = bytes([len(self.lacing)]) + self.lacing + self.body
        return head + struct.pack("<I", _checksum(head + bytes(4) + tail)) + tail


def _pages(sound: bytes) -> Iterator[_Page]:
    at = 0
    while at < len(sound):
        magic, flags, granule, segments = struct.unpack_from("<4sxBq12xB", sound, at)
        if magic != b"OggS":
            raise ValueError("no Ogg file")
        lacing = sound[at + 27 : at + 27 + segments]
        begin = at + 27 + segments
        at = begin + sum(lacing)
        yield _Page(flags, granule, lacing, sound[begin:at])


def _paged(packet: bytes) -> Iterator[_Page]:
    """Yield the pages of one packet; only the last of them says how far the sound has come: nowhere."""
    lacing = bytes([_FULL] * (len(packet) // _FULL) + [len(packet) % _FULL])
    most = _FULL * _FULL
    for number, at in enumerate(range(0, len(lacing), _FULL)):
        part = lacing[at : at + _FULL]
        begin = number * most
        last = at + _FULL >= len(lacing)
        yield _Page(1 if number else 0, 0 if last else -1, part, packet[begin : begin + sum(part)])


def _checksum(page: bytes) -> int:
    """Return the CRC of Ogg: that of zlib with every bit the other way round, from 0 and not turned over."""
    crc = zlib.crc32(page.translate(_MIRRORED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{crc:032b}"[::-1], 2)
