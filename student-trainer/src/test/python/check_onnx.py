#!/usr/bin/env python3
"""Runs the student.onnx files that ReleasedOnnxIT has made, in ONNX Runtime.

    check_onnx.py DIR

Every directory in DIR has student.onnx and expected.json: shape and type of the input, the input, and the answers of
the student in PyTorch. Exits with 1 if anything differs by more than 1e-4, relative beyond 1, or nothing is there.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime


def difference(directory):
    expected = json.loads((directory / "expected.json").read_text())
    session = onnxruntime.InferenceSession(str(directory / "student.onnx"), providers=["CPUExecutionProvider"])
    pixels = np.array(expected["input"], expected["type"]).reshape(expected["shape"])
    answers, = session.run(None, {session.get_inputs()[0].name: pixels})
    wanted = np.array(expected["answers"], "float32").reshape(answers.shape)
    return float((np.abs(answers - wanted) / np.maximum(1, np.abs(wanted))).max())


def main():
    differences = {path.name: difference(path) for path in sorted(Path(sys.argv[1]).iterdir())}
    for name, largest in differences.items():
        print(f"{name}: {largest:.1e}")
    sys.exit(0 if differences and max(differences.values()) <= 1e-4 else 1)


if __name__ == "__main__":
    main()
