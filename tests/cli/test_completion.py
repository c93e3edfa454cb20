"""Tab, as bash itself asks for it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

# What bash does at Tab: the function that `complete` names, with the line and the place of the cursor.
AT_TAB = """
eval "$(player completion bash)"
COMP_LINE=$1 COMP_POINT=${#1} COMP_TYPE=9
_python_argcomplete player
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("player re", {"resume", "replay", "rehearse"}),
        ("player rehearse my", {"my-own"}),
        ("player play --pa", {"--page", "--page-host", "--pace"}),
        ("player play --voice espeak-l", {"espeak-low"}),
        ("player models ", {"list", "get", "path"}),
        ("player check rou", {"routines/"}),
    ],
)
def test_tab_offers_what_may_stand_there(typed: str, offered: set[str], tmp_path: Path) -> None:
    own = tmp_path / "config/routines"
    own.mkdir(parents=True)
    (own / "my-own.yaml").touch()
    paths = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    shell = subprocess.run(
        ["bash", "-c", AT_TAB, "bash", typed],
        env={**os.environ, "PATH": paths, "PLAYER_HOME": str(tmp_path)},
        cwd=own.parent,
        check=True,
        capture_output=True,
        text=True,
    )
    assert set(shell.stdout.replace("\n", " ").split()) - {"-h", "--help"} == offered
    assert shell.stderr == ""
