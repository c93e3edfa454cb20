"""Documents: strings with positions, and one clear line for everything that is no script."""

import os
from pathlib import Path

import pytest
import yaml

from player.errors import FileFault
from player.yaml_reader import document
from player.yaml_reader.document import Faults, Node, parse, read
from player.yaml_reader.fields import Fields


def parsed(text: str) -> Node:
    faults = Faults("x.yaml")
    node = parse(text, faults)
    faults.check()
    return node


def first_fault(text: str) -> str:
    with pytest.raises(FileFault) as caught:
        parsed(text)
    return str(caught.value.faults[0])


def test_values_are_strings_with_positions() -> None:
    node = parsed("title: No\nsay: 010\nsteps:\n  - hold: 1:30\n")
    assert node.plain() == {"title": "No", "say": "010", "steps": [{"hold": "1:30"}]}
    hold = node.value["steps"].value[0].value["hold"]  # type: ignore[index,call-overload,union-attr]
    assert (hold.line, hold.column) == (4, 11)
    assert node.keys["say"] == (2, 1)


BROKEN = {
    "[" * 200_000: ": nested deeper than 40 levels: this is no script",  # from PyYAML 6.0.4 on at column 1001
    "{a: " * 200_000: "1:161: nested deeper",
    "- " * 200_000: "1:81: nested deeper",
    "a: 1\nb: 2\na: 3\n": "3:1: `a` is here twice (first in line 1)",
    "a: &x [1]\nb: [*x, *x]": "1:4: an anchor (&x)",
    "b: *x": "1:4: an alias",
    "a: !!python/object/apply:os.system [x]": "1:4: a tag",
    "a:\n\tb: 1": "2:1: a tab",
    "a: @b": "1:4: a text cannot begin with `@`",
    "say: one: two": "1:9: a colon followed by a space",
    "for_each: side: [left, right]": "1:15: two keys in one line: write `{side: [left, right]}`",
    "- id: a\n   say: b": "2:7: `say` is indented further than the line above: line it up with `id`",
    "- id: 'a'\n   say: b": "2:4: `say` is indented further than the line above: line it up with `id`",
    "- id: a\n  say: b\n\n  # c\n   at: c": "5:4: `at` is indented further than the line above",
    "steps:\n - say: Now: rest.": "2:12: a colon followed by a space inside a text",
    "hold: count: 4 ": "1:12: two keys in one line: write `{count: 4}`",
    "- id: 'a'\n say: b": "2:2: this line does not fit",
    "a: 1\n\tb: 2": "2:1: a tab: indent with spaces",
    'a: "x\nb: 2\n': "1:4: a quote is opened here",
    "a: [1, 2\nb: 3": "1:4: a bracket is opened here",
    "a: [": "a value is missing here",
    "a: \x1b[31m": "1:4: a control character",
    "a: 1\n---\nb: 2": "2:1: a second document",
    "? [a]\n: b": "1:3: a key must be one word",
    "# only a comment\n": "x.yaml: the file is empty",
}


@pytest.mark.parametrize("loader", ["CSafeLoader", "SafeLoader"])
@pytest.mark.parametrize(
    ("text", "says"), BROKEN.items(), ids=[say.split(":")[-1].strip()[:20] for say in BROKEN.values()]
)
def test_broken_text_gives_one_clear_line(
    text: str, says: str, loader: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(document, "_LOADER", getattr(yaml, loader))
    line = first_fault(text)
    assert says in line
    assert "\n" not in line
    assert line.isprintable()


@pytest.mark.parametrize("loader", ["CSafeLoader", "SafeLoader"])
def test_both_parsers_give_the_same_nodes(loader: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "_LOADER", getattr(yaml, loader))
    node = parsed("a: 'x'\nb:\n- [1, {c: d}]\n- ''\n")
    assert node.plain() == {"a": "x", "b": [["1", {"c": "d"}], ""]}
    assert node.keys == {"a": (1, 1), "b": (2, 1)}


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    cases: dict[str, str] = {}
    for name, content in {
        "empty": b"",
        "latin": "a: é".encode("latin-1"),
        "utf16": "a: b".encode("utf-16"),
        "nul": b"a: \0",
    }.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "big").write_bytes(b"#" * (document.MAX_BYTES + 1))
    os.mkfifo(tmp_path / "pipe")
    for name in ("empty", "latin", "utf16", "nul", "big", "pipe", "missing", ".", "x" * 300):
        with pytest.raises(FileFault) as caught:
            read(tmp_path / name)
        cases[name] = caught.value.faults[0].message
    assert cases["empty"] == "the file is empty"
    assert cases["latin"].startswith("not UTF-8")
    assert cases["utf16"].startswith("not UTF-8")
    assert cases["nul"].startswith("a control character")
    assert cases["big"].startswith("larger than 16 MB")
    assert "not an ordinary file" in cases["pipe"]
    assert cases["missing"] == "there is no such file"
    assert cases["x" * 300] == "this is no name of a file"
    assert cases["."] == "this is a folder, not a file"


def test_no_permission_is_named_for_every_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "denied", str(path))

    monkeypatch.setattr(document, "_read_bytes", refuse)
    with pytest.raises(FileFault, match="no permission to read it"):
        read(tmp_path / "x")


def test_typed_readers_note_every_fault_and_go_on() -> None:
    faults = Faults("x.yaml")
    node = parse(
        'title: "a\\e[31m"\nbeat: fast\nsets: 900\nsids: left\nside: lefft\nhold: 1.5\nlist: a\n',
        faults,
    )
    fields = Fields(node, faults, "a step")
    assert fields.text("title") == ""
    assert fields.number("beat", 60.0) == 60.0
    assert fields.whole("sets", 1, high=99) == 1
    assert fields.one_of("side", ("left", "right"), "right") == "right"
    assert fields.whole("hold", 4) == 4
    assert fields.texts("list") == ("a",)
    assert fields.text("say", required=True) == ""
    fields.done()
    assert [str(fault) for fault in faults.sorted()] == [
        "x.yaml:1:1: a step needs `say`",
        "x.yaml:1:8: `title` holds a character that is not text (U+001B): remove it",
        "x.yaml:2:7: `beat` should be a number, not `fast`",
        "x.yaml:3:7: `sets` is 900; it should be from 0 to 99",
        "x.yaml:4:1: `sids` is not a key of a step (did you mean `side`?)",
        "x.yaml:5:7: `lefft` is not known as `side` (did you mean `left`?)",
        "x.yaml:6:7: `hold` should be a whole number",
    ]


def test_wrong_kinds_are_named() -> None:
    faults = Faults("x.yaml")
    fields = Fields(parse("say: [a]\ninner: text\n", faults), faults, "a step")
    fields.text("say")
    inner = fields.fields("inner")
    assert inner is not None
    assert [fault.message for fault in faults.sorted()] == [
        "`say` should be a text, not a list",
        "`inner` should be a mapping (key: value), not a text",
    ]
