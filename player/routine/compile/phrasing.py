"""The words of a step: placeholders, sides, times, labels, announcements. Words are data of the language.

In: a row, its places and its side; out: final texts, each placeholder filled in.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from player.core.plan import Announcement, Side
from player.routine.compile.known import CompileContext
from player.routine.compile.unroll import Row
from player.routine.model.library import Library, Site
from player.routine.model.script import Notice, StepSpec, Words
from player.routine.schema.schema_types import PLACEHOLDER
from player.routine.schema.step_keys import PLACE_WORDS

_SENTENCE_START = re.compile(r"(?:^|[.!?]\s+)$")


def put(text: str, values: Mapping[str, str]) -> str:
    """Put values into a part of a sentence, as they are."""
    return PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), text) if "{" in text else text


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put values into whole sentences; one that begins a sentence gets a capital letter."""
    if "{" not in text:
        return text

    def filled(match: re.Match[str]) -> str:
        value = values.get(match[1], match[0])
        if _SENTENCE_START.search(text, max(0, match.start() - 3), match.start()):
            return value[:1].upper() + value[1:]
        return value

    return PLACEHOLDER.sub(filled, text)


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


def _values(context: CompileContext, loop: Mapping[str, str], where: Side) -> dict[str, str]:
    """Return what a text may name in braces: the params, the product, the words of the loops, the side."""
    params = {name: _number(name, value, context.words) for name, value in context.params.items()}
    product = context.library.products[context.product].name
    spoken = _spoken(loop, context.library)
    return {**params, "product": product, **spoken, "side": side(where, context.words)}


def _number(name: str, value: float, words: Words) -> str:
    return time(value, words) if name.endswith("_secs") else f"{value:g}"


@dataclass(frozen=True, slots=True)
class Texts:
    """The words of one step."""

    label: str
    say: str
    say_short: str
    say_again: str  # of a question, when it is asked once more
    alone: str  # said in place of `say` when the step before is left out
    find: str
    notices: tuple[Announcement, ...]
    between: str  # said between sets


def texts_of(row: Row, sites: tuple[Site, ...], where: Side, seconds: float) -> Texts:
    """Return the words of a step at these places and this side; `seconds` of timed work, 0 for counted."""
    spec, context = row.spec, row.part.context
    values = _values(context, row.around.words, where)
    if spec.ask in context.until:
        values["until"] = context.until[spec.ask]
    return Texts(
        label=_label(spec, sites, where, context.words, values),
        say=_say(spec, context, values, again=row.around.again),
        say_short=fill(spec.say_short, values),
        say_again=fill(spec.say_again, values) if spec.ask else "",
        alone=_say(replace(spec, say=spec.say_alone), context, values, again=False) if spec.say_alone else "",
        find=fill(spec.find, values) or " ".join(site.find for site in sites[:2] if site.find),
        notices=_announcements(spec, seconds, context.words, values),
        between=fill(spec.say_between, values),
    )


def _spoken(words: Mapping[str, str], library: Library) -> dict[str, str]:
    """Return the words of a loop as they are said: of a place its spoken name, not its id."""
    sites = ((name, library.site(words[name])) for name in PLACE_WORDS if name in words)
    return {**words, **{name: site.name for name, site in sites if site}}


def _label(
    spec: StepSpec, sites: tuple[Site, ...], side: Side, words: Words, values: Mapping[str, str]
) -> str:
    if spec.label:
        return put(spec.label, values)
    return label(sites, side, words) if sites else spec.id.replace("-", " ")


def _say(spec: StepSpec, context: CompileContext, values: Mapping[str, str], *, again: bool) -> str:
    say = spec.say_again if again and spec.say_again and not spec.ask else spec.say
    if spec.ask and not say:
        say = context.library.facts[spec.ask].question
    parts = (say, spec.say_by_product.get(context.product, ""))
    return " ".join(fill(part, values) for part in parts if part)


def _announcements(
    spec: StepSpec, seconds: float, words: Words, values: Mapping[str, str]
) -> tuple[Announcement, ...]:
    single = (
        part
        for notice in spec.announce or ()
        for part in (_each(notice, seconds) if notice.kind == "every" else (notice,))
    )
    found = (_announcement(notice, spec, seconds, words, values) for notice in single)
    return tuple(sorted({a for a in found if 0 < a.left_s < seconds}, key=lambda a: -a.left_s))


def _each(notice: Notice, seconds: float) -> Iterator[Notice]:
    """Yield a chime for every interval from the beginning of the work on."""
    for count in range(1, math.ceil(seconds / max(1.0, notice.left_s))):
        yield Notice("chime", seconds - count * max(1.0, notice.left_s))


def _announcement(
    notice: Notice, spec: StepSpec, seconds: float, words: Words, values: Mapping[str, str]
) -> Announcement:
    if notice.kind == "chime":
        return Announcement(notice.left_s)
    if notice.kind == "halfway":
        return Announcement(seconds / 2, fill(words["halfway"], values))
    template = spec.say_on_announce or words["last" if notice.kind == "last" else "time_left"]
    left = {
        **values,
        "time": time(notice.left_s, words),
        "minutes": time(notice.left_s, words),
    }
    return Announcement(notice.left_s, fill(template, left))
