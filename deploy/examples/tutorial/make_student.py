"""Writes an untrained student that fits a teacher: the same input and the same classes.

    python3 make_student.py TEACHER DIR [WIDTH]

TEACHER and DIR are model directories. The student has three convolutions of WIDTH, 2 WIDTH and 4 WIDTH channels (WIDTH
is 16 if it is not given), the average over the image, and one linear layer. Put your own module in its place.

Packages: python3-torch and python3-yaml, or torch and pyyaml from PyPI.
"""

import pathlib
import sys

import torch
import yaml
from export_model import export
from torch import nn


def convolution(inputs, outputs):
    return [nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()]


def student(channels, width, classes):
    return nn.Sequential(
        *convolution(channels, width),
        nn.MaxPool2d(2),
        *convolution(width, 2 * width),
        nn.MaxPool2d(2),
        *convolution(2 * width, 4 * width),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(4 * width, classes),
    )


def main(teacher, directory, width=16):
    torch.manual_seed(1)
    try:
        description = yaml.safe_load((teacher / "teacher.yaml").read_text("utf-8"))
    except OSError as error:
        raise SystemExit(f"make_student.py: the teacher's description cannot be read: {error}") from None
    size, classes = description["input"], description["classes"]
    export(
        student(size["channels"], width, len(classes)),
        directory,
        "student",
        directory.name,
        (size["height"], size["width"]),
        size["mean"],
        size["std"],
        classes,
    )


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        raise SystemExit(__doc__)
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), *map(int, sys.argv[3:]))
