"""The mirror: the page once more, with the camera in it. No other page may ask for a camera.

The part of others (`face_mesh`) is WebAssembly: to compile that is all that its policy allows beyond the
page's.
"""

from collections.abc import Mapping
from pathlib import Path

WAY = "/mirror"
PARTS = "/face_mesh/"
STATIC = ("mirror.css", "mirror.js", "embind.js")

_CAMERA = "camera=(self)"
_HEAD = """<link rel="stylesheet" href="mirror.css">
<script src="embind.js" defer></script>
<script src="mirror.js" defer></script>"""
_GLASS = """<div id="glass" hidden>
<video id="video" muted playsinline></video>
<svg id="overlay" preserveAspectRatio="xMidYMid slice"></svg>
</div>"""
_WHERE = '<button type="button" data-command="where"></button>'
_KINDS = {".js": "text/javascript", ".wasm": "application/wasm"}


def guard(usual: Mapping[str, str]) -> dict[str, str]:
    """Return the headers of the mirror, from those of every other answer."""
    policy = usual["content-security-policy"].replace(
        "script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'"
    )
    camera = usual["permissions-policy"].replace("camera=()", _CAMERA)
    return {**usual, "content-security-policy": policy, "permissions-policy": camera}


def parts_of_page(*, there: bool, here: bool) -> dict[str, str]:
    """Return what the page's template is filled with. `there`: it has a mirror; `here`: this is it."""
    to, text = (".", "page_to_map") if here else ("mirror", "page_to_mirror")
    link = f'<a class="small" href="{to}" data-text="{text}"></a>'
    if not here:
        return {"head": "", "glass": "", "where": "", "way": link if there else ""}
    return {"head": _HEAD, "glass": _GLASS, "where": _WHERE, "way": link}


def part(folder: str, name: str) -> tuple[bytes, str] | None:
    """Return a file of the part of others and its kind; None: there is no such file."""
    file = Path(folder) / Path(name).name
    if not folder or not file.is_file():
        return None
    return file.read_bytes(), _KINDS.get(file.suffix, "application/octet-stream")
