"""What a child process is told of its surroundings, and what it leaves behind: as little as can be."""

import ctypes
import os
import re
import sys

# Where programs and libraries are, the language, and how to find the sound server. Passwords and keys that a
# shell has in its environment are nobody else's.
_NEEDED = re.compile(
    r"(PATH|HOME|USER|LOGNAME|LANG|LANGUAGE|TZ|TMPDIR|TEMP|TMP|VIRTUAL_ENV|DBUS_SESSION_BUS_ADDRESS)"
    r"|(LC|LD|DYLD|PYTHON|XDG|PULSE|PIPEWIRE|ALSA|JACK|PLAYER|ESPEAK|OMP|OPENBLAS)_?[A-Z0-9_]*"
    r"|(SYSTEMROOT|WINDIR|SYSTEMDRIVE|COMSPEC|PATHEXT|USERPROFILE|HOMEDRIVE|HOMEPATH|(LOCAL)?APPDATA"
    r"|PROGRAM(FILES|DATA)[A-Z0-9()]*|NUMBER_OF_PROCESSORS|PROCESSOR_[A-Z]+)",
    re.IGNORECASE,
)
_PR_SET_DUMPABLE = 4


def for_child(**more: str) -> dict[str, str]:
    """Return the environment of a child process: what it needs of ours, and `more`."""
    return {name: text for name, text in os.environ.items() if _NEEDED.fullmatch(name)} | more


def leave_no_core() -> None:
    """Let a crash of this process leave no image of its memory, in which there may be sound or words."""
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0)  # also where a program is piped the image
