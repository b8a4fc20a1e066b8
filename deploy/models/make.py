#!/usr/bin/env python3
"""Makes the models and the data set that are bundled beside this script.

    make.py data                        the subset in ../data/fashion-mnist
    make.py teacher                     fashion-mnist-resnet16, trained (a GPU takes minutes, a CPU hours)
    make.py teacher --weights FILE      the same, from weights that were trained elsewhere
    make.py teacher-mlp                 fashion-mnist-mlp128, likewise
    make.py students [NAME ...]         mlp, mlp128, cnn, resnet8, resnet12, embed-cnn, unet, scenes-fcn, untrained
    make.py features                    resnet16-features: what the bundled ResNet's output layer sees
    make.py all                         everything above
    make.py onnx DIR ...                model.onnx of any model directories: a teacher's in DIR-onnx, a student's beside
                                        its model.pt
    make.py evaluate DIR                the accuracy of a model directory on the test images

Every model becomes a directory of model.pt (scripted TorchScript) and teacher.yaml or student.yaml.
Runs with PyTorch 1.13 and 2.x. A file can be read by the release that wrote it and by later ones, so
the bundled files are written by 1.13. The command onnx needs the packages onnx and onnxruntime as well.
"""

import argparse
import gzip
import hashlib
import inspect
import io
import re
import sys
import zipfile
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

HERE = Path(__file__).resolve().parent
SUBSET = HERE.parent / "data" / "fashion-mnist"
FULL = Path("/usr/share/datasets/fashion-mnist")  # where Debian's dataset-fashion-mnist puts it

CLASSES = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
           "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")
MEAN, STD = 0.2860, 0.3530
SCENE_CLASSES = ("background", *CLASSES)
SCENE_MEAN, SCENE_STD = 0.3250, 0.2510

FILES = {"train": ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"),
         "test": ("t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz")}
PER_CLASS = {"train": 1200, "test": 200}


# --- Architectures ---------------------------------------------------------------------------------


class Mlp(nn.Module):
    """One hidden layer of `hidden` units. [N, 1, 28, 28] -> [N, 10]."""

    def __init__(self, hidden):
        super().__init__()
        self.hidden = nn.Linear(28 * 28, hidden)
        self.output = nn.Linear(hidden, len(CLASSES))

    def forward(self, x):
        return self.output(F.relu(self.hidden(x.flatten(1))))


class Cnn(nn.Module):
    """Two convolutions with batch norm and pooling, two linear layers. [N, 1, 28, 28] -> [N, 10]."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(16, 32, 3, padding=1, bias=False), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2))
        self.hidden = nn.Linear(32 * 7 * 7, 64)
        self.output = nn.Linear(64, len(CLASSES))

    def forward(self, x):
        return self.output(F.relu(self.hidden(self.features(x).flatten(1))))


def convolution(inputs, outputs, stride):
    """3x3, with batch norm and ReLU."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU())


def enlarged(x):
    """Twice as high and wide, bilinearly."""
    return F.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)


