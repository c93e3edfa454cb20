"""What is announced in timed work, and how long before its end."""

from player.core.plan import Announcement, Timed

REST_NOTICE_S = 10.0  # a long rest is noticed this long before its end
LONG_REST_S = 45.0


def notices(work: Timed) -> tuple[Announcement, ...]:
    """Return the announcements in order; a long rest without any has one, which is a chime."""
    own = work.announcements
    if not own and work.bpm is None and work.secs >= LONG_REST_S:
        own = (Announcement(REST_NOTICE_S),)
    return tuple(sorted(own, key=lambda notice: -notice.left_s))
