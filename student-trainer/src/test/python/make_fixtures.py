#!/usr/bin/env python3
"""Makes the fixtures of this module's tests with PyTorch; run with python3-torch (1.13 or 2.x).

    make_fixtures.py            writes into ../resources/students

mlp/, cnn/, dropout/   scripted students of 8 x 8 pixels and 5 classes, with student.yaml
golden-mlp.bin, golden-cnn.bin
                       30 steps of the whole recipe from those weights: inputs, and PyTorch's losses,
                       gradient norms, final weights and final averages; see Golden.java for the layout
traced.pt, frozen.pt, state.pt, width.pt, nan.pt
                       what has to be refused
"""

import io
import struct
import zipfile
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

OUT = Path(__file__).resolve().parent.parent / "resources" / "students"
SIDE, CLASSES, BATCH, STEPS = 8, 5, 16, 30
MEAN, STD = 0.2860, 0.3530
RATE, DECAY, CLIP, T, ALPHA = 4e-3, 1e-4, 0.5, 4.0, 0.9


class Mlp(nn.Module):
    def __init__(self, classes=CLASSES):
        super().__init__()
        self.hidden = nn.Linear(SIDE * SIDE, 16)
        self.output = nn.Linear(16, classes)

    def forward(self, x):
        return self.output(F.relu(self.hidden(x.flatten(1))))


class Cnn(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 4, 3, padding=1, bias=False), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(4, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2))
        self.output = nn.Linear(8 * 2 * 2, CLASSES)

    def forward(self, x):
        return self.output(self.features(x).flatten(1))


class Dropout(nn.Module):
    """Random, and with a norm that refuses a batch of one."""

    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(SIDE * SIDE, 16)
        self.norm = nn.BatchNorm1d(16)
        self.dropout = nn.Dropout(0.3)
        self.output = nn.Linear(16, CLASSES)

    def forward(self, x):
        return self.output(self.dropout(F.relu(self.norm(self.hidden(x.flatten(1))))))


class NotFinite(Mlp):
    def forward(self, x):
        return self.output(F.relu(self.hidden(x.flatten(1)))) / 0.0


def save(module, path):
    """Without the debug entries, which hold the path of this file."""
    written = io.BytesIO()
    torch.jit.save(module, written)
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(path, "w") as target:
        for entry in source.infolist():
            if not entry.filename.endswith(".debug_pkl"):
                target.writestr(zipfile.ZipInfo(entry.filename), source.read(entry))


YAML = f"""name: {{name}}
version: "1"
input: {{{{height: {SIDE}, width: {SIDE}, channels: 1, type: float, mean: [{MEAN}], std: [{STD}]}}}}
classes: [a, b, c, d, e]
"""


def student(name, model):
    directory = OUT / name
    directory.mkdir(parents=True, exist_ok=True)
    save(torch.jit.script(model), directory / "model.pt")
    (directory / "student.yaml").write_text(YAML.format(name=name))


def floats(file, tensor):
    values = tensor.detach().to(torch.float32).flatten().tolist()
    file.write(struct.pack(f">i{len(values)}f", len(values), *values))


def golden(name, model, generator):
    """Views without a label, without logits and with a mixed label are among the others."""
    model.train()
    average = {key: value.clone() for key, value in model.state_dict().items()}
    named = list(model.named_parameters())
    optimiser = torch.optim.AdamW(
        [{"params": [p for _, p in named if p.dim() >= 2], "weight_decay": DECAY},
         {"params": [p for _, p in named if p.dim() < 2], "weight_decay": 0.0}], lr=RATE)
    with open(OUT / f"golden-{name}.bin", "wb") as file:
        file.write(struct.pack(">5i", STEPS, BATCH, CLASSES, SIDE, SIDE))
        for step in range(1, STEPS + 1):
            pixels = torch.randint(0, 256, (BATCH, SIDE * SIDE), generator=generator)
            logits = torch.randn(BATCH, CLASSES, generator=generator) * 3
            primary = torch.randint(0, CLASSES, (BATCH,), generator=generator)
            secondary = torch.randint(0, CLASSES, (BATCH,), generator=generator)
            share = torch.rand(BATCH, generator=generator)
            kind = torch.randint(0, 4, (BATCH,), generator=generator)  # both, no label, no logits, mixed
            share = torch.where(kind == 3, share, torch.ones(BATCH))

            labels = F.one_hot(primary, CLASSES) * share[:, None] \
                + F.one_hot(secondary, CLASSES) * (1 - share)[:, None]
            a = torch.where(kind == 1, torch.ones(BATCH), torch.full((BATCH,), ALPHA))
            a = torch.where(kind == 2, torch.zeros(BATCH), a)
            b = torch.where(kind == 2, torch.ones(BATCH), torch.full((BATCH,), 1 - ALPHA))
            b = torch.where(kind == 1, torch.zeros(BATCH), b)

            x = ((pixels.double() / 255 - MEAN) / STD).float().reshape(BATCH, 1, SIDE, SIDE)
            output = model(x)
            kd = F.kl_div(F.log_softmax(output / T, 1), F.softmax(logits / T, 1),
                          reduction="none").sum(1) * T * T
            ce = F.cross_entropy(output, labels, reduction="none")
            loss = (a * kd + b * ce).mean()
            optimiser.zero_grad()
            loss.backward()
            gradients = [p.grad.clone() for _, p in named]
            norm = nn.utils.clip_grad_norm_(model.parameters(), CLIP)
            optimiser.step()
            d = min(0.999, (1 + step) / (10 + step))
            with torch.no_grad():
                for key, value in model.state_dict().items():
                    if value.is_floating_point():
                        average[key].mul_(d).add_(value, alpha=1 - d)
                    else:
                        average[key].copy_(value)

            for i in range(BATCH):
                file.write(struct.pack(">iiif", kind[i], primary[i], secondary[i], share[i]))
            file.write(bytes(pixels.flatten().tolist()))
            floats(file, logits)
            floats(file, output if step == 1 else output[:0])
            file.write(struct.pack(">dd", loss.item(), float(norm)))
            if step == 1:
                file.write(struct.pack(">i", len(gradients)))
                for gradient in gradients:
                    floats(file, gradient)
        for tensors in (model.state_dict(), average):
            file.write(struct.pack(">i", len(tensors)))
            for key, value in tensors.items():
                encoded = key.encode()
                file.write(struct.pack(">h", len(encoded)) + encoded)
                floats(file, value)


def main():
    torch.manual_seed(1)
    torch.set_num_threads(1)
    OUT.mkdir(parents=True, exist_ok=True)
    generator = torch.Generator().manual_seed(2)
    for name, model in (("mlp", Mlp()), ("cnn", Cnn()), ("dropout", Dropout())):
        student(name, model)
        if name != "dropout":
            golden(name, model, generator)
    save(torch.jit.trace(Mlp(), torch.rand(2, 1, SIDE, SIDE)), OUT / "traced.pt")
    save(torch.jit.freeze(torch.jit.script(Mlp()).eval()), OUT / "frozen.pt")
    torch.save(Mlp().state_dict(), OUT / "state.pt")
    save(torch.jit.script(Mlp(7)), OUT / "width.pt")
    save(torch.jit.script(NotFinite()), OUT / "nan.pt")


if __name__ == "__main__":
    main()
