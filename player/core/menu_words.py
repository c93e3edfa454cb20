"""The words of an evening's menus: their sentences, and what can be said for each answer."""

from collections.abc import Mapping
from dataclasses import dataclass

from player.core.evening import MINUTES
from player.core.orders import Phrase
from player.core.wording import Language

Choices = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Words:
    """The words of the menus: a language with their sentences, and what can be said for what."""

    language: Language
    names: Mapping[str, tuple[str, ...]]
    weekdays: tuple[str, ...] = ()

    def say(self, key: str, **values: str | int) -> str:
        """Return a sentence."""
        return self.language.say(Phrase(key, tuple(values.items())))

    def minutes(self, minutes: float) -> str:
        """Return a length as it is spoken inside a sentence."""
        return self.part("takes", n=max(1, round(minutes)))

    def part(self, key: str, **values: str | int) -> str:
        """Return a part of a sentence."""
        text = self.say(key, **values)
        return text[:1].lower() + text[1:]

    @property
    def lengths(self) -> tuple[str, ...]:
        """The lengths that can be asked for."""
        return tuple(value for value in self.names if value.startswith(MINUTES))

    def of(self, kind: str, values: tuple[str, ...]) -> tuple[tuple[str, ...], Choices]:
        """Return how these values of a kind are named, and all that can be said for them."""
        spoken = tuple(self.names[f"{kind}{value}"][0] for value in values)
        return spoken, tuple((name, value) for value in values for name in self.names[f"{kind}{value}"])

    def choices(self, *values: str) -> Choices:
        """Return what can be said for these values; each stands for itself."""
        return tuple((name, value) for value in values for name in self.names[value])

    def one_of(self, several: tuple[str, ...]) -> str:
        """Return a list as it is spoken: "oil, cream, or gel"."""
        *most, last = several
        return self.part("or", first=", ".join(most), last=last) if most else last
