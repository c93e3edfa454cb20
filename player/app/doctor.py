"""What works on this machine: every back end and device, usable or the reason and the cure."""

import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from player import models
from player.app import ears
from player.app.choices import DEFAULT_VOICE
from player.backends import vosk_ears
from player.backends.keyboard import Keyboard
from player.backends.moonshine_ears import MoonshineRecogniser
from player.backends.pocketsphinx_ears import PocketsphinxRecogniser
from player.backends.portaudio import PortAudioLoudspeaker, PortAudioMicrophone, devices
from player.core.wording import Language
from player.ears import worker
from player.errors import FileFault, PlayerError
from player.files import languages, paths, settings, voices
from player.sound import tones
from player.sound.mixer import Mixer
from player.voice.client import VoiceWorker

LISTEN_S = 1.5
_SILENT_DB = -90.0
_CLIPPED = 32_700


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
    with VoiceWorker(voices.find(DEFAULT_VOICE)) as voice:
        clip = voice.render("1, 2, 3.")
    level = 20 * np.log10(float(np.abs(clip).max()) + 1e-9)
    return f"{voice.identity.split(' | ')[0]}; voices: {', '.join(voices.names())}; peak {level:.0f} dBFS"


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
    return _level(samples)


def _level(samples: "np.ndarray[tuple[int], np.dtype[np.int16]]") -> str:
    if not len(samples) or not samples.any():
        raise PlayerError(
            "the microphone delivers nothing but zeros",
            "allow this terminal to use the microphone, and see that it is not muted",
        )
    rms = 10 * float(np.log10(np.mean(np.square(samples / 32768)) + 1e-12))
    clipped = float(np.mean(np.abs(samples.astype(np.int32)) >= _CLIPPED))
    if clipped > 0.001:
        raise PlayerError(f"the microphone is overdriven ({clipped:.1%} of samples)", "turn its level down")
    return f"{rms:.0f} dBFS in this room now"


def _vosk(_language: Language) -> str:
    vosk = vosk_ears.library()
    return f"vosk {getattr(vosk, '__version__', '')}".strip() + f", model {models.model_path().name}"


def _pocketsphinx(language: Language) -> str:
    ear = PocketsphinxRecogniser(languages.other_words(language.code))
    phrases = [phrase for several in language.phrases.values() for phrase in several]
    unknown = ear.unknown(phrases)
    ear.expect([phrase for phrase in phrases if phrase not in unknown])
    ear.close()
    return f"its own English model; {len(phrases) - len(unknown)} phrases{_cannot_know(unknown)}"


def _moonshine(language: Language) -> str:
    ear = MoonshineRecogniser()
    unknown = ear.unknown([phrase for several in language.phrases.values() for phrase in several])
    ear.close()
    return f"a second opinion beside pocketsphinx{_cannot_know(unknown)}"


def _cannot_know(phrases: Sequence[str]) -> str:
    return f"; it cannot know: {', '.join(phrases)}" if phrases else ""


def _chosen(language: Language) -> str:
    chosen = ears.setup("auto", language)
    worker.listening_chain(chosen)  # all that it takes, as a session makes it
    if chosen.ears == "vosk":
        return f"vosk, with {chosen.model}"
    broken = [one for one in models.list_models() if one.missing]
    if broken:
        models.model_path(broken[0].name)  # says what is missing, and the cure
    return f"{_EMBEDDED[chosen.ears]}; `player models get` brings the better ear (vosk), about 40 MB"


def _keyboard(_language: Language) -> str:
    Keyboard(lambda _command: None).close()
    return "single keys, without Enter"


def _folders(_language: Language) -> str:
    return f"cache {paths.cache()}, data {paths.data()}, config {paths.config()}"


def _settings(language: Language) -> str:
    if refused := settings.apply(settings.load(), language).refused:
        raise FileFault(refused, f"mend {settings.path()}")
    return f"{settings.path()}" + ("" if settings.path().exists() else " (not there: all as usual)")


_EMBEDDED = {"pocketsphinx": "pocketsphinx", "moonshine": "pocketsphinx and moonshine"}

# What a session does without: one ear is enough, and where there is no terminal nobody presses keys.
_WELCOME = {"ears: vosk", "ears: pocketsphinx", "ears: moonshine", "keyboard"}

_LOOKS: dict[str, Callable[[Language], str]] = {
    "voice": _voice,
    "sound devices": _devices,
    "loudspeaker": _loudspeaker,
    "microphone": _microphone,
    "ears: vosk": _vosk,
    "ears: pocketsphinx": _pocketsphinx,
    "ears: moonshine": _moonshine,
    "ears: auto": _chosen,
    "keyboard": _keyboard,
    "folders": _folders,
    "settings": _settings,
}
