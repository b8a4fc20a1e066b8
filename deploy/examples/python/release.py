"""A release of a classifier: its model, its card and its description."""

import hashlib
import json
import pathlib
import urllib.parse
import urllib.request

import model

try:
    import numpy as np
    import yaml
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(f"{error}: pip install pyyaml, or apt-get install python3-yaml") from None


def is_champion(record, student):
    """Whether a StudentRelease record names the release to serve of a student; of any student, if that is None."""
    return record is not None and record["alias"] == "CHAMPION" and student in (None, record["student"])


def directory_of(record):
    """Where the release of a StudentRelease record is."""
    uri = urllib.parse.urlsplit(record["uri"])
    if uri.scheme != "file":
        raise ValueError(f"{record['uri']}: only file: is read here; stillstream releases download fetches the others")
    return pathlib.Path(urllib.request.url2pathname(uri.path))


class Release:
    """Any number of threads may predict with it."""

    def __init__(self, directory, sha256=None):
        """With the SHA-256 of student.pt that a StudentRelease record names, another release is refused."""
        card = json.loads((directory / "model-card.json").read_text("utf-8"))
        if card.get("task", "classification") != "classification":
            raise ValueError(f"{directory}: the task is {card['task']}, only classifiers are served")
        if sha256 not in (None, card["sha256"]):
            raise ValueError(f"{directory}: another release is there now")
        part = model.onnxruntime and card.get("onnx") or card
        file = (directory / part["file"]).read_bytes()
        if hashlib.sha256(file).hexdigest() != part["sha256"]:
            raise ValueError(f"{directory / part['file']}: SHA-256 is not the one in model-card.json")
        self.run = model.load_torch(file) if part is card else model.load_onnx(file)
        self.about = {key: card[key] for key in ("student", "version", "sha256", "step")}
        description = yaml.safe_load((directory / "student.yaml").read_text("utf-8"))
        self.input, self.classes = description["input"], description["classes"]

    def predict(self, file, top=5):
        """The most probable classes of an image file, in the form of the trainer's /predict."""
        logits = self.run(model.batch_of(file, self.input))[0].astype(np.float64)
        weights = np.exp(logits - logits.max())
        best = [
            {"class": self.classes[k], "index": int(k), "probability": weights[k] / weights.sum()}
            for k in np.argsort(-weights, kind="stable")[:top]
        ]
        return self.about | {"class": best[0]["class"], "index": best[0]["index"], "probabilities": best}
