"""`player play`, and `player resume`, which goes on with an interrupted session."""

import argparse
import json
from dataclasses import replace
from pathlib import Path

from player.app import bed, care, ears, resume
from player.app.choices import Choices
from player.app.session_config import SessionConfig
from player.cli import keeping
from player.cli.ahead import Ahead
from player.cli.media_keys import media_keys_beside
from player.cli.page import page_beside
from player.cli.pipe import warn
from player.cli.prepared import Screen, prepared
from player.cli.request import request, tell_shortest
from player.cli.settings import chosen
from player.core.evening import AnsweredBy
from player.core.events import Device
from player.core.plan import asks_care, hands_off
from player.core.session import Session
from player.errors import FileFault, PlayerError, SynthesisError, UsageError
from player.files import enrolment, paths
from player.files.alone import alone
from player.files.clash import refuse_clash
from player.files.journal import Journaled
from player.routine.compile.compose import load_plan
from player.routine.compile.course_steps import routine_instead
from player.routine.compile.load import script_file
from player.routine.compile.request import NOTHING_ASKED, Request
from player.voice.fallback import FallbackVoice

USUAL = Request(with_gates=True)
NOT_LED = 1


def run(options: argparse.Namespace) -> int:
    """Lead a session; 0 however it ended. What cannot be kept on this disk is told of, and does without."""
    with paths.standing_in(warn):
        return _led(options)


def _led(options: argparse.Namespace) -> int:
    choices = chosen(options)
    if options.command == "resume":
        _refuse_files(choices)
        return _on_this_machine(options, choices, NOTHING_ASKED)
    refuse_clash(_files(choices))
    asked = replace(request(options, with_gates=True), practice=options.command == "learn")
    if choices.out_file is not None:
        return _in_virtual_time(options, choices, asked)
    return _on_this_machine(options, choices, asked)


def _files(choices: Choices) -> dict[str, Path | None]:
    """Return every file that the options name, by the option."""
    return {
        "the routine": script_file(choices.routine),
        "--in": choices.source_file,
        "--out": choices.out_file,
        "--log": Path(choices.log) if choices.log else None,
    }


def _refuse_files(choices: Choices) -> None:
    """Refuse sound files: a session that goes on is led in real time."""
    for option, file in (("--out", choices.out_file), ("--in", choices.source_file)):
        if file is not None:
            raise UsageError(
                f"{option} {file}: a session goes on in real time, with a device and not a file",
                "into a file: `player play ROUTINE --from STEP --out FILE.wav`",
            )


def _in_virtual_time(options: argparse.Namespace, choices: Choices, asked: Request) -> int:
    from player.app import virtual

    if choices.page:
        raise UsageError("--page: a sound file is made faster than anybody can look", "leave one of them out")
    if choices.source and choices.source_file is None:
        raise UsageError(
            "a sound file cannot be made while listening to a device",
            "give a sound file for --in as well, or leave --in out",
        )
    person, now = care.person(choices.who), care.now()
    listens = choices.ears != "none" and bool(choices.source)
    if listens or person.facts:  # a file that cannot listen carries the everyday question as a notice
        asked = care.informed(asked, person, now, heard=True, everyday=not choices.start)
    plan = load_plan(choices.routine, request=asked if listens else replace(asked, calendar=None))
    plan = keeping.telling(plan, person) if listens else plan
    tell_shortest(plan.steps, asked.minutes)
    assert choices.out_file is not None
    with prepared(plan if listens else hands_off(plan), choices, options) as (setting, screen, _voice):
        keeping.tell_of_kept(person, screen)
        with keeping.remembering(person, {}, warn) as remember:
            files = virtual.Files(choices.out_file, choices.source_file)
            session = virtual.lead(setting, files, choices.ears, remember)
        if listens:
            keeping.doing(person.who, setting.plan, now, warn)(session)
    if Device.VOICE in session.warned:
        raise SynthesisError(f"{choices.out_file} is not whole: the voice failed", "run `player doctor`")
    return 0


def _on_this_machine(options: argparse.Namespace, choices: Choices, asked: Request) -> int:
    """Lead a session, and what was chosen in its place."""
    session = _one_on_this_machine(options, choices, asked)
    if session is None:
        return NOT_LED
    if instead := routine_instead(session.facts()):
        _one_on_this_machine(options, replace(choices, routine=instead, start=""), USUAL)
    elif keeping.begins_course(choices.who, session):
        _one_on_this_machine(options, replace(choices, start=""), asked)
    return 0


