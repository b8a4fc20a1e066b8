"""Writes a PyTorch module as a model directory of Stillstream: model.pt and its description.

    from export_model import export
    export(model, "models/birds", "teacher", name="birds-resnet50", size=(224, 224), mean=[0.485, 0.456, 0.406],
           std=[0.229, 0.224, 0.225], classes=["robin", "wren"])

The module takes float32 [N, 3, H, W], (x / 255 - mean) / std, and returns logits [N, classes], without a softmax. It is
scripted (torch.jit.script), not traced: a traced module has lost the difference between training and evaluation.

Packages: python3-torch and python3-yaml, or torch and pyyaml from PyPI. The services load files up to PyTorch 2.7.
"""

import hashlib
import pathlib

import torch
import yaml


def export(module, directory, kind, name, size, mean, std, classes, version="1", resize=None):
    """kind is "teacher" (saved in eval mode) or "student" (saved in train mode).

    resize says what a teacher does with views of another size: "stretch" or "crop". By default they are refused.
    """
    directory = pathlib.Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    example = torch.zeros(2, len(mean), *size)
    with torch.no_grad():
        logits = module.eval()(example)
    if logits.shape != (2, len(classes)) or logits.dtype != torch.float32:
        raise SystemExit(f"{name}: expected float32 logits [2, {len(classes)}], was {logits.dtype} {list(logits.shape)}")
    file = directory / "model.pt"
    torch.jit.script(module.train(kind == "student")).save(str(file))
    description = {
        "name": name,
        "version": version,
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
        "input": {
            "height": size[0],
            "width": size[1],
            "channels": len(mean),
            "type": "float",
            **({"resize": resize} if resize else {}),
            "mean": [round(float(x), 4) for x in mean],
            "std": [round(float(x), 4) for x in std],
        },
        "classes": list(classes),
    }
    with open(directory / f"{kind}.yaml", "w", encoding="utf-8") as out:
        yaml.safe_dump(description, out, sort_keys=False, allow_unicode=True)
    print(f"{name}: {sum(p.numel() for p in module.parameters()):,} parameters in {directory}")
