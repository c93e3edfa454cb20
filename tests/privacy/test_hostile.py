"""Scripts from a stranger: whatever they try, they can only speak plain sentences and wait."""

import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest

from player.core.score import sentences
from player.core.wording import Language
from player.errors import FileFault
from player.files import languages, paths
from player.routine.compile.compose import load_plan
from player.routine.compile.load import Scripts
from player.session.texts import spoken

ROOT = Path(__file__).parents[2]
ESC, BELL, CSI, OVERRIDE = "\\x1b", "\\a", "\\u009b", "\\u202e"

PLAIN = {
    "title": "Evening",
    "say": "Sit well.",
    "label": "settling in",
    "more": "",  # keys of the routine
    "step": "seconds: 8",
}
SCRIPT = """format: 1
title: "{title}"
family: support
{more}
steps:
  - id: settle
    say: "{say}"
    label: "{label}"
    {step}
"""


def script(folder: Path, **changed: str) -> Path:
    path = folder / "stranger.yaml"
    path.write_text(SCRIPT.format(**PLAIN | changed), encoding="utf-8")
    return path


REFUSED = {
    # what is spoken: markup, and anything that a voice or a terminal would obey
    "ssml": {"say": "<break time='9s'/> Sit."},
    "ssml in the title": {"title": "<speak>Evening</speak>"},
    "ssml in the label": {"label": "<prosody rate='900%'>settling</prosody>"},
    "espeak phonemes": {"say": "[[h@l'oU]] Sit."},
    "espeak phonemes in the title": {"title": "[[h@l'oU]]"},
    "terminal escape in the title": {"title": f"{ESC}]0;owned{BELL}"},
    "terminal escape in what is said": {"say": f"{ESC}[2J{ESC}[31mSit."},
    "terminal escape in the label": {"label": f"{ESC}]52;c;aGk={BELL}"},
    "eight bit escape": {"title": f"{CSI}31mEvening"},
    "terminal escape in a note": {"more": f'honest_note: "{ESC}[2J"'},
    "terminal escape in the source": {"more": f'source: "{ESC}[2J"'},
    "terminal escape in a tag": {"more": f'tags: ["{ESC}[2J"]'},
    "terminal escape in a param's meaning": {
        "more": f'params: {{a_secs: {{default: 5, min: 1, max: 9, meaning: "{ESC}[2J"}}}}'
    },
    "terminal escape in a key": {"more": f'"{ESC}[2J": x'},
    "terminal escape in a param's name": {"more": f'params: {{"{ESC}[2J": {{default: 5, min: 1, max: 9}}}}'},
    "text that runs the other way": {"say": f"Sit {OVERRIDE}.llew"},
    "a null": {"say": "Sit\\0well."},
    # files and paths
    "a path to run": {"step": "run: ../../../etc/passwd"},
    "an absolute path to run": {"step": "run: /etc/passwd"},
    "a path as preparation": {"more": "prep: ../../etc/passwd"},
    "a path afterwards": {"more": "after: /etc/passwd"},
    "a path as gate": {"more": "gates: ../../etc/passwd"},
    "a path as language": {"more": "language: ../../../etc/passwd"},
    "a path as id": {"more": "id: ../../evil"},
    "an include": {"more": "include: /etc/passwd"},
    # YAML
    "a python object": {"more": "honest_note: !!python/object/apply:os.system ['touch owned']"},
    "a python name": {"more": "honest_note: !!python/name:os.system"},
    "an own tag": {"more": "honest_note: !include /etc/passwd"},
    "an alias bomb": {"more": "tags: &a [x, x]\nsource: *a"},
    "an anchor": {"more": "tags: &a [x, x]"},
    "a merge key": {"more": "<<: {title: Other}"},
    # format strings
    "an attribute": {"say": "{a.__class__.__mro__}"},
    "an index": {"say": "{a[0]}"},
    "a format": {"say": "{a:>999999999}"},
    "a conversion": {"say": "{a!r}"},
    "an empty field": {"say": "{}"},
    "an open brace": {"say": "Sit {well."},
    # expressions
    "code as a condition": {"step": "seconds: 8\n    when: __import__('os').system('touch owned')"},
    "an attribute as a condition": {"step": "seconds: 8\n    when: (1).__class__ == 1"},
    "a power as a condition": {"step": "seconds: 8\n    when: 9**9**9 == 1"},
    "a call as a condition": {"step": "seconds: 8\n    when: pregnant ('touch owned')"},
    "a deep condition": {"step": f"seconds: 8\n    when: {'(' * 5000}a{')' * 5000}"},
    # size
    "seconds without end": {"step": "seconds: 999999999"},
    "strokes without end": {"step": "strokes: 999999999"},
    "sets without end": {"step": "seconds: 8\n    sets: 999999999"},
    "a hold without end": {"step": "hold: 999999999"},
    "a number too large to be one": {"step": f"seconds: {'9' * 5000}"},
    "not a number": {"step": "seconds: .nan"},
    "infinity": {"step": "seconds: .inf"},
    "a negative time": {"step": "seconds: -5"},
    "an exponent": {"step": "seconds: 1e308"},
    "a beat of nothing": {"step": "strokes: 4\n    beat: 0"},
    "a beat too fast": {"step": "strokes: 4\n    beat: 100000"},
}
REPEATED = """format: 1
title: Evening
family: support
steps:
""" + "".join(
    f"{'  ' * depth}  - group: g{depth}\n{'  ' * depth}    repeat: 50\n{'  ' * depth}    steps:\n"
    for depth in range(6)
)
REPEATED += f"{'  ' * 6}  - {{id: a, say: Sit., seconds: 1}}\n"

