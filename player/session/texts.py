"""Everything that a session is known to say, in the order in which it may be needed."""

from collections.abc import Iterable, Iterator

from player.core.counting import QUICK_BEAT_S
from player.core.orders import Perform, Phrase, Tone
from player.core.orientation import how_long
from player.core.place import Part, Place
from player.core.plan import CountAloud, Plan, Step, Strokes, Timed
from player.core.score import Preface, sentences
from player.core.wording import Language

_SOON = 2  # steps: after them comes what a command may ask for at any moment


def spoken_preface(language: Language, order: Perform) -> Preface:
    """Return the sentences and tones before a performance, in words."""
    return tuple(item if isinstance(item, Tone) else language.say(item) for item in order.preface)


def spoken(plan: Plan, language: Language) -> Iterator[str]:
    """Yield every text that can be rendered ahead; some come more than once."""
    yield language.say(Phrase("welcome", (("title", plan.title),)))
    yield from (text for told in plan.course for text in sentences(told))
    yield from _steps(plan.steps[:_SOON], language)
    yield from (template for template in language.sentences.values() if _whole(template))  # type: ignore[misc]
    yield from _steps(plan.steps[_SOON:], language)
    yield from (text for parting in plan.partings for text in sentences(parting.text))
    yield from _how_long(plan, language)


def ahead_of(plan: Plan, language: Language, opening: Iterable[str]) -> Iterator[str]:
    """Yield what to render for a session of `plan`: its opening, then matters of health, then the rest."""
    yield from opening
    yield from of_care(plan)
    yield from spoken(plan, language)


def brisk_counts(plan: Plan) -> frozenset[str]:
    """Return the counts on beats so quick that they may have to be brisk."""
    works = (step.work for step in plan.steps)
    quick = (work for work in works if isinstance(work, Strokes) and 60 / work.bpm < QUICK_BEAT_S)
    return frozenset(number for work in quick for number in _counts(work))


def _steps(steps: tuple[Step, ...], language: Language) -> Iterator[str]:
    for step in steps:
        yield from () if step.care else _of_step(step)
    for step in steps:
        yield from filter(None, (step.find,))
        yield language.say(Phrase("at", (("place", step.label),)))


def instructions(plan: Plan) -> frozenset[str]:
    """Return the sentences that say what to do and what is asked: nobody can do without them."""
    said = (text for step in plan.steps for text in (step.say, step.say_short))
    return frozenset(sentence for text in said for sentence in sentences(text))


def of_care(plan: Plan) -> Iterator[str]:
    """Yield what concerns the listener's health, sentence by sentence in its order: it is kept on no disk."""
    for step in plan.steps:
        if step.care:
            yield from (sentence for text in _of_question(step) for sentence in sentences(text))


def private(plan: Plan) -> frozenset[str]:
    """Return the texts that would tell of the listener's health: they are kept in no cache."""
    care = (step for step in plan.steps if step.care)
    said = (text for step in care for text in _of_question(step))
    return frozenset(one for text in (*said, *plan.today) for one in (text, *sentences(text)) if one)


def _of_question(step: Step) -> tuple[str, str, str]:
    return step.say, step.ask.echo if step.ask else "", step.say_again


def _of_step(step: Step) -> Iterator[str]:
    yield from sentences(step.say)
    yield from sentences(step.say_short)
    work = step.work
    if isinstance(work, Timed):
        yield from (notice.text for notice in work.announcements if notice.text)
        return
    yield from _counts(work)
    yield from filter(None, (work.hold and work.hold.end, work.between))


def _counts(work: Strokes) -> Iterator[str]:
    if work.count_aloud is not CountAloud.NONE:
        by = 1 if work.count_aloud is CountAloud.EACH else 5
        yield from (str(n) for n in range(by, work.reps + 1, by))
    if work.hold:
        yield from (str(n) for n in range(1, work.hold.count + 1))
        yield from filter(None, (work.hold.begin,))


def _how_long(plan: Plan, language: Language) -> Iterator[str]:
    """Yield the answers to "how long", at each stroke of each step."""
    for index, step in enumerate(plan.steps):
        places = [Place(index)]
        if isinstance(step.work, Strokes):
            places += [Place(index, Part.STROKES, 0, stroke) for stroke in range(step.work.reps)]
        for place in places:
            yield from map(language.say, how_long(plan, place, 1.0))


def _whole(template: object) -> bool:
    return isinstance(template, str) and "{" not in template
