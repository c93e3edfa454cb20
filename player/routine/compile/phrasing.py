"""Putting words into sentences: placeholders, sides, times, labels. The words are data of the language."""

import re
from collections.abc import Mapping

from player.core.plan import Side
from player.routine.model.library import Site
from player.routine.schema.schema_types import PLACEHOLDER

Words = Mapping[str, str]

_SENTENCE_START = re.compile(r"(?:^|[.!?]\s+)$")


def put(text: str, values: Mapping[str, str]) -> str:
    """Put values into a part of a sentence, as they are."""
    return PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), text) if "{" in text else text


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put values into whole sentences; one that begins a sentence gets a capital letter."""
    if "{" not in text:
        return text

    def one(match: re.Match[str]) -> str:
        value = values.get(match[1], match[0])
        if _SENTENCE_START.search(text, max(0, match.start() - 3), match.start()):
            return value[:1].upper() + value[1:]
        return value

    return PLACEHOLDER.sub(one, text)


def time(seconds: float, words: Words) -> str:
    """Return a length of time in words: "1 minute", "2 minutes and 30 seconds"."""
    minutes, rest = divmod(round(seconds), 60)
    parts = []
    if minutes:
        parts.append(put(words["minute" if minutes == 1 else "minutes"], {"n": str(minutes)}))
    if rest or not minutes:
        parts.append(put(words["second" if rest == 1 else "seconds"], {"n": str(rest)}))
    return parts[0] if len(parts) == 1 else put(words["and"], {"first": parts[0], "second": parts[1]})


def side(value: Side, words: Words) -> str:
    """Return the spoken side."""
    return words.get(value.value, "")


def label(sites: tuple[Site, ...], where: Side, words: Words) -> str:
    """Return where a listener is, as it is said after "You are at"."""
    if len(sites) >= 2:
        first, second = (label((site,), where, words) for site in sites[:2])
        return put(words["label_two"], {"first": first, "second": second})
    site = sites[0]
    if site.side == "mid" or where in {Side.MID, Side.NONE}:
        return site.name
    values = {"name": site.name, "side": side(where, words)}
    if where is Side.BOTH:
        return site.both or put(words["label_both"], values)
    if where is Side.ALTERNATE:
        return site.alternate or put(words["label_alternate"], {"name": site.both or site.name})
    return put(site.one or words["label_one"], values)
