"""The address at which a page is served."""

from player.errors import UsageError

LOOPBACK = "127.0.0.1"
_EVERYWHERE = {"0.0.0.0", "::", "*"}  # noqa: S104 - refused


def host(asked: str, *, wanted: bool) -> str:
    """Return where the page is served, "" for nowhere. Raises `UsageError` for every address at once."""
    if asked in _EVERYWHERE:
        raise UsageError(
            f"--page-host {asked}: the page is served at one address",
            "name this computer's own in your network (such as 192.168.1.20)",
        )
    return asked or (LOOPBACK if wanted else "")
