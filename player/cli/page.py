"""The page beside a session, where `--page` asks for one: what is on it, and how to come to it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from functools import partial
from itertools import count
from typing import Any, Protocol

from player.app.choices import Choices
from player.cli.address import LOOPBACK
from player.cli.keeping import Led
from player.core.commands import Command
from player.core.plan import Plan
from player.core.wording import Language
from player.errors import BackendError
from player.facemap.alive import alive
from player.facemap.drawing import Drawing, load_drawing
from player.facemap.on_mesh import mesh_marks
from player.files import paths
from player.models import face_mesh
from player.page.client import PageContent, PageProcess
from player.page.opening import open_here
from player.page.shown import PageObserver
from player.page.steps import HowDone, page_steps
from player.routine.compile.compile_step import Move
from player.routine.compile.compose import session_of
from player.routine.compile.load import LIBRARY, Scripts
from player.routine.compile.request import Request
from player.routine.model.library import Library, Work
from player.session.inbox import Pressed

_CIRCLES = ("circle", "rotation", "kneading", "spiral", "ring")
Post = Callable[[Pressed], None]


class TellScreen(Protocol):
    """Shows one line to the user."""

    def __call__(self, key: str, reason: str = "", hint: str = "") -> None:
        """Show the screen text `key`, the reason and what to do."""


@contextmanager
def page_beside(
    choices: Choices,
    plan: Plan,
    language: Language,
    routine: str,
    asked: Request,
    post: Post,
    tell: TellScreen,
) -> Iterator[tuple[PageObserver, ...]]:
    """Serve the page while the session is led, where it is asked for; it is led without it all the same."""
    if not choices.page:
        yield ()
        return
    with _served(choices, content_of(plan, language, routine, asked), language, post, tell) as page:
        if page is None:
            yield ()
            return
        observer = PageObserver(plan, language, page.show)
        page.show(observer.shown)
        yield (observer,)


@contextmanager
def page_of_evening(
    choices: Choices, language: Language, post: Post, tell: TellScreen
) -> Iterator[Callable[[Plan, Led | None], tuple[PageObserver, ...]]]:
    """Serve one page for all that is led; give what turns it to a plan, as a session was led or a menu."""
    if not choices.page:
        yield lambda _plan, _led: ()
        return
    with _served(choices, _of_menu(Plan("", "", language.code, ()), language), language, post, tell) as page:
        if page is None:
            yield lambda _plan, _led: ()
            return
        numbers = count(1)

        def turned(plan: Plan, led: Led | None) -> tuple[PageObserver, ...]:
            number = next(numbers)
            if led is None:
                content = _of_menu(plan, language)
            else:
                content = content_of(plan, language, led.routine, led.request)
            observer = PageObserver(plan, language, page.show, number)
            page.turn(replace(content, number=number))
            page.show(observer.shown)
            return (observer,)

        yield turned


@contextmanager
def _served(
    choices: Choices, content: PageContent, language: Language, post: Post, tell: TellScreen
) -> Iterator[PageProcess | None]:
    """Serve this where it is asked for, and say where; None: it cannot be, which is told."""

    def press(command: Command) -> None:
        post(Pressed(command))

    try:
        page = PageProcess(choices.page, content, press, partial(tell, "no_page"))
    except BackendError as error:
        tell("no_page", str(error), error.hint)
        yield None
        return
    try:
        at = page.address("/mirror" if choices.mirror else "/")
        _invite(at, language, loopback=choices.page == LOOPBACK)
        yield page
    finally:
        page.close()


def _of_menu(plan: Plan, language: Language) -> PageContent:
    """Return what the page of a menu has: the face, and nothing lit on it."""
    scripts = Scripts(paths.scripts())
    drawn = alive((), scripts.library, load_drawing(scripts.folder / LIBRARY), language.screen)
    return _content(plan, language, drawn.svg, [HowDone() for _ in plan.steps])


def content_of(plan: Plan, language: Language, routine: str, asked: Request) -> PageContent:
    """Return what the page of a session has: `plan` is what `routine` was made into, as it was asked for."""
    scripts = Scripts(paths.scripts())
    moves, _left_out, _digest = session_of(scripts.opened(routine), scripts, language.routine, asked)
    drawing = load_drawing(scripts.folder / LIBRARY)
    drawn = alive(moves, scripts.library, drawing, language.screen)
    done = {
        move.step.id: _how_done(move, marks, scripts.library)
        for move, marks in zip(moves, drawn.steps, strict=True)
    }
    content = _content(plan, language, drawn.svg, [done[step.id] for step in plan.steps])
    return replace(content, mirror=_mirror(moves, scripts.library, drawing) if asked.practice else {})


def _content(plan: Plan, language: Language, svg: str, done: Sequence[HowDone]) -> PageContent:
    names = {f"say_{command.value}": language.name(command) for command in Command}
    return PageContent(
        title=plan.title,
        language=plan.language,
        map=svg,
        steps=page_steps(plan, done),
        texts={**language.screen, **names},
    )


def _mirror(moves: Sequence[Move], library: Library, drawing: Drawing) -> dict[str, Any]:
    """Return what the mirror has: it is looked into with open eyes, so while practising alone."""
    marks = {f"m{index}": asdict(one) for index, one in enumerate(mesh_marks(moves, library, drawing))}
    return {"marks": marks, "parts": str(face_mesh.here() or "")}


def _how_done(move: Move, marks: tuple[str, ...], library: Library) -> HowDone:
    if move.stroke.family is Work.NONE:
        return HowDone(marks=marks)
    hand = library.hands.get(move.doing.hand or "")
    return HowDone(_motion(move), hand.name if hand else "", move.doing.pressure or 0, marks)


def _motion(move: Move) -> str:
    stroke = move.stroke
    if any(word in stroke.name for word in _CIRCLES):
        return "circle"
    if stroke.back_and_forth:
        return "fro"
    return "along" if stroke.slides else "press"


def _invite(address: str, language: Language, *, loopback: bool) -> None:
    """Say where the page is: open a browser here, draw a code for another device."""
    screen = language.screen
    print(f"{screen['page_at']}: {address}\n{screen['page_once']}", flush=True)
    if not loopback:
        import segno

        segno.make(address, error="l").terminal(compact=True)
    else:
        open_here(address)
