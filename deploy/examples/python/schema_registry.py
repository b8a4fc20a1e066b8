"""Asks a schema registry with the Confluent API.

SCHEMA_REGISTRY_URL is its address, SCHEMA_REGISTRY_USER is user:password if it wants them. For TLS with authorities of
your own, SSL_CERT_FILE names their certificates.
"""

import base64
import http.client
import json
import os
import sys
import time
import urllib.parse
import urllib.request

URL = os.environ.get("SCHEMA_REGISTRY_URL", "http://localhost:8081").rstrip("/")
USER = os.environ.get("SCHEMA_REGISTRY_USER")


def schema(schema_id):
    """The schema of that id, as JSON. LookupError if there is none."""
    return ask(f"/schemas/ids/{schema_id}")["schema"]


def register(subject, schema):
    """The id of a schema. The same schema has the same id, however often it is registered."""
    return ask(f"/subjects/{urllib.parse.quote(subject, safe='')}/versions", {"schema": schema})["id"]


def ask(path, body=None):
    """Waits for a registry that is away. Ends the program if the registry refuses it."""
    request = urllib.request.Request(URL + path, body and json.dumps(body).encode())
    request.add_header("Content-Type", "application/vnd.schemaregistry.v1+json")
    if USER:
        request.add_header("Authorization", "Basic " + base64.b64encode(USER.encode()).decode())
    while True:
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return json.load(answer)
        except (OSError, ValueError, http.client.HTTPException) as error:
            status = getattr(error, "code", 503)
            if status == 404:
                raise LookupError(f"{URL + path}: {error}") from None
            if 400 <= status < 500 and status != 429:
                raise SystemExit(f"{URL + path}: {error}") from None
            print(f"{URL + path}: {error}; asked again in 5 seconds", file=sys.stderr)
            time.sleep(5)
