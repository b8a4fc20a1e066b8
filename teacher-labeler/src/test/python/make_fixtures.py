#!/usr/bin/python3
"""Makes the TorchScript fixtures of the tests: src/test/resources/models/NAME/{model.pt,teacher.yaml}.

Run from the module's directory: /usr/bin/python3 src/test/python/make_fixtures.py  (Debian's python3-torch).
Every module takes 4x4 grey images (photo*: 64x64 RGB) and has classes a, b, c unless it is meant to be wrong. pixels*
are of segmentation with stride 2, vector* of embedding with 5 dimensions. With names behind the script's, only those
are made.
"""

import io
import pathlib
import sys
import zipfile

import torch

TARGET = pathlib.Path("src/test/resources/models")
ONLY = set(sys.argv[1:])


class Linear(torch.nn.Module):
    """Float [N, 1, 4, 4] to [sum of pixels, first pixel, last pixel]: easy to know by heart."""

    def __init__(self):
        super().__init__()
        self.fc = torch.nn.Linear(16, 3)
        with torch.no_grad():
            self.fc.bias.zero_()
            self.fc.weight.zero_()
            self.fc.weight[0] = 1.0
            self.fc.weight[1, 0] = 1.0
            self.fc.weight[2, 15] = 1.0

    def forward(self, x):
        return self.fc(x.flatten(1))


class Bytes(torch.nn.Module):
    """uint8 [N, H, W, C], scaled inside: the same answers as Linear without mean and std."""

    def __init__(self):
        super().__init__()
        self.model = Linear()

    def forward(self, x):
        return self.model(x.permute(0, 3, 1, 2).to(torch.float32) / 255.0)


class Moody(torch.nn.Module):
    """Linear, but a first pixel of 254 gives NaN and one of 255 makes the whole batch fail."""

    def __init__(self):
        super().__init__()
        self.model = Linear()

    def forward(self, x):
        first = torch.round(x[:, 0, 0, 0] * 255.0)
        if bool((first == 255.0).any()):
            raise RuntimeError("a poisonous pixel")
        marked = (first == 254.0).unsqueeze(1)
        return torch.where(marked, torch.full_like(self.model(x), float("nan")), self.model(x))


class Wide(torch.nn.Module):
    """One logit too many."""

    def forward(self, x):
        return x.flatten(1)[:, :4].contiguous()


class Lump(torch.nn.Module):
    """Forgets the batch: [3] whatever comes in."""

    def forward(self, x):
        return x.flatten()[:3].contiguous()


class NotANumber(torch.nn.Module):
    """Never finite."""

    def forward(self, x):
        return x.flatten(1)[:, :3] * float("nan")


class Half(torch.nn.Module):
    """float16 answers."""

    def forward(self, x):
        return x.flatten(1)[:, :3].to(torch.float16)


class Pair(torch.nn.Module):
    """A tuple instead of a tensor."""

    def forward(self, x):
        return x.flatten(1)[:, :3], x.flatten(1)[:, 3:6]


class Lower(torch.nn.Module):
    """Linear, computed with weights of lower precision, answered in float32 unless told otherwise."""

    def __init__(self, dtype, answer):
        super().__init__()
        self.dtype: torch.dtype = dtype
        self.answer: torch.dtype = answer
        self.model = Linear().to(dtype)

    def forward(self, x):
        return self.model(x.to(self.dtype)).to(self.answer)


class ColoursLast(torch.nn.Module):
    """Float [N, 4, 4, 3] to the mean of each channel."""

    def forward(self, x):
        return x.mean(dim=[1, 2])


class Planes(torch.nn.Module):
    """uint8 [N, 3, 4, 4] to the mean of each channel, scaled to 1."""

    def forward(self, x):
        return x.to(torch.float32).mean(dim=[2, 3]) / 255.0


class Photo(torch.nn.Module):
    """uint8 [N, 64, 64, 3]: a small convolution over an image of which a batch is megabytes."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(1)
        self.conv = torch.nn.Conv2d(3, 4, 5, stride=4)
        self.fc = torch.nn.Linear(4, 3)

    def forward(self, x):
        x = x.permute(0, 3, 1, 2).to(torch.float32) / 255.0
        return self.fc(torch.relu(self.conv(x)).mean(dim=(2, 3)))


class Hungry(torch.nn.Module):
    """Linear, but wants more memory than there is for more than four views."""

    def __init__(self):
        super().__init__()
        self.model = Linear()

    def forward(self, x):
        if x.size(0) > 4:
            return self.model(x) + torch.zeros([1 << 50]).sum()
        return self.model(x)


class Colour(torch.nn.Module):
    """Three channels; the sum of each plane of a tensor that lies in memory as its shape says."""

    def forward(self, x):
        return x.view(x.size(0), 3, 16).sum(2)


class Pixels(torch.nn.Module):
    """Float [N, 1, 4, 4] to [N, 3, 2, 2]: of each 2x2 pixels the sum, the first (top left), the last (bottom right)."""

    def forward(self, x):
        whole = torch.nn.functional.avg_pool2d(x, 2) * 4
        return torch.cat([whole, x[:, :, ::2, ::2], x[:, :, 1::2, 1::2]], 1)


class PhotoPixels(torch.nn.Module):
    """uint8 [N, 64, 64, 3] to [N, 8, 32, 32]: a convolution whose answers are megabytes."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(1)
        self.conv = torch.nn.Conv2d(3, 8, 2, stride=2)

    def forward(self, x):
        return self.conv(x.permute(0, 3, 1, 2).to(torch.float32) / 255.0)


