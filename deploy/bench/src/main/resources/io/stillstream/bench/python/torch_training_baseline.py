"""The other side of the student's benchmark: the same training in eager PyTorch.

A long-lived process. Each line of standard input is a JSON request, each line of standard output its answer:

    {"do": "versions"}
    {"do": "load", "models": PATH of make.py, "student": NAME, "file": PATH of the untrained model, "threads": T,
     "seed": S, "batch": B, "updates": U, "buffer": M, "views_per_image": N or 0 for all, "horizontal_flip": bool,
     "pixels": PATH, "answers": PATH, "labels": PATH, "masks": PATH, "indices": PATH, "shape": [H, W, C],
     "task": "classification", "segmentation" or "embedding", "answer": [K], [K, h, w] or [D], "stride": pixels of a
     cell, "mean": [...], "std": [...], "temperature": T, "alpha": A, "optimiser": "adamw" or "muon", "rate": R,
     "muon_rate": R, "decay": D, "clip": C, "max_decay": E}
    {"do": "step"}      -> {"losses": [...]}  of the updates on the next fresh batch
    {"do": "run", "seconds": S}     -> {"steps": N, "cpu": seconds of all threads, "wall": seconds}
    {"do": "pass"}      -> {"steps": N}  one pass over all views
    {"do": "evaluate", "pixels": PATH, "labels": PATH, "masks": PATH, "answers": PATH}
        -> {"score": of the moving average: accuracy, mean IoU over all pixels, or mean cosine to the answers}

What it does for a fresh batch is what the trainer does: the moving average predicts the originals in it; the first update
is on the fresh views, the others on views drawn from all that were seen (on the fresh ones while there are none); then
the fresh views are remembered. Views lie as bytes in one tensor, and a batch of them is gathered and scaled at each update, in the memory format that is
the faster one on a CPU: channels_last. Its random draws are its own: an accuracy differs from the trainer's by chance.
It neither detects drift nor rolls back.
"""

import copy
import importlib.util
import json
import os
import sys
import time

import numpy as np
import torch
from torch.nn import functional as F


def architecture(models, name):
    """The eager model, from the script that made the bundled ones."""
    spec = importlib.util.spec_from_file_location("models", models)
    module = importlib.util.module_from_spec(spec)
    sys.modules["models"] = module
    spec.loader.exec_module(module)
    return module.STUDENTS[name]()


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


