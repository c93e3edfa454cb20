"""What the page shows at this moment: observations folded into one small mapping, whole each time.

Whoever comes late, or missed something, is right again with the next one.
"""

from collections.abc import Callable
from typing import Any

from player.core.commands import weightiest_first
from player.core.notation import Role
from player.core.observations import (
    CommandObeyed,
    DeviceFound,
    DeviceLost,
    ListeningChanged,
    Observation,
    PrivacyChanged,
    SessionFinished,
    SessionPaused,
    SessionResumed,
    SpeechStarted,
    StepStarted,
    StrokeStarted,
    UtteranceRejected,
)
from player.core.place import Part, Place
from player.core.plan import Advance, Plan, Strokes, Timed
from player.core.timing import left_s
from player.core.wording import Language

Shown = dict[str, Any]


class PageObserver:
    """An observer that calls `show` with all that is to be seen, whenever that changes."""

    def __init__(
        self, plan: Plan, language: Language, show: Callable[[Shown], None], number: int = 0
    ) -> None:
        self._plan = plan
        self._language = language
        self._show = show
        self._lost: dict[str, None] = {}
        self._private = False
        self.shown: Shown = {
            "number": number,  # of what is served: for another the page is loaded again
            "step": -1,
            "label": "",
            "said": plan.title,
            "mode": "",
            "heard": "",
            "can": [],
            "lost": [],
            "left_s": round(left_s(plan, Place(0))),
            "place": {},
        }

    def observe(self, t_s: float, observation: Observation) -> None:
        """Take it in."""
        del t_s
        new = {**self._of_place(observation), **self._of_words(observation)}
        if new:
            self.shown = {**self.shown, **new}
            self._show(self.shown)

    def _of_place(self, observation: Observation) -> Shown:
        screen = self._language.screen
        match observation:
            case StepStarted(index=index, label=label):
                place = self._at(Place(index))
                return {"step": index, "label": label, "mode": "", "ended": "", **place}
            case StrokeStarted(place=place):
                halt = self._halt(place) if place.part is Part.DONE else ""
                return {"step": place.step, "mode": halt, **self._at(place)}
            case SessionPaused():
                return {"mode": screen["paused"], "still": True}
            case SessionResumed():
                return {"mode": "", "still": False}
            case SessionFinished(ending=ending):
                return {"mode": screen["page_over"], "ended": ending.value, "still": True, "can": []}
            case DeviceLost(device=device):
                self._lost[device.value] = None
            case DeviceFound(device=device):
                self._lost.pop(device.value, None)
            case _:
                return {}
        return {"lost": list(self._lost)}

    def _of_words(self, observation: Observation) -> Shown:
        match observation:
            case SpeechStarted(text=text, role=role) if role is not Role.COUNT:
                return {"said": text}
            case CommandObeyed(command=command):
                return {} if self._private else {"heard": self._language.name(command)}
            case UtteranceRejected(text=text) if text and not self._private:
                return {"heard": f"{text}?"}
            case ListeningChanged(commands=commands):
                return {"can": [command.value for command in weightiest_first(commands)]}
            case PrivacyChanged(private=private):  # an answer is nobody's who looks on
                self._private = private
                return {"heard": ""}
        return {}

    def _halt(self, place: Place) -> str:
        advance = self._plan.steps[place.step].advance
        if advance is Advance.AUTO:
            return ""
        return self._language.screen["passes" if advance is Advance.UNLESS_YES else "waiting"]

    def _at(self, place: Place) -> Shown:
        work = self._plan.steps[place.step].work
        here: Shown = {"part": place.part.name.lower(), "set": place.set, "sets": work.sets}
        match work:
            case Strokes() if place.part is Part.STROKES:
                here |= {"count": place.stroke + 1, "of": work.reps}
            case Strokes(hold=hold) if place.part is Part.HOLD and hold:
                here |= {"count": place.stroke + 1, "of": hold.count}
            case Timed() if place.part is Part.TIME:
                here |= {"elapsed_s": place.elapsed_ms / 1000, "of_s": work.secs}
        return {"place": here, "left_s": round(left_s(self._plan, place))}
