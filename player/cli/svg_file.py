"""Options that name a drawing."""

from pathlib import Path

from player.errors import UsageError

_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff", ".pdf", ".eps", ".ps")


def svg_file(option: str, name: str) -> Path | None:
    """Return the file that is to be drawn, None for "". Raises `UsageError` where no SVG is wanted."""
    if name.lower().endswith(_PICTURES):
        raise UsageError(
            f"{option} {name}: drawings are SVG",
            f"name it {Path(name).with_suffix('.svg')}; every browser shows it",
        )
    return Path(name) if name else None
