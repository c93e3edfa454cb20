"""The models on this machine: one folder each, in the player's data folder."""

from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from player.errors import BackendUnavailable, StoreError
from player.files import paths
from player.models import catalogue, layout


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the list of models. `path` is None for what is not installed.

    `missing` names the pieces that an installed one lacks; `takes_phrases` is False for one that can only
    take dictation, which `auto` never chooses.
    """

    name: str
    language: str = ""
    size_bytes: int = 0
    licence: str = ""
    note: str = ""
    path: Path | None = None
    missing: tuple[str, ...] = ()
    takes_phrases: bool = True

    @property
    def installed(self) -> bool:
        """Whether it is here and whole."""
        return self.path is not None and not self.missing


def folder() -> Path:
    """Return the folder in which the models are; made when needed, private. Raises `StoreError`."""
    return paths.private(paths.data() / "models")


def list_models() -> list[Listed]:
    """Return the catalogue in its order, then what else is installed. Raises `StoreError`."""
    there = _installed()
    known = [_listed(entry, there.pop(entry.name, None)) for entry in catalogue.ENTRIES]
    return known + [_seen(path) for path in there.values()]


def find_default() -> Path | None:
    """Return the model that `auto` takes: the first complete one that takes phrases, if any."""
    usable = (model for model in list_models() if model.installed and model.takes_phrases)
    return next((model.path for model in usable), None)


def model_path(name: str | None = None) -> Path:
    """Return the folder of the complete model `name`, a path or a name; without one, of the default.

    Raises `BackendUnavailable`: none is installed, not this one, or a piece of it is missing.
    """
    if not name:
        found = find_default()
        if found is None and (broken := next((one.path for one in list_models() if one.missing), None)):
            raise _incomplete(broken)
        if found is None:
            hint = f"'player models get {catalogue.ENTRIES[0].short}' fetches one"
            raise BackendUnavailable(f"no Vosk model is installed in {folder()}", hint)
        return found
    path = _by_name(name)
    if layout.missing_pieces(path):
        raise _incomplete(path)
    return path


def _incomplete(path: Path) -> BackendUnavailable:
    entry = catalogue.find(path.name)
    return BackendUnavailable(
        f"{path}: this Vosk model is incomplete: {', '.join(layout.missing_pieces(path))} missing or broken",
        f"'player models get {entry.short}' fetches it anew" if entry else "put the whole model there",
    )


def _by_name(name: str) -> Path:
    direct = Path(name).expanduser()
    if direct.parent != Path() or direct.is_absolute():
        if not direct.is_dir():
            raise BackendUnavailable(f"{direct}: there is no such folder", "give the folder of a Vosk model")
        return direct
    entry = catalogue.find(name)
    there = _installed()
    if found := there.get(entry.name if entry else name):
        return found
    if entry:
        raise BackendUnavailable(f"{name}: not installed", f"'player models get {entry.short}' fetches it")
    near = get_close_matches(name, list(there), n=1)
    guess = f"did you mean {near[0]}? " if near else ""
    raise BackendUnavailable(f"{name!r}: no such model", f"{guess}'player models list' shows all")


def _installed() -> dict[str, Path]:
    where = paths.data() / "models"
    try:
        if not where.exists():
            return {}
        return {p.name: p for p in sorted(where.iterdir()) if p.is_dir() and not p.name.startswith(".")}
    except OSError as error:
        raise StoreError(f"{where}: {error.strerror}", "check who owns it") from error


def _listed(entry: catalogue.CatalogueEntry, path: Path | None) -> Listed:
    seen = _seen(path) if path else Listed(entry.name)
    return Listed(
        name=entry.name,
        language=entry.language,
        size_bytes=entry.size_bytes,
        licence=entry.licence,
        note=entry.note,
        path=path,
        missing=seen.missing,
        takes_phrases=seen.takes_phrases if path else entry.takes_phrases,
    )


def _seen(path: Path) -> Listed:
    size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    missing, takes = layout.missing_pieces(path), layout.takes_phrases(path)
    return Listed(path.name, size_bytes=size, path=path, missing=missing, takes_phrases=takes)