class Training:
    def __init__(self, request):
        torch.set_num_threads(request["threads"])
        torch.manual_seed(request["seed"])
        self.model = architecture(request["models"], request["student"])
        self.model.load_state_dict(torch.jit.load(request["file"]).state_dict())
        self.average = copy.deepcopy(self.model).eval()
        self.model.train()
        self.optimisers = self.optimisers_of(request)
        self.floats = [(s, a) for s, a in self.pairs() if a.dtype.is_floating_point]
        self.counters = [(s, a) for s, a in self.pairs() if not a.dtype.is_floating_point]
        height, width, channels = request["shape"]
        pixels = np.fromfile(request["pixels"], dtype=np.uint8).reshape(-1, height, width, channels)
        self.pixels = torch.from_numpy(pixels).permute(0, 3, 1, 2)
        self.task, self.answer, self.stride = request["task"], request["answer"], request["stride"]
        self.answers = torch.from_numpy(np.fromfile(request["answers"], dtype="<f4").reshape(-1, *self.answer))
        self.labels = torch.from_numpy(np.fromfile(request["labels"], dtype=np.uint8).astype(np.int64))
        if self.task == "segmentation":
            # The pixel at the centre of each cell; right and below of it where the stride is even.
            masks = np.fromfile(request["masks"], dtype=np.uint8).reshape(-1, height, width)
            centre = self.stride // 2
            self.masks = torch.from_numpy(masks[:, centre::self.stride, centre::self.stride].astype(np.int64))
        indices = np.fromfile(request["indices"], dtype=np.uint8)
        self.originals = torch.from_numpy(indices == 0)
        self.stored = self.chosen(indices, request["views_per_image"])
        self.flip = request["horizontal_flip"]
        self.mean = torch.tensor(request["mean"]).view(1, -1, 1, 1) * 255
        self.std = torch.tensor(request["std"]).view(1, -1, 1, 1) * 255
        self.batch, self.updates = request["batch"], request["updates"]
        self.temperature, self.alpha = request["temperature"], request["alpha"]
        self.clip, self.max_decay = request["clip"], request["max_decay"]
        capacity = min(request["buffer"], len(self.pixels))
        self.memory = torch.empty(capacity, dtype=torch.int64)
        self.remembered = 0
        self.offered = 0
        self.steps = 0
        self.fresh = 0

    def optimisers_of(self, request):
        """AdamW for all weights, or Muon for those of two and more dimensions but the last."""
        weights = [p for p in self.model.parameters() if p.dim() >= 2]
        others = [p for p in self.model.parameters() if p.dim() < 2]
        muon = []
        if request["optimiser"] == "muon" and len(weights) > 1:
            muon = [Muon(weights[:-1], request["muon_rate"])]
            weights = weights[-1:]
        adamw = torch.optim.AdamW(
            [{"params": weights, "weight_decay": request["decay"]}, {"params": others, "weight_decay": 0.0}],
            lr=request["rate"], foreach=True)
        return [adamw, *muon]

    @staticmethod
    def chosen(indices, views_per_image):
        """Which views may be stored: so many of each image, drawn uniformly; views of an image follow one another."""
        if views_per_image == 0:
            return torch.ones(len(indices), dtype=torch.bool)
        image = np.cumsum(indices == 0) - 1
        views = int(indices.max()) + 1
        rank = torch.rand(int(image[-1]) + 1, views).argsort(1).argsort(1)
        return rank[torch.from_numpy(image), torch.from_numpy(indices.astype(np.int64))] < views_per_image

    def pairs(self):
        source, average = self.model.state_dict(keep_vars=True), self.average.state_dict(keep_vars=True)
        return [(source[name].detach(), average[name].detach()) for name in source]

    def mirrored(self, count, drawn):
        """Which of the views are mirrored: of the last `drawn`, which are from the buffer, each by chance."""
        chosen = torch.rand(count) < 0.5 if self.flip and drawn else torch.zeros(count, dtype=torch.bool)
        chosen[:count - drawn] = False
        return chosen

    @staticmethod
    def flipped(values, chosen):
        """Left and right exchanged in the chosen ones; the last axis is that of the columns."""
        if chosen.any():
            values[chosen] = values[chosen].flip(-1)
        return values

    def scaled(self, pixels):
        return (pixels.contiguous(memory_format=torch.channels_last).float() - self.mean) / self.std

    def update(self, index, drawn=0):
        chosen = self.mirrored(len(index), drawn)
        student = self.model(self.scaled(self.flipped(self.pixels[index], chosen)))
        loss = {"classification": self.of_classes, "segmentation": self.of_pixels,
                "embedding": self.of_embeddings}[self.task](student, index, chosen)
        self.model.zero_grad(set_to_none=True)
        loss.backward()
        if self.clip > 0:
            torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.clip)
        for optimiser in self.optimisers:
            optimiser.step()
        self.steps += 1
        decay = min(self.max_decay, (1 + self.steps) / (10 + self.steps))
        averages = [a for _, a in self.floats]
        torch._foreach_mul_(averages, decay)
        torch._foreach_add_(averages, [s for s, _ in self.floats], alpha=1 - decay)
        for source, average in self.counters:
            average.copy_(source)
        return float(loss)

    def of_classes(self, logits, index, _):
        t = self.temperature
        soft = F.kl_div(F.log_softmax(logits / t, 1), F.log_softmax(self.answers[index] / t, 1),
                        reduction="batchmean", log_target=True) * (t * t)
        return self.alpha * soft + (1 - self.alpha) * F.cross_entropy(logits, self.labels[index])

    def of_pixels(self, logits, index, chosen):
        """Both parts for each cell; the mean is over the cells whose mask has a class."""
        t = self.temperature
        teacher = self.flipped(self.answers[index], chosen)
        truth = self.flipped(self.masks[index], chosen)
        counts = truth != 255
        soft = F.kl_div(F.log_softmax(logits / t, 1), F.log_softmax(teacher / t, 1), reduction="none",
                        log_target=True).sum(1) * (t * t)
        hard = F.cross_entropy(logits, truth, ignore_index=255, reduction="none")
        cells = self.alpha * soft + (1 - self.alpha) * hard
        return (cells * counts).sum() / counts.sum().clamp(min=1)

    def of_embeddings(self, embeddings, index, _):
        return (1 - F.cosine_similarity(embeddings, self.answers[index], 1)).mean()

    def predict(self, index):
        with torch.no_grad():
            return self.average(self.scaled(self.pixels[index]))

    def remember(self, index):
        """Algorithm R."""
        for view in index[self.stored[index]].tolist():
            self.offered += 1
            if self.remembered < len(self.memory):
                self.memory[self.remembered] = view
                self.remembered += 1
            else:
                place = int(torch.randint(self.offered, (1,)))
                if place < len(self.memory):
                    self.memory[place] = view

    def train(self):
        """The updates on the next fresh batch; behind the last whole batch it begins again."""
        if self.fresh + self.batch > len(self.pixels):
            self.fresh = 0
        return self.train_batch()

    def train_batch(self):
        index = torch.arange(self.fresh, min(self.fresh + self.batch, len(self.pixels)))
        self.fresh += len(index)
        self.predict(index[self.originals[index]])
        replays = self.remembered >= self.batch
        missing = self.batch - len(index) if self.remembered else 0
        losses = [self.update(torch.cat([index, self.draw(missing)]), missing)]
        for _ in range(self.updates - 1):
            losses.append(self.update(self.draw(self.batch), self.batch) if replays else self.update(index))
        self.remember(index)
        return losses

    def draw(self, count):
        return self.memory[torch.randint(max(1, self.remembered), (count,))]

    def score(self, request):
        height, width, channels = self.pixels.shape[2], self.pixels.shape[3], self.pixels.shape[1]
        pixels = torch.from_numpy(np.fromfile(request["pixels"], dtype=np.uint8)).reshape(-1, height, width, channels)
        parts = pixels.permute(0, 3, 1, 2).split(250)
        with torch.no_grad():
            if self.task == "segmentation":
                masks = np.fromfile(request["masks"], dtype=np.uint8).reshape(-1, height, width)
                return self.mean_iou(parts, torch.from_numpy(masks).split(250))
            if self.task == "embedding":
                answers = torch.from_numpy(np.fromfile(request["answers"], dtype="<f4").reshape(-1, *self.answer))
                return sum(float(F.cosine_similarity(self.average(self.scaled(part)), answer, 1).sum())
                           for part, answer in zip(parts, answers.split(250))) / len(answers)
            labels = torch.from_numpy(np.fromfile(request["labels"], dtype=np.uint8).astype(np.int64))
            right = sum(int((self.average(self.scaled(part)).argmax(1) == truth).sum())
                        for part, truth in zip(parts, labels.split(250)))
            return right / len(labels)

    def mean_iou(self, parts, masks):
        """Over the classes that truth or student have anywhere; logits are interpolated to the size of the view."""
        classes = self.answer[0]
        confusion = torch.zeros(classes * classes, dtype=torch.int64)
        for part, truth in zip(parts, masks):
            logits = self.average(self.scaled(part))
            if self.stride > 1:
                logits = F.interpolate(logits, scale_factor=float(self.stride), mode="bilinear", align_corners=False)
            counts = truth != 255
            pairs = truth[counts].to(torch.int64) * classes + logits.argmax(1)[counts]
            confusion += torch.bincount(pairs, minlength=classes * classes)
        confusion = confusion.reshape(classes, classes).double()
        both = confusion.diag()
        either = confusion.sum(0) + confusion.sum(1) - both
        return float((both[either > 0] / either[either > 0]).mean())