SELF = """format: 1
title: Evening
family: support
steps:
  - id: again
    say: "Again."
    run: stranger
"""


@pytest.fixture
def limits():
    """No hang beyond 2 s and no more than 500 MB for a hostile script."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    with Path("/proc/self/statm").open() as statm:
        now = int(statm.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (now + 500_000_000, hard))
    begun_s = time.process_time()
    yield
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
    assert time.process_time() - begun_s < 2.0


def test_the_plain_script_is_fine(tmp_path):
    assert len(load_plan(str(script(tmp_path))).steps) == 1


@pytest.mark.parametrize("attack", REFUSED)
@pytest.mark.usefixtures("limits")
def test_it_is_refused_with_a_line(tmp_path, monkeypatch, attack):
    monkeypatch.chdir(tmp_path)
    path = script(tmp_path, **REFUSED[attack])
    with pytest.raises(FileFault) as refusal:
        load_plan(str(path))
    assert all(fault.line or fault.message for fault in refusal.value.faults)
    assert str(refusal.value).replace("\n", "").isprintable()
    assert len(str(refusal.value)) < 2000
    assert not (tmp_path / "owned").exists()


PATHS = [attack for attack in REFUSED if "path" in attack]


@pytest.mark.parametrize("attack", PATHS)
def test_a_path_is_refused_by_its_form(tmp_path, attack):
    """Not because there happens to be no such file: the words tell which."""
    with pytest.raises(FileFault) as refusal:
        load_plan(str(script(tmp_path, **REFUSED[attack])))
    said = str(refusal.value)
    assert "small letters, digits and hyphens" in said or "is not known as `language`" in said, said


@pytest.mark.parametrize("attack", [attack for attack in REFUSED if "as a condition" in attack])
def test_what_is_no_condition_is_not_read_as_one(tmp_path, attack):
    with pytest.raises(FileFault, match="`when` cannot be read"):
        load_plan(str(script(tmp_path, **REFUSED[attack])))


def test_a_name_leads_to_no_script_outside_of_its_folder(tmp_path):
    outside = script(tmp_path).with_suffix("")
    scripts = Scripts(paths.scripts())
    for name in (str(outside), os.path.relpath(outside, paths.scripts())):
        with pytest.raises(FileFault, match="there is no routine"):
            scripts.routine(name)


@pytest.mark.parametrize(
    ("text", "said"),
    [(REPEATED, "the loops unroll to"), (SELF, "there is no routine `stranger`")],
    ids=["repeats in repeats", "a routine in itself"],
)
@pytest.mark.usefixtures("limits")
def test_what_grows_without_end_is_refused(tmp_path, text, said):
    """Each before it has begun to grow; the words tell by what."""
    path = tmp_path / "stranger.yaml"
    path.write_text(text)
    with pytest.raises(FileFault, match=said):
        load_plan(str(path))


HARMLESS = {
    "rich markup": {"title": "[red]Evening[/red] [link=https://example.org]x[/link]"},
    "a command as title": {"title": "Stop"},
    "shell": {"title": "$(touch owned); `touch owned`"},
    "percent": {"title": "%s%n%d"},
}


@pytest.mark.parametrize("command", ["check", "show", "rehearse"])
@pytest.mark.parametrize("attack", [*HARMLESS, *REFUSED])
def test_no_command_shows_an_escape_or_a_traceback(tmp_path, monkeypatch, capsys, command, attack):
    from player.cli.main import main

    monkeypatch.chdir(tmp_path)
    path = script(tmp_path, **(HARMLESS | REFUSED)[attack])
    code = main([command, str(path)])
    shown = "".join(capsys.readouterr())
    assert code in ((0, 3) if attack in HARMLESS else (3,))
    assert shown.replace("\n", "").isprintable()
    assert "Traceback" not in shown
    assert not (tmp_path / "owned").exists()


def test_a_map_of_a_strangers_routine_holds_no_script(tmp_path):
    from player.cli.main import main

    path = script(tmp_path, title="Evening & night", label="temple", step="seconds: 8\n    at: temple")
    svg = tmp_path / "map.svg"
    assert main(["show", str(path), "--map", str(svg)]) in {0, 3}
    if svg.exists():
        text = svg.read_text()
        assert "<script" not in text
        assert "Evening & night" not in text


def test_what_is_spoken_is_plain_text(tmp_path):
    language: Language = languages.load("en")
    plan = load_plan(str(script(tmp_path, say="Ten % of $HOME, `ls`, and so on.")))
    said = list(spoken(plan, language))
    assert all(text.isprintable() for text in said)
    assert not any(mark in text for text in said for mark in ("<", "[[", "{", "}"))
    assert sentences(plan.steps[0].say)


def test_the_check_sees_a_script_that_would_be_obeyed(tmp_path, monkeypatch):
    """The judge itself: with the guard taken away the escape is seen."""
    from player import messages

    assert messages.control_character("\x1b[2J") != ""
    process = subprocess.run(
        [sys.executable, "-c", r"print('\x1b[2J')"], capture_output=True, text=True, check=True
    )
    assert not process.stdout.replace("\n", "").isprintable()
