"""One language: what the player says, and the phrases that it understands. Data in, text out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from player.core.commands import Command
from player.core.orders import Phrase

Template = str | Mapping[str, str]

# Which form of a sentence a number takes, by the rule that a language file names.
PLURALS: Mapping[str, Callable[[int], str]] = MappingProxyType(
    {
        "none": lambda _n: "other",
        "one-other": lambda n: "one" if n == 1 else "other",
        "one-few-many": lambda n: (
            "one"
            if n % 10 == 1 and n % 100 != 11
            else "few"
            if 2 <= n % 10 <= 4 and not 12 <= n % 100 <= 14
            else "many"
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Language:
    """A language file, checked.

    `sentences` maps a key to its template, or to its forms by plural; `phrases` maps each command to what may
    be said for it, the first being the one that help names. `forms`: how they are said in need
    or politely: understood, and named nowhere.
    """

    code: str
    plural: str
    sentences: Mapping[str, Template]
    phrases: Mapping[Command, tuple[str, ...]]
    screen: Mapping[str, str]
    routine: Mapping[str, str]  # the small words with which scripts are put into sentences
    forms: Mapping[Command, tuple[str, ...]] = field(default_factory=dict)
    keyless: Mapping[str, str] = field(default_factory=dict)  # sentences where there are no keys

    def without_keys(self) -> "Language":
        """Return it for a place without a keyboard: no sentence speaks of keys."""
        return replace(self, sentences={**self.sentences, **self.keyless})

    def say(self, phrase: Phrase) -> str:
        """Return the sentence of `phrase`. Raises KeyError when the file lacks it (a test forbids that)."""
        values = dict(phrase.values)
        if phrase.key == "said":
            return str(values["text"])
        if phrase.key == "can_say":
            values["commands"] = ", ".join(self.name(Command(c)) for c in str(values["commands"]).split(","))
        template = self.sentences[phrase.key]
        if isinstance(template, Mapping):
            template = template[PLURALS[self.plural](int(values["n"]))]
        text = template.format_map(values)
        return text[:1].upper() + text[1:]

    def name(self, command: Command) -> str:
        """Return the phrase that help names for `command`."""
        return next(iter(self.phrases[command]), command.value)

    @property
    def understood(self) -> dict[Command, tuple[str, ...]]:
        """Return all that is understood as each command."""
        return {
            command: (*several, *self.forms.get(command, ())) for command, several in self.phrases.items()
        }

    def command(self, phrase: str) -> Command | None:
        """Return what `phrase` means, None when it means nothing."""
        return next((c for c, spoken in self.phrases.items() if phrase in spoken), None)

    def sentence(self, key: str) -> str:
        """Return a sentence that takes no values."""
        return self.say(Phrase(key))
