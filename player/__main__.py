"""`python -m player` and the `player` command."""

import sys

INTERRUPTED = 130


def main() -> int:
    """Run one command; return its exit code."""
    try:
        from player.cli.main import main as run  # takes a moment, in which somebody may think better of it

        return run()
    except KeyboardInterrupt:
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