class Block(nn.Module):
    """The basic residual block of He et al. 2016; a 1x1 convolution where the shape changes."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(outputs)
        self.shortcut = nn.Sequential()
        if stride != 1 or inputs != outputs:
            self.shortcut = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = self.norm2(self.conv2(F.relu(self.norm1(self.conv1(x)))))
        return F.relu(y + self.shortcut(x))


class ResNet(nn.Module):
    """A stem and six basic blocks of width w, w, 2w/2, 2w, 4w/2, 4w. [N, 1, 28, 28] -> [N, 10]."""

    def __init__(self, width):
        super().__init__()
        w = width
        self.stem = nn.Sequential(
            nn.Conv2d(1, w, 3, padding=1, bias=False), nn.BatchNorm2d(w), nn.ReLU())
        self.blocks = nn.Sequential(
            Block(w, w, 1), Block(w, w, 1),
            Block(w, 2 * w, 2), Block(2 * w, 2 * w, 1),
            Block(2 * w, 4 * w, 2), Block(4 * w, 4 * w, 1))
        self.output = nn.Linear(4 * w, len(CLASSES))

    def forward(self, x):
        return self.output(self.blocks(self.stem(x)).mean([2, 3]))


class Features(nn.Module):
    """A ResNet without its output layer: the average over the image of the last block. [N, 1, 28, 28] -> [N, 4w]."""

    def __init__(self, width):
        super().__init__()
        whole = ResNet(width)
        self.stem = whole.stem
        self.blocks = whole.blocks

    def forward(self, x):
        return self.blocks(self.stem(x)).mean([2, 3])


class SeparableBlock(nn.Module):
    """A residual block of a depthwise 3x3 and a 1x1 convolution, each with batch norm."""

    def __init__(self, channels):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(channels, channels, 3, 1, 1, groups=channels, bias=False), nn.BatchNorm2d(channels),
            nn.Conv2d(channels, channels, 1, bias=False), nn.BatchNorm2d(channels))

    def forward(self, x):
        return F.relu(x + self.layers(x))


class EmbedCnn(nn.Module):
    """Convolutions and separable blocks of three scales, the average over the image, one linear layer.

    [N, 1, 28, 28] -> [N, dimensions].
    """

    def __init__(self, width, dimensions):
        super().__init__()
        w = width
        self.features = nn.Sequential(
            convolution(1, w // 2, 1), convolution(w // 2, w, 2), SeparableBlock(w),
            convolution(w, 2 * w, 2), SeparableBlock(2 * w), SeparableBlock(2 * w),
            nn.Conv2d(2 * w, 2 * w, 3, 2, 1, groups=2 * w, bias=False), nn.BatchNorm2d(2 * w),
            nn.Conv2d(2 * w, 4 * w, 1, bias=False), nn.BatchNorm2d(4 * w), nn.ReLU(),
            SeparableBlock(4 * w), SeparableBlock(4 * w), SeparableBlock(4 * w))
        self.output = nn.Linear(4 * w, dimensions)

    def forward(self, x):
        return self.output(self.features(x).mean([2, 3]))


class UNet(nn.Module):
    """Ronneberger et al. 2015 with batch norm: four scales, nearest neighbours upwards, skips by concatenation.

    [N, 1, H, W] -> [N, K, H/2, W/2]; H and W are multiples of 16.
    """

    def __init__(self, width, classes):
        super().__init__()
        w = width
        self.down1 = nn.Sequential(convolution(1, w, 2), convolution(w, w, 1))
        self.down2 = nn.Sequential(convolution(w, 2 * w, 2), convolution(2 * w, 2 * w, 1))
        self.down3 = nn.Sequential(convolution(2 * w, 4 * w, 2), convolution(4 * w, 4 * w, 1))
        self.down4 = nn.Sequential(convolution(4 * w, 4 * w, 2), convolution(4 * w, 4 * w, 1))
        self.up3 = convolution(8 * w, 2 * w, 1)
        self.up2 = convolution(4 * w, w, 1)
        self.up1 = convolution(2 * w, w, 1)
        self.output = nn.Conv2d(w, classes, 1)  # the last one: Muon leaves it to AdamW

    def forward(self, x):
        a = self.down1(x)
        b = self.down2(a)
        c = self.down3(b)
        y = self.down4(c)
        y = self.up3(torch.cat([F.interpolate(y, scale_factor=2.0), c], 1))
        y = self.up2(torch.cat([F.interpolate(y, scale_factor=2.0), b], 1))
        y = self.up1(torch.cat([F.interpolate(y, scale_factor=2.0), a], 1))
        return self.output(y)


class Fcn(nn.Module):
    """Long et al. 2015: class maps of three scales, the coarser enlarged twofold and added to the next finer one.

    The features of scale 16 are added to those of scale 8; where pixels are few, blocks are separable and many.
    [N, 1, H, W] -> [N, K, H/2, W/2]; H and W are multiples of 16.
    """

    def __init__(self, width, deep, classes):
        super().__init__()
        w = width
        self.scale2 = convolution(1, w, 2)
        self.scale4 = nn.Sequential(convolution(w, 2 * w, 2), SeparableBlock(2 * w))
        self.scale8 = nn.Sequential(convolution(2 * w, deep, 2), *[SeparableBlock(deep) for _ in range(4)])
        self.scale16 = nn.Sequential(
            nn.Conv2d(deep, deep, 3, 2, 1, groups=deep, bias=False), nn.BatchNorm2d(deep),
            nn.Conv2d(deep, deep, 1, bias=False), nn.BatchNorm2d(deep), nn.ReLU(),
            *[SeparableBlock(deep) for _ in range(3)])
        self.context = nn.Conv2d(deep, deep, 1, bias=False)
        self.norm = nn.BatchNorm2d(deep)
        self.joined = SeparableBlock(deep)
        self.output8 = nn.Conv2d(deep, classes, 1)
        self.output4 = nn.Conv2d(2 * w, classes, 1)
        self.output2 = nn.Conv2d(w, classes, 1)

    def forward(self, x):
        a = self.scale2(x)
        b = self.scale4(a)
        c = self.scale8(b)
        y = self.joined(F.relu(c + self.norm(enlarged(self.context(self.scale16(c))))))
        return enlarged(enlarged(self.output8(y)) + self.output4(b)) + self.output2(a)


STUDENTS = {"mlp": lambda: Mlp(64), "mlp128": lambda: Mlp(128), "cnn": Cnn,
            "resnet8": lambda: ResNet(8), "resnet12": lambda: ResNet(12),
            "embed-cnn": lambda: EmbedCnn(16, 64),
            "unet": lambda: UNet(20, len(SCENE_CLASSES)), "scenes-fcn": lambda: Fcn(16, 64, len(SCENE_CLASSES))}


EMBEDDINGS = {"resnet16-features": 64, "embed-cnn": 64}  # dimensions
SCENES = ("unet", "scenes-fcn")


@dataclass(frozen=True)
class Recipe:
    """How a teacher is trained: SGD with Nesterov momentum 0.9 and a one-cycle rate, cross-entropy."""

    epochs: int = 40
    batch: int = 128
    rate: float = 0.2
    weight_decay: float = 5e-4
    rotation: float = 15.0  # degrees, either way
    shift: float = 2.0  # pixels, either way
    flip: float = 0.5  # probability


# The MLP's recipe was the best of twelve on 6,000 held-out training images (89.9 %); the ResNet's
# full rotation and shift cost a network this small three points.
TEACHERS = {
    "teacher": ("fashion-mnist-resnet16", lambda: ResNet(16), Recipe()),
    "teacher-mlp": ("fashion-mnist-mlp128", lambda: Mlp(128), Recipe(
        epochs=60, rate=0.05, weight_decay=1e-4, rotation=5.0, shift=0.5)),
}


# --- Data ------------------------------------------------------------------------------------------


def read_idx(path):
    """The array of unsigned bytes in a gzipped idx file."""
    raw = gzip.decompress(Path(path).read_bytes())
    if raw[:3] != b"\0\0\x08":
        raise ValueError(f"{path}: not an idx file of unsigned bytes")
    rank = raw[3]
    shape = np.frombuffer(raw, ">u4", rank, 4).astype(int)
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * rank).reshape(shape)


def write_idx(path, array):
    """Writes unsigned bytes as a gzipped idx file, the same bytes at every run."""
    header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes()
    with open(path, "wb") as file:
        with gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
            packed.write(header + array.tobytes())


def load(dataset, split):
    """The images [N, 28, 28] and labels [N] of a split, as unsigned bytes."""
    images, labels = (read_idx(Path(dataset) / name) for name in FILES[split])
    return images, labels


def make_data(dataset, target, seed):
    """Draws a class-balanced, shuffled subset of the full data set."""
    target.mkdir(parents=True, exist_ok=True)
    random = np.random.RandomState(seed)  # its stream never changes, unlike default_rng's
    for split, count in PER_CLASS.items():
        images, labels = load(dataset, split)
        drawn = [random.permutation(np.flatnonzero(labels == c))[:count] for c in range(len(CLASSES))]
        order = random.permutation(np.concatenate(drawn))
        for name, array in zip(FILES[split], (images[order], labels[order])):
            write_idx(target / name, array)
            print(f"{target / name}: {(target / name).stat().st_size} bytes")


# --- Training --------------------------------------------------------------------------------------


def scaled(images):
    """Pixels 0..255 [N, 1, 28, 28] -> what the models take."""
    return (images / 255 - MEAN) / STD


def augmented(images, recipe):
    """Each image rotated, shifted and flipped by its own draw; black comes in at the edges."""
    n, device = len(images), images.device
    angle = torch.deg2rad((torch.rand(n, device=device) * 2 - 1) * recipe.rotation)
    mirror = 1 - 2 * (torch.rand(n, device=device) < recipe.flip).float()
    offset = (torch.rand(n, 2, device=device) * 2 - 1) * recipe.shift * 2 / images.shape[-1]
    theta = torch.zeros(n, 2, 3, device=device)
    theta[:, 0, 0] = torch.cos(angle) * mirror
    theta[:, 0, 1] = -torch.sin(angle)
    theta[:, 1, 0] = torch.sin(angle) * mirror
    theta[:, 1, 1] = torch.cos(angle)
    theta[:, :, 2] = offset
    grid = F.affine_grid(theta, list(images.shape), align_corners=False)
    return F.grid_sample(images, grid, align_corners=False)


def train(model, images, labels, recipe, device, log=print):
    """Trains in place, everything on the device, and leaves the model on the CPU in eval mode."""
    model.to(device).train()
    images = torch.from_numpy(images.copy()).to(device)[:, None].float()
    labels = torch.from_numpy(labels.copy()).to(device).long()
    steps = len(images) // recipe.batch
    optimiser = torch.optim.SGD(model.parameters(), lr=recipe.rate, momentum=0.9, nesterov=True,
                                weight_decay=recipe.weight_decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, recipe.rate, total_steps=recipe.epochs * steps, cycle_momentum=False)
    for epoch in range(recipe.epochs):
        total = torch.zeros((), device=device)
        order = torch.randperm(len(images), device=device)
        for batch in order[:steps * recipe.batch].view(steps, recipe.batch):
            x = scaled(augmented(images[batch], recipe))
            loss = F.cross_entropy(model(x), labels[batch])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            total += loss.detach()
        log(f"epoch {epoch + 1} of {recipe.epochs}: loss {total.item() / steps:.4f}")
    model.cpu().eval()


def accuracy(model, images, labels, convert):
    """The share of images [N, 28, 28] whose largest logit is the label's; `convert` makes the input."""
    right = 0
    with torch.no_grad():
        for at in range(0, len(images), 500):
            logits = model(convert(torch.from_numpy(images[at:at + 500].copy())))
            right += (logits.argmax(1).numpy() == labels[at:at + 500]).sum()
    return right / len(images)


