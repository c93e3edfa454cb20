"""Writes Kaldi's binary `final.mdl`: a transition model of one-state phones and an nnet3 network.

The format is a stream of tokens and typed values: `<Token> `, integers and floats with a size byte in front,
vectors and matrices with a type tag. Matrices are stored with 8 or 16 bits per weight (Kaldi's own compressed
matrix); Kaldi reads them like any other.
"""

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

STAY = 0.5  # the chance that a phone goes on for another frame; duration is left to the network


@dataclass(frozen=True, slots=True)
class Layer:
    """An affine layer over spliced frames. `weights` is [out, len(offsets) * in], in the order of offsets."""

    weights: npt.NDArray[np.float64]
    bias: npt.NDArray[np.float64]
    offsets: tuple[int, ...]
    rectified: bool


class Writer:
    """Kaldi's binary values, one method per type."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        file.write(b"\0B")

    def token(self, text: str) -> None:
        self._file.write(text.encode() + b" ")

    def raw(self, text: str) -> None:
        self._file.write(text.encode())

    def integer(self, value: int) -> None:
        self._file.write(b"\x04" + struct.pack("<i", value))

    def real(self, value: float) -> None:
        self._file.write(b"\x04" + struct.pack("<f", value))

    def double(self, value: float) -> None:
        self._file.write(b"\x08" + struct.pack("<d", value))

    def integers(self, values: Sequence[int]) -> None:
        self.integer(len(values))
        self._file.write(np.asarray(values, "<i4").tobytes())

    def vector(self, values: npt.ArrayLike) -> None:
        array = np.asarray(values, "<f4")
        self.token("FV")
        self.integer(len(array))
        self._file.write(array.tobytes())

    def matrix(self, values: npt.NDArray[np.float64], bits: int) -> None:
        low, span = float(values.min()), float(np.ptp(values))
        steps = np.rint((values - low) / span * (2**bits - 1))
        self.token({8: "CM3", 16: "CM2"}[bits])
        self._file.write(struct.pack("<ffii", low, span, *values.shape))
        self._file.write(steps.astype({8: "u1", 16: "<u2"}[bits]).tobytes())


def write_model(
    file: BinaryIO, outputs: Sequence[int], layers: Sequence[Layer], inputs: int, bits: int = 16
) -> None:
    """Write the acoustic model. Kaldi phone i + 1 is scored by output `outputs[i]`; `inputs` is the width."""
    writer = Writer(file)
    _write_transitions(writer, outputs)
    _write_network(writer, layers, inputs, bits)
    reach = [(-min(layer.offsets), max(layer.offsets)) for layer in layers]
    for side, token in enumerate(("<LeftContext>", "<RightContext>")):
        writer.token(token)
        writer.integer(sum(step[side] for step in reach))
    writer.token("<Priors>")
    writer.vector([])


def _write_transitions(writer: Writer, outputs: Sequence[int]) -> None:
    phones = range(1, len(outputs) + 1)
    writer.token("<TransitionModel>")
    writer.token("<Topology>")
    writer.integers(list(phones))
    writer.integers([-1] + [0] * len(phones))  # every phone has topology 0; there is no phone 0
    writer.integer(1)  # one topology, of two states: the phone and its end
    writer.integer(2)
    writer.integer(0)
    writer.integer(2)
    for target, chance in ((0, STAY), (1, 1 - STAY)):
        writer.integer(target)
        writer.real(chance)
    writer.integer(-1)  # the end emits nothing and leads nowhere
    writer.integer(0)
    writer.token("</Topology>")
    writer.token("<Triples>")
    writer.integer(len(phones))
    for phone in phones:
        for value in (phone, 0, outputs[phone - 1]):
            writer.integer(value)
    writer.token("</Triples>")
    writer.token("<LogProbs>")
    writer.vector([0.0] + [math.log(STAY), math.log(1 - STAY)] * len(phones))
    writer.token("</LogProbs>")
    writer.token("</TransitionModel>")


def stay_id(phone: int) -> int:
    """Return the transition id of Kaldi phone `phone` going on."""
    return 2 * phone - 1


def leave_id(phone: int) -> int:
    """Return the transition id of Kaldi phone `phone` ending."""
    return 2 * phone


def _write_network(writer: Writer, layers: Sequence[Layer], inputs: int, bits: int) -> None:
    writer.token("<Nnet3>")
    writer.raw("\n" + "\n".join(_wiring(layers, inputs)) + "\n\n")
    writer.token("<NumComponents>")
    writer.integer(len(layers) + sum(layer.rectified for layer in layers))
    for number, layer in enumerate(layers):
        writer.token("<ComponentName>")
        writer.token(f"affine{number}")
        writer.token("<FixedAffineComponent>")
        writer.token("<LinearParams>")
        writer.matrix(layer.weights, bits)
        writer.token("<BiasParams>")
        writer.vector(layer.bias)
        writer.token("</FixedAffineComponent>")
        if layer.rectified:
            _write_rectifier(writer, f"relu{number}", len(layer.bias))
    writer.token("</Nnet3>")


def _write_rectifier(writer: Writer, name: str, width: int) -> None:
    writer.token("<ComponentName>")
    writer.token(name)
    writer.token("<RectifiedLinearComponent>")
    writer.token("<Dim>")
    writer.integer(width)
    for statistic in ("<ValueAvg>", "<DerivAvg>"):
        writer.token(statistic)
        writer.vector([])
    writer.token("<Count>")
    writer.double(0.0)
    writer.token("</RectifiedLinearComponent>")


def _wiring(layers: Sequence[Layer], inputs: int) -> list[str]:
    """The network's config lines: who takes what from whom."""
    lines, source = [f"input-node name=input dim={inputs}"], "input"
    for number, layer in enumerate(layers):
        terms = [source if o == 0 else f"Offset({source}, {o})" for o in layer.offsets]
        taken = f"Append({', '.join(terms)})" if len(terms) > 1 else terms[0]
        source = f"affine{number}"
        lines.append(f"component-node name={source} component={source} input={taken}")
        if layer.rectified:
            lines.append(f"component-node name=relu{number} component=relu{number} input={source}")
            source = f"relu{number}"
    return [*lines, f"output-node name=output input={source} objective=linear"]
