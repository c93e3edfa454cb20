"""The user's own settings: `settings.yaml` in the config folder.

words:                        # own words for commands
  next: [onward]
  how_long: [what remains]
bed: drone                    # the sound under a session, as `--bed` takes it
sound: without                # not now: what was said last, "with sound" or "without sound"
voice: low                    # what `--voice`, `--pace`, `--minutes`, `--product` and `--who` are when
pace: 0.9                     # nobody says otherwise
minutes: 15
product: oil
who: maria
quiet: none                   # no soft tone a minute in a long silence; `tone` is the usual
media_keys: on                # as `--media-keys`; `off` is the usual

A word of his own is refused, with the reason and its place in the file, when it cannot work: it means
something else already, the routine says it, or the recogniser does not know it. The rest is used.
"""

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from player.core.commands import Command
from player.core.wording import Language
from player.errors import Fault, StoreError
from player.files import paths, there
from player.files.whole import write_whole
from player.messages import did_you_mean
from player.yaml_reader.document import Faults, Node, parse, read_text
from player.yaml_reader.fields import Fields, text_of

MOST_WORDS = 4
QUIET = ("tone", "none")
KEYS = ("voice", "pace", "minutes", "product", "who", "bed", "sound", "quiet", "media_keys")  # of one value
SOUND = ("with", "without")
MEDIA_KEYS = ("off", "on")
_FORM = re.compile(r"[^\W\d_]+('[^\W\d_]+)?( [^\W\d_]+('[^\W\d_]+)?)*")
_SAYS_SOMETHING = re.compile(r"(?m)^\s*[^#\s]")
_NO_LETTER = re.compile(r"[^\w']+|_")


@dataclass(frozen=True, slots=True)
class OwnWord:
    """A phrase of the user's for a command, and where it stands."""

    command: Command
    text: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Settings:
    """A settings file, checked."""

    path: Path
    words: tuple[OwnWord, ...] = ()
    bed: str = ""
    sound: bool = True
    signs_of_life: bool = True
    voice: str = ""
    pace: float = 1.0
    minutes: float | None = None
    product: str = ""
    who: str = ""
    media_keys: bool = False


@dataclass(frozen=True, slots=True)
class Applied:
    """A language with the user's words in it, and why some are not."""

    language: Language
    refused: tuple[Fault, ...] = ()


def path() -> Path:
    """Return where the file is, or would be."""
    usual = paths.config() / "settings.yaml"
    other = usual.with_suffix(".yml")
    return other if there.exists(other) and not there.exists(usual) else usual


def load() -> Settings:
    """Return the settings; without a file, the usual ones. Raises `FileFault` with every fault."""
    where = path()
    if not there.exists(where) or _is_empty(where):
        return Settings(where)
    return _checked(where, read_text(where))


def _is_empty(where: Path) -> bool:
    try:
        return not where.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeError):
        return False  # told of as it is read


def _checked(where: Path, text: str) -> Settings:
    """Return what a text says that is, or will be, in that file. Raises `FileFault` with every fault."""
    if not _SAYS_SOMETHING.search(text):  # only comments, such as when the last setting was taken out
        return Settings(where)
    faults = Faults(str(where))
    node = parse(text, faults)
    faults.check()
    fields = Fields(node, faults, "the settings")
    words = tuple(_words(fields, faults))
    found = Settings(
        path=where,
        words=words,
        bed=fields.text("bed"),
        sound=fields.one_of("sound", SOUND, "with") != "without",
        signs_of_life=fields.one_of("quiet", QUIET, "tone") != "none",
        voice=fields.text("voice"),
        pace=fields.number("pace", low=0.5, high=2.0) or 1.0,
        minutes=fields.number("minutes", high=240.0) or None,
        product=fields.text("product"),
        who=_who(fields, faults),
        media_keys=fields.one_of("media_keys", MEDIA_KEYS, "off") == "on",
    )
    fields.done()
    faults.check("`player settings` shows them")
    return found


def remember(key: str, value: str) -> None:
    """Keep one setting ("": the usual one); the rest of the file stays as it is. Raises `StoreError`.

    Raises `FileFault` for a value that cannot be: then the file stays as it was.
    """
    _put({key: json.dumps(value) if value else ""}, _checked)


def remember_bed(name: str) -> None:
    """Keep a bed for the next sessions; the rest of the file stays as it is. Raises `StoreError`."""
    _put({"sound": "", "bed": json.dumps(name)})


