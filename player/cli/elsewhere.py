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


def unknown_arguments(words: Sequence[str], command: argparse.ArgumentParser) -> str:
    """Return what to say of arguments that nobody takes: which option of this command may be meant."""
    from player.messages import did_you_mean

    option = next((word.partition("=")[0] for word in words if word.startswith("-")), "")
    known = [name for name in command._option_string_actions if name.startswith("--")]  # noqa: SLF001
    meant = [name for name in known if option in _ELSEWHERE.get(name, ())]
    near = f" (did you mean `{meant[0]}`?)" if meant else did_you_mean(option, known) if option else ""
    return f"unrecognized arguments: {' '.join(words)}{near}"
