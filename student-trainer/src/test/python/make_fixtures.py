#!/usr/bin/env python3
"""Makes the fixtures of this module's tests with PyTorch; run with python3-torch (1.13 or 2.x).

    make_fixtures.py            writes into ../resources/students

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
viewing.pt             a student that takes contiguous tensors only
traced.pt, frozen.pt, state.pt, width.pt, nan.pt
                       what has to be refused
"""

import io
import json
import math
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


class Viewing(nn.Module):
    """Takes for granted that what a convolution returns is contiguous."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3, padding=1)
        self.norm = nn.BatchNorm2d(4)
        self.output = nn.Linear(4 * SIDE * SIDE, CLASSES)

    def forward(self, x):
        return self.output(F.relu(self.norm(self.conv(x))).view(x.size(0), -1))


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
            for i in range(n):
                taught, has_label = views[i] != 2 and kind != "cross-entropy", views[i] != 1
                a = 0 if not taught else alpha if has_label else 1
                b = 0 if not has_label else 1 - alpha if taught else 1
                weights.append(a)
                if taught:
                    first = primary[i] if share[i] >= 0.5 else secondary[i]
                    target = first if has_label else int(t[i].argmax())
                    part = distance(kind, x[i], t[i].double(), target, temperature, dkd)
                    distilled = distilled + a / n * (dist[0] * part if kind == "dist" else part)
                if has_label:
                    mixed = torch.zeros(CLASSES, dtype=torch.double)
                    mixed[primary[i]] += share[i]
                    mixed[secondary[i]] += 1 - share[i]
                    labelled = labelled + b / n * F.cross_entropy(x[i], mixed, label_smoothing=smoothing)
            rows = [i for i in range(n) if weights[i] > 0]
            if kind == "dist" and len(rows) > 1:
                p, q = F.softmax(t[rows].double() / temperature, 1), F.softmax(x[rows] / temperature, 1)
                columns = sum(1 - correlation(q[:, c], p[:, c]) for c in range(CLASSES)) / CLASSES
                distilled = distilled + dist[1] * temperature ** 2 * columns * sum(weights) / n
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
    lines = ",\n".join(json.dumps(case) for case in cases)
    (OUT / "losses.json").write_text(f"[\n{lines}\n]\n")


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


if __name__ == "__main__":
    main()