class PixelsOfMoreClasses(torch.nn.Module):
    """[N, 4, 2, 2]: one class too many."""

    def __init__(self):
        super().__init__()
        self.model = Pixels()

    def forward(self, x):
        y = self.model(x)
        return torch.cat([y, y[:, :1]], 1)


class PixelsOfStride1(torch.nn.Module):
    """[N, 3, 4, 4]: finer than declared."""

    def forward(self, x):
        return torch.cat([x, x, x], 1)


class PixelsNotANumber(torch.nn.Module):
    """Pixels, but NaN in one cell of a view whose first pixel is 254."""

    def __init__(self):
        super().__init__()
        self.model = Pixels()

    def forward(self, x):
        y = self.model(x)
        marked = (torch.round(x * 255.0) == 254.0)[:, :, ::2, ::2].clone()
        marked[:, :, 1:] = False
        marked[:, :, :, 1:] = False
        return torch.where(marked, torch.full_like(y, float("nan")), y)


class Vector(torch.nn.Module):
    """Float [N, 1, 4, 4] to [N, dimensions]: the first pixels as they are."""

    def __init__(self, dimensions: int):
        super().__init__()
        self.dimensions = dimensions

    def forward(self, x):
        return x.flatten(1)[:, :self.dimensions].contiguous()


class VectorAsMap(torch.nn.Module):
    """[N, 5, 1, 1]: not pooled away."""

    def forward(self, x):
        return x.flatten(1)[:, :5, None, None].contiguous()


def script(module):
    """The scripted module's bytes without the entries that tell where on whose disk this file lay."""
    full = io.BytesIO()
    torch.jit.save(torch.jit.script(module.eval()), full)
    lean = io.BytesIO()
    with zipfile.ZipFile(full) as source, zipfile.ZipFile(lean, "w", zipfile.ZIP_STORED) as target:
        for entry in source.namelist():
            if not entry.endswith(".debug_pkl"):
                target.writestr(zipfile.ZipInfo(entry), source.read(entry))
    return lean.getvalue()


def save(name, module, kind="float", classes=("a", "b", "c"), scaling="", size=(4, 4, 1), task=""):
    if ONLY and name not in ONLY:
        return
    directory = TARGET / name
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "model.pt").write_bytes(script(module))
    (directory / "teacher.yaml").write_text(
        f"name: {name}\nversion: \"1\"\n"
        f"input: {{height: {size[0]}, width: {size[1]}, channels: {size[2]}, type: {kind}{scaling}}}\n"
        + task + (f"classes: [{', '.join(classes)}]\n" if classes else "")
    )


save("linear", Linear())
save("scaled", Linear(), scaling=", mean: [0.5], std: [0.25]")
save("bytes", Bytes(), kind="uint8")
save("moody", Moody())
save("wide", Wide())
save("lump", Lump())
save("not-a-number", NotANumber())
save("half", Half())
save("pair", Pair())
save("float16", Lower(torch.float16, torch.float32))
save("bfloat16", Lower(torch.bfloat16, torch.float32))
save("bfloat16-out", Lower(torch.bfloat16, torch.bfloat16))
save("colours-last", ColoursLast(), scaling=", layout: nhwc", size=(4, 4, 3))
save("planes", Planes(), kind="uint8", scaling=", layout: nchw", size=(4, 4, 3))
save("photo", Photo(), kind="uint8", size=(64, 64, 3))
save("hungry", Hungry())
save("colour", Colour(), scaling=", mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225]", size=(4, 4, 3))
SEGMENTATION = "task: segmentation\noutput: {stride: 2}\n"
EMBEDDING = "task: embedding\noutput: {dimensions: 5}\n"
save("pixels", Pixels(), task=SEGMENTATION)
save("photo-pixels", PhotoPixels(), kind="uint8", classes="abcdefgh", size=(64, 64, 3), task=SEGMENTATION)
save("pixels-more-classes", PixelsOfMoreClasses(), task=SEGMENTATION)
save("pixels-stride-1", PixelsOfStride1(), task=SEGMENTATION)
save("pixels-not-a-number", PixelsNotANumber(), task=SEGMENTATION)
save("pixels-of-linear", Linear(), task=SEGMENTATION)  # [N, 3]: a class for the whole image
save("pixels-undeclared", Pixels())  # declared as a classifier
save("vector", Vector(5), task=EMBEDDING, classes=())
save("vector-wide", Vector(6), task=EMBEDDING, classes=())
save("vector-map", VectorAsMap(), task=EMBEDDING, classes=())
if not ONLY or "broken" in ONLY:
    broken = TARGET / "broken"
    broken.mkdir(parents=True, exist_ok=True)
    (broken / "model.pt").write_bytes(b"this is no zip file\n" * 10)
    described = (TARGET / "linear" / "teacher.yaml").read_text()
    (broken / "teacher.yaml").write_text(described.replace("linear", "broken"))
