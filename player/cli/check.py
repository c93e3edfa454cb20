"""`player check` and `player new`."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from player.app import spoken_names
from player.errors import Fault, FileFault, StoreError, UsageError
from player.files import languages, paths, there
from player.routine.compile.load import Scripts, routine_names
from player.routine.lint.linter import check, unread
from player.routine.template import new_script
from player.yaml_reader.document import is_yaml, yaml_files


def run(options: argparse.Namespace) -> int:
    """Run one of the two."""
    return _new(options.name) if options.command == "new" else _check(options)


def _check(options: argparse.Namespace) -> int:
    """Print every fault; 3 when there is an error, 0 for warnings only or none."""
    asked = [_meant(name) for name in options.files] or [paths.scripts()]
    if empty := tuple(path for path in asked if there.is_dir(path) and not yaml_files(path)):
        raise FileFault(
            tuple(Fault(str(path), 0, 0, "there are no scripts (*.yaml, *.yml) in it") for path in empty)
        )
    faults = check(asked)
    if not any(fault.severity == "error" for fault in faults):
        faults = [*faults, *_names(asked)]
    errors = sum(fault.severity == "error" for fault in faults)
    if options.json:
        print(json.dumps([asdict(fault) for fault in faults], ensure_ascii=False, indent=2))
    else:
        for fault in faults:
            print(f"{fault}" if fault.severity == "error" else f"{fault} (advice)")
        print(counted(faults), file=sys.stderr)
        if any(map(unread, faults)):
            print(
                "mend these, then check again: a script that cannot be read is not looked at further",
                file=sys.stderr,
            )
    return FileFault.exit_code if errors else 0


def _meant(name: str) -> Path:
    """Return the file or folder of that name, or the script of a routine that is called so."""
    path = Path(name)
    if there.exists(path) or is_yaml(name):
        return path
    scripts = Scripts(paths.scripts())
    return scripts.path(name) if name in scripts.names() else path


def _names(asked: Sequence[Path]) -> tuple[Fault, ...]:
    """Return what is wrong with the spoken names in these files, beside those that are there already."""
    given = (file for path in asked for file in (yaml_files(path) if there.is_dir(path) else [path]))
    files = {file.resolve() for file in given}
    scripts = Scripts(paths.scripts())
    known = {Path(one.path).resolve(): one for one in scripts.all()}
    new = [scripts.opened(file) for file in sorted(files - known.keys())]
    language = languages.load("en")
    found = spoken_names.faults((*known.values(), *new), language, languages.evening(language))
    return tuple(fault for fault in found if Path(fault.path).resolve() in files)


def counted(faults: Sequence[Fault]) -> str:
    """Return how many of them are errors, and how many advice, in words."""
    errors = sum(fault.severity == "error" for fault in faults)
    advice = len(faults) - errors
    return f"{errors} fault{'' if errors == 1 else 's'}, {advice} piece{'' if advice == 1 else 's'} of advice"


def _new(name: str) -> int:
    path = Path(name)
    if not is_yaml(name):  # by its name alone it is found, and offered
        path = paths.own_scripts() / f"{name}.yaml"
        if path.stem in routine_names(paths.scripts()):
            raise StoreError(f"there is a routine `{name}` already", "choose another name")
    try:
        text = new_script(path.stem)
        if not is_yaml(name):
            paths.private(path.parent)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except ValueError as error:
        raise UsageError(str(error)) from error
    except FileExistsError as error:
        raise StoreError(f"{path} is there already", "choose another name") from error
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}") from error
    print(path)
    return 0
