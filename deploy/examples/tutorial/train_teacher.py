"""Trains a small CNN on a folder of images and exports it, for those who have no teacher yet.

    python3 train_teacher.py PHOTOS DIR [EPOCHS]

PHOTOS has train/CLASS/ and test/CLASS/. The images are brought to 32 x 32 pixels. DIR becomes the model directory. With
the sample photographs, ten epochs take a minute or two on two cores.

Packages: python3-torch, python3-pil and python3-yaml, or torch, pillow and pyyaml from PyPI.
"""

import pathlib
import sys

import numpy as np
import torch
from export_model import export
from PIL import Image
from torch import nn

SIZE, BATCH = 32, 64


def stage(inputs, outputs, stride):
    layers = []
    for channels, step in ((inputs, stride), (outputs, 1)):
        layers += [nn.Conv2d(channels, outputs, 3, step, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()]
    return layers


def read(photos, part):
    """Returns the names of the classes, pixels [N, 3, SIZE, SIZE] from 0 to 1, and the index of each image's class."""
    folder = photos / part
    classes = sorted(d.name for d in folder.iterdir() if d.is_dir()) if folder.is_dir() else []
    images, labels = [], []
    for label, name in enumerate(classes):
        for file in sorted((folder / name).iterdir()):
            try:
                image = Image.open(file).convert("RGB").resize((SIZE, SIZE), Image.BOX)
            except Exception as error:  # Pillow raises errors of many kinds for what is no image
                print(f"skipped: {error}", file=sys.stderr)
                continue
            images.append(np.asarray(image))
            labels.append(label)
    if not images:
        raise SystemExit(f"train_teacher.py: there is no image in {folder}/CLASS/")
    return classes, torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2).float() / 255, torch.tensor(labels)


def main(photos, directory, epochs=10):
    torch.manual_seed(1)
    classes, x, y = read(photos, "train")
    test_classes, test_x, test_y = read(photos, "test")
    if classes != test_classes:
        differing = ", ".join(sorted(set(classes) ^ set(test_classes)))
        raise SystemExit(f"train_teacher.py: these folders are in only one of train and test: {differing}")
    mean, std = x.mean([0, 2, 3]), x.std([0, 2, 3])
    x, test_x = ((t - mean[:, None, None]) / std[:, None, None] for t in (x, test_x))
    body = stage(3, 24, 1) + stage(24, 48, 2) + stage(48, 96, 2)
    model = nn.Sequential(*body, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(96, len(classes)))
    batches = -(-len(x) // BATCH)
    optimiser = torch.optim.AdamW(model.parameters(), 0.003)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 0.003, epochs * batches)
    for epoch in range(1, epochs + 1):
        for batch in torch.randperm(len(x)).tensor_split(batches):
            images = x[batch].flip(3) if torch.rand(()) < 0.5 else x[batch]
            optimiser.zero_grad()
            loss = nn.functional.cross_entropy(model(images), y[batch])
            loss.backward()
            optimiser.step()
            schedule.step()
        print(f"epoch {epoch} of {epochs}, loss {loss.item():.3f}", flush=True)
    with torch.no_grad():
        hits = sum((model.eval()(a).argmax(1) == b).sum() for a, b in zip(test_x.split(BATCH), test_y.split(BATCH)))
    print(f"right on {100 * hits / len(test_y):.1f} % of {len(test_y)} test images")
    export(model, directory, "teacher", directory.name, (SIZE, SIZE), mean, std, classes)


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        raise SystemExit(__doc__)
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), *map(int, sys.argv[3:]))
