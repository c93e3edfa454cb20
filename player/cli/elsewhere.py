"""Options that nobody takes: what they are called here, when they are known under another name."""

import argparse
from collections.abc import Sequence

# What an option is often called elsewhere.
_ELSEWHERE = {
    "--pace": ("--speed", "--tempo", "--rate", "--bpm"),
    "--minutes": ("--time", "--duration", "--length", "--limit"),
    "--brief": ("--short", "--quick", "--terse"),
    "--in": ("--mic", "--microphone", "--input"),
    "--out": ("--output", "--speaker", "--loudspeaker", "--file", "--wav", "-o"),
    "--from": ("--start", "--step", "--begin", "--at"),
    "--voice": ("--speaker-voice", "--narrator"),
    "--ears": ("--recogniser", "--recognizer", "--asr", "--listen"),
    "--log": ("--debug", "--verbose", "-v"),
}

# What one session takes and an evening does not: it asks for it aloud.
_OF_ONE_SESSION = (
    "--minutes",
    "--brief",
    "--from",
    "--full",
    "--product",
    "--tool",
    "--set",
    "--prep",
    "--after",
)


def unknown_arguments(words: Sequence[str], command: argparse.ArgumentParser) -> str:
    """Return what to say of arguments that nobody takes: which option of this command may be meant."""
    from player.messages import did_you_mean

    option = next((word.partition("=")[0] for word in words if word.startswith("-")), "")
    known = [name for name in command._option_string_actions if name.startswith("--")]  # noqa: SLF001
    meant = [name for name in known if option in _ELSEWHERE.get(name, ())]
    if command.prog.endswith(" evening") and (one := _of_one_session(option)):
        return f"{' '.join(words)}: one session takes it, and no evening: `player play ROUTINE {one} ...`"
    near = f" (did you mean `{meant[0]}`?)" if meant else did_you_mean(option, known) if option else ""
    return f"unrecognized arguments: {' '.join(words)}{near}"


def _of_one_session(option: str) -> str:
    """Return the option of `player play` that may be meant, "" for none."""
    return next((one for one in _OF_ONE_SESSION if option in {one, *_ELSEWHERE.get(one, ())}), "")
