"""What the player is made of: who may talk to a network, and what is pinned."""

import ast
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "player"
# Modules of Python, and packages that are often used, with which a program reaches others.
NETWORK = {
    *("asyncio", "ftplib", "http", "imaplib", "multiprocessing", "nntplib", "poplib", "selectors", "smtplib"),
    *("socket", "socketserver", "ssl", "telnetlib", "urllib", "webbrowser", "xmlrpc"),
    *("anyio", "starlette", "uvicorn", "aiohttp", "httpx", "requests", "urllib3", "websocket", "websockets"),
}
RUNS = frozenset({"eval", "exec", "compile", "__import__"})


def imported(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add(str(node.module).partition(".")[0])
    return names


def test_network_code_is_in_one_place():
    users = {path.relative_to(PACKAGE).parts[0] for path in PACKAGE.rglob("*.py") if imported(path) & NETWORK}
    assert users == {"models", "page", "media_keys"}  # these two: in processes of their own, for who asks


@pytest.mark.parametrize("folder", ["files", "routine"])
def test_nothing_that_reads_files_of_others_runs_what_it_reads(folder):
    """No `eval` and its kin, no shell, no unpickling, no YAML that makes objects."""
    for path in (PACKAGE / folder).rglob("*.py"):
        assert not imported(path) & {"subprocess", "pickle", "marshal", "shelve", "ctypes", "importlib"}, path
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in RUNS, f"{path}:{node.lineno}"
            if isinstance(node, ast.Attribute):
                assert (isinstance(node.value, ast.Name) and node.value.id, node.attr) not in {
                    ("yaml", "load"),
                    ("yaml", "unsafe_load"),
                    ("yaml", "full_load"),
                    ("os", "system"),
                    ("os", "popen"),
                }, f"{path}:{node.lineno}"


def test_every_dependency_is_pinned_to_a_file_with_its_hash():
    packages = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))["package"]
    ours = [one for one in packages if set(one["source"]) & {"editable", "virtual"}]
    theirs = [one for one in packages if one not in ours]
    assert [one["name"] for one in ours] == ["handsfree-player"]
    assert len(theirs) > 10
    for one in theirs:
        assert "registry" in one["source"], one["name"]
        files = [*one.get("wheels", []), *([one["sdist"]] if "sdist" in one else [])]
        assert files, one["name"]
        assert all(file["hash"].startswith("sha256:") for file in files), one["name"]


def test_the_library_that_runs_models_is_one_without_telemetry():
    packages = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))["package"]
    (version,) = [one["version"] for one in packages if one["name"] == "onnxruntime"]
    assert tuple(map(int, version.split(".")[:2])) < (1, 24), "traced: 1.32 opens sockets"