TRAINING = {}


def load(request):
    TRAINING["it"] = Training(request)
    return {}


def step(_):
    return {"losses": TRAINING["it"].train()}


def run(request):
    training = TRAINING["it"]
    before = training.steps
    cpu, wall = time.process_time(), time.perf_counter()
    end = wall + request["seconds"]
    while True:
        training.train()
        now = time.perf_counter()
        if now >= end:
            return {"steps": training.steps - before, "cpu": time.process_time() - cpu, "wall": now - wall}


def pass_once(_):
    training = TRAINING["it"]
    while training.fresh < len(training.pixels):
        training.train_batch()
    return {"steps": training.steps}


def evaluate(request):
    return {"score": TRAINING["it"].score(request)}


def blas():
    """What multiplies matrices, by the libraries that are loaded: PyTorch takes the system's where it has none of its own."""
    with open("/proc/self/maps") as maps:
        loaded = " ".join({os.path.realpath(line.split()[-1]) for line in maps if ".so" in line})
    kinds = {"openblas": "OpenBLAS", "libmkl": "MKL", "libblis": "BLIS", "libatlas": "ATLAS"}
    return next((kind for name, kind in kinds.items() if name in loaded), "reference BLAS, slow")


def versions(_):
    return {"python": sys.version.split()[0], "torch": torch.__version__, "numpy": np.__version__, "blas": blas()}


def main():
    actions = {"load": load, "step": step, "run": run, "pass": pass_once, "evaluate": evaluate, "versions": versions}
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = actions[request["do"]](request)
        except Exception as e:  # told to the other side, which ends the run
            answer = {"error": f"{type(e).__name__}: {e}"}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
