"""Writes the folder `graph/`: which sounds make which words, as OpenFst machines.

`HCLr.fst` maps transition ids to words; Vosk composes it with a grammar made on the spot from the phrases
that it is given. Words are numbered as OpenFst's look-ahead relabelling wants them: `words.txt` holds the new
numbers.
Needs the command line tools of OpenFst (Debian: libfst-tools).
"""

import math
import os
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from kaldi import STAY, leave_id, stay_id
from lexicon import UNKNOWN, Lexicon
from phones import PHONES, SILENCE

_PLUGIN = "olabel_lookahead-fst.so"  # OpenFst looks for this name; Debian ships the library under another
_PAUSE_CHANCE = 0.5


@dataclass(frozen=True, slots=True)
class Phone:
    """A Kaldi phone: a unit at a place in the word, "begin", "internal", "end" or "nonword"."""

    unit: str
    place: str


def kaldi_phones(lexicon: Lexicon) -> tuple[Phone, ...]:
    """Return all phones; Kaldi counts them from one. Units of one word have one place each."""
    phones = [Phone(SILENCE, "nonword")]
    phones += [Phone(unit, place) for unit in PHONES for place in ("begin", "internal", "end")]
    for word in sorted(lexicon.starred):
        phones += _placed(lexicon.spelling[word])
    return tuple(phones)


def _placed(units: tuple[str, ...]) -> list[Phone]:
    last = len(units) - 1
    return [Phone(u, "begin" if i == 0 else "end" if i == last else "internal") for i, u in enumerate(units)]


@dataclass(slots=True)
class _Machine:
    """A transducer under construction; state 0 is the start."""

    numbers: dict[Phone, int]
    states: int = 1
    arcs: list[str] = field(default_factory=list)

    def state(self) -> int:
        self.states += 1
        return self.states - 1

    def arc(self, source: int, target: int, sound: int = 0, word: int = 0, cost: float = 0.0) -> None:
        self.arcs.append(f"{source} {target} {sound} {word} {cost:.6f}")

    def phone(self, source: int, phone: Phone, word: int = 0, cost: float = 0.0) -> int:
        """Add `phone` after `source`: first its leaving id, then its staying id as a loop, as Kaldi does."""
        target, number = self.state(), self.numbers[phone]
        self.arc(source, target, leave_id(number), word, cost - math.log(1 - STAY))
        self.arc(target, target, stay_id(number), 0, -math.log(STAY))
        return target


def _speech(lexicon: Lexicon, numbers: dict[str, int], unknown_cost: float) -> str:
    """Return the machine as text: (pause) (word (pause))*, a word being spelt or any sounds at all."""
    machine = _Machine({phone: i + 1 for i, phone in enumerate(kaldi_phones(lexicon))})
    hub, after = machine.state(), machine.state()
    for source in (0, after):
        pause = machine.phone(source, Phone(SILENCE, "nonword"), cost=-math.log(_PAUSE_CHANCE))
        machine.arc(pause, hub)
        machine.arc(source, hub, cost=-math.log(1 - _PAUSE_CHANCE))
    for word, units in lexicon.spelling.items():
        state = hub
        for i, phone in enumerate(_placed(units)):
            state = machine.phone(state, phone, numbers[word] if i == 0 else 0)
        machine.arc(state, after)
    inside = machine.state()
    for unit in PHONES:
        machine.arc(machine.phone(hub, Phone(unit, "begin"), numbers[UNKNOWN], unknown_cost), inside)
        machine.arc(machine.phone(inside, Phone(unit, "internal"), 0, unknown_cost), inside)
        machine.arc(machine.phone(inside, Phone(unit, "end"), 0, unknown_cost), after)
    return "\n".join([*machine.arcs, f"{hub} 0", ""])


def write_graph(folder: Path, lexicon: Lexicon, unknown_cost: float) -> None:
    """Write everything under `folder`. `unknown_cost` is the price of each sound of `[unk]`: lower hears more
    strangers and fewer commands."""
    (folder / "phones").mkdir(parents=True, exist_ok=True)
    numbers = {word: i + 1 for i, word in enumerate([*lexicon.spelling, UNKNOWN])}
    with tempfile.TemporaryDirectory() as scratch:
        pairs = Path(scratch) / "pairs"
        make = f"fstconvert --fst_type=olabel_lookahead --save_relabel_opairs={pairs}"
        _openfst(
            _speech(lexicon, numbers, unknown_cost),
            f"fstarcsort --sort_type=olabel | {make}",
            folder / "HCLr.fst",
        )
        relabelled = dict(map(int, line.split()) for line in pairs.read_text().splitlines())
    words = sorted((relabelled[number], word) for word, number in numbers.items())
    (folder / "words.txt").write_text("<eps> 0\n" + "".join(f"{word} {number}\n" for number, word in words))
    _openfst(
        _any_words(len(words)),
        "fstarcsort --sort_type=ilabel | fstconvert --fst_type=const",
        folder / "Gr.fst",
    )
    (folder / "disambig_tid.int").write_text("")  # none, but Vosk wants the file
    places = [f"{i + 1} {phone.place}\n" for i, phone in enumerate(kaldi_phones(lexicon))]
    (folder / "phones" / "word_boundary.int").write_text("".join(places))


def _any_words(count: int) -> str:
    """The grammar that Vosk uses when it is given none: any words in any order."""
    cost = math.log(count + 1)
    return "".join(f"0 0 {n} {n} {cost:.5f}\n" for n in range(1, count + 1)) + f"0 {cost:.5f}\n"


def _openfst(text: str, pipeline: str, target: Path) -> None:
    """Compile `text` and send it through `pipeline` into `target`."""
    with tempfile.TemporaryDirectory() as plugins:
        (Path(plugins) / _PLUGIN).symlink_to(_lookahead_library())
        command = f"set -o pipefail; fstcompile | {pipeline} > {target}"
        environment = os.environ | {"LD_LIBRARY_PATH": plugins}
        subprocess.run(["bash", "-c", command], input=text, text=True, check=True, env=environment)


def _lookahead_library() -> Path:
    found = sorted(Path("/usr/lib").glob("*/libfstlookahead.so*"))
    if not found:
        raise FileNotFoundError("libfstlookahead.so is missing; try: apt install libfst-tools")
    return found[0]
