"""Pixels, logits and class of the records in labeled-views, as tensors."""

import math
import os

os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", "64000000")  # larger files are refused; read when cv2 is imported
try:
    import cv2
    import numpy as np
    import torch
except ModuleNotFoundError as error:
    packages = "pip install numpy opencv-python-headless torch, or apt-get install python3-opencv python3-torch"
    raise ModuleNotFoundError(f"{error}: {packages}") from None

MOST_CLASSES = 1 << 20  # more would be a damaged record


def pixels_of(view):
    """The pixels that teacher and student see: unsigned bytes [C, H, W], RGB if there are three channels.

    RAW and PNG are exact. JPEG is wherever OpenCV has libjpeg-turbo, as the services have; another decoder may differ
    by some levels.
    """
    shape = view["height"], view["width"], view["channels"]
    pixels = np.frombuffer(view["pixels"], np.uint8)
    if view["encoding"] != "RAW":
        image = cv2.imdecode(pixels, cv2.IMREAD_UNCHANGED)
        if image is None or image.dtype != np.uint8 or image.shape != (shape if shape[2] > 1 else shape[:2]):
            found = "cannot be decoded" if image is None else f"is {image.dtype} {list(image.shape)}"
            raise ValueError(f"its {view['encoding']} file {found}, and the record says {list(shape)}")
        pixels = np.flip(image, 2) if image.ndim == 3 else image  # OpenCV's order is BGR
    return torch.from_numpy(pixels.reshape(shape).transpose(2, 0, 1).copy())


def logits_of(record):
    """The teacher's logits, float [K]; None if no teacher was asked.

    If the record has only the largest ones, the other classes share the rest of the probability equally.
    """
    if top := record.get("topLogits"):
        if len({k for k in top["indices"] if 0 <= k < top["classes"] <= MOST_CLASSES}) != len(top["logits"]):
            raise ValueError("its topLogits have classes that do not fit the logits")
        rest = top["restLogSum"] - math.log(top["classes"] - len(top["indices"]))
        logits = torch.full([top["classes"]], rest)
        logits[top["indices"]] = torch.tensor(top["logits"])
        return logits
    return None if record["logits"] is None else torch.tensor(record["logits"])


def label_of(view):
    """The class; -1 if it is unknown, or the view is mixed of two images."""
    label = view["label"]
    return label["primary"] if label and label["secondary"] is None else -1
