"""Bad scripts: every one gives clear lines (where, what, what to do), and never a traceback."""

import resource
from pathlib import Path

import pytest

from player.errors import FileFault
from player.files import paths
from player.routine.compile.compose import load_plan
from player.routine.compile.load import Scripts
from player.routine.lint.linter import check, check_script

BAD = Path(__file__).parent.parent / "data" / "bad"

WANTED = {
    "empty": [":the file is empty"],
    "only-a-comment": [":the file is empty"],
    "not-utf8": ["1:11:not UTF-8 text"],
    "not-yaml": ["2:8:a quote is opened here and not closed"],
    "tab": ["4:1:a tab: indent with spaces"],
    "colon": ["4:11:a colon followed by a space inside a text"],
    "twice": ["3:1:`title` is here twice (first in line 2)"],
    "alias-bomb": ["1:4:an anchor (&a) is not used here"],
    "tag": ["2:8:a tag (!...) is not used here"],
    "a-list": ["1:1:a routine should be a mapping (key: value), not a list"],
    "no-format": ["1:1:a routine needs `format`"],
    "future": ["1:9:`format` is 7; this player reads format 1"],
    "escape": [
        "2:8:`title` holds a character that is not text",
        "4:8:`say` holds a character that is not text",
    ],
    "markup": ["4:8:`say` holds `<`", "5:8:`say` holds `[[`"],
    "wrong-types": [
        "2:8:`title` should be a text, not a list",
        "3:7:`prep` should be a text, not a mapping",
        "5:8:`say` should be a text, not a mapping",
        "7:12:`seconds` should be a number, not `soon-ish`",
        "8:9:`sets` should be a whole number",
        "9:9:`lefft` is not known as `side` (did you mean `left`?)",
        "10:9:`shut` is not known as `eyes`: one of closed, open, either",
        "11:15:`perhaps` is not known as `mouth_busy`",
    ],
    "no-steps": ["1:1:a routine needs `steps`, or `playlist` instead"],
    "steps-and-playlist": ["1:1:a routine needs `steps`, or `playlist` instead"],
    "other-words": [
        "3:8:`gates` should be small letters, digits and hyphens, not `contra-basic, neck-care`; several go",
        "5:25:`duration` is not a key of a step: did you mean `seconds`?",
        "5:38:`repeat` is not a key of a step: only groups repeat: put the step in a `group`, or use `sets`",
        "5:49:`for_each` is not a key of a step: only groups loop",
        "6:34:`seconds` should be a number, not `30s`: write `30`",
        "6:45:`when` cannot be read: `is` does not fit here: write `not temple_tender`",
        "7:34:`strokes` takes the name of a param without braces: `glides`",
        "7:52:`when` cannot be read: `= oil` is not part of the language of conditions: write `product ==",
        "8:16:`say` is not a key of a group: it belongs to the steps of the group",
    ],
    "several": ["4:31:there is no place `LI20, ST4`; several go in brackets: `[LI20, ST4]`"],
    "too-far-in": ["5:9:`say` is indented further than the line above: line it up with `id`"],
    "outside": ["5:8:`run` should be small letters, digits and hyphens, not `../../etc/passwd`"],
}


def test_every_bad_script_is_listed() -> None:
    assert {path.stem for path in BAD.glob("*.yaml")} == set(WANTED)


@pytest.mark.parametrize("name", WANTED)
def test_bad_script(name: str) -> None:
    faults = check_script(BAD / f"{name}.yaml", Scripts(paths.scripts()))
    found = [f"{fault.line}:{fault.column}:{fault.message}".removeprefix("0:0") for fault in faults]
    assert len(found) == len(WANTED[name]), found
    for line, wanted in zip(found, WANTED[name], strict=True):
        assert line.startswith(wanted)
        assert line.isprintable()
    with pytest.raises(FileFault):
        load_plan(BAD / f"{name}.yaml")


def test_missing_names_and_files_are_one_line() -> None:
    with pytest.raises(FileFault, match="did you mean `quick-facial-acupressure`"):
        load_plan("quick-facial-acupresure")
    with pytest.raises(FileFault, match="there is no such file"):
        load_plan("nowhere/x.yaml")
    assert [fault.message for fault in check([Path("nowhere.yaml")])] == ["there is no such file"]


def test_nested_brackets_are_one_line(tmp_path: Path) -> None:
    script = tmp_path / "deep.yaml"
    script.write_text("format: 1\nsteps: " + "[" * 200_000)
    faults = check([script])
    assert [(fault.line, fault.message[:13]) for fault in faults] == [(2, "nested deeper")]


def test_a_loop_bomb_is_refused_before_it_goes_off(tmp_path: Path) -> None:
    inner = "{say: Rest., when: pregnant}"
    for number in range(15):
        inner = f"{{group: g{number}, repeat: 50, steps: [{inner}]}}"
    script = tmp_path / "bomb.yaml"
    script.write_text(f"format: 1\ntitle: Bomb\nsteps: [{inner}]\n")
    assert [fault.rule for fault in check([script])] == ["too-many-steps"]


def test_ten_thousand_steps_stay_small(tmp_path: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    script = tmp_path / "long.yaml"
    step = '- {{id: step-{}, say: "Small circles here.", at: mid cheek, stroke: circle, strokes: 12}}\n'
    script.write_text(
        "format: 1\ntitle: Long\ngates: contra-basic\nsteps:\n" + "".join(map(step.format, range(10_000)))
    )
    assert [fault for fault in check([script]) if fault.severity == "error"] == []
    assert len(load_plan(script).steps) == 10_000
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < 200
