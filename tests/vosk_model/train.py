"""A small time-delay network over MFCC frames, trained frame by frame, and its export to Kaldi."""

import logging
import math
import time
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import torch
from features import IGNORED, REACH, WIDTH
from kaldi import Layer
from torch import nn

OFFSETS = (tuple(range(-4, 5)), (-3, 0, 3), (-3, 0, 3), (-6, 0, 6), (-9, 0, 9), (0,))
STRIDE = 3  # one output for three frames, as in conf/model.conf
_BATCH, _OUTPUTS_PER_ITEM = 48, 96
_RATE, _DECAY, _SMOOTHING, _DROP = 2e-3, 1e-3, 0.02, 0.1
_log = logging.getLogger(__name__)

assert sum(max(offsets) for offsets in OFFSETS) == REACH


class Network(nn.Module):
    """MFCC [batch, frames, WIDTH] to scores [batch, (frames - 2 * REACH + 2) // 3, outputs]."""

    def __init__(self, outputs: int, width: int) -> None:
        super().__init__()
        ins = [WIDTH] + [width] * (len(OFFSETS) - 1)
        outs = [width] * (len(OFFSETS) - 1) + [outputs]
        self.affine = nn.ModuleList(
            nn.Linear(i * len(o), out) for i, o, out in zip(ins, OFFSETS, outs, strict=True)
        )
        self.norm = nn.ModuleList(nn.BatchNorm1d(width) for _ in OFFSETS[:-1])
        self.register_buffer("mean", torch.zeros(WIDTH))
        self.register_buffer("scale", torch.ones(WIDTH))

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        batch = frames.shape[0]
        windows = ((frames - self.mean) * self.scale).unfold(1, len(OFFSETS[0]), STRIDE)
        hidden = windows.transpose(2, 3).flatten(2)
        for number, offsets in enumerate(OFFSETS):
            if 0 < number < len(OFFSETS) - 1:
                step, kept = offsets[-1] // STRIDE, hidden.shape[1] - 2 * offsets[-1] // STRIDE
                hidden = torch.cat([hidden[:, i * step : i * step + kept] for i in range(3)], 2)
            flat = self.affine[number](hidden.flatten(0, 1))
            if number < len(self.norm):
                flat = nn.functional.dropout(self.norm[number](torch.relu(flat)), _DROP, self.training)
            hidden = flat.view(batch, -1, flat.shape[1])
        return hidden

    def layers(self, priors: npt.NDArray[np.float64], tempering: float) -> list[Layer]:
        """Return plain layers: scaling and normalisation folded in, tempered priors taken off."""
        scale, shift = _array(self.scale), -_array(self.mean) * _array(self.scale)
        result = []
        for number, (affine, offsets) in enumerate(zip(self.affine, OFFSETS, strict=True)):
            weights, bias = _array(affine.weight), _array(affine.bias)
            bias = bias + weights @ np.tile(shift, len(offsets))
            weights = weights * np.tile(scale, len(offsets))
            last = number == len(self.norm)
            if last:
                bias = bias - tempering * np.log(priors)
            else:
                norm = self.norm[number]
                scale = _array(norm.weight) / np.sqrt(_array(norm.running_var) + norm.eps)
                shift = _array(norm.bias) - _array(norm.running_mean) * scale
            result.append(Layer(weights, bias, offsets, not last))
        return result


def _array(tensor: torch.Tensor) -> npt.NDArray[np.float64]:
    return tensor.detach().numpy().astype(np.float64)


def train(
    features: npt.NDArray[np.float16], labels: npt.NDArray[np.int16], outputs: int, width: int, steps: int
) -> Network:
    """Return a network trained for `steps` batches of random stretches of `features`."""
    torch.set_num_threads(1)  # on a shared machine more threads wait for each other
    torch.manual_seed(1)
    network = Network(outputs, width)
    sample = features[::37].astype(np.float32)
    network.mean.copy_(torch.from_numpy(sample.mean(0)))
    network.scale.copy_(torch.from_numpy(1 / sample.std(0)))
    optimiser = torch.optim.AdamW(network.parameters(), _RATE, weight_decay=_DECAY)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda n: _share_of_rate(n, steps))
    batches = _Batches(features, labels)
    began = time.monotonic()
    for step in range(1, steps + 1):
        frames, targets = batches.draw()
        frames = frames + 0.2 / network.scale * torch.randn(len(frames), 1, WIDTH)  # another microphone
        scores = network(frames).flatten(0, 1)
        loss = nn.functional.cross_entropy(
            scores, targets.flatten(), ignore_index=IGNORED, label_smoothing=_SMOOTHING
        )
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimiser.step()
        schedule.step()
        if step % 100 == 0:
            _log.info("step %d of %d, loss %.3f, %.0f s", step, steps, loss.item(), time.monotonic() - began)
    return network.eval()


def _share_of_rate(step: int, steps: int) -> float:
    return min(1.0, (step + 1) / 50) * 0.5 * (1 + math.cos(math.pi * step / steps)) + 0.005


class _Batches:
    """Random stretches of all the sound."""

    def __init__(self, features: npt.NDArray[np.float16], labels: npt.NDArray[np.int16]) -> None:
        self._features, self._labels = torch.from_numpy(features), torch.from_numpy(labels.astype(np.int64))
        self._rng = np.random.default_rng(2)
        self._frames = torch.arange(STRIDE * (_OUTPUTS_PER_ITEM - 1) + 2 * REACH + 1)
        self._targets = torch.arange(_OUTPUTS_PER_ITEM) * STRIDE + REACH

    def draw(self) -> tuple[torch.Tensor, torch.Tensor]:
        starts = self._rng.integers(0, len(self._features) - len(self._frames), _BATCH)
        begin = torch.from_numpy(starts)[:, None]
        return self._features[begin + self._frames].float(), self._labels[begin + self._targets]


assert all(b % STRIDE == 0 for offsets in OFFSETS[1:-1] for b in (y - x for x, y in pairwise(offsets)))