# --- Model directories -----------------------------------------------------------------------------


def description(name, sha256):
    """The text of teacher.yaml or student.yaml, with the checksum of the model file."""
    side, mean, std, answer = 28, MEAN, STD, f"classes: [{', '.join(CLASSES)}]\n"
    if name in EMBEDDINGS:
        answer = f"task: embedding\noutput: {{dimensions: {EMBEDDINGS[name]}}}\n"
    if name in SCENES:
        side, mean, std = 64, SCENE_MEAN, SCENE_STD
        answer = f"""\
task: segmentation
output: {{stride: 2}}  # logits of {len(SCENE_CLASSES)} classes for each cell of 2 x 2 pixels
classes: [{", ".join(SCENE_CLASSES)}]
"""
    return f"""\
name: {name}
version: "1"
sha256: {sha256}
input:
  height: {side}
  width: {side}
  channels: 1
  type: float        # float: module takes scaled [N, C, H, W]; uint8: takes raw [N, H, W, C] bytes and scales itself
  mean: [{mean:.4f}]     # of x / 255, per channel
  std: [{std:.4f}]
""" + answer


def save_script(model, path):
    """Writes scripted TorchScript without its debug records, which hold the paths of the maker's files.

    The same weights and PyTorch release give the same file at every run if PYTHONHASHSEED is set
    (PyTorch writes a module's constants in the order of a set) and the same models were scripted
    before it (PyTorch numbers the types of a process).
    """
    buffer = io.BytesIO()
    torch.jit.save(torch.jit.script(model), buffer)
    with zipfile.ZipFile(buffer) as source, zipfile.ZipFile(path, "w") as target:
        for entry in source.infolist():
            if not entry.filename.endswith(".debug_pkl"):
                inside = entry.filename.split("/", 1)[1]
                target.writestr(zipfile.ZipInfo(f"model/{inside}"), source.read(entry))


