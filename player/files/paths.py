"""Where things are: what the player brings along, and what is kept for the user.

In a source checkout `scripts/` and `voices/` lie beside the package; a wheel carries them inside it.
The user's folders are the platform's own, or lie together under `PLAYER_HOME` when that is set.
"""

import errno
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import platformdirs

from player.errors import StoreError, UsageError

_PACKAGE = Path(__file__).resolve().parent.parent
_APP = "handsfree-player"
_OWN = "make it writable, or set PLAYER_HOME to a folder of your own"
_NAME = re.compile(r"[a-z][a-z0-9-]{0,30}\Z")


def scripts() -> Path:
    """Return the folder of the routines that come with the player."""
    return _brought("scripts")


def voices() -> Path:
    """Return the folder of the voice profiles that come with the player."""
    return _brought("voices")


def languages() -> Path:
    """Return the folder of the wording and the spoken phrases, one file per language."""
    return _PACKAGE / "lang"


def data() -> Path:
    """Return the folder of what cannot be had again: journals, models. Raises `StoreError`."""
    return private(_where("data"))


def person(who: str) -> Path:
    """Return the folder of one person of the household; "" is whoever says no name.

    Raises `UsageError` when `who` is no file-safe word, `StoreError`.
    """
    if not who:
        return data()
    if not is_name(who):
        raise UsageError(
            f"--who {who}: a name is one word of small letters, digits and hyphens", "such as `--who maria`"
        )
    return private(data() / "people" / who)


def is_name(who: str) -> bool:
    """Whether that can be the name of a person of the household."""
    return _NAME.match(who) is not None


def cache() -> Path:
    """Return the folder of what can be made again. Raises `StoreError`."""
    return private(cache_path())


def cache_path() -> Path:
    """Return where that folder is, or will be."""
    return _where("cache")


def config() -> Path:
    """Return the folder of what the user writes: settings, own voices. Raises `StoreError`."""
    return private(_where("config"))


def own_scripts() -> Path:
    """Return the folder of the user's own routines, which need not be there. Raises `StoreError`."""
    return _where("config") / "routines"


def private(folder: Path) -> Path:
    """Return `folder`, made with mode 0700 if it was not there. Raises `StoreError`."""
    try:
        make_private(folder)
    except OSError as error:
        raise StoreError(
            f"{folder}: cannot make this folder: {error.strerror}",
            _OWN,
        ) from error
    if not os.access(folder, os.X_OK):
        raise StoreError(f"{folder}: {os.strerror(errno.EACCES)}", _OWN)
    return folder


def make_private(folder: Path) -> None:
    """Make a folder and what is missing above it, all with mode 0700. Raises `OSError`."""
    for each in (*reversed(folder.parents), folder):
        each.mkdir(mode=0o700, exist_ok=True)


def _brought(name: str) -> Path:
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


@contextmanager
def standing_in(tell: Callable[[str], None]) -> Iterator[None]:
    """Let folders that cannot be used be empty ones for now; `tell` gets one line, of the first."""
    told = False
    with ExitStack() as closing:
        closing.callback(_instead.clear)
        for kind in _PLATFORM:
            try:
                next(private(_where(kind)).iterdir(), None)
            except (OSError, StoreError) as error:
                why = str(error) if isinstance(error, StoreError) else f"{error.filename}: {error.strerror}"
                if not told:
                    tell(f"{why}; this session is led without what is kept there, and keeps nothing")
                told = True
                folder = closing.enter_context(tempfile.TemporaryDirectory(prefix="player-"))
                _instead[kind] = Path(folder)
        yield


_PLATFORM = {
    "data": platformdirs.user_data_path,
    "cache": platformdirs.user_cache_path,
    "config": platformdirs.user_config_path,
}
_instead: dict[str, Path] = {}  # what stands in for a folder that cannot be used


def _where(kind: str) -> Path:
    if kind in _instead:
        return _instead[kind]
    home = os.environ.get("PLAYER_HOME")
    try:
        return Path(home).expanduser() / kind if home else _PLATFORM[kind](_APP, appauthor=False)
    except (
        RuntimeError,
        KeyError,
    ) as error:  # a user without an entry in the list of users, and without HOME
        raise StoreError(
            "nobody knows where your home folder is", "set HOME, or PLAYER_HOME to a folder of your own"
        ) from error
