"""`player --help`: one screen of 24 lines and 80 columns, what matters first."""

# What matters first: to be led, to write a routine, and what to do when something does not work.
FIRST = (
    ("player", "lead a whole evening by voice (`player play`: a session)"),
    ("player new, check", "begin a routine of your own; find every fault of one"),
    ("player doctor", "say what works here, and the cure for what does not"),
)
# Every command with what it does, in few words; down the columns those that belong together.
COMMANDS = {
    "evening": "a whole evening by voice",
    "play": "lead one session",
    "learn": "practise with open eyes",
    "resume": "go on where it stopped",
    "interview": "ask about your health",
    "course": "your twelve massages",
    "history": "what you did when",
    "replay": "what a session was",
    "demo": "a minute, without devices",
    "list": "which routines there are",
    "show": "a routine's steps, its map",
    "rehearse": "a routine as a transcript",
    "export": "a sound file for the phone",
    "check": "every fault of a routine",
    "new": "a routine to start from",
    "tune": "learn how you speak",
    "settings": "what is usual here",
    "doctor": "what works, and cures",
    "models": "models for Vosk",
    "bench": "measure this machine",
    "completion": "for the shell: Tab",
}


def overview(usage: str, description: str) -> str:
    """Return the whole text of `player --help`."""
    width = max(len(said) for said, _ in FIRST)
    first = [f"  {said:<{width}}  {does}" for said, does in FIRST]
    return "\n".join(
        [
            *(usage.rstrip(), "", description, "", *first, ""),
            *("Commands (`player COMMAND --help` tells more):", *_in_two_columns()),
            *("", "-h, --help: this; --version: the version of the player", ""),
        ]
    )


def _in_two_columns() -> list[str]:
    name = max(map(len, COMMANDS))
    cells = [f"{command:<{name}}  {does}" for command, does in COMMANDS.items()]
    half = (len(cells) + 1) // 2
    right = [*cells[half:], ""]
    return [f"  {one:<38}{two}".rstrip() for one, two in zip(cells[:half], right, strict=False)]
