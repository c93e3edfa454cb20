"""A media player as a desktop knows one: MPRIS 2.2 (specifications.freedesktop.org/mpris-spec) over D-Bus.

Play/pause pauses and goes on, next and previous lead from step to step, stop ends the session. The title is
that of the step, the artist the routine, the time that of the whole session; no sentence is on the bus.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any

import anyio
from dbus_fast import Message, MessageFlag, MessageType, Variant
from dbus_fast.aio import MessageBus
from dbus_fast.errors import AuthError, DBusError, InvalidAddressError

from player.errors import BackendUnavailable

PATH = "/org/mpris/MediaPlayer2"
APP = "org.mpris.MediaPlayer2"
PLAYER = "org.mpris.MediaPlayer2.Player"
NAME = "org.mpris.MediaPlayer2.handsfree_player"
_PROPERTIES = "org.freedesktop.DBus.Properties"
_TRACK = "/org/handsfree_player/session"
_JOIN_S = 3.0
_JUMP_US = 1_500_000  # what the clock alone does not explain
_NOTHING = {"title": "", "label": "", "number": 0, "left_s": 0, "stands": True, "can": [], "over": True}
_ABOUT = {
    "CanQuit": Variant("b", False),
    "CanRaise": Variant("b", False),
    "HasTrackList": Variant("b", False),
    "Identity": Variant("s", "Hands-free player"),
    "SupportedUriSchemes": Variant("as", []),
    "SupportedMimeTypes": Variant("as", []),
}
# What is always so: it has one speed, and no place in it can be gone to.
_FIXED = {
    "Rate": Variant("d", 1.0),
    "MinimumRate": Variant("d", 1.0),
    "MaximumRate": Variant("d", 1.0),
    "Volume": Variant("d", 1.0),
    "CanSeek": Variant("b", False),
    "CanControl": Variant("b", True),
}


async def joined(number: int) -> MessageBus:
    """Return the session bus, on which we have a name with our number. Raises `BackendUnavailable`."""
    try:
        with anyio.fail_after(_JOIN_S):
            bus = await MessageBus().connect()
            await bus.request_name(f"{NAME}.instance{number}")
    except TimeoutError as error:
        raise BackendUnavailable("the session bus does not answer") from error
    except (AuthError, DBusError, InvalidAddressError, OSError, KeyError) as error:
        raise BackendUnavailable(f"there is no session bus to take them from ({error})") from error
    return bus


class MediaPlayer:
    """Answers what the desktop asks and tells it what has changed. `press` gets the id of a command."""

    def __init__(
        self, bus: MessageBus, press: Callable[[str], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._bus = bus
        self._press = press
        self._clock = clock
        self._shown: Mapping[str, Any] = _NOTHING
        self._since_s = clock()
        self._whole_s = 0.0
        bus.add_message_handler(self.answer)

    def show(self, shown: Mapping[str, Any]) -> None:
        """Be at this place from now on, and tell the desktop what is new."""
        before, expected = self._state(), self._position_us()
        same = shown["title"] == self._shown["title"] and not self._shown["over"]
        self._whole_s = max(shown["left_s"], self._whole_s if same else 0.0)
        self._shown, self._since_s = shown, self._clock()
        new = {name: value for name, value in self._state().items() if value != before[name]}
        if new:
            self._tell(_PROPERTIES, "PropertiesChanged", "sa{sv}as", [PLAYER, new, []])
        if abs(self._position_us() - expected) > _JUMP_US:
            self._tell(PLAYER, "Seeked", "x", [self._position_us()])

    def answer(self, message: Message) -> Message | bool | None:
        """Answer a call to us (True: taken, no answer is wanted); None for whatever else is on the bus."""
        if message.message_type is not MessageType.METHOD_CALL or message.path != PATH:
            return None
        if message.interface == _PROPERTIES:
            return self._property(message)
        if message.interface not in {APP, PLAYER}:
            return None
        if command := self._meant(str(message.member)):
            self._press(command)
        return MessageFlag.NO_REPLY_EXPECTED in message.flags or Message.new_method_return(message)

    def _meant(self, member: str) -> str:
        """Return the command of a key, "" where it has no effect."""
        can = self._shown["can"]
        if member in {"Next", "Previous", "Stop"}:
            return member.lower()
        if member in {"Pause", "PlayPause"} and "pause" in can:
            return "pause"
        stands = "pause" not in can and "resume" in can  # while it waits, "go on" would be the next step
        return "resume" if stands and member in {"Play", "PlayPause"} else ""

    def _property(self, message: Message) -> Message:
        interface, *more = message.body
        known = {APP: _ABOUT, PLAYER: self._state() | {"Position": Variant("x", self._position_us())}}
        values = known.get(interface, {})
        if message.member == "GetAll":
            return Message.new_method_return(message, "a{sv}", [values])
        if message.member == "Get" and more[0] in values:
            return Message.new_method_return(message, "v", [values[more[0]]])
        wrong = "org.freedesktop.DBus.Error.InvalidArgs"
        return Message.new_error(message, wrong, "there is no such property, or it cannot be set")

    def _state(self) -> dict[str, Variant]:
        shown = self._shown
        can = {
            "CanGoNext": "next" in shown["can"],
            "CanGoPrevious": "previous" in shown["can"],
            "CanPlay": not shown["over"],
            "CanPause": not shown["over"],
        }
        return {
            **_FIXED,
            **{name: Variant("b", value) for name, value in can.items()},
            "PlaybackStatus": Variant("s", self._status()),
            "Metadata": Variant("a{sv}", self._metadata()),
        }

    def _status(self) -> str:
        if self._shown["over"]:
            return "Stopped"
        can = self._shown["can"]
        return "Paused" if "resume" in can and "pause" not in can else "Playing"

    def _metadata(self) -> dict[str, Variant]:
        title = self._shown["title"]
        return {
            "mpris:trackid": Variant("o", _TRACK),
            "mpris:length": Variant("x", round(1e6 * self._whole_s)),
            "xesam:title": Variant("s", self._shown["label"] or title),
            "xesam:artist": Variant("as", [title]),
            "xesam:album": Variant("s", title),
            "xesam:trackNumber": Variant("i", self._shown["number"]),
        }

    def _position_us(self) -> int:
        """Return how much of the session is behind; it goes on by itself while the session does."""
        since_s = 0.0 if self._shown["stands"] else self._clock() - self._since_s
        behind_s = self._whole_s - float(self._shown["left_s"])
        return round(1e6 * min(self._whole_s, behind_s + since_s))

    def _tell(self, interface: str, member: str, signature: str, body: list[Any]) -> None:
        self._bus.send(Message.new_signal(PATH, interface, member, signature, body))
