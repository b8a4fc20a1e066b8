#!/usr/bin/env python3
"""Makes the colour models of this module's tests; run with python3-torch (1.13 or later).

    make_models.py              writes into ../resources/models

colours/        a teacher for 20 x 24 RGB and three classes: its logits are the mean of each channel, times 8
small-student/  an untrained convolutional student for the same
"""

import hashlib
import io
import zipfile
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

OUT = Path(__file__).resolve().parent.parent / "resources" / "models"


class Colours(nn.Module):
    def forward(self, x):
        return x.mean([2, 3]) * 8.0


class Student(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(4)
        self.output = nn.Linear(4, 3)

    def forward(self, x):
        return self.output(F.relu(self.norm(self.conv(x))).mean([2, 3]))


YAML = """name: {name}
version: "1"
sha256: {sha256}
input: {{height: 20, width: 24, channels: 3, type: float, mean: [0.4, 0.4, 0.4], std: [0.25, 0.25, 0.25]}}
classes: [red, green, blue]
"""


def save(module, directory, kind):
    """Without the debug entries, which hold the path of this file."""
    written = io.BytesIO()
    torch.jit.save(torch.jit.script(module), written)
    directory.mkdir(parents=True, exist_ok=True)
    file = directory / "model.pt"
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(file, "w") as target:
        for entry in source.infolist():
            if not entry.filename.endswith(".debug_pkl"):
                target.writestr(zipfile.ZipInfo(entry.filename), source.read(entry))
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    (directory / f"{kind}.yaml").write_text(YAML.format(name=directory.name, sha256=sha256))
    print(directory, file.stat().st_size)


torch.manual_seed(1)
save(Colours().eval(), OUT / "colours", "teacher")
save(Student().train(), OUT / "small-student", "student")
