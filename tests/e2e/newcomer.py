"""Somebody's first evening, by voice alone: the interview, a short session, its end. Nothing is touched.

    python -m tests.e2e.newcomer [--who flite:slt] [--voice calm] [--ears auto] [--minutes 3] [FOLDER]

writes what the newcomer said (microphone.wav) and heard (session.wav), and prints both as they came. The same
microphone.wav leads the same session again, of somebody of whom nothing is known:
`PLAYER_HOME=DIR player play quick-facial-acupressure --minutes 3 --in microphone.wav --out again.wav`.
"""

import argparse
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import numpy as np
import soundfile

from player.app import virtual
from player.app.care import informed, now, person
from player.app.session_config import SessionConfig
from player.bench.voices import Voice
from player.core.commands import Command
from player.core.observations import CommandObeyed, Observation, SpeechEnded, SpeechStarted
from player.core.states import Ending, Finished
from player.files import facts, languages, voices
from player.ports import EARS_BLOCK, EARS_RATE_HZ
from player.routine.compile.compose import load_plan
from player.routine.compile.request import Request
from player.session.texts import private
from player.voice.fallback import FallbackVoice
from tests.e2e import microphone

ROUTINE = "quick-facial-acupressure"
ANSWER_S = 0.7
NOISE = 32768 * 10 ** (microphone.NOISE_DB / 20)
DECLINED = "You may leave this one unanswered."

# What is said to a question, by words of it, each time that it is asked: the seconds after its end, and the
# word; below nought as it begins. Nothing: a silence, so that it is asked once more. To all others: "no".
Turn = tuple[tuple[float, str], ...]
ANSWERS: Mapping[str, tuple[Turn, ...]] = {
    "eighteen": ((), ((ANSWER_S, "no"),)),  # hesitates
    "cancer": (((-2.2, "no"), (ANSWER_S, "no")),),  # too early, then in time
    "lower than normal": (((ANSWER_S, "next"), (3.5, "no")),),  # a word that answers nothing
    "many moles": (
        ((ANSWER_S, "yes"),),
        ((ANSWER_S, "no"),),
    ),  # a wrong answer, taken back at the next question
    "doctor agreed": (((ANSWER_S, "undo"), (2.5, "undo")),),
    "jaw joint": (((ANSWER_S, "yes"),),),
    "bruise easily": (((ANSWER_S, "yes"),),),
    "Are you over forty-five": (),  # declines
}


class Newcomer:
    """Observer of a session and its microphone: hears the questions, and says what `answers` has for them."""

    def __init__(self, voice: Voice, answers: Mapping[str, tuple[Turn, ...]] = ANSWERS) -> None:
        self._voice, self._answers = voice, dict(answers)
        self._times: dict[str, int] = {}
        self._due: list[tuple[int, str]] = []  # sample, word
        self._room = np.random.default_rng(3)
        self._blocks: list[np.ndarray] = []
        self._talking = np.zeros(0)
        self.ended = False
        self.heard: list[str] = []  # of the player
        self.said: list[str] = []
        self.obeyed: list[str] = []

    def observe(self, _t_s: float, observation: Observation) -> None:
        """Listen to the player."""
        if isinstance(observation, CommandObeyed):
            self.obeyed.append(observation.command.value)
            if observation.command is Command.UNDO:
                self._due.clear()  # heard at once, so it need not be said again
        elif isinstance(observation, SpeechStarted):
            self.heard.append(observation.text)
            if observation.text.endswith("?"):
                self._due.clear()  # what has not been said yet was meant for another question
                self._say(self._turn(observation.text, early=True))
        elif isinstance(observation, SpeechEnded) and observation.text.endswith("?"):
            self._say(self._turn(observation.text, early=False))

    def _turn(self, question: str, *, early: bool) -> Turn:
        """Return what is said before the end of a question, or after it."""
        key = next((key for key in self._answers if key in question), "")
        turns = self._answers.get(key, (((ANSWER_S, "no"),),))
        time = self._times.get(question, 0)
        self._times[question] = time + (not early)
        turn = turns[min(time, len(turns) - 1)] if turns else ()
        return tuple((at_s, word) for at_s, word in turn if (at_s < 0) is early)

    def _say(self, turn: Turn) -> None:
        at = len(self._blocks) * EARS_BLOCK
        self._due += [(at + round(max(0.1, at_s) * EARS_RATE_HZ), word) for at_s, word in turn]

    def next_block(self) -> bytes:
        """Return 20 ms of the room."""
        at = len(self._blocks) * EARS_BLOCK
        while self._due and self._due[0][0] <= at:
            self.said.append(self._due.pop(0)[1])
            self._talking = microphone.word(self._voice, self.said[-1])
        block = self._room.normal(0, NOISE, EARS_BLOCK)
        part, self._talking = self._talking[:EARS_BLOCK], self._talking[EARS_BLOCK:]
        block[: len(part)] += part
        self._blocks.append(np.clip(block, -32768, 32767).astype("<i2"))
        return self._blocks[-1].tobytes()

    def write(self, path: Path) -> None:
        """Write everything that was said, as a microphone file."""
        soundfile.write(path, np.concatenate(self._blocks), EARS_RATE_HZ)


@contextmanager
def _hearing(newcomer: Newcomer) -> Iterator[None]:
    with patch.object(virtual, "WavMicrophone", lambda _path: newcomer):
        yield


def evening(newcomer: Newcomer, folder: Path, voice: str, ears: str, minutes: float) -> Ending:
    """Lead a first session of somebody of whom nothing is known; the answers are kept under `PLAYER_HOME`."""
    request = informed(Request(with_gates=True, minutes=minutes), person(""), now(), heard=True)
    plan = load_plan(ROUTINE, request=request)
    keeper = facts.Keeper({}, "")
    with FallbackVoice(voices.find(voice)) as spoken, _hearing(newcomer):
        setting = SessionConfig(
            plan, languages.load("en"), spoken.without_a_trace(private(plan)), observers=(newcomer,)
        )
        files = virtual.Files(folder / "session.wav", folder / "microphone.wav")
        session = virtual.lead(setting, files, ears, keeper.remember)
    keeper.close()
    newcomer.write(folder / "microphone.wav")
    assert isinstance(session.state, Finished)
    return session.state.ending


class Printing(Newcomer):
    """A newcomer whose evening is printed as it comes."""

    def observe(self, t_s: float, observation: Observation) -> None:
        said = len(self.said)
        super().observe(t_s, observation)
        if isinstance(observation, SpeechStarted):
            print(f"{t_s:6.1f}  {observation.text}", flush=True)
        elif isinstance(observation, CommandObeyed):
            print(f"{t_s:6.1f}      < {observation.command.value} (said so far: {said})", flush=True)


def main() -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("folder", nargs="?", type=Path)
    options.add_argument("--who", default="flite:slt")
    options.add_argument("--voice", default="calm")
    options.add_argument("--ears", default="auto")
    options.add_argument("--minutes", type=float, default=3.0)
    chosen = options.parse_args()
    folder = chosen.folder or Path(tempfile.mkdtemp(prefix="first-evening-"))
    folder.mkdir(exist_ok=True)
    newcomer = Printing(Voice(*chosen.who.split(":", 1)))
    with patch.dict("os.environ", {"PLAYER_HOME": str(folder / "home")}):
        ending = evening(newcomer, folder, chosen.voice, chosen.ears, chosen.minutes)
        kept = facts.load()
    has = ", ".join(name for name, answers in kept.items() if answers[-1].yes)
    print(f"{ending.value}; {len(kept)} answers kept, yes to: {has or 'none'}; {folder}")


if __name__ == "__main__":
    main()
