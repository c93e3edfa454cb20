"""Voice profiles: `voices/*.yaml`, read into frozen data."""

from dataclasses import dataclass, replace
from pathlib import Path

from player.errors import Fault, FileFault
from player.messages import did_you_mean, shown
from player.registry import VOICE_ENGINES
from player.yaml_reader import document
from player.yaml_reader.fields import Fields

HIBARI_VOICE = "heart"
_LESSER = {"espeak": "espeak-calm", "system": "system"}  # the voice of each engine that takes over


@dataclass(frozen=True, slots=True)
class VoiceProfile:
    """How the player sounds.

    `engine` is "hibari" (a neural voice, where onnxruntime runs), "espeak" (espeak-ng) or "system" (whatever
    the system speaks with). `voice` is the engine's own name for a voice; empty: its choice.
    `pitch` and `pitch_range` (0 to 99, not of the system's; how high, how lively; 50 is as it is) and
    `word_gap_ms` (espeak only) shape the tone; `volume` (0 to 1) is a share of the standard loudness.
    `sentence_pause_s` is the silence between sentences; None leaves it to the engine.
    """

    name: str
    title: str
    language: str
    engine: str = "espeak"
    voice: str = ""
    rate_wpm: int = 140
    pitch: int = 50
    pitch_range: int = 50
    word_gap_ms: int = 0
    volume: float = 1.0
    sentence_pause_s: float | None = 0.6


def folder() -> Path:
    """Return where the voices that come with the player are."""
    inside = Path(__file__).parents[1] / "voices"  # in an installed player; in a checkout it is beside it
    return inside if inside.is_dir() else inside.parents[1] / "voices"


def names() -> tuple[str, ...]:
    """Return the names of the voices that come with the player."""
    return tuple(sorted(path.stem for path in document.yaml_files(folder())))


def find(name: str) -> VoiceProfile:
    """Return a voice by its name, or from a file of the user's (`mine.yaml`). Raises `FileFault`."""
    if document.is_yaml(name):
        return load(Path(name))
    if name not in names():
        said = f"there is no voice `{shown(name)}`{did_you_mean(name, names())}"
        raise FileFault((Fault(shown(name), 0, 0, said),), "voices: " + ", ".join(names()))
    return load(next(path for path in document.yaml_files(folder()) if path.stem == name))


def like(profile: VoiceProfile) -> tuple[VoiceProfile, ...]:
    """Return the voices that come along and speak with the same engine, the one after `profile` first."""
    kind = profile.engine, profile.language
    others = (one for one in map(find, names()) if (one.engine, one.language) == kind)
    return tuple(sorted(others, key=lambda one: (one.name <= profile.name, one.name)))


def lesser(profile: VoiceProfile) -> tuple[VoiceProfile, ...]:
    """Return the voices to fall back to when the engine of `profile` cannot run, the best first."""
    engines = list(VOICE_ENGINES)
    behind = engines[engines.index(profile.engine) + 1 :]
    return tuple(replace(find(_LESSER[engine]), volume=profile.volume) for engine in behind)


def load(path: Path) -> VoiceProfile:
    """Read one profile. Raises `FileFault` with every fault of the file."""
    faults = document.Faults(str(path))
    fields = Fields(document.read(path), faults, "a voice")
    pause = fields.number("sentence_pause_s", None, low=0, high=5)
    engine = fields.one_of("engine", tuple(VOICE_ENGINES), "espeak")
    profile = VoiceProfile(
        name=path.stem,
        title=fields.text("title", required=True),
        language=fields.text("language", required=True),
        engine=engine,
        voice=_voice(fields, engine, faults),
        rate_wpm=fields.whole("rate_wpm", low=80, high=300) or 140,
        pitch=_share(fields, "pitch"),
        pitch_range=_share(fields, "pitch_range"),
        word_gap_ms=fields.whole("word_gap_ms", low=0, high=500) or 0,
        volume=_volume(fields),
        sentence_pause_s=pause,
    )
    fields.done()
    faults.check()
    return profile


def _voice(fields: Fields, engine: str, faults: document.Faults) -> str:
    voice = fields.text("voice")
    if engine == "hibari" and voice not in {"", HIBARI_VOICE}:
        message = (
            f"hibari has only `{HIBARI_VOICE}` here, not `{shown(voice)}`: any other would be downloaded"
        )
        faults.add(fields.where("voice"), message)
    return voice


def _share(fields: Fields, key: str) -> int:
    value = fields.whole(key, low=0, high=99)
    return 50 if value is None else value


def _volume(fields: Fields) -> float:
    value = fields.number("volume", low=0.1, high=1)
    return 1.0 if value is None else value
