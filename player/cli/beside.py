"""The arguments of what stands beside a session: the page, files for the phone."""

import argparse

from player.cli.numbers import pace, waiting


def page(command: argparse.ArgumentParser) -> None:
    """Add what asks for a page in the browser."""
    command.add_argument("--page", action="store_true", help="show it on a page in the browser as well")
    command.add_argument(
        "--page-host", default="", metavar="ADDRESS", help="this computer's, for a page on other devices"
    )


def export(command: argparse.ArgumentParser) -> None:
    """Add what `player export` takes alone."""
    command.add_argument("routine", nargs="?", default="", help="name or file")
    command.add_argument(
        "file", nargs="?", default="", metavar="FILE", help=".mp3, .m4a, .m4b, .opus, .flac, .wav"
    )
    command.add_argument("--all", default="", metavar="DIR", help="every routine into this folder")
    command.add_argument("--as", dest="kind", default="mp3", metavar="KIND", help="with --all: mp3, m4b ...")
    command.add_argument(
        "--captions", default="vtt", metavar="vtt,srt,lrc|none", help="captions beside the sound"
    )
    command.add_argument(
        "--wait", type=waiting, default=20.0, metavar="SECONDS", help="for what waits in a session"
    )
    command.add_argument("--voice", default="", help="voice profile (see `player doctor`)")
    command.add_argument(
        "--bed", default="", metavar="brown|drone|rain|none|FILE", help="sound under the session"
    )
    command.add_argument("--pace", type=pace, default=1.0, metavar="0.5…2", help="speed of beats and pauses")
