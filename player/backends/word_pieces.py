"""The file in which a neural recogniser keeps the pieces that it writes words with."""


def tokens(content: bytes) -> list[bytes]:
    """Read them: each behind its length, in one byte or, from 128 on, two."""
    found: list[bytes] = []
    at = 0
    while at < len(content):
        length = content[at]
        at += 1
        if length >= 128:
            length += 128 * content[at] - 128
            at += 1
        found.append(content[at : at + length])
        at += length
    return found
