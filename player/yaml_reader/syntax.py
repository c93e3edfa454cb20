"""What is no YAML, in words that say what to do."""

import re

import yaml

from player.messages import shown

MAX_DEPTH = 40
TOO_DEEP = f"nested deeper than {MAX_DEPTH} levels: this is no script"
_DOES_NOT_FIT = "this line does not fit: check its indent and that every key ends in a colon"
_PLAIN_WORDS = (
    ("mapping values are not allowed", "a colon followed by a space inside a text: put the text in quotes"),
    ("did not find expected key", _DOES_NOT_FIT),
    ("did not find expected '-'", _DOES_NOT_FIT),
    ("expected <block end>", _DOES_NOT_FIT),
    ("found a tab character", "a tab: indent with spaces"),
    ("node content", "a value is missing here, or a bracket before it is not closed"),
    ("could not find expected ':'", "a colon is missing after the key"),
    ("expected ',' or", "a bracket is opened here and not closed, or a comma is missing"),
    ("unexpected end of stream", "a quote is opened here and not closed"),
    ("control characters", "a control character: remove it"),
    ("maximum nesting depth", TOO_DEEP),  # PyYAML from 6.0.4 on, at 1,000 levels, before its first event
    ("special characters", "a control character: remove it"),
)
_SAID_WHERE_IT_BEGAN = ("expected ',' or", "unexpected end of stream")


def explained(error: yaml.YAMLError, text: str) -> tuple[int, int, str]:
    """Return line, column (from 1; 0 where it is not known) and what to do, for what is no YAML."""
    problem = str(getattr(error, "problem", "") or getattr(error, "reason", "") or error)
    said = next((words for part, words in _PLAIN_WORDS if part in problem), f"not YAML: {problem}")
    mark = getattr(error, "problem_mark", None)
    if any(part in problem for part in _SAID_WHERE_IT_BEGAN):
        mark = getattr(error, "context_mark", None) or mark
    if mark is not None:
        lines = [*text.splitlines(), ""]
        if "cannot start any token" in problem:
            said = _bad_start(lines[mark.line][mark.column :])
        elif any(part in problem for part in _PERHAPS_THE_INDENT):
            said = _too_far_in(lines, mark.line) or _second_key(lines[mark.line]) or said
        return mark.line + 1, mark.column + 1, said
    position = getattr(error, "position", None)  # a character that YAML never allows
    if isinstance(position, int):
        line = text.count("\n", 0, position) + 1
        return line, position - text.rfind("\n", 0, position), said
    return 0, 0, said


_PERHAPS_THE_INDENT = ("mapping values are not allowed", "did not find expected key", "expected <block end>")
_KEY = re.compile(r"(?P<before>[ ]*(?:- +)*)(?P<key>[\w-]+):(?: +(?P<value>[^\s|>#])|\s|$)")
_SECOND_KEY = re.compile(r"[ ]*(?:- +)*[\w-]+: +(?P<inside>[a-z_]+: +[\[{\d].*)\Z")


def _too_far_in(lines: list[str], number: int) -> str:
    """Return what to do where a key stands further in than the key and value of the line above, or ""."""
    above = next((line for line in reversed(lines[:number]) if line.split("#")[0].strip()), "")
    here, there = _KEY.match(lines[number]), _KEY.match(above)
    if here is None or there is None or not there["value"] or here.end("before") <= there.end("before"):
        return ""
    key, above_key = shown(here["key"]), shown(there["key"])
    return f"`{key}` is indented further than the line above: line it up with `{above_key}`"


def _second_key(line: str) -> str:
    """Return what to do where a key with a list, mapping or number is the value of another, or ""."""
    match = _SECOND_KEY.match(line.rstrip())
    inside = shown(match["inside"]) if match else ""
    return f"two keys in one line: write `{{{inside}}}` (a text with a colon goes in quotes)" if match else ""


def _bad_start(rest: str) -> str:
    if rest.startswith("\t"):
        return "a tab: indent with spaces"
    return f"a text cannot begin with `{shown(rest[:1])}`: put it in quotes"
