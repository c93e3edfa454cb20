"""Opening the page in a browser of this computer, where somebody sits in front of it."""

import os
import sys
import threading
import webbrowser


def open_here(address: str) -> None:
    """Open the address in a browser with windows, where there may be one. Returns at once."""
    windows = sys.platform in {"darwin", "win32"} or bool(os.environ.keys() & {"DISPLAY", "WAYLAND_DISPLAY"})
    if windows:
        threading.Thread(target=webbrowser.open, args=(address,), name="browser", daemon=True).start()
