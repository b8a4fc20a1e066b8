#!/usr/bin/env python3
"""Makes the fixtures of this module's tests with PyTorch; run with python3-torch (1.13 or 2.x).

    make_fixtures.py            writes into ../resources/students
    make_fixtures.py tasks      only what is of other tasks than classification
    make_fixtures.py bfloat16   only bfloat16.json, from the students that are there
    make_fixtures.py onnx       only bytes/ and onnx/

mlp/, cnn/, dropout/, deep/
                       scripted students of 8 x 8 pixels and 5 classes, with student.yaml
golden-mlp.bin, golden-cnn.bin
                       30 steps of the whole recipe from those weights: inputs, and PyTorch's losses,
                       gradient norms, final weights and final averages; see GoldenFile.java for the layout
losses.json            every loss on a batch with labels, without, with mixed ones and with some of everything:
                       its parts and the gradient of the student's logits, in double precision; see
                       StudentLossTest.java
run-*.bin              200 steps with AdamW, Muon and SGD, on batches that GoldenTrainingRun.java makes by the same
                       formula: losses, norms, rates, and the weights now and then
fcn/, embedder/        students of other tasks: 8 x 12 pixels to logits of 3 classes on 4 x 6 cells of 2 x 2 pixels;
                       8 x 8 pixels to a vector of 6
dense-losses.json, embedding-losses.json
                       their losses, as losses.json; see dense_losses() and embedding_losses() for the fields
golden-fcn.bin         25 steps of KD and cross-entropy with Muon, of views with masks and dense answers; see
                       golden_fcn() for the layout
bfloat16.json          losses and gradients of mlp/ and cnn/ on the first batch of run-*.bin, in float32 and with
                       torch.autocast
bytes/                 a student of 8 x 8 pixels with 3 channels that takes bytes and scales them itself
onnx/                  the students as ONNX, with other weights; see templates()
viewing.pt             a student that takes contiguous tensors only
traced.pt, frozen.pt, state.pt, width.pt, nan.pt
                       what has to be refused
"""

import io
import json
import struct
import sys
import zipfile
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

OUT = Path(__file__).resolve().parent.parent / "resources" / "students"
SIDE, CLASSES, BATCH, STEPS = 8, 5, 16, 30
MEAN, STD = 0.2860, 0.3530
RATE, DECAY, CLIP, T, ALPHA = 4e-3, 1e-4, 0.5, 4.0, 0.9
DENSE_CLASSES, HEIGHT, WIDTH, STRIDE, IGNORE = 3, 8, 12, 2, 255
ROWS, COLUMNS = HEIGHT // STRIDE, WIDTH // STRIDE
DIMENSIONS, TEACHER_DIMENSIONS, EPSILON = 6, 9, 1e-8
MUON_RATE = 2e-3  # a tenth of the usual one: a higher rate amplifies the rounding of a net this small


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


class Deep(nn.Module):
    """Has a hidden weight with more rows than columns."""

    def __init__(self):
        super().__init__()
        self.narrow = nn.Linear(SIDE * SIDE, 12)
        self.wide = nn.Linear(12, 40)
        self.output = nn.Linear(40, CLASSES)

    def forward(self, x):
        return self.output(F.relu(self.wide(F.relu(self.narrow(x.flatten(1))))))


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


class Fcn(nn.Module):
    """Two scales; the coarser one is enlarged and joined to the finer one. The output layer is the last."""

    def __init__(self):
        super().__init__()
        self.fine = nn.Sequential(nn.Conv2d(1, 4, 3, 2, 1, bias=False), nn.BatchNorm2d(4), nn.ReLU())
        self.coarse = nn.Sequential(nn.Conv2d(4, 8, 3, 2, 1, bias=False), nn.BatchNorm2d(8), nn.ReLU())
        self.output = nn.Conv2d(12, DENSE_CLASSES, 1)

    def forward(self, x):
        fine = self.fine(x)
        coarse = F.interpolate(self.coarse(fine), scale_factor=2.0, mode="bilinear", align_corners=False)
        return self.output(torch.cat([coarse, fine], 1))


