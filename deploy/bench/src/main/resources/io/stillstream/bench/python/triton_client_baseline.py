"""The other side of the row remote: a bare loop of requests at a Triton with tritonclient, Triton's own client in Python.

A long-lived process. Each line of standard input is a JSON request, each line of standard output its answer:

    {"do": "load", "authority": "HOST:PORT", "model": NAME, "in-flight": N, "batch": B, "pixels": PATH,
     "shape": [H, W, C], "type": "float" or "uint8", "mean": [...], "std": [...]}
    {"do": "run", "seconds": S}
                        -> {"images": N, "cpu": seconds of all threads, "wall": seconds}
    {"do": "logits"}    -> {"logits": [[...], ...]} of the batch

It asks about one batch again and again, in the module's own format; each answer is read as an array.
"""

import json
import sys
import threading
import time

import numpy as np
import tritonclient.grpc as triton


class Subject:
    def __init__(self, request):
        self.client = triton.InferenceServerClient(request["authority"])
        self.model, self.in_flight, self.batch = request["model"], request["in-flight"], request["batch"]
        pixels = np.fromfile(request["pixels"], dtype=np.uint8).reshape(-1, *request["shape"])[: self.batch]
        if request["type"] == "float":
            scaled = (pixels.astype(np.float32) / 255 - np.float32(request["mean"])) / np.float32(request["std"])
            pixels = np.ascontiguousarray(scaled.transpose(0, 3, 1, 2))
        self.input = triton.InferInput("input", pixels.shape, "FP32" if request["type"] == "float" else "UINT8")
        self.input.set_data_from_numpy(pixels)

    def logits(self):
        return self.client.infer(self.model, [self.input]).as_numpy("logits")

    def run(self, seconds):
        free, errors, images = threading.Semaphore(self.in_flight), [], [0]

        def done(result, error):
            if error is None:
                images[0] += len(result.as_numpy("logits"))
            else:
                errors.append(error)
            free.release()

        end = time.perf_counter() + seconds
        while time.perf_counter() < end and not errors:
            free.acquire()
            self.client.async_infer(self.model, [self.input], done)
        for _ in range(self.in_flight):
            free.acquire()
        if errors:
            raise errors[0]
        return images[0]


SUBJECT = {}


def load(request):
    SUBJECT["it"] = Subject(request)
    return {}


def run(request):
    cpu, wall = time.process_time(), time.perf_counter()
    images = SUBJECT["it"].run(request["seconds"])
    return {"images": images, "cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}


def logits(_):
    return {"logits": SUBJECT["it"].logits().tolist()}


def main():
    actions = {"load": load, "run": run, "logits": logits}
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
