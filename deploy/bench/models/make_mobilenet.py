#!/usr/bin/env python3
"""Makes the student of `bench student --feed`, untrained: make_mobilenet.py [DIR]

A MobileNetV2 (Sandler et al., CVPR 2018) of width 0.35 for pictures of 224 x 224 x 3 and ten classes, without its last
two layers (a block of 112 channels and a convolution of 1,280), which take half of its weights and hardly any of its
time. The bundled file was written by PyTorch 1.13.
"""

import hashlib
import sys
from pathlib import Path

import torch
from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "models"))
from make import save_script  # noqa: E402

WIDTH = 0.35
CLASSES = 10
STAGES = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2))
DESCRIPTION = """\
name: mobilenet
version: "1"
sha256: {sha256}
input:
  height: 224
  width: 224
  channels: 3
  type: float
  mean: [0.485, 0.456, 0.406]
  std: [0.229, 0.224, 0.225]
classes: [a, b, c, d, e, f, g, h, i, j]
"""


def channels(count):
    """A multiple of 8 near WIDTH times the count, and not more than a tenth below it."""
    wanted = count * WIDTH
    rounded = max(8, int(wanted + 4) // 8 * 8)
    return rounded if rounded >= 0.9 * wanted else rounded + 8


def convolution(inputs, outputs, size, stride=1, groups=1):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, size, stride, size // 2, groups=groups, bias=False),
        nn.BatchNorm2d(outputs), nn.ReLU6())


class InvertedResidual(nn.Module):
    def __init__(self, inputs, outputs, stride, expansion):
        super().__init__()
        hidden = inputs * expansion
        self.adds = stride == 1 and inputs == outputs
        first = [convolution(inputs, hidden, 1)] if expansion > 1 else []
        self.layers = nn.Sequential(
            *first, convolution(hidden, hidden, 3, stride, hidden),
            nn.Conv2d(hidden, outputs, 1, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        return x + self.layers(x) if self.adds else self.layers(x)


class MobileNet(nn.Module):
    def __init__(self):
        super().__init__()
        last = channels(32)
        layers = [convolution(3, last, 3, 2)]
        for expansion, count, blocks, stride in STAGES:
            for block in range(blocks):
                layers.append(InvertedResidual(last, channels(count), stride if block == 0 else 1, expansion))
                last = channels(count)
        self.features = nn.Sequential(*layers)
        self.output = nn.Linear(last, CLASSES)

    def forward(self, x):
        return self.output(self.features(x).mean([2, 3]))


def main():
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent / "mobilenet"
    target.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(1)
    save_script(MobileNet().train(), target / "model.pt")
    sha256 = hashlib.sha256((target / "model.pt").read_bytes()).hexdigest()
    (target / "student.yaml").write_text(DESCRIPTION.format(sha256=sha256))


if __name__ == "__main__":
    main()
