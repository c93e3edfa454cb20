"""A list of pronunciations, put into a text in the way that an engine reads it."""

import re
from collections.abc import Callable, Mapping


def pronounced(text: str, list_: Mapping[str, str], write: Callable[[str, str], str]) -> str:
    """Return `text` with `write(as written, pronunciation)` for each word or phrase of the list, in any case.

    Longer phrases win; only whole words count. `list_` has its words in small letters.
    """
    if not list_:
        return text
    words = "|".join(map(re.escape, sorted(list_, key=len, reverse=True)))
    found = re.compile(rf"(?<![\w-])(?:{words})(?![\w-])", re.IGNORECASE)
    return found.sub(lambda match: write(match[0], list_[match[0].lower()]), text)
