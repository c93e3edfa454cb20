"""Hushing before understanding: the voice goes down as soon as somebody begins to speak.

It comes back when nothing follows, and at once when what was said is known. Who is never followed by a
command is a television: after three such times the voice stays up for a minute.
"""

from dataclasses import dataclass, replace

from player.core.decision import Accepted, Hearing, Onset

GAIN = 0.15  # -16 dB
PATIENCE_S = 1.2  # a word that is going to be decided has been by then
_IN_VAIN = 3
_WITHIN_S = 30.0
_REST_S = 60.0


@dataclass(frozen=True, slots=True)
class Ducking:
    """Since when the voice is down (None: it is not), when it went down in vain, until when it stays up."""

    since_s: float | None = None
    in_vain_s: tuple[float, ...] = ()
    rest_until_s: float = 0.0


def begun(ducking: Ducking, now_s: float, *, audible: bool) -> Ducking:
    """Somebody began to speak; `audible`: the player's own voice sounds."""
    if not audible or now_s < ducking.rest_until_s:
        return ducking
    if ducking.since_s is not None:
        return replace(ducking, since_s=now_s)
    in_vain = (*(at for at in ducking.in_vain_s if at > now_s - _WITHIN_S), now_s)
    if len(in_vain) > _IN_VAIN:
        return Ducking(rest_until_s=now_s + _REST_S)
    return replace(ducking, since_s=now_s, in_vain_s=in_vain)


def known(ducking: Ducking, *, command: bool) -> Ducking:
    """Take what was said as known: a command, or nothing for the player."""
    return Ducking() if command else replace(ducking, since_s=None)


def heard(ducking: Ducking, hearing: Hearing, now_s: float, *, audible: bool) -> Ducking:
    """Take what the ears tell: somebody begins to speak, or what was said is known."""
    if isinstance(hearing, Onset):
        return begun(ducking, now_s, audible=audible)
    return known(ducking, command=isinstance(hearing.verdict, Accepted))


def passed(ducking: Ducking, now_s: float) -> Ducking:
    """Let time pass."""
    if ducking.since_s is None or now_s < ducking.since_s + PATIENCE_S:
        return ducking
    return replace(ducking, since_s=None)
