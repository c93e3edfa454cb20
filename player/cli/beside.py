"""Arguments by what they are for: to fit a session to the listener, for the page, the phone, for figures."""

import argparse
from collections.abc import Sequence

from player.cli.numbers import clips, hours, minutes, pace, soak_minutes, waiting


def page(command: argparse.ArgumentParser) -> None:
    """Add what asks for a page in the browser, and for the keys of a desktop."""
    command.add_argument("--page", action="store_true", help="show it on a page in the browser as well")
    command.add_argument(
        "--page-host", default="", metavar="ADDRESS", help="this computer's, for a page on other devices"
    )
    command.add_argument(
        "--media-keys",
        action=argparse.BooleanOptionalAction,
        help="be steered by media keys and the headset's button (Linux)",
    )
    command.set_defaults(mirror=False)


def mirror(command: argparse.ArgumentParser) -> None:
    """Add what asks for one's own face on that page."""
    command.add_argument(
        "--mirror", action="store_true", help="show each place on your own face, by this computer's camera"
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


def fitting(command: argparse.ArgumentParser) -> None:
    """Add what fits a routine to the listener."""
    command.add_argument(
        "--minutes", type=minutes, metavar="N", help="fit it to this time, by its priorities"
    )
    command.add_argument("--brief", action="store_true", help="short instructions, for what you know well")
    command.add_argument(
        "--full",
        action=argparse.BooleanOptionalAction,
        help="the full form: how to find each place too; without it in the first three sessions of a routine",
    )
    command.add_argument("--product", default="", help="oil, cream, talc ... (`player show` names them)")
    command.add_argument("--tool", default="", help="the tool you will use")
    command.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", dest="params", help="a param or a fact"
    )
    command.add_argument("--prep", action="store_true", help="with the routine's preparation")
    command.add_argument("--after", action="store_true", help="with the routine's aftercare")


def bench(command: argparse.ArgumentParser, ears: Sequence[str]) -> None:
    """Add what `player bench` takes."""
    command.add_argument("what", nargs="*", help="parts to measure; default: all quick ones")
    soak = command.add_argument_group("soak")
    soak.add_argument("--minutes", type=soak_minutes, default=10.0, metavar="N", help="of session")
    soak.add_argument("--real", action="store_true", help="in real time, on the machine's loudspeaker")
    soak.add_argument("--plot", default="", metavar="FILE.svg", help="draw the curves")
    said = command.add_argument_group("diction, narration, echo")
    said.add_argument("--voice", default="", metavar="NAME", help="this voice alone")
    alone = command.add_argument_group("echo, hearing")
    alone.add_argument("--hours", type=hours, default=0.0, metavar="N", help="of narration or talk alone")
    hearing = command.add_argument_group("hearing")
    hearing.add_argument("--corpus", default="", metavar="DIR", help="recordings instead of made-up voices")
    hearing.add_argument(
        "--conditions", default="", metavar="A,B", help="these alone: quiet room, kitchen 10 dB, babble 10 dB"
    )
    hearing.add_argument("--limit", type=clips, default=0, metavar="N", help="clips of a kind, at most")
    hearing.add_argument("--ears", default="auto", choices=ears, help="which ears")
    hearing.add_argument("--json", default="", metavar="FILE", help="write every figure and every trial")
    hearing.add_argument("--curve", default="", metavar="FILE.svg", help="draw recall against false commands")
    hearing.add_argument(
        "--quick",
        action="store_true",
        help="fewer words and conditions: under a minute; diction, narration: fewer texts",
    )
