"""Tab in a shell: `player completion bash` prints what the shell needs, which then asks the player itself."""

import argparse
import os
from collections.abc import Callable, Iterator
from functools import partial

SHELLS = ("bash", "zsh", "fish", "tcsh", "powershell")


def run(options: argparse.Namespace) -> int:
    """Print the lines that make a shell ask the player; the shell's start-up file evaluates them."""
    from argcomplete.shell_integration import shellcode

    print(shellcode(["player"], shell=options.shell))
    return 0


def answer(parser: argparse.ArgumentParser) -> None:
    """Tell a shell that asks what may stand at the cursor, and end the process; else do nothing."""
    if "_ARGCOMPLETE" not in os.environ:
        return
    import argcomplete

    for action in _actions(parser):
        if names := _NAMES.get(action.dest):
            vars(action)["completer"] = _completer(names)
    argcomplete.autocomplete(parser)


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    for action in parser._actions:  # noqa: SLF001 - there is no public way to them
        yield action
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - it has no public name
            for command in action.choices.values():
                yield from _actions(command)


def _completer(names: Callable[[], list[str]]) -> Callable[..., list[str]]:
    """Return what argcomplete asks: names first, files when none fits."""
    from argcomplete.completers import FilesCompleter

    def complete(prefix: str, **_parsed: object) -> list[str]:
        fitting = [name for name in names() if name.startswith(prefix)]
        return fitting or list(FilesCompleter()(prefix))

    return complete


def _routines() -> list[str]:
    from player.files import paths
    from player.routine.compile.load import routine_names

    return routine_names(paths.scripts())


def _voices() -> list[str]:
    from player.files import paths

    return sorted(path.stem for path in paths.voices().glob("*.yaml"))


def _things(kind: str) -> list[str]:
    from player.files import paths
    from player.routine.compile.load import LIBRARY
    from player.routine.compile.load_library import load_library

    return sorted(getattr(load_library(paths.scripts() / LIBRARY), kind))


def _beds() -> list[str]:
    from player.app.bed import names

    return list(names())


def _kinds() -> list[str]:
    from player.app.export import KINDS

    return [kind.lstrip(".") for kind in KINDS]


def _settings() -> list[str]:
    from player.files.settings import KEYS

    return [f"{key}=" for key in KEYS]


_NAMES: dict[str, Callable[[], list[str]]] = {
    "routine": _routines,
    "voice": _voices,
    "bed": _beds,
    "product": partial(_things, "products"),
    "tool": partial(_things, "tools"),
    "kind": _kinds,
    "change": _settings,
}
