"""What a Vosk model folder must hold. Vosk ends the whole process over a missing piece, so we look first.

Nothing is loaded here: files are there, not empty where they must not be, and begin as such files begin.
There are two layouts, with folders (`am/`, `conf/`, `graph/`) and the older one without.
"""

import struct
from dataclasses import dataclass
from pathlib import Path

_FST_MAGIC = b"\xd6\xfd\xb2\x7e"
_HAS_OUTPUT_SYMBOLS = 2
_IVECTOR = ("final.dubm", "final.ie", "final.mat", "global_cmvn.stats", "online_cmvn.conf", "splice.conf")
_SILENCE = "--endpoint.silence-phones"


@dataclass(frozen=True, slots=True)
class _Layout:
    am: str
    conf: str
    graph: str


_WITH_FOLDERS = _Layout("am/", "conf/", "graph/")
_FLAT = _Layout("", "", "")


def missing_pieces(folder: Path) -> tuple[str, ...]:
    """Return the paths, relative to `folder`, of what is missing or broken there; () for a complete model."""
    layout = _layout(folder)
    return (*_acoustics(folder, layout), *_graph(folder, layout), *_extras(folder))


def takes_phrases(folder: Path) -> bool:
    """Return whether the model can be told which phrases to expect (it has a graph made for that)."""
    graph = folder / _layout(folder).graph
    return (graph / "HCLr.fst").is_file() and not (graph / "HCLG.fst").exists()


def _layout(folder: Path) -> _Layout:
    return _FLAT if (folder / "final.mdl").is_file() and not (folder / "am").exists() else _WITH_FOLDERS


def _acoustics(folder: Path, layout: _Layout) -> list[str]:
    wanted = [f"{layout.am}final.mdl", f"{layout.conf}mfcc.conf"]
    missing = [name for name in wanted if not _filled(folder / name)]
    if layout is _WITH_FOLDERS:
        settings = folder / "conf/model.conf"
        if not _filled(settings):
            missing.append("conf/model.conf")
        elif _SILENCE.encode() not in settings.read_bytes():
            missing.append(f"conf/model.conf ({_SILENCE})")
    return missing


def _graph(folder: Path, layout: _Layout) -> list[str]:
    graph = layout.graph
    if (folder / graph / "HCLG.fst").exists():
        fsts, others = [f"{graph}HCLG.fst"], []
    else:
        fsts, others = [f"{graph}HCLr.fst", f"{graph}Gr.fst"], [f"{graph}disambig_tid.int"]
    missing = [name for name in fsts if _fst_flags(folder / name) is None]
    missing += [name for name in others if not (folder / name).is_file()]  # it may be empty
    carries_words = (_fst_flags(folder / fsts[-1]) or 0) & _HAS_OUTPUT_SYMBOLS
    if not carries_words and not _filled(folder / f"{graph}words.txt"):
        missing.append(f"{graph}words.txt")
    return missing


def _extras(folder: Path) -> list[str]:
    missing = []
    if (folder / "ivector").exists():
        missing += [f"ivector/{name}" for name in _IVECTOR if not _filled(folder / "ivector" / name)]
    if (folder / "rescore/G.carpa").exists() and not _filled(folder / "rescore/G.fst"):
        missing.append("rescore/G.fst")
    return missing


def _filled(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0


def _fst_flags(path: Path) -> int | None:
    """Return the flags in the header of an OpenFst file; None where there is no such header."""
    if not path.is_file():
        return None
    with path.open("rb") as file:
        header = file.read(256)
    try:
        at = len(_FST_MAGIC)
        for _ in ("type of the FST", "type of its arcs"):
            (length,) = struct.unpack_from("<i", header, at)
            at += 4 + length
        _version, flags = struct.unpack_from("<ii", header, at)
    except struct.error:
        return None
    return int(flags) if header.startswith(_FST_MAGIC) else None
