"""`player check`: every rule over scripts, every fault at once."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from player.core.timing import usual_s
from player.core.wording import Language
from player.errors import Fault, FileFault
from player.files import languages, paths, there
from player.messages import did_you_mean
from player.routine.compile.assemble import SessionPart
from player.routine.compile.compile_step import performed
from player.routine.compile.compose import session_of
from player.routine.compile.known import CompileContext
from player.routine.compile.load import Scripts, read_script
from player.routine.compile.unroll import unrolled
from player.routine.lint import audience, own_limits, questions, reading, telling, whole, words
from player.routine.lint import places as place_rules
from player.routine.lint.rule import WARNING, Rule, Subject, Text
from player.routine.lint.wordlists import word_lists
from player.routine.model.script import Group, Routine, StepSpec, position
from player.yaml_reader.document import Faults, read_text, yaml_files

RULES: tuple[Rule, ...] = (
    *reading.RULES,
    *place_rules.RULES,
    *own_limits.RULES,
    *audience.RULES,
    *words.RULES,
    *telling.RULES,
    *questions.RULES,
    *whole.RULES,
)
_BY_ID = {rule.id: rule for rule in RULES}
_READING = {rule.id for rule in reading.RULES} - {"allow", "endless-run", "unknown-routine"}
_ALLOW = re.compile(r"#\s*allow:\s*(?P<rule>[\w-]+)\s*(?P<reason>.*)$")


def check(given: Iterable[Path], scripts_dir: Path | None = None) -> list[Fault]:
    """Return every fault of these scripts (a folder stands for its scripts), file by file, in order."""
    scripts = Scripts(scripts_dir or paths.scripts())
    return [fault for path in _files(given) for fault in check_script(path, scripts)]


def _files(given: Iterable[Path]) -> Iterator[Path]:
    for path in given:
        if there.is_dir(path):
            yield from yaml_files(path)
        else:
            yield path


def check_script(path: Path, scripts: Scripts) -> list[Fault]:
    """Return every fault of one script, in the order of the file."""
    faults = Faults(str(path))
    try:
        routine = read_script(path, faults, scripts.library)
        text = read_text(path)
    except FileFault as error:
        return list(error.faults)
    if not faults.found:
        _runs(routine, scripts, faults)
        _lint(routine, scripts, faults)
    _allow(text, faults)
    return [fault if fault.rule else replace(fault, rule="value") for fault in faults.sorted()]


def unread(fault: Fault) -> bool:
    """Whether a fault keeps a script from being read, so that most rules have not looked at it."""
    return not fault.rule or (fault.rule in _READING and fault.severity == "error")


def _runs(routine: Routine, scripts: Scripts, faults: Faults) -> None:
    """Note each routine that is named and not there."""
    names = scripts.names()
    for where, name in _named_routines(routine):
        if name not in names and name != routine.id:
            message = f"there is no routine `{name}`{did_you_mean(name, names)}"
            faults.add(where, message, "unknown-routine")
        elif name == routine.id:
            faults.add(where, "a routine cannot run itself", "endless-run")


def _named_routines(routine: Routine) -> Iterator[tuple[tuple[int, int], str]]:
    yield from ((position(routine.where, "prep"), name) for name in routine.prep)
    yield from ((position(routine.where, "after"), name) for name in routine.after)
    for entry in routine.playlist:
        yield from ((position(entry.where, "run"), name) for name in entry.run)
    yield from ((position(spec.where, "run"), spec.run) for spec in specs_of(routine.steps) if spec.run)


def specs_of(steps: Iterable[StepSpec | Group]) -> Iterator[StepSpec]:
    """Yield the steps of a script once each, in order, whatever group they are in."""
    for step in steps:
        if isinstance(step, Group):
            yield from specs_of(step.steps)
        else:
            yield step


def _lint(routine: Routine, scripts: Scripts, faults: Faults) -> None:
    subject = subject_of(routine, scripts, languages.load(routine.language))
    for rule in RULES:
        if rule.check is not None:
            for where, message in rule.check(subject):
                faults.add(where, message, rule.id, rule.severity)


def subject_of(routine: Routine, scripts: Scripts, language: Language) -> Subject:
    """Return a routine with everything that rules ask for."""
    facts = {name: fact.default for name, fact in scripts.library.facts.items()}
    params = {name: param.default for name, param in routine.params.items()}
    product = routine.products.default
    context = CompileContext(scripts.library, language.routine, facts, params, product)
    part = SessionPart(routine, context, routine.steps, whole=True)
    specs = tuple(specs_of(routine.steps))
    return Subject(
        routine=routine,
        moves=performed(unrolled((part,))),
        specs=specs,
        texts=(*_head_texts(routine), *words.texts_of(specs), *_loop_texts(routine.steps)),
        library=scripts.library,
        language=language,
        lists=word_lists(routine.language),
        expected_s=_expected_s(routine, scripts, language) if routine.target_min else None,
    )


def _head_texts(routine: Routine) -> Iterator[Text]:
    for key, spoken in (("title", True), ("honest_note", False), ("source", False)):
        if text := getattr(routine, key):
            yield Text(position(routine.where, key), key, text, spoken)
    yield from (Text(position(routine.where, "tags"), "tags", tag, spoken=False) for tag in routine.tags)


def _loop_texts(steps: Iterable[StepSpec | Group]) -> Iterator[Text]:
    for step in steps:
        if isinstance(step, Group):
            for loop in step.loops:
                for item in loop:
                    yield from (
                        Text(position(item.where, key), "words", text, spoken=True)
                        for key, text in item.words.items()
                        if key not in words.PLACES_AND_SIDES
                    )
            yield from _loop_texts(step.steps)


def _expected_s(routine: Routine, scripts: Scripts, language: Language) -> float | None:
    try:
        found, _, _ = session_of(routine, scripts, language.routine)
    except FileFault:
        return None
    return usual_s(move.step for move in found)


def _allow(text: str, faults: Faults) -> None:
    """Take away what an exception allows; note exceptions without a rule, a reason or a use."""
    if "allow:" not in text:
        return
    for number, line in enumerate(text.splitlines(), 1):
        match = _ALLOW.search(line)
        if match is None:
            continue
        where = (number, match.start() + 1)
        covered = {number, number + 1} if line.lstrip().startswith("#") else {number}
        rule = _BY_ID.get(match["rule"])
        if rule is None or rule.check is None:
            near = did_you_mean(match["rule"], (r.id for r in RULES if r.check))
            faults.add(where, f"there is no rule `{match['rule']}` that may be set aside{near}", "allow")
        elif not match["reason"].strip():
            faults.add(
                where, f"say why `{rule.id}` may be set aside here: # allow: {rule.id} because ...", "allow"
            )
        elif not _removed(faults, rule.id, covered):
            faults.add(where, f"`{rule.id}` finds nothing here: take this exception away", "allow", WARNING)


def _removed(faults: Faults, rule: str, lines: set[int]) -> bool:
    kept = [fault for fault in faults.found if fault.rule != rule or fault.line not in lines]
    removed = len(kept) < len(faults.found)
    faults.found[:] = kept
    return removed