def write_model(model, directory, kind):
    """Writes model.pt in the model's present mode (train or eval) and its description."""
    directory.mkdir(parents=True, exist_ok=True)
    save_script(model, directory / "model.pt")
    sha256 = hashlib.sha256((directory / "model.pt").read_bytes()).hexdigest()
    (directory / f"{kind}.yaml").write_text(description(directory.name, sha256))
    count = sum(p.numel() for p in model.parameters())
    print(f"{directory}: {count} parameters, {(directory / 'model.pt').stat().st_size} bytes")


def make_students(target, seed, names):
    """Untrained students, in train mode, with PyTorch's own initialisation."""
    for name in names:
        torch.manual_seed(seed)
        write_model(STUDENTS[name]().train(), target / name, "student")


def make_teacher(which, args):
    """Trains a teacher, or takes given weights, and writes its directory or only its weights."""
    name, build, recipe = TEACHERS[which]
    torch.manual_seed(args.seed)
    model = build()
    if args.weights:
        model.load_state_dict(torch.load(args.weights, map_location="cpu"))
    else:
        train(model, *load(args.dataset, "train"), recipe, args.device)
    model.eval()
    if args.save_weights:
        torch.save(OrderedDict(model.state_dict()), args.save_weights)
    else:
        write_model(model, args.models / name, "teacher")
    images, labels = load(args.dataset, "test")
    right = accuracy(model, images, labels, lambda x: scaled(x[:, None].float()))
    print(f"{name}: accuracy {right:.4f} on {len(images)} test images")


