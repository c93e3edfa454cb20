"""What a listener can ask for.

A command is a meaning; the words for it are data, per language (`player/lang/*.yaml`).
"""

from enum import StrEnum


class Command(StrEnum):
    """Every command; the value is its stable id in logs, journals and language files."""

    NEXT = "next"
    PREVIOUS = "previous"
    REPEAT = "repeat"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    WHERE = "where"
    HOW_LONG = "how_long"
    SLOWER = "slower"
    FASTER = "faster"
    LOUDER = "louder"
    QUIETER = "quieter"
    BRIEF = "brief"
    FULL = "full"
    HELP = "help"
    UNDO = "undo"
    YES = "yes"
    NO = "no"
