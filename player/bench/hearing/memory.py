"""The memory of ears that hear words, in their own process: `python -m player.bench.hearing.memory EARS`."""

import sys

from player.app.ears import setup
from player.bench.processes import peak_memory
from player.bench.voices import HELD_OUT, render, usable
from player.core.commands import Command
from player.core.wording import Language
from player.ears.worker import listening_chain
from player.files import languages
from player.ports import EARS_BLOCK, EARS_RATE_HZ

_QUIET = bytes(2 * EARS_RATE_HZ)  # a second


def main() -> None:
    """Let the ears hear each command's phrases; write the most memory that this took."""
    language = languages.load("en")
    ears = listening_chain(setup(sys.argv[1], language))
    ears.listen(Command)
    heard = _words(language)
    for at in range(0, len(heard), 2 * EARS_BLOCK):
        ears.accept(heard[at : at + 2 * EARS_BLOCK])
    sys.stdout.write(peak_memory())


def _words(language: Language) -> bytes:
    phrases = [f"{phrase}." for several in language.phrases.values() for phrase in several]
    voice = next(filter(usable, HELD_OUT))
    return _QUIET + b"".join(clip.tobytes() + _QUIET for clip in render(voice, phrases))


if __name__ == "__main__":
    main()
