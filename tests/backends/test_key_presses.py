"""A key is more than its byte: whole keys, one press for one that repeats, and no commands in text."""

import random

import pytest

from player.backends.keyboard import KEYS
from player.backends.keys import (
    ALONE_S,
    PASTE_S,
    PASTED,
    QUIET_S,
    REPEAT_S,
    WHOLE_S,
    KeyReader,
    KeyStroke,
    Presses,
    console_keys,
)
from player.core.commands import Command

LOOK_S = 0.05  # how often the keyboard looks


def whole(*chunks: str) -> str:
    reader = KeyReader()
    return "".join(key.text for at, chunk in enumerate(chunks) for key in reader.take(chunk, at * 0.01))


def pressed(*keys: tuple[float, str]) -> list[tuple[Command, float]]:
    """Return what is obeyed, and when it was pressed, of characters that come at these times."""
    reader, presses = KeyReader(), Presses(KEYS)
    waiting, known = sorted(keys), []
    for look in range(round((waiting[-1][0] + 3) / LOOK_S)):
        now_s = look * LOOK_S
        due = [chunk for at_s, chunk in waiting if at_s <= now_s]
        del waiting[: len(due)]
        for key in reader.take("".join(due), now_s):
            presses.take(key)
        if press := presses.due(now_s):
            known.append((press.command, round(press.at_s, 2)))
    return known


def commands(*keys: tuple[float, str]) -> list[Command]:
    return [command for command, _at_s in pressed(*keys)]


def typed(text: str, every_s: float, begin_s: float = 0.0) -> list[tuple[float, str]]:
    return [(begin_s + at * every_s, character) for at, character in enumerate(text)]


# --- whole keys


@pytest.mark.parametrize(
    "sequence",
    [
        *(
            "\x1b[A",
            "\x1b[1;5C",
            "\x1b[15~",
            "\x1bOP",
            "\x1bO5S",
            "\x1b[[A",
            "\x1b\x1b[A",
            "\x1bs",
            "\x1b[M !!",
        ),
        *("\x1b]11;rgb:0000/0000/0000\x1b\\", "\x1b]0;stop\x07", "\x1bP1$r0 q\x1b\\", "\x1b[<0;10;10M"),
    ],
)
def test_a_sequence_is_no_key_wherever_it_is_cut(sequence):
    for cut in range(len(sequence) + 1):
        assert whole(f"r{sequence[:cut]}", f"{sequence[cut:]}w") == "rw"


def test_a_lone_escape_holds_nothing_up():
    reader = KeyReader()
    assert reader.take("\x1b", 0.0) == ()
    assert reader.take("", WHOLE_S / 2) == ()
    reader.take("", WHOLE_S * 1.1)
    assert [key.text for key in reader.take("s", WHOLE_S * 1.2)] == ["s"]


@pytest.mark.parametrize("cut", range(20))
def test_what_is_pasted_is_no_key(cut):
    pasted = "\x1b[200~stop\rs\x1b[Aq\x1b[201~"
    assert whole(f"r{pasted[:cut]}", f"{pasted[cut:]}w") == "rw"


def test_a_paste_whose_end_is_lost_is_over_after_a_while():
    reader = KeyReader()
    assert [key.text for key in reader.take("\x1b[200~sss", 0.0)] == [PASTED]
    reader.take("", PASTE_S * 0.9)
    assert reader.take("s", PASTE_S * 0.95) == ()
    reader.take("", PASTE_S * 2)
    assert [key.text for key in reader.take("s", PASTE_S * 2)] == ["s"]


@pytest.mark.parametrize("special", ["\xe0H", "\x00;", "\xe0S", "\x00\x00"])
def test_a_special_key_of_a_windows_console_is_read_whole(special):
    assert "".join(key.text for key in console_keys(f"r{special}w", 0.0)) == "rw"


def test_a_letter_that_looks_like_a_prefix_is_still_a_letter():
    assert [key.text for key in console_keys("\xe0", 0.0)] == ["\xe0"]


# --- presses


