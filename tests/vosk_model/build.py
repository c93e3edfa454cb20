"""From speakers to a model folder: the steps of make.py in order."""

import logging
import random
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from corpus import FLITE_VOICES, spans, spoken_by_espeak, spoken_by_flite
from features import MFCC_CONF, WIDTH, Example, frames, silences
from graph import kaldi_phones, write_graph
from kaldi import write_model
from lexicon import load
from speakers import Utterance
from train import Network, train

_HIDDEN = 128
_MODEL_CONF = """\
--min-active=200
--max-active=3000
--beam=10.0
--lattice-beam=2.0
--acoustic-scale=1.0
--phone-determinize=false
--frame-subsampling-factor=3
--frames-per-chunk=30
--endpoint.silence-phones=1
--endpoint.rule2.min-trailing-silence=0.5
--endpoint.rule3.min-trailing-silence=0.75
--endpoint.rule4.min-trailing-silence=1.0
"""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Recipe:
    """How much: utterances of espeak-ng (flite adds three fifths), copies of each, steps of training."""

    utterances: int
    copies: int
    steps: int


@dataclass(frozen=True, slots=True)
class Acoustics:
    """A trained network and how often each unit occurred."""

    network: Network
    priors: npt.NDArray[np.float64]


def acoustics(recipe: Recipe, kept: Path | None) -> Acoustics:
    """Return the network of `recipe`; if `kept` is there, that one, and otherwise keep it there."""
    outputs = len(load().units)
    if kept and kept.exists():
        network = Network(outputs, _HIDDEN)
        stored = torch.load(kept, weights_only=True)
        network.load_state_dict(stored["network"])
        return Acoustics(network.eval(), stored["priors"].numpy())
    features, labels = _material(recipe)
    counts = np.bincount(labels[labels >= 0], minlength=outputs) + 10.0
    made = Acoustics(train(features, labels, outputs, _HIDDEN, recipe.steps), counts / counts.sum())
    if kept:
        torch.save({"network": made.network.state_dict(), "priors": torch.from_numpy(made.priors)}, kept)
    return made


def _material(recipe: Recipe) -> tuple[npt.NDArray[np.float16], npt.NDArray[np.int16]]:
    """Return the features of all varied utterances one after the other, and the unit of each frame."""
    lexicon, rng = load(), np.random.default_rng(3)
    outputs = {unit: i for i, unit in enumerate(lexicon.units)}
    said = _utterances(recipe.utterances)
    examples = [Example(u, spans(u, lexicon) or ()) for u in said] + silences(len(said) // 25, rng)
    parts = []
    for copy in range(recipe.copies):
        _log.info("features, copy %d of %d", copy + 1, recipe.copies)
        parts += [frames(e, said[rng.integers(len(said))], outputs, rng) for e in examples]
    features, labels = zip(*parts, strict=True)
    _log.info("%.1f hours of sound", sum(map(len, labels)) / 360_000)
    return np.concatenate(features), np.concatenate(labels)


def _utterances(count: int) -> list[Utterance]:
    lexicon, rng = load(), random.Random(4)
    _log.info("espeak-ng speaks %d utterances", count)
    said = list(spoken_by_espeak(count, rng, lexicon))
    for voice in FLITE_VOICES:
        _log.info("flite's %s speaks %d", voice, count // 5)
        said += spoken_by_flite(count // 5, voice, rng, lexicon)
    return said


def write_folder(folder: Path, made: Acoustics, unknown_cost: float, tempering: float) -> None:
    """Replace `folder` by a model that Vosk loads."""
    shutil.rmtree(folder, ignore_errors=True)
    for part in ("am", "conf"):
        (folder / part).mkdir(parents=True)
    (folder / "conf" / "model.conf").write_text(_MODEL_CONF)
    (folder / "conf" / "mfcc.conf").write_text(MFCC_CONF)
    lexicon = load()
    outputs = [lexicon.units.index(phone.unit) for phone in kaldi_phones(lexicon)]
    with (folder / "am" / "final.mdl").open("wb") as file:
        write_model(file, outputs, made.network.layers(made.priors, tempering), WIDTH)
    write_graph(folder / "graph", lexicon, unknown_cost)
