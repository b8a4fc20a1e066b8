"""The other side of the teacher's benchmark: the same TorchScript module, called from Python.

A long-lived process. Each line of standard input is a JSON request, each line of standard output its answer:

    {"do": "versions"}
    {"do": "load", "file": PATH, "device": "cpu" or "gpu", "threads": T, "batch": B, "pixels": PATH,
     "shape": [H, W, C], "type": "float" or "uint8", "mean": [...], "std": [...]}
    {"do": "run", "what": "resident" or "upload", "seconds": S}
                        -> {"images": N, "cpu": seconds of all threads, "wall": seconds}
    {"do": "logits"}    -> {"logits": [[...], ...]} of the first batch

"resident": the batch lies on the device, in the module's own format. "upload": each batch begins as bytes [N, H, W, C] in
the host's memory, is copied, then scaled on the device where the module does not do that itself, and ends as logits in
the host's memory.
"""

import json
import sys
import time

import numpy as np
import torch


class Subject:
    def __init__(self, request):
        torch.set_num_threads(request["threads"])
        if request["device"] == "gpu" and not torch.cuda.is_available():
            raise RuntimeError("torch sees no GPU")
        self.device = torch.device("cuda:0" if request["device"] == "gpu" else "cpu")
        self.module = torch.jit.load(request["file"], map_location=self.device).eval()
        pixels = np.fromfile(request["pixels"], dtype=np.uint8).reshape(-1, *request["shape"])
        batch = request["batch"]
        self.batches = [pixels[i : i + batch] for i in range(0, len(pixels) - batch + 1, batch)]
        self.scales = request["type"] == "float"
        constant = {"dtype": torch.float32, "device": self.device}
        self.mean = torch.tensor(request["mean"], **constant).view(1, -1, 1, 1)
        self.std = torch.tensor(request["std"], **constant).view(1, -1, 1, 1)
        self.resident = self.input(self.batches[0])

    def input(self, batch):
        """What the module takes, on the device."""
        x = torch.from_numpy(batch).to(self.device)
        if self.scales:
            x = (x.permute(0, 3, 1, 2).float() / 255 - self.mean) / self.std
        return x

    def turn(self, what, number):
        """One batch to logits in the host's memory; reading them waits for the device."""
        x = self.resident if what == "resident" else self.input(self.batches[number % len(self.batches)])
        return self.module(x).cpu().numpy()


SUBJECT = {}


def load(request):
    SUBJECT["it"] = Subject(request)
    return {}


def run(request):
    subject, batches = SUBJECT["it"], 0
    cpu, wall = time.process_time(), time.perf_counter()
    end = wall + request["seconds"]
    images = 0
    while True:
        images += len(subject.turn(request["what"], batches))
        batches += 1
        now = time.perf_counter()
        if now >= end:
            return {"images": images, "cpu": time.process_time() - cpu, "wall": now - wall}


def logits(_):
    return {"logits": SUBJECT["it"].turn("upload", 0).tolist()}


def versions(_):
    return {"python": sys.version.split()[0], "torch": torch.__version__, "numpy": np.__version__}


def main():
    actions = {"load": load, "run": run, "logits": logits, "versions": versions}
    with torch.inference_mode():
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