@pytest.mark.parametrize(("key", "command"), KEYS.items())
def test_a_key_alone_is_its_command_at_the_moment_of_its_press(key, command):
    assert pressed((1.0, key)) == [(command, 1.0)]
    assert pressed((1.0, key.upper())) == [(command, 1.0)]


@pytest.mark.parametrize("key", [" ", "s", "n", "\r"])
@pytest.mark.parametrize("every_s", [1 / 30, 0.1, 0.25, 0.5])
def test_an_elbow_on_a_key_is_one_press(key, every_s):
    assert pressed(*typed(key * 40, every_s, 1.0)) == [(KEYS[key], 1.0)]


def test_the_same_key_after_a_while_is_another_press():
    assert commands((0.0, " "), (REPEAT_S + LOOK_S, " ")) == [Command.PAUSE, Command.PAUSE]


def test_two_keys_one_after_the_other_are_two_presses():
    assert commands((0.0, "p"), (ALONE_S + LOOK_S, "r")) == [Command.PREVIOUS, Command.REPEAT]


@pytest.mark.parametrize("word", ["pause", "next", "stop please", "previous", "how long", "undo\r", "qs?\n"])
@pytest.mark.parametrize("every_s", [0.0, 0.03, 0.1, 0.15])
def test_a_word_is_text_and_no_commands(word, every_s):
    obeyed = commands(*typed(word, every_s))
    assert obeyed == [] if word != "qs?\n" else Command.STOP not in obeyed[1:]


def test_a_slow_word_does_no_more_than_its_first_letter_means():
    assert commands(*typed("pause", 0.3)) == [Command.PREVIOUS]


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_enter_after_a_key_is_a_habit(end):
    assert commands((0.0, "s"), (0.1, end)) == [Command.STOP]


def test_two_keys_of_one_meaning_are_one_press():
    """Who is afraid hits what is near; a terminal may send both ends of a line."""
    assert commands((0.0, "s"), (0.05, "q"), (0.1, "s")) == [Command.STOP]
    assert commands((0.0, "\r\n")) == [Command.NEXT]


def test_after_text_a_key_is_a_key_again():
    assert commands(*typed("dear", 0.05), (0.2 + QUIET_S + LOOK_S, "s")) == [Command.STOP]


@pytest.mark.parametrize(
    ("characters", "text"),
    [
        ("yes", True),
        ("z", True),
        ("\x1b[200~no\x1b[201~", True),
        ("s", False),
        ("\x1b[A", False),
        ("\x1bs", False),
    ],
)
def test_text_is_known_for_text_once(characters, text):
    reader, presses = KeyReader(), Presses(KEYS)
    for key in reader.take(characters, 0.0):
        presses.take(key)
    assert (presses.typed(), presses.typed()) == (text, False)


def test_an_arrow_is_no_text():
    assert commands((0.0, "\x1b[A"), (0.1, "s")) == [Command.STOP]


@pytest.mark.parametrize("seed", range(20))
def test_whatever_falls_on_the_keys_gives_no_more_than_one_press_in_its_time(seed):
    """An arm on the keyboard: any keys, thirty a second."""
    random_ = random.Random(seed)
    keys = typed("".join(random_.choices([*KEYS, *"abc"], k=90)), 1 / 30)
    assert len(commands(*keys)) <= 1


@pytest.mark.parametrize("keys", [" s", "s ", "ps", "qp", "\rs"])
def test_stop_is_stop_also_beside_another_key(keys):
    """Who is in a hurry hits one key after the other; three are text."""
    assert commands(*typed(keys, 0.1)) == [Command.STOP]
    assert commands(*typed(f"{keys}w", 0.1)) == []


@pytest.mark.parametrize("every_s", [1 / 30, 0.1, 0.25])
def test_a_key_that_is_held_down_acts_at_once_and_not_when_it_is_let_go(every_s):
    presses = Presses(KEYS)
    for at_s, key in typed(" " * 100, every_s):
        presses.take(KeyStroke(key, at_s))
        if press := presses.due(at_s):
            assert press.command is Command.PAUSE
            assert at_s <= ALONE_S + every_s
            return
    raise AssertionError("never known")
