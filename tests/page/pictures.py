"""The pictures of the README and of docs/page.md, made from what they show.

python -m tests.page.pictures    # writes docs/pictures/
"""

import io
import re
from pathlib import Path

from rich.console import Console

from player.cli import main
from player.cli.screen import LiveView
from player.core.commands import Command
from player.core.notation import Role
from player.core.observations import (
    CommandObeyed,
    ListeningChanged,
    Origin,
    SpeechStarted,
    StepStarted,
    StrokeStarted,
)
from player.core.place import Part, Place
from player.files import languages
from player.routine.compile.compose import load_plan
from tests.page.browser import CAN, ROUTINE, beside, comes

FOLDER = Path(__file__).parents[2] / "docs/pictures"
STEP, LABEL = "inner-brow", "the inner ends of both brows"
SAID = "Sweep to and fro across it, fifteen times."
STROKE, OF = 9, 15


def page() -> None:
    with beside() as one:
        place = {"part": "strokes", "count": STROKE, "of": OF, "set": 0, "sets": 1}
        one.show(STEP, said=SAID, heard="slower", place=place)
        for scheme in ("light", "dark"):
            seen = one.opened((1280, 720), color_scheme=scheme, reduced_motion="reduce")
            one.show(STEP, said=SAID, heard="slower", place=place, label=LABEL)
            comes(seen, f"document.getElementById('label').textContent == '{LABEL}'")
            seen.screenshot(path=FOLDER / f"page-{scheme}.png")
            one.show(STEP, said=SAID, heard="slower", place=place)


def terminal() -> None:
    plan = load_plan(ROUTINE)
    console = Console(file=io.StringIO(), width=80, height=24, record=True, force_terminal=True)
    view = LiveView(plan, languages.load("en"), console)
    index = [step.id for step in plan.steps].index(STEP)
    for one in (
        StepStarted(STEP, index, len(plan.steps), LABEL),
        SpeechStarted(SAID, Role.INSTRUCTION),
        ListeningChanged(tuple(map(Command, CAN))),
        CommandObeyed(Command.SLOWER, Origin.VOICE),
        StrokeStarted(Place(index, Part.STROKES, 0, STROKE - 1), OF),
    ):
        view.observe(0.0, one)
    console.print(view._drawn())
    drawn = console.export_svg(title=f"player play {ROUTINE}", unique_id="terminal")
    alone = re.sub(r"@font-face \{.*?\}|<!--.*?-->", "", drawn, flags=re.DOTALL)  # no fonts from elsewhere
    (FOLDER / "terminal.svg").write_text(alone, encoding="utf-8")


def face_map() -> None:
    main.main(["show", ROUTINE, "--map", str(FOLDER / "face-map.svg")])


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    face_map()
    page()
    terminal()