class Embedder(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(SIDE * SIDE, 16)
        self.output = nn.Linear(16, DIMENSIONS)

    def forward(self, x):
        return self.output(F.relu(self.hidden(x.flatten(1))))


class Viewing(nn.Module):
    """Takes for granted that what a convolution returns is contiguous."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3, padding=1)
        self.norm = nn.BatchNorm2d(4)
        self.output = nn.Linear(4 * SIDE * SIDE, CLASSES)

    def forward(self, x):
        return self.output(F.relu(self.norm(self.conv(x))).view(x.size(0), -1))


class Bytes(nn.Module):
    """Scales by itself: [N, 8, 8, 3] of bytes -> [N, 5]."""

    def __init__(self):
        super().__init__()
        self.register_buffer("mean", torch.tensor([0.2, 0.3, 0.4]).reshape(1, 3, 1, 1))
        self.conv = nn.Conv2d(3, 4, 3, 2, 1)
        self.norm = nn.BatchNorm2d(4)
        self.output = nn.Linear(4, CLASSES)

    def forward(self, x):
        x = x.permute(0, 3, 1, 2).float() / 255.0 - self.mean
        return self.output(F.relu(self.norm(self.conv(x))).mean([2, 3]))


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


YAML = """name: {name}
version: "1"
input: {{height: {height}, width: {width}, channels: 1, type: float, mean: [{mean}], std: [{std}]}}
{answer}
"""


def student(name, model, answer="classes: [a, b, c, d, e]", height=SIDE, width=SIDE):
    directory = OUT / name
    directory.mkdir(parents=True, exist_ok=True)
    save(torch.jit.script(model), directory / "model.pt")
    (directory / "student.yaml").write_text(
        YAML.format(name=name, height=height, width=width, mean=MEAN, std=STD, answer=answer))


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


def write_cases(name, cases):
    lines = ",\n".join(json.dumps(case) for case in cases)
    (OUT / name).write_text(f"[\n{lines}\n]\n")


def correlation(a, b):
    return torch.corrcoef(torch.stack([a, b]))[0, 1]


def distance(kind, s, t, target, temperature, dkd):
    """Of one view's logits, as the paper has it. DIST: the part within the view."""
    if kind == "standardised":
        s, t = [(x - x.mean()) / x.std(unbiased=False) for x in (s, t)]
    if kind in ("kd", "standardised"):
        p, q = F.softmax(t / temperature, 0), F.softmax(s / temperature, 0)
        return temperature ** 2 * (p * (p / q).log()).sum()
    if kind == "dkd":
        p, q = F.softmax(t / temperature, 0), F.softmax(s / temperature, 0)
        rest = [c for c in range(CLASSES) if c != target]
        p1, q1, p0, q0 = p[target], q[target], p[rest].sum(), q[rest].sum()
        first = p1 * (p1 / q1).log() + p0 * (p0 / q0).log()
        p, q = p[rest] / p0, q[rest] / q0
        return temperature ** 2 * (dkd[0] * first + dkd[1] * (p * (p / q).log()).sum())
    if kind == "dist":
        return temperature ** 2 * (1 - correlation(F.softmax(s / temperature, 0), F.softmax(t / temperature, 0)))
    return F.mse_loss(s, t)


def losses():
    generator = torch.Generator().manual_seed(3)
    n, alpha, dkd, dist = 7, 0.7, [1.5, 6.0], [2.0, 3.0]
    cases = []
    for kind in ("kd", "standardised", "dkd", "dist", "mse", "cross-entropy"):
        for batch in ("labels", "no labels", "mixed labels", "some of everything", "one with logits"):
            temperature = {"standardised": 2.0, "dist": 1.5}.get(kind, 4.0)
            smoothing = 0.1 if batch == "some of everything" else 0.0
            s = (torch.randn(n, CLASSES, generator=generator) * 2).float()
            t = (torch.randn(n, CLASSES, generator=generator) * 3).float()
            primary = torch.randint(0, CLASSES, (n,), generator=generator).tolist()
            secondary = torch.randint(0, CLASSES, (n,), generator=generator).tolist()
            share = torch.rand(n, generator=generator).float().tolist()
            views = {"labels": [0] * n, "no labels": [1] * n, "mixed labels": [3] * n,
                     "one with logits": [2] * (n - 1) + [0]}.get(batch, [0, 1, 2, 3, 2, 1, 3])
            share = [share[i] if views[i] == 3 else 1.0 for i in range(n)]
            x = s.double().requires_grad_()
            distilled, labelled = torch.zeros((), dtype=torch.double), torch.zeros((), dtype=torch.double)
            weights = []
            weighed = [view != 1 if kind == "cross-entropy" else True for view in views]
            divisor = max(1, sum(weighed))  # views with any weight
            for i in range(n):
                taught, has_label = views[i] != 2 and kind != "cross-entropy", views[i] != 1
                a = 0 if not taught else alpha if has_label else 1
                b = 0 if not has_label else 1 - alpha if taught else 1
                weights.append(a)
                if taught:
                    first = primary[i] if share[i] >= 0.5 else secondary[i]
                    target = first if has_label else int(t[i].argmax())
                    part = distance(kind, x[i], t[i].double(), target, temperature, dkd)
                    distilled = distilled + a / divisor * (dist[0] * part if kind == "dist" else part)
                if has_label:
                    mixed = torch.zeros(CLASSES, dtype=torch.double)
                    mixed[primary[i]] += share[i]
                    mixed[secondary[i]] += 1 - share[i]
                    labelled = labelled + b / divisor * F.cross_entropy(x[i], mixed, label_smoothing=smoothing)
            rows = [i for i in range(n) if weights[i] > 0]
            if kind == "dist" and len(rows) > 1:
                p, q = F.softmax(t[rows].double() / temperature, 1), F.softmax(x[rows] / temperature, 1)
                columns = sum(1 - correlation(q[:, c], p[:, c]) for c in range(CLASSES)) / CLASSES
                distilled = distilled + dist[1] * temperature ** 2 * columns * sum(weights) / divisor
            total = distilled + labelled
            gradient = torch.zeros_like(x)
            if total.requires_grad:
                total.backward()
                gradient = x.grad
            cases.append({
                "name": f"{kind}, {batch}", "kind": kind, "temperature": temperature, "alpha": alpha,
                "smoothing": smoothing, "dkd": dkd, "dist": dist, "views": views, "primary": primary,
                "secondary": secondary, "share": share, "student": s.flatten().tolist(),
                "teacher": t.flatten().tolist(), "distillation": distilled.item(), "labels": labelled.item(),
                "gradient": gradient.flatten().tolist()})
    write_cases("losses.json", cases)


class Draws:
    """SplitMix64, as GoldenTrainingRun.java has it."""

    def __init__(self, seed):
        self.state = seed

    def bits(self):
        mask = (1 << 64) - 1
        self.state = self.state + 0x9E3779B97F4A7C15 & mask
        z = self.state
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & mask
        z = (z ^ z >> 27) * 0x94D049BB133111EB & mask
        return z ^ z >> 31

    def below(self, bound):
        return (self.bits() >> 33) % bound

    def share(self):
        return (self.bits() >> 40) / (1 << 24)


def drawn(step):
    """A batch of 16: a class is a bright row, and the teacher mostly knows it."""
    draws = Draws(step)
    pixels, logits, labels, a, b = [], [], [], [], []
    for i in range(BATCH):
        label, other = draws.below(CLASSES), draws.below(CLASSES)
        share = 0.25 + 0.5 * draws.share() if i % 4 == 3 else 1.0
        pixels.append([draws.below(100) + (150 if p // SIDE == label else 0) for p in range(SIDE * SIDE)])
        logits.append([draws.share() * 2 - 1 + (4 if k == label else 0) for k in range(CLASSES)])
        labels.append([share * (k == label) + (1 - share) * (k == other) for k in range(CLASSES)])
        a.append([ALPHA, 1, 0, ALPHA][i % 4])
        b.append([1 - ALPHA, 0, 1, 1 - ALPHA][i % 4])
    x = (torch.tensor(pixels, dtype=torch.double) / 255 - MEAN) / STD
    return (x.float().reshape(BATCH, 1, SIDE, SIDE), torch.tensor(logits), torch.tensor(labels),
            torch.tensor(a), torch.tensor(b))


class Muon(torch.optim.Optimizer):
    """Jordan et al. 2024, as in https://kellerjordan.github.io/posts/muon, in single precision."""

    def __init__(self, params, lr, momentum=0.95):
        super().__init__(params, {"lr": lr, "momentum": momentum})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                velocity = self.state[p].setdefault("velocity", torch.zeros_like(p))
                velocity.lerp_(p.grad, 1 - group["momentum"])
                update = p.grad.lerp(velocity, group["momentum"]).reshape(len(p), -1)
                rows, columns = update.shape
                x = update.T if rows > columns else update
                x = x / (x.norm() + 1e-7)
                for _ in range(5):
                    gram = x @ x.T
                    x = 3.4445 * x + (-4.7750 * gram + 2.0315 * gram @ gram) @ x
                x = x.T if rows > columns else x
                p.sub_(x.reshape(p.shape), alpha=group["lr"] * max(1, rows / columns) ** 0.5)


def training_run(name, model, kind):
    """200 steps. Muon leaves the output layer and all vectors to AdamW. SGD decays its weights by hand, before the step; its rate warms up and restarts."""
    model.train()
    named = list(model.named_parameters())
    muon = None
    if kind == "muon":
        hidden = [p for n, p in named if p.dim() >= 2 and n != "output.weight"]
        muon = Muon(hidden, MUON_RATE)
    if kind != "sgd":
        decay, clip = DECAY, 5.0
        named = [(n, p) for n, p in named if muon is None or not any(p is h for h in hidden)]
        optimiser = torch.optim.AdamW(
            [{"params": [p for _, p in named if p.dim() >= 2], "weight_decay": decay},
             {"params": [p for _, p in named if p.dim() < 2], "weight_decay": 0.0}], lr=RATE)
        rates = [RATE] * 200
    else:
        decay, clip, base, warm_up = 1e-2, 1.0, 0.05, 20
        optimiser = torch.optim.SGD(model.parameters(), lr=base, momentum=0.9, nesterov=True)
        cosine = torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(
            torch.optim.SGD([torch.zeros(1)], lr=base), T_0=50, T_mult=2, eta_min=0.1 * base)
        rates = [base * step / warm_up for step in range(1, warm_up + 1)]
        for t in range(200 - warm_up):
            cosine.step(t)
            rates.append(cosine.get_last_lr()[0])
    with open(OUT / f"run-{name}-{kind}.bin", "wb") as file:
        for step in range(1, 201):
            x, logits, labels, a, b = drawn(step)
            for group in optimiser.param_groups:
                group["lr"] = rates[step - 1]
            output = model(x)
            kd = F.kl_div(F.log_softmax(output / T, 1), F.softmax(logits / T, 1),
                          reduction="none").sum(1) * T * T
            loss = (a * kd + b * F.cross_entropy(output, labels, reduction="none")).mean()
            model.zero_grad()
            loss.backward()
            norm = nn.utils.clip_grad_norm_(model.parameters(), clip)
            if kind == "sgd":
                with torch.no_grad():
                    for _, p in named:
                        if p.dim() >= 2:
                            p.mul_(1 - rates[step - 1] * decay)
            optimiser.step()
            if muon is not None:
                muon.step()
            file.write(struct.pack(">ddd", loss.item(), float(norm), rates[step - 1]))
            if step in (50, 100, 200):
                file.write(struct.pack(">i", len(model.state_dict())))
                for key, value in model.state_dict().items():
                    encoded = key.encode()
                    file.write(struct.pack(">h", len(encoded)) + encoded)
                    floats(file, value)


def derived(model, forward):
    """Loss and gradients of the first batch."""
    x, logits, labels, a, b = drawn(1)
    output = forward(model, x).float()
    kd = F.kl_div(F.log_softmax(output / T, 1), F.softmax(logits / T, 1), reduction="none").sum(1) * T * T
    loss = (a * kd + b * F.cross_entropy(output, labels, reduction="none")).mean()
    model.zero_grad()
    loss.backward()
    return {"loss": loss.item(), "gradients": {n: digits(p.grad) for n, p in model.named_parameters()}}


def with_autocast(model, x):
    with torch.autocast("cpu", torch.bfloat16):
        return model(x)


def bfloat16():
    cases = {}
    for name, make in (("mlp", Mlp), ("cnn", Cnn)):
        cases[name] = {}
        for kind, forward in (("float32", lambda m, x: m(x)), ("autocast", with_autocast)):
            model = make()
            model.load_state_dict(torch.jit.load(str(OUT / name / "model.pt")).state_dict())
            cases[name][kind] = derived(model.train(), forward)
    (OUT / "bfloat16.json").write_text(json.dumps(cases) + "\n")


def halves(tensor):
    """As a record holds it."""
    return tensor.half().float()


def drawn_masks(views, generator):
    """[views, HEIGHT, WIDTH]: an id for each cell, a quarter of them ignored. A mask is the same all over a cell."""
    cells = torch.randint(0, DENSE_CLASSES, (views, ROWS, COLUMNS), generator=generator)
    ignored = torch.rand(views, ROWS, COLUMNS, generator=generator) < 0.25
    cells[ignored] = IGNORE
    return cells.repeat_interleave(STRIDE, 1).repeat_interleave(STRIDE, 2)


def cell_weights(kinds, cells, uses_teacher, alpha):
    """The weights of teacher and label [N, h, w], not yet divided, and the number of cells that have any.

    Of view kinds 0 both mask and answer, 1 no mask, 2 no answer. A cell whose id is 255 does not count at all; without
    a mask all cells are the teacher's.
    """
    teacher = torch.zeros(cells.shape, dtype=torch.double)
    label = torch.zeros(cells.shape, dtype=torch.double)
    for i, kind in enumerate(kinds):
        taught, has_mask = kind != 2 and uses_teacher, kind != 1
        counts = (cells[i] != IGNORE).double() if has_mask else torch.ones(cells.shape[1:], dtype=torch.double)
        teacher[i] = counts * ((alpha if has_mask else 1) if taught else 0)
        label[i] = counts * ((1 - alpha if taught else 1) if has_mask else 0)
    return teacher, label, max(1, int(((teacher > 0) | (label > 0)).sum()))


def dense_loss(kind, output, answer, cells, teacher, label, divisor, temperature, smoothing):
    """The parts of the loss of logits [N, K, h, w]."""
    s, t = output, answer
    if kind == "standardised":
        s, t = [(x - x.mean(1, keepdim=True)) / x.std(1, unbiased=False, keepdim=True) for x in (s, t)]
    if kind == "mse":
        distance = ((s - t) ** 2).mean(1)
    else:
        p, q = F.softmax(t / temperature, 1), F.log_softmax(s / temperature, 1)
        distance = temperature ** 2 * (p * (p.log() - q)).sum(1)
    known = torch.where(cells == IGNORE, torch.zeros_like(cells), cells)
    entropy = F.cross_entropy(output, known, reduction="none", label_smoothing=smoothing)
    return (teacher * distance).sum() / divisor, (label * entropy).sum() / divisor


def digits(tensor):
    """Nine digits of each value: as many as tell two floats apart."""
    return [float(f"{value:.9g}") for value in tensor.flatten().tolist()]


def dense_losses():
    """Losses of logits [N, K, h, w], each by itself, in double precision.

    shape           [N, K, h, w]
    stride          of the output; masks are [h * stride, w * stride]
    views           of each view 0 mask and answer, 1 no mask, 2 no answer
    masks           ids [N, H, W], 255 = ignore; meaningless for a view without one
    student         logits [N, K, h, w]
    teacher         likewise, values of half precision; meaningless for a view without an answer
    teacherWeights  [N, h, w], before the division
    labelWeights    likewise
    divisor         of both: the number of cells that have a weight above 0, at least 1
    distillation    sum of teacherWeights * distance / divisor
    labels          sum of labelWeights * cross-entropy / divisor
    total           their sum
    gradient        of the total by the student's logits
    """
    generator = torch.Generator().manual_seed(5)
    n, alpha = 4, 0.9
    cases = []
    for kind in ("kd", "mse", "standardised", "cross-entropy"):
        for batch in ("masks and answers", "no mask", "no answer", "some of everything", "smoothed", "all ignored"):
            smoothing = 0.1 if batch == "smoothed" else 0.0
            shape = (n, DENSE_CLASSES, ROWS, COLUMNS)
            s = ((torch.randn(shape, generator=generator) * 2) * 64).round() / 64  # short to write
            t = halves(torch.randn(shape, generator=generator) * 3)
            masks = drawn_masks(n, generator)
            kinds = {"no mask": [1] * n, "no answer": [2] * n, "masks and answers": [0] * n,
                     "all ignored": [0] * n}.get(batch, [0, 0, 1, 2])
            if batch in ("some of everything", "smoothed"):
                masks[1] = IGNORE
            if batch == "all ignored":
                masks[:] = IGNORE
            cells = masks[:, STRIDE // 2::STRIDE, STRIDE // 2::STRIDE]
            x = s.double().requires_grad_()
            weights = cell_weights(kinds, cells, kind != "cross-entropy", alpha)
            distilled, labelled = dense_loss(kind, x, t.double(), cells, *weights, 2.0, smoothing)
            (distilled + labelled).backward()
            cases.append({
                "name": f"{kind}, {batch}", "kind": kind, "temperature": 2.0, "alpha": alpha, "smoothing": smoothing,
                "shape": shape, "stride": STRIDE, "views": kinds, "masks": masks.flatten().tolist(),
                "student": s.flatten().tolist(), "teacher": t.flatten().tolist(),
                "teacherWeights": digits(weights[0]), "labelWeights": digits(weights[1]), "divisor": weights[2],
                "distillation": distilled.item(), "labels": labelled.item(), "total": (distilled + labelled).item(),
                "gradient": digits(x.grad)})
    write_cases("dense-losses.json", cases)


def embedding_losses():
    """Losses of vectors [N, d] against embeddings [N, D], in double precision. The loss is the mean over all N views.

    dimensions          d
    teacherDimensions   D; d where there is no projection
    views               of each view 0 an answer, 2 none: its loss is 0, but it is one of the N
    student             [N, d]
    projection          [d, D], or null: what is compared is student * projection
    teacher             [N, D], values of half precision; meaningless for a view without an answer
    loss                cosine: 1 - s.t / sqrt((s.s + 1e-8)(t.t + 1e-8)); mse: the mean over D of the squared difference
    gradient            of the loss by the student's vectors
    projectionGradient  by the projection, or null
    """
    generator = torch.Generator().manual_seed(6)
    n = 4
    cases = []
    for kind in ("cosine", "mse"):
        for projected in (False, True):
            for batch in ("answers", "one without an answer", "one answer of zeros"):
                dimensions = TEACHER_DIMENSIONS if projected else DIMENSIONS
                s = (torch.randn(n, DIMENSIONS, generator=generator) * 64).round() / 64
                t = halves(torch.randn(n, dimensions, generator=generator) * 2)
                p = (torch.randn(DIMENSIONS, dimensions, generator=generator) * 32).round() / 64
                kinds = [0] * n
                if batch == "one without an answer":
                    kinds[1] = 2
                if batch == "one answer of zeros":
                    t[2] = 0
                x, projection = s.double().requires_grad_(), p.double().requires_grad_()
                y, z = x @ projection if projected else x, t.double()
                if kind == "cosine":
                    dot, own, other = (y * z).sum(1), (y * y).sum(1), (z * z).sum(1)
                    each = 1 - dot / ((own + EPSILON) * (other + EPSILON)).sqrt()
                else:
                    each = ((y - z) ** 2).mean(1)
                loss = (each * torch.tensor([float(k == 0) for k in kinds], dtype=torch.double)).sum() / n
                loss.backward()
                cases.append({
                    "name": f"{kind}, {batch}{', projected' if projected else ''}", "kind": kind,
                    "dimensions": DIMENSIONS, "teacherDimensions": dimensions, "views": kinds,
                    "student": s.flatten().tolist(), "projection": p.flatten().tolist() if projected else None,
                    "teacher": t.flatten().tolist(), "loss": loss.item(), "gradient": digits(x.grad),
                    "projectionGradient": digits(projection.grad) if projected else None})
    write_cases("embedding-losses.json", cases)


def golden_fcn(model, dtype=torch.float32, file=io.BytesIO()):
    """Steps of dense answers: KD with T = 2, alpha = 0.9 and cross-entropy, Muon (2e-3) and AdamW (4e-3), clip 0.5.

    The layout is that of golden-cnn.bin, but for three things: the header has a sixth int, the stride; a view has its
    kind only (0 mask and answer, 1 no mask, 2 no answer, 3 mask of 255 alone, and answer); and the masks [N, H, W], a
    byte each, follow the pixels. So:

    header          int steps, batch, classes, height, width, stride
    each step       int kind of each view; bytes of the pixels [N, H, W]; bytes of the masks [N, H, W], 255 all over for
                    a view without one; floats of the answers [N, K, h, w], values of half precision; floats of the
                    output [N, K, h, w], empty after the first step; double loss, double norm before the clip; in the
                    first step int count and floats of each gradient
    end             the tensors of the state and of its average: int count; each its name (UTF) and floats

    floats: int length, then so many floats. All is big-endian.
    """
    generator = torch.Generator().manual_seed(7)
    n, steps, temperature = 8, 25, 2.0
    model.to(dtype).train()
    average = {key: value.clone() for key, value in model.state_dict().items()}
    named = list(model.named_parameters())
    hidden = [p for name, p in named if p.dim() >= 2 and name != "output.weight"]
    muon = Muon(hidden, MUON_RATE)
    rest = [p for name, p in named if not any(p is h for h in hidden)]
    adamw = torch.optim.AdamW(
        [{"params": [p for p in rest if p.dim() >= 2], "weight_decay": DECAY},
         {"params": [p for p in rest if p.dim() < 2], "weight_decay": 0.0}], lr=RATE)
    losses = []
    file.write(struct.pack(">6i", steps, n, DENSE_CLASSES, HEIGHT, WIDTH, STRIDE))
    for step in range(1, steps + 1):
        kinds = torch.randint(0, 4, (n,), generator=generator).tolist()
        masks = drawn_masks(n, generator)
        known = torch.where(masks == IGNORE, torch.zeros_like(masks), masks)
        pixels = known * 80 + torch.randint(0, 80, (n, HEIGHT, WIDTH), generator=generator)  # a class is a brightness
        cells = known[:, STRIDE // 2::STRIDE, STRIDE // 2::STRIDE]
        answers = halves(torch.randn(n, DENSE_CLASSES, ROWS, COLUMNS, generator=generator)
                         + 3 * F.one_hot(cells, DENSE_CLASSES).permute(0, 3, 1, 2))
        for i, kind in enumerate(kinds):
            if kind in (1, 3):
                masks[i] = IGNORE
        cells = masks[:, STRIDE // 2::STRIDE, STRIDE // 2::STRIDE]
        teacher, label, divisor = cell_weights([0 if k == 3 else k for k in kinds], cells, True, ALPHA)

        x = ((pixels.double() / 255 - MEAN) / STD).float()[:, None].to(dtype)
        output = model(x)
        loss = sum(dense_loss("kd", output, answers.to(dtype), cells, teacher.to(dtype), label.to(dtype), divisor,
                              temperature, 0.0))
        model.zero_grad()
        loss.backward()
        gradients = [p.grad.clone() for _, p in named]
        norm = nn.utils.clip_grad_norm_(model.parameters(), CLIP)
        adamw.step()
        muon.step()
        d = min(0.999, (1 + step) / (10 + step))
        with torch.no_grad():
            for key, value in model.state_dict().items():
                if value.is_floating_point():
                    average[key].mul_(d).add_(value, alpha=1 - d)
                else:
                    average[key].copy_(value)
        losses.append((loss.item(), float(norm)))

        file.write(struct.pack(f">{n}i", *kinds))
        file.write(bytes(pixels.flatten().tolist()))
        file.write(bytes(masks.flatten().tolist()))
        floats(file, answers)
        floats(file, output if step == 1 else output[:0])
        file.write(struct.pack(">dd", *losses[-1]))
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
    return losses, average


def tasks():
    torch.manual_seed(8)
    model = Fcn()
    answer = f"task: segmentation\noutput: {{stride: {STRIDE}}}\nclasses: [background, a, b]"
    student("fcn", model, answer, HEIGHT, WIDTH)
    with open(OUT / "golden-fcn.bin", "wb") as file:
        golden_fcn(model, file=file)
    student("embedder", Embedder(), f"task: embedding\noutput: {{dimensions: {DIMENSIONS}}}")
    dense_losses()
    embedding_losses()


def export(model, name, training, pixels=(1, SIDE, SIDE), folded=False):
    """Writes a template: unfused, with the parameters' names, unless folded."""
    (OUT / "onnx").mkdir(parents=True, exist_ok=True)
    example = torch.rand(2, *pixels) if len(pixels) == 3 and pixels[0] == 1 \
        else torch.randint(0, 256, (2, *pixels), dtype=torch.uint8)
    preserve = torch.onnx.TrainingMode.PRESERVE
    torch.onnx.export(
        model.train(training), example, str(OUT / "onnx" / f"{name}.onnx"), opset_version=17,
        training=torch.onnx.TrainingMode.EVAL if folded else preserve, do_constant_folding=folded,
        input_names=["input"], output_names=["output"],
        dynamic_axes={"input": {0: "batch"}, "output": {0: "batch"}})


def randomised(model):
    """No two tensors are equal: equal ones are merged in an export."""
    with torch.no_grad():
        for tensor in model.state_dict().values():
            if tensor.is_floating_point():
                tensor.copy_(torch.rand_like(tensor) + 0.5)
    return model


def templates():
    """Unfused exports in train mode and in eval mode, one with merged tensors, and one with fused ones."""
    torch.manual_seed(3)
    for name, model, training in (("mlp", Mlp(), True), ("cnn", Cnn(), True), ("dropout", Dropout(), True),
                                  ("embedder", Embedder(), False)):
        export(randomised(model), name, training)
    export(randomised(Fcn()), "fcn", False, (1, HEIGHT, WIDTH))
    export(randomised(Cnn()), "cnn-eval", False)
    export(Cnn(), "cnn-merged", False)
    export(randomised(Cnn()), "cnn-fused", False, folded=True)
    model = Bytes()
    directory = OUT / "bytes"
    directory.mkdir(exist_ok=True)
    save(torch.jit.script(model), directory / "model.pt")
    (directory / "student.yaml").write_text("""name: bytes
version: "1"
input: {height: 8, width: 8, channels: 3, type: uint8}
classes: [a, b, c, d, e]
""")
    export(randomised(model), "bytes", True, (SIDE, SIDE, 3))


def main():
    torch.set_num_threads(1)
    OUT.mkdir(parents=True, exist_ok=True)
    only = {"bfloat16": bfloat16, "onnx": templates, "tasks": tasks}
    if sys.argv[1:]:
        only[sys.argv[1]]()
        return
    torch.manual_seed(1)
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
    losses()
    for name in ("mlp", "cnn"):
        for kind in ("adamw", "muon", "sgd"):
            model = {"mlp": Mlp, "cnn": Cnn}[name]()
            weights = torch.jit.load(str(OUT / name / "model.pt")).state_dict()
            model.load_state_dict(weights)
            training_run(name, model, kind)
    save(torch.jit.script(Viewing()), OUT / "viewing.pt")
    deep = Deep()
    student("deep", deep)
    training_run("deep", deep, "muon")
    bfloat16()
    tasks()
    templates()


if __name__ == "__main__":
    main()
