"""Rules about questions: of care they ask directly for the trouble, and "no" is always the good answer."""

from collections.abc import Iterator

from player.core.score import sentences
from player.routine.lint.rule import ERROR, HERE, Finding, Rule, Subject
from player.routine.lint.wordlists import WORD, WordLists
from player.routine.model.script import Family, position


def trouble(question: str, lists: WordLists) -> str:
    """Return what is wrong with a question of care, "" when nothing is."""
    asked = [sentence for sentence in sentences(question) if sentence.endswith("?")]
    if not asked:
        return "a question of care asks: end it with a question mark"
    if len(asked) > 1:
        return "two questions in one: nobody knows which of them an answer is to"
    if match := lists.care_negations.search(question.lower()):
        return f"`{match[0]}` turns the answer round: ask for the trouble, so that no is the good answer"
    return ""


def _care_question(subject: Subject) -> Iterator[Finding]:
    for spec in subject.specs:
        fact = subject.library.facts.get(spec.ask)
        of_care = fact is not None and fact.means is not None
        if of_care and spec.say and (wrong := trouble(spec.say, subject.lists)):
            yield position(spec.where, "say"), wrong


def _yes_leads_on(subject: Subject) -> Iterator[Finding]:
    for text in subject.texts:
        if text.spoken and (match := subject.lists.yes_leads_on.search(text.text.lower())):
            message = f"`{match[0]}`: a yes never leads on; ask for the trouble, with `ask: FACT`"
            yield text.where, message


def _unheard(subject: Subject) -> Iterator[Finding]:
    card = subject.routine.family is Family.INFO  # it quotes what may be asked elsewhere
    for spec in () if card else subject.specs:
        if spec.say.endswith("?") and not spec.ask:
            yield position(spec.where, "say"), "nobody hears the answer: name what is asked, `ask: FACT`"


def _answers_itself(subject: Subject) -> Iterator[Finding]:
    near = subject.lists.near_answers
    for spec in subject.specs:
        fact = subject.library.facts.get(spec.ask)
        question = spec.say or (fact.question if fact else "")
        for word in WORD.findall(question.lower() if spec.ask else ""):
            if word in near:
                where = position(spec.where, "say" if spec.say else "ask")
                yield where, f"`{word}` sounds like the answer `{near[word]}`: use another word"


RULES = (
    Rule(
        id="care-question",
        severity=ERROR,
        reason="A question of care asks for the trouble: one topic, no negation, and no is the good answer.",
        fails=f'- {{ask: fever, say: {HERE}"You have no fever today?"}}',
        passes='- {ask: fever, say: "Do you have a fever today?"}',
        check=_care_question,
    ),
    Rule(
        id="yes-leads-on",
        severity=ERROR,
        reason="Yes means: I have it. It never leads on by itself.",
        fails=f'- say: {HERE}"Healthy skin today. Say yes to begin."',
        passes="- ask: open_skin",
        check=_yes_leads_on,
    ),
    Rule(
        id="unheard-answer",
        severity=ERROR,
        reason="Whoever asks must hear the answer.",
        fails=f'- say: {HERE}"Is anything sore?"',
        passes="- ask: soreness",
        check=_unheard,
    ),
    Rule(
        id="answers-itself",
        severity=ERROR,
        reason="The player may hear itself: a word that sounds like yes or no may be taken for the answer.",
        fails=f'- {{ask: fever, say: {HERE}"Is a fever new today?"}}',
        passes='- {ask: fever, say: "Has a fever begun today?"}',
        check=_answers_itself,
    ),
)