def remember_sound(*, on: bool) -> None:
    """Keep whether the bed is wanted, whichever it is; the rest stays as it is. Raises `StoreError`."""
    _put({"sound": "" if on else "without"})


def _put(lines: Mapping[str, str], check: Callable[[Path, str], object] = lambda _where, _text: None) -> None:
    """Write these lines of the file anew, without those that have no value; `check` may refuse the text."""
    where = path()
    before = _text(where)
    text = before
    for key, value in lines.items():
        text = _with(text, key, value)
    check(where, text)
    if text != before:
        write_whole(where, text.encode(), "it is not remembered", theirs=True)


def _with(text: str, key: str, value: str) -> str:
    kept = re.sub(rf"(?m)^{key}:.*\n?", "", text)
    if not value:
        return kept
    between = "" if not kept or kept.endswith("\n") else "\n"
    return f"{kept}{between}{key}: {value}\n"


def _text(where: Path) -> str:
    """Return what is in the file, if there is one. Raises `StoreError`."""
    try:
        return where.read_text(encoding="utf-8") if there.exists(where) else ""
    except OSError as error:
        raise StoreError(f"{where}: {error.strerror}", "it is not remembered") from error
    except UnicodeError as error:
        raise StoreError(f"{where}: not UTF-8 text", "save it as UTF-8 in your editor") from error


def _who(fields: Fields, faults: Faults) -> str:
    who = fields.text("who")
    if who and not paths.is_name(who):
        faults.add(fields.where("who"), f"`{who}`: a name is one word of small letters, digits and hyphens")
    return who


def _words(fields: Fields, faults: Faults) -> Iterator[OwnWord]:
    section = fields.fields("words")
    if section is None:
        return
    known = [command.value for command in Command]
    for key in section.keys():  # noqa: SIM118 - not a dict
        nodes = section.nodes(key)
        if key not in known:
            faults.add(section.where(key), f"`{key}` is no command{did_you_mean(key, known)}")
            continue
        for node in nodes:
            if text := _phrase(node, faults):
                yield OwnWord(Command(key), text, node.line, node.column)


def _phrase(node: Node, faults: Faults) -> str:
    text = text_of(node, faults, "a phrase").lower()
    if not text:
        return ""
    if not _FORM.fullmatch(text) or len(text) < 2:
        faults.add(node, f"`{text}`: write it as it is spoken, in letters")
        return ""
    if len(text.split()) > MOST_WORDS:
        faults.add(node, f"`{text}` is longer than {MOST_WORDS} words: choose a shorter one")
        return ""
    return text


def apply(
    settings: Settings, language: Language, spoken: Iterable[str] = (), unknown: Collection[str] = ()
) -> Applied:
    """Put the user's words into `language`, but for those that cannot work.

    `spoken` is what the routine will say aloud, `unknown` the phrases that the recogniser cannot know.
    """
    phrases = dict(language.phrases)
    narration = [_plain(text) for text in spoken]
    refused = []
    for word in settings.words:
        if word.text in phrases.get(word.command, ()):
            continue
        if reason := _clash(word, phrases, narration, unknown):
            refused.append(Fault(str(settings.path), word.line, word.column, f"`{word.text}` {reason}"))
        else:
            phrases[word.command] = (*phrases.get(word.command, ()), word.text)
    return Applied(replace(language, phrases=phrases), tuple(refused))


def _clash(
    word: OwnWord,
    phrases: Mapping[Command, tuple[str, ...]],
    narration: Iterable[str],
    unknown: Collection[str],
) -> str:
    """Return why this word cannot be used, or ""."""
    for command, several in phrases.items():
        if word.text in several:
            return f"already means `{command.value}`: choose another word"
    if word.text in unknown:
        return "is not known to the recogniser: choose another word, in its usual spelling"
    heard_in = next((text for text in narration if f" {word.text} " in text), None)
    if heard_in is not None:
        return f"is said by this routine (“{_around(heard_in, word.text)}”): choose another word"
    return ""


def _plain(text: str) -> str:
    return f" {' '.join(_NO_LETTER.sub(' ', text.lower()).split())} "


def _around(text: str, word: str) -> str:
    before, _, after = text.partition(f" {word} ")
    return " ".join([*before.split()[-2:], word, *after.split()[:2]])
