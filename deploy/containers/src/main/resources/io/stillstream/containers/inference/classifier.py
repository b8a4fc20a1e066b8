"""The model behind both servers: an ONNX file if there is one, else a linear classifier that the tests compute, too."""

import os

import numpy as np

CLASSES = 10


class LinearClassifier:
    """Means of each channel over the picture's quarters times fixed weights, plus the version at one class."""

    def __init__(self, version):
        self._version = int(version)

    def __call__(self, images):
        if images.dtype == np.uint8:  # [N, H, W, C], 0 to 255
            pixels = np.moveaxis(images, 3, 1).astype(np.float64) / 255
        else:  # [N, C, H, W]
            pixels = images.astype(np.float64)
        top, left = pixels.shape[2] // 2, pixels.shape[3] // 2
        rows, columns = (slice(0, top), slice(top, None)), (slice(0, left), slice(left, None))
        means = np.stack([pixels[:, :, y, x].mean(axis=(2, 3)) for y in rows for x in columns], axis=2)
        features = means.reshape(len(pixels), -1)  # channel by channel, four quarters each
        feature, label = np.ogrid[: features.shape[1], :CLASSES]
        logits = features @ (((feature * 31 + label * 17) % 101) / 50 - 1)
        logits[:, self._version % CLASSES] += self._version
        return logits.astype(np.float32)


class OnnxClassifier:
    """The first output of an ONNX graph of one input."""

    def __init__(self, path):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name

    def __call__(self, images):
        return self._session.run(None, {self._input: images})[0]


def load(directory, version):
    path = os.path.join(directory, "model.onnx")
    return OnnxClassifier(path) if os.path.exists(path) else LinearClassifier(version)
