"""Tab, as bash, zsh and fish themselves ask for it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.missing import missing

# What each shell does at Tab: bash calls the function that `complete` names, with the line and where the
# cursor is; zsh calls that of `compdef`, which gives its names to `_describe`; fish has a command for it.
AT_TAB = {
    "bash": """
eval "$(player completion bash)"
COMP_LINE=$1 COMP_POINT=${#1} COMP_TYPE=9
_python_argcomplete player
printf '%s\\n' "${COMPREPLY[@]}"
""",
    "zsh": """
compdef() { at_tab=$1 }
_describe() { print -rl -- "${(@P)2}" }
eval "$(player completion zsh)"
words=(player) BUFFER=$1 CURSOR=${#1}
$at_tab
""",
    "fish": """
player completion fish | source
complete -C $argv[1]
""",
}
HOW = {"bash": ("bash", "-c"), "zsh": ("zsh", "-f", "-c"), "fish": ("fish", "--no-config", "-c")}


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("player re", {"resume", "replay", "rehearse"}),
        ("player rehearse my", {"my-own"}),
        ("player play --pa", {"--page", "--page-host", "--pace"}),
        ("player play --voice espeak-l", {"espeak-low"}),
        ("player models ", {"list", "get", "path"}),
        ("player check rou", {"routines/"}),
        ("player play --bed dr", {"drone"}),
        ("player play --product oi", {"oil", "oil_with_essential"}),
        ("player export --all there --as m4", {"m4a", "m4b"}),
        ("player settings me", {"media_keys="}),
    ],
)
def test_tab_offers_what_may_stand_there(typed: str, offered: set[str], tmp_path: Path) -> None:
    assert at_tab("bash", typed, tmp_path) == offered


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_offer_the_same(shell: str, tmp_path: Path) -> None:
    if shutil.which(shell) is None:
        missing(f"what {shell} does at Tab is known to {shell} (apt: {shell})")
    assert at_tab(shell, "player re", tmp_path) == {"resume", "replay", "rehearse"}
    assert at_tab(shell, "player rehearse my", tmp_path) == {"my-own"}
    assert at_tab(shell, "player check rou", tmp_path) == {"routines/"}


def at_tab(shell: str, typed: str, tmp_path: Path) -> set[str]:
    """Return what the shell offers, without what it says about each."""
    own = tmp_path / "config/routines"
    own.mkdir(parents=True, exist_ok=True)
    (own / "my-own.yaml").touch()
    paths = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    name = [] if shell == "fish" else [shell]
    done = subprocess.run(
        [*HOW[shell], AT_TAB[shell], *name, typed],
        env={**os.environ, "PATH": paths, "PLAYER_HOME": str(tmp_path), "HOME": str(tmp_path)},
        cwd=own.parent,
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    names = {line.replace("\t", ":").partition(":")[0].strip() for line in lines}
    return names - {"-h", "--help"}
