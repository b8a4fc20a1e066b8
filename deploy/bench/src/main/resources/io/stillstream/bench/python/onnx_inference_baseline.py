"""The other side of the teacher's benchmark: the same ONNX file, run by ONNX Runtime from Python.

Requests and answers are those of torch_inference_baseline.py. Batches are scaled with numpy. On a GPU a resident batch
lies in the host's memory all the same, as in the Java loop.
"""

import json
import sys
import time

import numpy as np
import onnxruntime


class Subject:
    def __init__(self, request):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = request["threads"]
        providers = ["CUDAExecutionProvider"] if request["device"] == "gpu" else ["CPUExecutionProvider"]
        self.session = onnxruntime.InferenceSession(request["file"], options, providers=providers)
        self.input = self.session.get_inputs()[0].name
        pixels = np.fromfile(request["pixels"], dtype=np.uint8).reshape(-1, *request["shape"])
        batch = request["batch"]
        self.batches = [pixels[i : i + batch] for i in range(0, len(pixels) - batch + 1, batch)]
        self.scales = request["type"] == "float"
        self.mean = np.array(request["mean"], np.float32).reshape(1, -1, 1, 1)
        self.std = np.array(request["std"], np.float32).reshape(1, -1, 1, 1)
        self.resident = self.scaled(self.batches[0])

    def scaled(self, batch):
        """What the graph takes."""
        if not self.scales:
            return batch
        x = batch.transpose(0, 3, 1, 2).astype(np.float32)
        return np.ascontiguousarray((x / np.float32(255) - self.mean) / self.std)

    def turn(self, what, number):
        """One batch to logits."""
        x = self.resident if what == "resident" else self.scaled(self.batches[number % len(self.batches)])
        return self.session.run(None, {self.input: x})[0]


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
    return {"python": sys.version.split()[0], "onnxruntime": onnxruntime.__version__, "numpy": np.__version__}


def main():
    actions = {"load": load, "run": run, "logits": logits, "versions": versions}
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
