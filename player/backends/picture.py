"""A drawing as a picture: SVG to PNG, by resvg (an extra)."""

from typing import Any

from player.errors import BackendUnavailable


def need() -> Any:
    """Return the library. Raises `BackendUnavailable`."""
    try:
        import resvg_py
    except ImportError as error:
        raise BackendUnavailable(
            "a cover needs the extra `export`", "`pipx install '.[export]'`, or in a checkout `make extras`"
        ) from error
    return resvg_py


def png(svg: str, wide: int) -> bytes:
    """Return the PNG, `wide` pixels wide. Raises `BackendUnavailable`."""
    return bytes(need().svg_to_bytes(svg_string=svg, width=wide))
