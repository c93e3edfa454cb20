"""A folder of scripts to write into, with the real library beside it."""

from pathlib import Path

from player.core.plan import Plan
from player.files import languages, paths
from player.routine.compile.compose import load_plan
from player.routine.compile.load import Scripts
from player.routine.compile.request import Request

HEAD = "format: 1\ntitle: Example\n"
USUAL = "gates: contra-basic\nsteps:\n"


def whole(example: str) -> str:
    """Make a whole script of an example: steps alone get the usual head."""
    if example.startswith("format:"):
        return "title: Example\n" + example
    return HEAD + (USUAL if example.startswith("-") else "") + example + "\n"


class Folder:
    """Scripts in a folder of their own, with the shipped ones to run."""

    def __init__(self, path: Path) -> None:
        self.path = path
        (path / "library").symlink_to(paths.scripts() / "library")
        for script in paths.scripts().glob("*.yaml"):
            (path / script.name).symlink_to(script)

    def write(self, text: str, name: str = "example") -> Path:
        script = self.path / f"{name}.yaml"
        script.unlink(missing_ok=True)
        script.write_text(whole(text))
        return script

    def scripts(self) -> Scripts:
        return Scripts(self.path)

    def plan(self, text: str, request: Request | None = None, name: str = "example") -> Plan:
        self.write(text, name)
        words = languages.load("en").routine
        return load_plan(name, scripts_dir=self.path, words=words, request=request or Request())