def make_features(models):
    """The bundled ResNet without its output layer, as a teacher of embeddings."""
    name, _, _ = TEACHERS["teacher"]
    weights = torch.jit.load(str(models / name / "model.pt"), map_location="cpu").state_dict()
    model = Features(16)
    model.load_state_dict({key: value for key, value in weights.items() if not key.startswith("output.")})
    write_model(model.eval(), models / "resnet16-features", "teacher")


def describing(directory):
    """The text of a model directory's description."""
    return next(p for p in (directory / "teacher.yaml", directory / "student.yaml") if p.exists()).read_text()


def input_of(directory):
    """What turns bytes [N, 28, 28] into the input that a model directory's description asks for."""
    text = describing(directory)
    if re.search(r"^\s*type:\s*uint8", text, re.MULTILINE):
        return lambda x: x[..., None]
    mean, std = (float(re.search(rf"^\s*{key}:\s*\[([\d.]+)\]", text, re.MULTILINE).group(1))
                 for key in ("mean", "std"))
    return lambda x: (x[:, None].float() / 255 - mean) / std


def evaluate(directory, dataset):
    """Prints the accuracy of a model directory on the test images of a data set."""
    task = re.search(r"^task:\s*(\w+)", describing(directory), re.MULTILINE)
    if task and task.group(1) != "classification":
        sys.exit(f"make.py: {directory}: task {task.group(1)}; evaluate knows classification only")
    model = torch.jit.load(str(directory / "model.pt"), map_location="cpu").eval()
    images, labels = load(dataset, "test")
    right = accuracy(model, images, labels, input_of(directory))
    print(f"{directory.name}: accuracy {right:.4f} on {len(images)} test images of {dataset}")


