"""What one plan of an evening leaves to the next."""

from types import SimpleNamespace

from player.cli.performer import Performer
from player.core.events import Device
from player.core.session import Session
from tests.session.worlds import SHORT


def test_what_is_lost_is_told_once_in_an_evening_but_what_each_plan_has_anew_is_lost_anew():
    """Each has a voice and a journal of its own: nobody would tell that the old ones work again."""
    lost = frozenset({Device.VOICE, Device.DISK, Device.MICROPHONE, Device.LOUDSPEAKER})
    performer = Performer(None, None, SimpleNamespace(number=7), None, manner=Session(warned=lost))
    begun = performer.begun(SHORT, Session())
    assert (begun.number, begun.warned) == (7, {Device.MICROPHONE, Device.LOUDSPEAKER})
