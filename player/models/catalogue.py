"""The English models of the Vosk project, as its makers list them.

The makers publish no SHA-256. The two given here are those on which independent distributions that package
these archives agree; where none is given, the first download is trusted and its sum is kept (see `fetch.py`).
"""

from dataclasses import dataclass
from difflib import get_close_matches

from player.errors import BackendUnavailable, PlayerError

_ADDRESS = "https://alphacephei.com/vosk/models/{name}.zip"
_PREFIX = "vosk-model-"
_MB = 1_000_000
_APACHE = "Apache-2.0"


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """One model that can be fetched. `size_bytes` is the archive's size; exact where `sha256` is given."""

    name: str
    language: str
    size_bytes: int
    licence: str
    note: str
    sha256: str = ""
    takes_phrases: bool = True

    @property
    def url(self) -> str:
        """Where its makers offer it."""
        return _ADDRESS.format(name=self.name)

    @property
    def short(self) -> str:
        """The name without what all of them begin with."""
        return self.name.removeprefix(_PREFIX)


# In the order of preference: for a few dozen phrases the small one is enough, and quickest.
ENTRIES = (
    CatalogueEntry(
        name="vosk-model-small-en-us-0.15",
        language="en-US",
        size_bytes=41_205_931,
        licence=_APACHE,
        note="small and quick; enough for the commands",
        sha256="30f26242c4eb449f948e42cb302dd7a686cb29a3423a8367f99ff41780942498",
    ),
    CatalogueEntry(
        name="vosk-model-en-us-0.22-lgraph",
        language="en-US",
        size_bytes=130_557_655,
        licence=_APACHE,
        note="fewer errors, more memory",
        sha256="d9838b4aaa82a75c4a17f5aca300eaca129aaab2a7cbf951bafbb500eb9c4334",
    ),
    CatalogueEntry("vosk-model-small-en-in-0.4", "en-IN", 36 * _MB, _APACHE, "small, Indian English"),
    CatalogueEntry(
        name="vosk-model-en-us-0.22",
        language="en-US",
        size_bytes=1_800 * _MB,
        licence=_APACHE,
        note="for dictation, not for us",
        takes_phrases=False,
    ),
    CatalogueEntry(
        name="vosk-model-en-in-0.5",
        language="en-IN",
        size_bytes=1_000 * _MB,
        licence=_APACHE,
        note="for dictation, not for us",
        takes_phrases=False,
    ),
)


def find(name: str | None) -> CatalogueEntry | None:
    """Return the entry called `name`, with or without "vosk-model-" in front; the first for no name."""
    if not name:
        return ENTRIES[0]
    return next((entry for entry in ENTRIES if name in (entry.name, entry.short)), None)


def unknown(name: str) -> PlayerError:
    """Return the error for a model that is not in the catalogue, with the nearest name."""
    near = get_close_matches(name.removeprefix(_PREFIX), [entry.short for entry in ENTRIES], n=1, cutoff=0.5)
    guess = f"did you mean {near[0]}? " if near else ""
    return BackendUnavailable(
        f"{name!r}: no such model", f"{guess}'player models list' shows all; --url takes any other"
    )
