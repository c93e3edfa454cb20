"""Make the tiny Vosk model in `tests/vosk_model/model` anew: see README.md beside this file."""

import argparse
import importlib.util
import logging
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).parent
_MODULES = {
    "espeakng_loader": "espeakng-loader",
    "kaldi_native_fbank": "kaldi-native-fbank",
    "numpy": "numpy",
    "soxr": "soxr",
    "torch": "torch",
    "yaml": "pyyaml",
}
_PROGRAMS = {"flite": "flite", "fstcompile": "libfst-tools", "fstconvert": "libfst-tools"}
_log = logging.getLogger("make")


def missing(graph_only: bool) -> list[str]:
    """Return what must be installed first, as commands."""
    modules = {"numpy", "yaml"} if graph_only else _MODULES.keys()
    programs = {"fstcompile", "fstconvert"} if graph_only else _PROGRAMS.keys()
    wheels = sorted(_MODULES[module] for module in modules if not importlib.util.find_spec(module))
    packages = sorted({_PROGRAMS[program] for program in programs if not shutil.which(program)})
    commands = (("pip install", wheels), ("apt install", packages))
    return [f"{command} {' '.join(wanted)}" for command, wanted in commands if wanted]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the training: to see that it runs")
    parser.add_argument("--out", type=Path, default=HERE / "model", help="the folder to write (replaced)")
    parser.add_argument("--graph", action="store_true", help="only the graph, after a change of lexicon.txt")
    parser.add_argument("--network", type=Path, help="keep the trained network here; if it is there, use it")
    parser.add_argument("--utterances", type=int, default=4000, help="of espeak-ng; flite adds three fifths")
    parser.add_argument("--copies", type=int, default=2, help="variations of each utterance")
    parser.add_argument("--steps", type=int, default=3000, help="of training")
    parser.add_argument("--unknown-cost", type=float, default=1.0, help="of each sound of [unk]")
    parser.add_argument("--tempering", type=float, default=0.3, help="power of the priors")
    options = parser.parse_args()
    if options.quick:
        options.utterances, options.copies, options.steps = 400, 1, 300
    return options


def main() -> int:
    """Synthesise, train, write. Returns the exit code."""
    options = arguments()
    if needed := missing(options.graph):
        sys.stderr.write("The model cannot be made yet. First: " + "; ".join(needed) + "\n")
        return 1
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    (_make_graph if options.graph else _make_all)(options)
    _log.info("wrote %s", options.out)
    return 0


# Imported only where they are used: what they need has been looked for by then.
def _make_graph(options: argparse.Namespace) -> None:
    from graph import write_graph
    from lexicon import load

    write_graph(options.out / "graph", load(), options.unknown_cost)


def _make_all(options: argparse.Namespace) -> None:
    from build import Recipe, acoustics, write_folder

    recipe = Recipe(options.utterances, options.copies, options.steps)
    write_folder(options.out, acoustics(recipe, options.network), options.unknown_cost, options.tempering)


if __name__ == "__main__":
    sys.exit(main())
