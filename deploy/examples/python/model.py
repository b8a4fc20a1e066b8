"""The model of a release, in ONNX Runtime or else in PyTorch, and what goes into it."""

import io
import os

os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", "16000000")  # larger files are refused; read when cv2 is imported
try:
    import cv2
    import numpy as np
except ModuleNotFoundError as error:
    packages = "pip install numpy opencv-python-headless, or apt-get install python3-numpy python3-opencv"
    raise ModuleNotFoundError(f"{error}: {packages}") from None
try:
    import onnxruntime
except ModuleNotFoundError:
    onnxruntime = None


def load_onnx(file):
    """A function from a batch to its logits."""
    session = onnxruntime.InferenceSession(file)
    name = session.get_inputs()[0].name
    return lambda batch: session.run(None, {name: batch})[0]


def load_torch(file):
    """A function from a batch to its logits."""
    try:
        import torch
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(f"{error}: pip install onnxruntime, or apt-get install python3-torch") from None
    module = torch.jit.load(io.BytesIO(file), "cpu").eval()
    return lambda batch: module(torch.from_numpy(batch)).detach().numpy()


def batch_of(file, description):
    """An image file as a batch of one: float32 [1, C, H, W], scaled, or uint8 [1, H, W, C].

    OpenCV decodes and stretches it as it does in the trainer, so the pixels are the same.
    """
    height, width, channels = description["height"], description["width"], description["channels"]
    image = cv2.imdecode(np.frombuffer(file, np.uint8), cv2.IMREAD_GRAYSCALE if channels == 1 else cv2.IMREAD_COLOR)
    if image is None:
        raise ValueError("this is no image file, or a damaged one")
    shrinks = height <= image.shape[0] and width <= image.shape[1]
    image = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    pixels = np.flip(image, 2) if channels == 3 else image  # OpenCV's order is BGR
    pixels = np.ascontiguousarray(pixels).reshape(1, height, width, channels)
    if description["type"] == "uint8":
        return pixels
    scaled = (pixels / 255 - np.array(description.get("mean", 0))) / np.array(description.get("std", 1))
    return np.ascontiguousarray(scaled.transpose(0, 3, 1, 2), np.float32)
