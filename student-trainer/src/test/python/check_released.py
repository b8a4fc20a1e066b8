#!/usr/bin/env python3
"""Looks with PyTorch at the students that StudentModuleTest has trained and written.

    check_released.py [DIR]     default: ../../../target/released

Of every student: the file loads, is in eval mode, its running statistics are buffers and not parameters, and
its logits are those that the trainer's student gave. Exits with 1 if anything differs or nothing is there.
"""

import json
import sys
from pathlib import Path

import torch

HERE = Path(__file__).resolve().parent
BUFFERS = {"mlp": 0, "cnn": 6, "dropout": 3}


def problems(directory):
    module = torch.jit.load(str(directory / "student.pt"))
    expected = json.loads((directory / "expected.json").read_text())
    if module.training:
        yield "is in train mode"
    if len(list(module.buffers())) != BUFFERS[directory.name]:
        yield f"has {len(list(module.buffers()))} buffers, not {BUFFERS[directory.name]}"
    if not all(p.requires_grad for p in module.parameters()):
        yield "has parameters that are not trained"
    with torch.no_grad():
        logits = module(torch.tensor(expected["input"]).reshape(expected["shape"])).flatten()
    difference = (logits - torch.tensor(expected["logits"])).abs().max().item()
    print(f"{directory.name}: logits differ by {difference:.1e} at most")
    if not difference < 1e-5:
        yield "answers otherwise"


def main():
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE.parents[2] / "target" / "released"
    found = [f"{name} {problem}" for name in BUFFERS for problem in problems(root / name)]
    print("\n".join(found) or "all as written")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
