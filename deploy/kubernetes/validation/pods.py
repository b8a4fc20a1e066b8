"""Writes the pods that the workloads of manifests would have, as a JSON list of objects.

Pod Security only warns of a workload whose pods would be refused, so the pods themselves have to be tried. Argument: the file
of manifests.
"""

import json
import pathlib
import sys

import yaml


def pods(documents):
    for document in documents:
        template = document.get("spec", {}).get("template")
        if not template:
            continue
        metadata = dict(template["metadata"], name=document["metadata"]["name"])
        metadata["namespace"] = document["metadata"]["namespace"]
        claims = [
            {"name": claim["metadata"]["name"], "persistentVolumeClaim": {"claimName": claim["metadata"]["name"]}}
            for claim in document["spec"].get("volumeClaimTemplates", [])
        ]
        spec = dict(template["spec"], volumes=template["spec"].get("volumes", []) + claims)
        yield {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


if __name__ == "__main__":
    text = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")
    items = list(pods(filter(None, yaml.safe_load_all(text))))
    json.dump({"apiVersion": "v1", "kind": "List", "items": items}, sys.stdout)
