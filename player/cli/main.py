"""Arguments, dispatch and exit codes.

0 done; 1 it cannot be done, or a bug; 2 wrong arguments; 3 a file is wrong; 4 a back end or device; 5 the
disk; 6 the network; 7 another player is running; 130 interrupted; 129 and 143 told to end (SIGHUP, SIGTERM).
"""

import argparse
import errno
import importlib
import re
import sys
from collections.abc import Sequence
from typing import NoReturn, TypeAlias

from player import __version__
from player.cli import beside, completion
from player.cli.elsewhere import unknown_arguments
from player.cli.endings import orderly
from player.cli.numbers import day, pace
from player.cli.overview import COMMANDS, overview
from player.cli.pipe import left, warn
from player.cli.streams import mend
from player.errors import PlayerError
from player.registry import RECOGNISERS

DEFAULT_ROUTINE = "quick-facial-acupressure"
_EARS = ["auto", *RECOGNISERS]


# What a library or a thread says when there is no memory for it.
_NOT_WRITTEN = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}  # to what is printed: it has no name
_SHORT = ("failed to map segment", "cannot allocate memory", "can't start new thread")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code."""
    mend()
    top = parser()
    completion.answer(top)
    options, unknown = top.parse_known_args(_with_command(sys.argv[1:] if argv is None else argv))
    if unknown:
        options.own.error(unknown_arguments(unknown, options.own))
    try:
        command = importlib.import_module(f"player.cli.{options.module}")
        with orderly():
            return int(command.run(options) or 0)
    except PlayerError as error:
        warn(f"{error}\n  {error.hint}" if error.hint else str(error))
        return error.exit_code
    except (MemoryError, ImportError, RuntimeError) as error:
        if not isinstance(error, MemoryError) and not any(sign in str(error) for sign in _SHORT):
            raise
        warn("this computer, or a limit that is set here, has too little memory for it")
        warn("  close other programs, or raise the limit (`ulimit -v`)")
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        left(sys.stdout)
        return 0
    except OSError as error:
        if error.errno not in _NOT_WRITTEN or error.filename is not None:
            raise
        left(sys.stdout)
        warn(f"the output could not be written: {error.strerror}")
        return 5


def _with_command(argv: Sequence[str]) -> Sequence[str]:
    """Return the arguments; without a command an evening is led."""
    asks = {"-h", "--help", "--version"}
    bare = not argv or (argv[0].startswith("-") and argv[0] not in asks)
    return ["evening", *argv] if bare else argv


def parser() -> argparse.ArgumentParser:
    """Return the whole command line."""
    top = _Parser(
        prog="player",
        usage="player [-h] [--version] [COMMAND] ...",
        description="Leads facial self-massage by voice: eyes closed, hands free, offline.",
    )
    top.set_defaults(own=top)
    top.add_argument("--version", action="version", version=f"player {__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", title="commands", prog="player")
    _evening(commands)
    _play(commands)
    _course(commands)
    _demo(commands)
    _rehearse(commands)
    _beside(commands)
    _content(commands)
    _machine(commands)
    return top


class _Parser(argparse.ArgumentParser):
    def format_help(self) -> str:
        """Return one screen for the whole command, and all there is for one of its commands."""
        whole = self.prog == "player"
        return overview(self.format_usage(), self.description or "") if whole else super().format_help()

    def error(self, message: str) -> NoReturn:
        """Say which command may have been meant, in place of them all."""
        wrong = re.match(r"argument COMMAND: invalid choice: '([^']*)'", message)
        if wrong:
            from player.files import paths
            from player.messages import did_you_mean
            from player.routine.compile.load import Scripts

            near, names = did_you_mean(wrong[1], COMMANDS), Scripts(paths.scripts()).names()
            cure = f"`player play {wrong[1]}` leads it" if wrong[1] in names else "`player --help` names them"
            message = f"there is no command `{wrong[1]}`{near}; {cure}"
        super().error(message)


Commands: TypeAlias = "argparse._SubParsersAction[_Parser]"  # noqa: SLF001 - it has no public name


def _add(commands: Commands, name: str, module: str, text: str) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    command.set_defaults(module=module, own=command)
    return command


def _evening(commands: Commands) -> None:
    text = "Lead a whole evening by voice: offers, a session, what comes afterwards. The same as no command."
    command = _add(commands, "evening", "evening", text)
    command.set_defaults(routine="", start="", brief=False)
    _devices(command, " or FILE.wav")
    _pace(command)


def _pace(command: argparse.ArgumentParser) -> None:
    command.add_argument("--pace", type=pace, metavar="0.5…2", help="speed of beats and pauses")


def _play(commands: Commands) -> None:
    command = _add(commands, "play", "play", "Lead a session aloud, and listen.")
    command.add_argument(
        "routine", nargs="?", default=DEFAULT_ROUTINE, help="name or file (see `player list`)"
    )
    _devices(command, " or FILE.wav")
    command.add_argument(
        "--from", dest="start", default="", metavar="STEP", help="begin at this step (id or number)"
    )
    _pace(command)
    beside.fitting(command)
    command = _add(
        commands, "learn", "play", "Practise with open eyes: find each place, try each stroke slowly."
    )
    command.add_argument("routine", help="name or file (see `player list`)")
    _devices(command)
    beside.mirror(command)
    beside.fitting(command)
    command.set_defaults(start="", pace=1.0, page=True)
    command = _add(commands, "resume", "play", "Go on, in real time, with the session interrupted last.")
    command.set_defaults(routine="", start="", pace=1.0, brief=False, full=None)
    _devices(command)
    command = _add(
        commands,
        "interview",
        "interview",
        "Ask about your health, once for all routines: aloud, three minutes.",
    )
    command.add_argument("--show", action="store_true", help="show what you said")
    command.add_argument("--forget", action="store_true", help="delete it")
    command.add_argument(
        "--keys", action="store_true", help="answer with the keys y and n, without a microphone"
    )
    _devices(command)
    command = _add(commands, "replay", "replay", "Show what happened in a session, from its journal.")
    command.add_argument("journal", nargs="?", default="", help="its file; default: the newest")


def _course(commands: Commands) -> None:
    command = _add(commands, "course", "course", "Show where your course of twelve massages stands.")
    one = command.add_mutually_exclusive_group()
    one.add_argument("--start", type=day, metavar="DAY", help="begin one: 2026-12-24, or today")
    one.add_argument("--end", action="store_true", help="end it before its time")
    one.add_argument("--ics", default="", metavar="FILE.ics", help="write what is meant into a calendar file")
    _who(command)
    command = _add(commands, "history", "history", "Show what you did when.")
    command.add_argument("--forget", action="store_true", help="delete it, and the courses")
    _who(command)


def _devices(command: argparse.ArgumentParser, file: str = "") -> None:
    """Add what a session is led with; `file` where files may stand for devices."""
    command.add_argument("--voice", default="", help="voice profile (see `player doctor`)")
    command.add_argument(
        "--ears",
        default="auto",
        choices=[*_EARS, "keyboard", "none"],
        help="how to listen",
    )
    device = f"DEVICE{file.replace(' or ', '|')}"
    command.add_argument("--out", default="", metavar=device, help=f"the loudspeaker{file}")
    command.add_argument("--in", dest="source", default="", metavar=device, help=f"the microphone{file}")
    command.add_argument("--plain", action="store_true", help="one line for each event, nothing drawn")
    command.add_argument(
        "--bed", default="", metavar="brown|drone|rain|none|FILE", help="sound under the session; remembered"
    )
    command.add_argument("--skip-check", action="store_true", help="do not check the microphone")
    command.add_argument("--headphones", action="store_true", help="the microphone cannot hear the player")
    beside.page(command)
    _who(command)
    command.add_argument(
        "--log", default="", metavar="FILE", help="write what happens as JSON lines (no audio)"
    )


def _who(command: argparse.ArgumentParser) -> None:
    command.add_argument("--who", default="", metavar="NAME", help="whose answers these are, in a household")


def _demo(commands: Commands) -> None:
    command = _add(
        commands, "demo", "demo", "A short session in virtual time, with a spoken helper. No sound device."
    )
    command.add_argument("--out", default="demo.wav", metavar="FILE.wav", help="where the sound is written")


def _rehearse(commands: Commands) -> None:
    command = _add(commands, "rehearse", "content", "Print a routine as a timed transcript.")
    command.add_argument("routine", help="name or file")
    beside.fitting(command)


def _beside(commands: Commands) -> None:
    command = _add(
        commands, "export", "export", "Make sound files for the phone, with chapters and captions."
    )
    beside.export(command)
    _who(command)
    beside.fitting(command)


def _content(commands: Commands) -> None:
    command = _add(commands, "list", "content", "List routines.")
    command.add_argument("--json", action="store_true", help="as JSON")
    command = _add(commands, "show", "content", "Show a routine's steps.")
    command.add_argument("routine", help="name or file")
    command.add_argument("--json", action="store_true", help="as JSON")
    command.add_argument("--map", default="", metavar="FILE.svg", help="draw the face map of the routine")
    command.add_argument(
        "--mirror", action="store_true", help="draw it as in a mirror: your left on the left"
    )
    beside.fitting(command)
    command = _add(commands, "check", "check", "Check routine scripts: every fault, its place, what to do.")
    command.add_argument("files", nargs="*", metavar="FILE", help="scripts or folders; default: the library")
    command.add_argument("--json", action="store_true", help="as JSON")
    text = "Write a small valid script among your own routines, where it is found by its name and offered."
    command = _add(commands, "new", "check", text)
    command.add_argument("name", help="small letters, digits and hyphens")


def _machine(commands: Commands) -> None:
    command = _add(
        commands, "tune", "tune", "Learn how you say the commands: two to three minutes, eyes closed."
    )
    command.add_argument("words", nargs="*", metavar="WORD", help="only these; default: one for each command")
    command.add_argument("--show", action="store_true", help="show what is kept of your voice")
    command.add_argument("--forget", action="store_true", help="delete it")
    command.add_argument("--voice", default="", help="voice profile (see `player doctor`)")
    command.add_argument("--ears", default="auto", choices=_EARS, help="how to listen")
    command.add_argument("--out", default="", metavar="DEVICE", help="where the sound goes")
    command.add_argument("--in", dest="source", default="", metavar="DEVICE", help="the microphone")
    command.add_argument(
        "--log", default="", metavar="FILE", help="write what happens as JSON lines (no audio)"
    )
    _who(command)
    command = _add(commands, "settings", "settings", "Show what is usual here, or change it.")
    command.add_argument("change", nargs="*", metavar="KEY=VALUE", help="what is usual from now on")
    _add(commands, "doctor", "doctor", "Say what works on this machine, and the cure for what does not.")
    command = _add(commands, "models", "models", "Models for the vosk recogniser.")
    actions = command.add_subparsers(dest="action", metavar="ACTION", required=True)
    actions.add_parser("list", help="names, sizes, and which are here")
    get = actions.add_parser("get", help="download one (the only command that uses the network)")
    get.add_argument("name", nargs="?", default="", help="which; default: the recommended one")
    get.add_argument("--url", default="", help="fetch the archive from here instead")
    get.add_argument("--sha256", default="", help="refuse the archive unless it has this checksum")
    path = actions.add_parser("path", help="where the models are")
    path.add_argument("name", nargs="?", default="")
    command = _add(commands, "bench", "bench", "Measure this machine.")
    beside.bench(command, _EARS)
    command = _add(commands, "completion", "completion", "Print what makes Tab complete commands in a shell.")
    command.add_argument("shell", choices=completion.SHELLS, help='such as: eval "$(player completion bash)"')
