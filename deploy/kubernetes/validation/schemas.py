"""Validates manifests against the OpenAPI schemas of Kubernetes and of definitions of custom resources.

Fields that a schema does not have are errors: an API server would drop them, and kubectl refuses them. Arguments: the
directory of the definitions, versions of Kubernetes with commas between them, and files of manifests.
"""

import pathlib
import sys

import jsonschema
import kubernetes_validate
import yaml


def closed(schema):
    """The schema, in which an object has no other fields than those that are described."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: closed(value) for key, value in schema.items()}
    # "properties" may also be the name of a field, whose schema has no types as values.
    if isinstance(schema.get("properties"), dict) and schema.get("type") == "object":
        if not schema.get("x-kubernetes-preserve-unknown-fields"):
            result.setdefault("additionalProperties", False)
    return result


def definitions(directory):
    """Schemas of custom resources by apiVersion and kind."""
    # YAML 1.1 has a value "=", which PyYAML reads as a type that it does not know.
    yaml.CSafeLoader.add_constructor("tag:yaml.org,2002:value", yaml.CSafeLoader.construct_yaml_str)
    schemas = {}
    for file in sorted(pathlib.Path(directory).glob("*.yaml")):
        for definition in yaml.load_all(file.read_text(encoding="utf-8"), yaml.CSafeLoader):
            if not definition or definition.get("kind") != "CustomResourceDefinition":
                continue
            spec = definition["spec"]
            for version in spec["versions"]:
                schema = closed(version["schema"]["openAPIV3Schema"])
                schema["properties"]["metadata"] = {"type": "object", "required": ["name"]}
                key = (spec["group"] + "/" + version["name"], spec["names"]["kind"])
                schemas[key] = jsonschema.Draft202012Validator(schema)
    return schemas


def problems(document, schemas, versions):
    """What is wrong with an object, as texts."""
    custom = schemas.get((document["apiVersion"], document["kind"]))
    if custom:
        for error in custom.iter_errors(document):
            yield f"{error.json_path}: {error.message}"
        return
    for version in versions:
        try:
            kubernetes_validate.validate(document, version, strict=True)
        except kubernetes_validate.ValidationError as error:
            yield f"{error.json_path}: {error.message} (Kubernetes {version})"
        except kubernetes_validate.SchemaNotFoundError as error:
            yield error.message


def main(directory, versions, *files):
    schemas = definitions(directory)
    failed = False
    for file in map(pathlib.Path, files):
        documents = [each for each in yaml.safe_load_all(file.read_text(encoding="utf-8")) if each]
        found = [
            f"{file.stem}: {document['kind']} {document['metadata']['name']}: {problem}"
            for document in documents
            for problem in problems(document, schemas, versions.split(","))
        ]
        print(*found, sep="\n", end="\n" if found else "", file=sys.stderr)
        print(f"{file.stem}: {len(documents)} objects, {len(found)} errors")
        failed |= bool(found) or not documents
    sys.exit(failed)


if __name__ == "__main__":
    main(*sys.argv[1:])