def _one_on_this_machine(options: argparse.Namespace, choices: Choices, asked: Request) -> Session | None:
    person, asof = care.person(choices.who), care.now()
    new = care.informed(asked, person, asof, heard=choices.hears, everyday=not choices.start)
    new = keeping.knowing(new, person, choices.routine) if options.full is None else new
    new = replace(new, calendar=None) if asked.practice else new  # it is no massage of a course
    plan = keeping.telling(load_plan(choices.routine, request=new), person) if choices.routine else None
    with alone(warn):
        kept = _kept(choices, asked)
        if kept:
            person, asof = kept.person, kept.asof
            new, plan = kept.request, kept.plan
        assert plan is not None
        if not kept:
            tell_shortest(plan.steps, asked.minutes)
        with prepared(plan, choices, options) as (anew, screen, voice):
            setting = _going_on(anew, kept, offered=options.command != "resume") if kept else anew
            keeping.tell_of_kept(person, screen)
            routine = kept.routine if kept else choices.routine
            led = keeping.Led(
                plan=setting.plan,
                routine=routine,
                request=new,
                person=person,
                asof=asof,
                resumed=bool(kept),
            )
            session = _lead(setting, screen, voice, led, choices)
            if kept and session:
                resume.close(kept.journal)
            return session


def begin(options: argparse.Namespace, asked: Request, person: care.Person) -> int:
    """Lead `options.routine` from its beginning, as it is asked for."""
    choices = chosen(options)
    plan = keeping.telling(load_plan(choices.routine, request=asked), person)
    with alone(warn), prepared(plan, choices, options) as (setting, screen, voice):
        keeping.tell_of_kept(person, screen)
        led = keeping.Led(plan, choices.routine, asked, person, care.now())
        return NOT_LED if _lead(setting, screen, voice, led, choices) is None else 0


def _lead(
    setting: SessionConfig, screen: Screen, voice: FallbackVoice, led: keeping.Led, choices: Choices
) -> Session | None:
    """Lead a session to its end and keep what is to be kept; None: nobody can be heard, so it is not led."""
    from player.app import real
    from player.app.sounding import sounding

    ahead = Ahead(voice, setting, drawn=not choices.plain)
    untold: list[str] = []  # the world hides what is printed
    with (
        sounding(choices.out) as sounds,
        real.RealWorld(choices, setting.language, screen.tell, sounds, ahead.enough) as world,
    ):
        if world.answered_by is AnsweredBy.NOTHING:
            if asks_care(setting.plan):
                screen.tell("nobody_heard")
                return None
            setting = replace(setting, plan=hands_off(setting.plan))
        led = replace(led, plan=setting.plan, begins=setting.engine().session, start=setting.start)
        with (
            keeping.kept(led, world.post, untold.append) as keepers,
            page_beside(
                choices, led.plan, setting.language, led.routine, led.request, world.post, screen.tell
            ) as page,
            media_keys_beside(
                setting.language, world.post, screen.tell, wanted=choices.media_keys
            ) as watching,
        ):
            _suggest_tuning(choices, screen)
            ahead.wait()
            watched = replace(setting, observers=(*setting.observers, *page, *watching(setting.plan)))
            session = world.lead(watched, keepers).session
    bed.keep_choice(led.begins, session, tell=screen.tell)
    list(map(warn, untold))
    return session


def _going_on(setting: SessionConfig, kept: resume.Kept, *, offered: bool) -> SessionConfig:
    found = kept.recovered
    return replace(setting, start=found.place, begun=found.session, offered=offered, changed=found.changed)


def _kept(choices: Choices, asked: Request) -> resume.Kept | None:
    """Return what can go on: always for `resume`, and for `play` when nothing else was asked for."""
    named = bool(choices.routine)
    if named and choices.start:
        return None
    one = resume.unfinished(choices.routine, stopped=not named)
    if one and named and not _as_before(asked, one):
        return None
    try:
        found = resume.kept(one) if one else None
    except PlayerError as error:
        if not named:
            raise
        warn(str(error))  # why it cannot go on; a new session can be led all the same
        found = None
    if not named and found is None:
        raise PlayerError("there is no interrupted session to go on with", "begin one: `player play`")
    return found


def _as_before(asked: Request, one: Journaled) -> bool:
    """Whether nothing special is asked for, or what was asked for then."""
    before = one.header.get("request") or {}
    same = json.dumps(resume.plain_request(asked)) == json.dumps(before)
    return same or (asked == USUAL and not before.get("practice"))


def _suggest_tuning(choices: Choices, screen: Screen) -> None:
    """Say once that the player can learn how this person speaks, or why what it learned is left out."""
    if choices.ears in {"none", "keyboard"} or choices.source_file or not ears.microphone(choices):
        return
    try:
        kept = enrolment.load(choices.who)
    except FileFault as error:
        screen.tell("tune_stale", str(error), error.hint)
        return
    if kept is None and enrolment.suggest():
        screen.tell("tune_hint")