# --- ONNX ------------------------------------------------------------------------------------------


OPSET = 17
TOLERANCE = 1e-4  # between the answers of PyTorch and of ONNX Runtime
PROBES = (1, 2, 37)  # sizes of batches


def example(directory, batch):
    """Random input as a model directory's description asks for it, with the given number of images."""
    text = describing(directory)
    height, width, channels = (
        int(re.search(rf"\b{key}:\s*(\d+)", text).group(1)) for key in ("height", "width", "channels"))
    raw = re.search(r"\btype:\s*uint8", text)
    layout = re.search(r"\blayout:\s*(nchw|nhwc)", text, re.IGNORECASE)
    rows_last = layout.group(1).lower() == "nchw" if layout else not raw
    shape = (batch, channels, height, width) if rows_last else (batch, height, width, channels)
    return torch.randint(0, 256, shape, dtype=torch.uint8) if raw else torch.randn(shape)


def graph_of(module, x, **options):
    """The ONNX model of a scripted module in eval mode: `input` [N, ...] -> `output` [N, ...]."""
    import onnx

    if "dynamo" in inspect.signature(torch.onnx.export).parameters:
        options["dynamo"] = False  # the exporter that takes scripted modules
    buffer = io.BytesIO()
    torch.onnx.export(module, x, buffer, opset_version=OPSET, input_names=["input"], output_names=["output"],
                      dynamic_axes={"input": {0: "N"}, "output": {0: "N"}}, **options)
    graph = onnx.load_from_string(buffer.getvalue())
    onnx.checker.check_model(graph)
    return graph


def largest_difference(module, graph, directory):
    """How far the answers of ONNX Runtime are from those of a module in eval mode, on random input."""
    import onnxruntime

    session = onnxruntime.InferenceSession(graph.SerializeToString(), providers=["CPUExecutionProvider"])
    largest = 0.0
    with torch.no_grad():
        for batch in PROBES:
            x = example(directory, batch)
            expected = module(x).numpy()
            actual, = session.run(["output"], {"input": x.numpy()})
            if actual.shape != expected.shape or actual.dtype != np.float32:
                sys.exit(f"make.py: {directory}: ONNX Runtime answers {actual.dtype} {list(actual.shape)}, "
                         f"PyTorch float32 {list(expected.shape)}")
            largest = max(largest, float(np.abs(actual - expected).max()))
    if not largest <= TOLERANCE:
        sys.exit(f"make.py: {directory}: answers of ONNX Runtime differ from PyTorch's by {largest:.1e}")
    return largest


def randomise(module):
    """Gives all floating-point parameters and buffers other values, no two of them equal."""
    with torch.no_grad():
        for tensor in module.state_dict().values():
            if tensor.is_floating_point() and tensor.dim() > 1:  # weights: answers stay of the order of one
                tensor.copy_(torch.randn(tensor.shape) / (tensor.numel() / len(tensor)) ** 0.5)
            elif tensor.is_floating_point():
                tensor.copy_(torch.rand(tensor.shape) + 0.5)  # positive: some are variances


def template_of(module, directory):
    """The ONNX model of a student: not fused, its initialisers called as PyTorch calls the parameters and buffers.

    The exporter merges initialisers of equal values, and a fresh batch norm is nothing but ones and zeros. So all
    values are random during the export, and the true ones are put in by name after it.
    """
    from onnx import numpy_helper

    values = {name: tensor.clone() for name, tensor in module.state_dict().items() if tensor.is_floating_point()}
    randomise(module)
    graph = graph_of(module, example(directory, 2),
                     training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False)
    initialisers = {initialiser.name: initialiser for initialiser in graph.graph.initializer}
    missing = [name for name in values if name not in initialisers]
    if missing:
        sys.exit(f"make.py: {directory}: the graph does not have {', '.join(missing)}: it cannot take trained weights")
    largest_difference(module, graph, directory)  # a mean in place of a bias would show here, not with zeros
    for name, tensor in values.items():
        initialisers[name].CopyFrom(numpy_helper.from_array(tensor.numpy(), name))
    return graph


