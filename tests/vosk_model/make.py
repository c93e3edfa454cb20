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


def missing() -> list[str]:
    """Return what must be installed first, as commands."""
    wheels = sorted(wheel for module, wheel in _MODULES.items() if not importlib.util.find_spec(module))
    packages = sorted({package for program, package in _PROGRAMS.items() if not shutil.which(program)})
    return [f"pip install {' '.join(wheels)}"] * bool(wheels) + [f"apt install {' '.join(packages)}"] * bool(
        packages
    )


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the training: to see that it runs")
    parser.add_argument("--out", type=Path, default=HERE / "model", help="the folder to write (replaced)")
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
    if needed := missing():
        sys.stderr.write("The model cannot be made yet. First: " + "; ".join(needed) + "\n")
        return 1
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    from build import Recipe, acoustics, write_folder  # only now: it needs all that was checked above

    recipe = Recipe(options.utterances, options.copies, options.steps)
    write_folder(options.out, acoustics(recipe, options.network), options.unknown_cost, options.tempering)
    _log.info("wrote %s", options.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
