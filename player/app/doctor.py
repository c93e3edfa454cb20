"""What works on this machine: every back end and device, usable or the reason and the cure."""

import importlib.util
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from player import registry
from player.app import ears
from player.app.choices import DEFAULT_VOICE
from player.backends.keyboard import Keyboard
from player.backends.portaudio import PortAudioLoudspeaker, PortAudioMicrophone, devices
from player.core.wording import Language
from player.errors import BackendUnavailable, FileFault, PlayerError, brings
from player.files import languages, paths, settings, there, voices
from player.files.voices import VoiceProfile
from player.models import face_mesh, store
from player.ports import RecogniserNeeds
from player.sound import tones
from player.sound.mixer import Mixer
from player.voice.client import VoiceWorker
from player.voice.fallback import FallbackVoice

LISTEN_S = 1.5
_SILENT_DB = -90.0
_CLIPPED = 32_700
_SOFT_DB = -66.0  # speech of this level is not heard
_OFFSET = 0.01  # of full scale; less is usual
_NAMED = 5  # phrases, of those that cannot be known


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `cure` is empty when nothing is wrong; `needed`: a session wants it."""

    name: str
    usable: bool
    detail: str
    cure: str = ""
    needed: bool = True


def findings(language: Language) -> Iterator[Finding]:
    """Look at one thing after the other; takes some seconds and sounds one soft chime."""
    yield Finding("python", usable=True, detail=f"{sys.version.split()[0]} on {sys.platform}")
    for name, look in _LOOKS.items():
        try:
            yield Finding(name, usable=True, detail=look(language))
        except PlayerError as error:
            yield Finding(name, False, str(error), error.hint, needed=name not in _WELCOME)


def _voice(_language: Language) -> str:
    lesser: list[str] = []
    with FallbackVoice(voices.find(DEFAULT_VOICE), report=lesser.append) as voice:
        voice.render("1, 2, 3.")
    spoken = "".join(f"; {line}" for line in lesser)
    return f"`{voice.profile.name}` speaks; --voice has {', '.join(voices.names())}{spoken}"


def _voice_engine(name: str, language: Language) -> str:
    engine = registry.voice_engine(name)
    with VoiceWorker(VoiceProfile(name, engine.title, language.code, name)) as voice:
        clip = voice.render("1, 2, 3.")
    level = 20 * np.log10(float(np.abs(clip).max()) + 1e-9)
    return f"{engine.title}; {voice.identity.split(' | ')[0]}; peak {level:.0f} dBFS"


def _devices(_language: Language) -> str:
    found = devices()
    outputs = [d.name + ("*" if d.default_output else "") for d in found if d.outputs]
    inputs = [d.name + ("*" if d.default_input else "") for d in found if d.inputs]
    return f"out: {', '.join(outputs) or 'none'}; in: {', '.join(inputs) or 'none'} (* the system's choice)"


def _loudspeaker(_language: Language) -> str:
    mixer = Mixer()
    loudspeaker = PortAudioLoudspeaker()
    loudspeaker.start(mixer.render)
    try:
        mixer.cue(tones.tone("chime"))
        threading.Event().wait(LISTEN_S)
        return f"takes sound; {loudspeaker.played() / 48_000:.1f} s played in {LISTEN_S} s"
    finally:
        loudspeaker.close()


def _microphone(_language: Language) -> str:
    heard = bytearray()
    microphone = PortAudioMicrophone()
    microphone.start(heard.extend)
    try:
        threading.Event().wait(LISTEN_S)
    finally:
        microphone.close()
    samples = np.frombuffer(bytes(heard[: len(heard) // 2 * 2]), np.int16)
    return level(samples, microphone.dead_channels)


def level(samples: "np.ndarray[tuple[int], np.dtype[np.int16]]", dead: Sequence[int] = ()) -> str:
    """Return what a microphone gave, in words, with what is odd about it though it can be used.

    `samples`: s16, one channel; `dead`: channels of the device with nothing in them. Raises `PlayerError`,
    with the cause, where it is of no use.
    """
    if not len(samples) or not samples.any():
        raise PlayerError(
            "the microphone delivers nothing but zeros",
            "allow this terminal to use the microphone, and see that it is not muted",
        )
    offset = float(np.mean(samples / 32768))
    moving = samples / 32768 - offset  # an offset is no sound
    rms = 10 * float(np.log10(np.mean(np.square(moving)) + 1e-12))
    clipped = float(np.mean(np.abs(samples.astype(np.int32)) >= _CLIPPED))
    if clipped > 0.001:
        raise PlayerError(f"the microphone is overdriven ({clipped:.1%} of samples)", "turn its level down")
    odd = [f"{rms:.0f} dBFS in this room now"]
    if rms < _SOFT_DB:
        odd.append("so soft that words may be lost: if somebody spoke just now, turn its level up")
    if dead:
        odd.append(f"nothing in channel {' and '.join(map(str, dead))} of the microphone: another is taken")
    if abs(offset) >= _OFFSET:
        odd.append(f"an offset of {offset:.0%} of full scale, which is taken away")
    return "; ".join(odd)


def _recogniser(name: str, language: Language) -> str:
    kind = registry.recogniser(name)
    needs = RecogniserNeeds(languages.other_words(language.code), model=kind.find())
    if kind.check is not None:
        return kind.check(needs)
    ear = kind.make(needs)
    phrases = [phrase for several in language.phrases.values() for phrase in several]
    unknown = ear.unknown(phrases)
    ear.expect([phrase for phrase in phrases if phrase not in unknown])
    ear.close()
    several = [*unknown[:_NAMED], *(["…"] if unknown[_NAMED:] else [])]
    cannot = f"; it cannot know: {', '.join(several)}" if unknown else ""
    return f"{kind.title}; {len(phrases) - len(unknown)} of {len(phrases)} phrases{cannot}"


def _chosen(language: Language) -> str:
    """Tell what `--ears auto` takes, and what it would take rather; a model that is broken is a problem."""
    if broken := [model for model in store.list_models() if model.missing]:
        store.model_path(broken[0].name)  # says what is missing, and the cure
    name, model = ears.first_usable()
    ears.listening_chain(ears.AUTO, language)  # all that it takes, as a session makes it
    chosen = f"{name}: {registry.recogniser(name).title}" + (f", model {Path(model).name}" if model else "")
    best = next(iter(registry.RECOGNISERS))
    try:
        registry.recogniser(best).find()
    except BackendUnavailable as error:
        return f"{chosen}; {best} would be taken where it has a model: {error.hint}"
    return chosen


def _keyboard(_language: Language) -> str:
    Keyboard(lambda _press: None).close()
    return "single keys, without Enter"


def _extra(modules: str, does: str, extra: str, _language: Language) -> str:
    missing = [name for name in modules.split() if importlib.util.find_spec(name) is None]
    if missing:
        raise BackendUnavailable(
            f"{does}: {', '.join(missing)} is not there",
            brings(extra),
        )
    return does


def _mirror(_language: Language) -> str:
    if face_mesh.here() is None:
        raise BackendUnavailable(
            "`player learn ROUTINE --mirror` shows the map alone: what sees a face is not there",
            "`make mirror` brings it; without the sources: `python -m player.models.face_mesh` (needs npm)",
        )
    return f"`player learn ROUTINE --mirror`: each place on your face, by MediaPipe {face_mesh.VERSION}"


def _folders(_language: Language) -> str:
    return f"cache {paths.cache()}, data {paths.data()}, config {paths.config()}"


def _settings(language: Language) -> str:
    if refused := settings.apply(settings.load(), language).refused:
        raise FileFault(refused, f"mend {settings.path()}")
    return f"{settings.path()}" + ("" if there.exists(settings.path()) else " (not there: all as usual)")


# What a session does without: one ear and one voice are enough, and without a terminal nobody presses keys.
_WELCOME = {
    "keyboard",
    "page",
    "mirror",
    "media keys",
    "export",
    *(f"ears: {name}" for name in registry.RECOGNISERS),
    *(f"voice: {name}" for name in registry.VOICE_ENGINES),
}

_LOOKS: dict[str, Callable[[Language], str]] = {
    "voice: auto": _voice,
    **{f"voice: {name}": partial(_voice_engine, name) for name in registry.VOICE_ENGINES},
    "sound devices": _devices,
    "loudspeaker": _loudspeaker,
    "microphone": _microphone,
    **{f"ears: {name}": partial(_recogniser, name) for name in registry.RECOGNISERS},
    "ears: auto": _chosen,
    "keyboard": _keyboard,
    "page": partial(
        _extra, "starlette uvicorn segno", "`player play --page` shows the session in a browser", "page"
    ),
    "mirror": _mirror,
    "media keys": partial(
        _extra, "anyio dbus_fast", "`--media-keys` lets a headset's button steer", "media-keys"
    ),
    "export": partial(_extra, "av resvg_py", "`player export` makes .m4b too, and covers", "export"),
    "folders": _folders,
    "settings": _settings,
}