def make_onnx(directory, seed):
    """Exports a model directory and checks the answers; nothing is written if they differ."""
    torch.manual_seed(seed)
    file = directory / "model.pt"
    module = torch.jit.load(str(file), map_location="cpu").eval()
    teacher = (directory / "teacher.yaml").exists()
    graph = graph_of(module, example(directory, 2)) if teacher else template_of(module, directory)
    difference = largest_difference(torch.jit.load(str(file), map_location="cpu").eval(), graph, directory)
    target = directory.with_name(directory.name + "-onnx") if teacher else directory
    target.mkdir(exist_ok=True)
    data = graph.SerializeToString()
    (target / "model.onnx").write_bytes(data)
    if teacher:
        text = re.sub(r"^name:.*$", f"name: {target.name}", describing(directory), flags=re.MULTILINE)
        text = re.sub(r"^sha256:.*$", f"sha256: {hashlib.sha256(data).hexdigest()}", text, flags=re.MULTILINE)
        (target / "teacher.yaml").write_text(text)
    print(f"{target / 'model.onnx'}: {len(data)} bytes, answers within {difference:.1e} of {file}")


# --- Command line ----------------------------------------------------------------------------------


def parser():
    result = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = result.add_subparsers(dest="command", required=True, metavar="COMMAND")
    sub = commands.add_parser("onnx")
    sub.add_argument("directories", nargs="+", type=Path, metavar="DIR")
    sub.add_argument("--seed", type=int, default=1, help="default: %(default)s")
    sub.set_defaults(threads=None)
    for command in ("data", "teacher", "teacher-mlp", "students", "features", "all", "evaluate"):
        sub = commands.add_parser(command)
        sub.add_argument("--dataset", type=Path, default=SUBSET if command == "evaluate" else FULL,
                         help="directory of the four gzipped idx files (default: %(default)s)")
        sub.add_argument("--threads", type=int, help="CPU threads for PyTorch")
        if command == "evaluate":
            sub.add_argument("directory", type=Path, metavar="DIR")
            continue
        sub.add_argument("--seed", type=int, default=1, help="default: %(default)s")
        sub.add_argument("--models", type=Path, default=HERE,
                         help="where the model directories go (default: %(default)s)")
        sub.add_argument("--subset", type=Path, default=SUBSET,
                         help="where the subset goes (default: %(default)s)")
        sub.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
        sub.set_defaults(weights=None, save_weights=None, names=[])
        if command == "students":
            sub.add_argument("names", nargs="*", metavar="NAME", help="which ones (default: all)")
        if command in TEACHERS:
            sub.add_argument("--weights", type=Path, metavar="FILE",
                             help="a state_dict to use instead of training")
            sub.add_argument("--save-weights", type=Path, metavar="FILE",
                             help="write the state_dict instead of the model directory")
    return result


def main(argv=None):
    args = parser().parse_args(argv)
    unknown = [name for name in getattr(args, "names", []) if name not in STUDENTS]
    if unknown:
        sys.exit(f"make.py: no student is called {', '.join(unknown)}; there are {', '.join(STUDENTS)}")
    if args.threads:
        torch.set_num_threads(args.threads)
    if args.command == "onnx":
        for directory in args.directories:
            make_onnx(directory.resolve(), args.seed)
    if args.command == "evaluate":
        evaluate(args.directory, args.dataset)
    if args.command in ("data", "all"):
        make_data(args.dataset, args.subset, args.seed)
    if args.command in ("students", "all"):
        make_students(args.models, args.seed, args.names or STUDENTS)
    for which in TEACHERS:
        if args.command in (which, "all"):
            make_teacher(which, args)
    if args.command in ("features", "all"):
        make_features(args.models)


if __name__ == "__main__":
    sys.exit(main())
