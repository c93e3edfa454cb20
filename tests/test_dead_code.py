"""What nothing uses is found, and every exception in pyproject.toml is still one."""

import tomllib
from pathlib import Path

from vulture import Vulture

ROOT = Path(__file__).resolve().parent.parent


def unused(*paths: Path) -> set[str]:
    found = Vulture()
    found.scavenge(list(map(str, paths)))
    return {item.name for item in found.get_unused_code(min_confidence=60)}


def test_nothing_is_unused_but_what_says_why() -> None:
    allowed = set(tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["vulture"]["ignore_names"])
    found = unused(ROOT / "player")
    assert sorted(found - allowed) == [], "nothing uses these: take them out"
    assert sorted(allowed - found) == [], "these are used: take them out of ignore_names"


def test_a_function_that_nobody_calls_is_found(tmp_path: Path) -> None:
    (tmp_path / "dead.py").write_text("def dead():\n    return alive()\n\n\ndef alive():\n    return 1\n")
    assert unused(tmp_path) == {"dead"}
