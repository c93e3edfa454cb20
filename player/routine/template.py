"""A small valid script to start from."""

from player.routine.model.script import FORMAT
from player.routine.schema.schema_types import NAME


def new_script(name: str) -> str:
    """Return the text of a new script called `name`. Raises ValueError when that is no name for a file."""
    if not NAME.match(name):
        raise ValueError("a routine's name is made of small letters, digits and hyphens, such as my-evening")
    title = name.replace("-", " ").capitalize()
    return _TEMPLATE.format(version=FORMAT, title=title, name=title.lower())


_TEMPLATE = """# How to read and write this file: docs/routine-format.md
format: {version}
title: {title}
names: [{name}]
family: acupressure
target_min: [1, 3]
eyes: closed
gates: contra-basic
steps:
  - id: settle
    say: "Sit well supported. Close your eyes. Let your shoulders drop."
    say_short: "Close your eyes. Shoulders down."
    label: settling in
    seconds: 8
  - id: temples
    say: "Rest your middle fingertips on your temples. Circle lightly, fifteen times."
    say_short: "Temples. Fifteen light circles."
    when: not temple_tender
    at: temple
    hand: middle-tips
    stroke: circle
    pressure: light
  - id: rest
    say: "Lay your palms on your face, beside the eyes, and rest."
    say_short: "Palms on the face. Rest."
    at: z.face
    hand: palms
    seconds: 30
"""
