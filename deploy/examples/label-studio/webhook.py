"""Turns the annotations of Label Studio into records of the topic "labels".

Label Studio sends each new or changed annotation to this program (a webhook). The program sends one ImageLabel record
to Kafka, and answers 200 after the brokers have acknowledged it. README.md beside this file says how to set both up.

Settings are environment variables:

  KAFKA_BOOTSTRAP_SERVERS  brokers                                        localhost:9092
  KAFKA_CONFIG             JSON object of further settings of librdkafka  {}
  SCHEMA_REGISTRY_URL      schema registry                                http://localhost:8081
  SCHEMA_REGISTRY_USER     user:password for it                           none
  LABELS_TOPIC             topic                                          labels
  CLASSES                  class names in the order of the student, separated by commas, or a file with one per line
  WEBHOOK_TOKEN            what Label Studio sends as "Authorization: Bearer TOKEN"
  WEBHOOK_ADDRESS          address and port to listen on                  127.0.0.1:8000
"""

import base64
import datetime
import hmac
import http.server
import io
import json
import os
import pathlib
import struct
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request

import avro.io
import avro.schema
import confluent_kafka

SCHEMA = pathlib.Path(__file__).resolve().parents[3] / "schemas/src/main/avro/ImageLabel.avsc"
LARGEST_REQUEST = 4 << 20  # bytes: annotations with many regions are long
SECONDS = 20  # for a request to the registry, and for an acknowledgement of the brokers


class Refused(Exception):
    """A request that cannot become a label, and why."""

    def __init__(self, status, reason):
        super().__init__(reason)
        self.status = status


class Classes:
    """Class indices by name."""

    def __init__(self, text):
        path = pathlib.Path(text)
        names = path.read_text("utf-8").splitlines() if path.is_file() else text.split(",")
        self.names = [name.strip() for name in names if name.strip()]
        if len(self.names) < 2 or len(set(self.names)) < len(self.names):
            raise SystemExit(f"CLASSES: at least two different names are needed, was {self.names}")

    def index(self, name):
        if name not in self.names:
            raise Refused(422, f"class {name!r} is none of {', '.join(self.names)}")
        return self.names.index(name)


class Labels:
    """Sends ImageLabel records, in the wire format of the Confluent schema registry."""

    def __init__(self, environment):
        self.topic = environment.get("LABELS_TOPIC", "labels")
        self.registry = environment.get("SCHEMA_REGISTRY_URL", "http://localhost:8081").rstrip("/")
        self.user = environment.get("SCHEMA_REGISTRY_USER", "")
        self.schema = avro.schema.parse(SCHEMA.read_text("utf-8"))
        self.schema_id = None
        self.lock = threading.Lock()
        try:
            self.producer = confluent_kafka.Producer({
                "bootstrap.servers": environment.get("KAFKA_BOOTSTRAP_SERVERS", "localhost:9092"),
                "enable.idempotence": True,
                "message.timeout.ms": SECONDS * 1000,
                **json.loads(environment.get("KAFKA_CONFIG", "{}")),
            })
        except (TypeError, ValueError, confluent_kafka.KafkaException) as error:
            raise SystemExit(f"KAFKA_CONFIG must be a JSON object of settings of librdkafka: {error}") from error

    def send(self, label):
        """Returns after the brokers have acknowledged the record; Refused(503) if they do not."""
        value = self.serialize(label)
        failures = []
        done = threading.Event()

        def delivered(error, _):
            if error is not None:
                failures.append(error)
            done.set()

        try:
            self.producer.produce(self.topic, key=label["imageId"].encode(), value=value, on_delivery=delivered)
        except (BufferError, confluent_kafka.KafkaException) as error:
            raise Refused(503, f"the label cannot be sent: {error}") from error
        while not done.is_set():
            self.producer.poll(0.1)  # the message times out by itself
        if failures:
            raise Refused(503, f"the label was not sent: {failures[0].str()}")

    def serialize(self, label):
        out = io.BytesIO()
        avro.io.DatumWriter(self.schema).write(label, avro.io.BinaryEncoder(out))
        return struct.pack(">bI", 0, self.register()) + out.getvalue()

    def register(self):
        """The schema's id; registering the same schema again gives the same id."""
        with self.lock:
            if self.schema_id is None:
                subject = urllib.parse.quote(f"{self.topic}-value", safe="")
                request = urllib.request.Request(
                    f"{self.registry}/subjects/{subject}/versions",
                    json.dumps({"schema": json.dumps(self.schema.to_json())}).encode(),
                    {"Content-Type": "application/vnd.schemaregistry.v1+json"},
                )
                if self.user:
                    request.add_header("Authorization", "Basic " + base64.b64encode(self.user.encode()).decode())
                try:
                    with urllib.request.urlopen(request, timeout=SECONDS) as answer:
                        self.schema_id = json.load(answer)["id"]
                except (OSError, ValueError, KeyError) as error:
                    raise Refused(503, f"the schema registry does not answer: {error}") from error
            return self.schema_id


def text(value, what):
    if not isinstance(value, str) or not value:
        raise Refused(422, f"{what} must be a text that is not empty, was {value!r}")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise Refused(422, f"{what} must be Unicode, was {value!r}") from error
    return value


def label_of(event, classes):
    """The label in an event of Label Studio; None if the event has none."""
    if not isinstance(event, dict):
        raise Refused(400, "the request is no JSON object")
    if event.get("action") not in ("ANNOTATION_CREATED", "ANNOTATION_UPDATED"):
        return None
    annotation = event.get("annotation")
    task = event.get("task")
    if not isinstance(annotation, dict) or not isinstance(task, dict) or not isinstance(task.get("data"), dict):
        raise Refused(422, 'annotation and task.data are missing: set "Send payload" in Label Studio')
    if annotation.get("was_cancelled"):
        return None  # skipped by the annotator
    image_id = text(task["data"].get("imageId"), "task.data.imageId")
    results = annotation.get("result")
    chosen = [
        choice
        for result in (results if isinstance(results, list) else [])
        if isinstance(result, dict) and result.get("type") == "choices" and isinstance(result.get("value"), dict)
        for choice in (result["value"].get("choices") if isinstance(result["value"].get("choices"), list) else [])
    ]
    if len(chosen) != 1:
        raise Refused(422, f"image {image_id}: exactly one choice is needed, was {chosen}")
    return {
        "imageId": image_id,
        "label": classes.index(chosen[0]),
        "mask": None,
        "source": f"label-studio/{annotator(annotation)}",
        "labeledAt": labeled_at(annotation),
    }


def annotator(annotation):
    by = annotation.get("completed_by")
    return by.get("id", "unknown") if isinstance(by, dict) else by if by is not None else "unknown"


def labeled_at(annotation):
    at = annotation.get("updated_at") or annotation.get("created_at")
    try:
        return datetime.datetime.fromisoformat(at.replace("Z", "+00:00"))
    except (AttributeError, ValueError):
        return datetime.datetime.now(datetime.timezone.utc)


class Webhook(http.server.BaseHTTPRequestHandler):
    """POST only. 200: sent, or nothing to send. 400, 401, 413, 422: never works. 503: try again."""

    labels = classes = token = None
    timeout = 2 * SECONDS

    def do_POST(self):
        try:
            label = label_of(self.event(), self.classes)
            if label is not None:
                self.labels.send(label)
            self.answer(200, "ignored" if label is None else f"image {label['imageId']} is class {label['label']}")
        except Refused as refused:
            self.answer(refused.status, str(refused))

    def event(self):
        given = self.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {self.token}".encode()):
            raise Refused(401, "the Authorization header is missing or wrong")
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()):
            raise Refused(411, "Content-Length is missing")
        if int(length) > LARGEST_REQUEST:
            raise Refused(413, f"at most {LARGEST_REQUEST} bytes are read")
        try:
            return json.loads(self.rfile.read(int(length)))
        except ValueError as error:
            raise Refused(400, f"the request is no JSON: {error}") from error

    def answer(self, status, message):
        body = json.dumps({"message": message}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.log_message("%d %s", status, message)

    def log_request(self, code="-", size="-"):
        pass  # answer() logs


def main():
    environment = os.environ
    missing = [name for name in ("CLASSES", "WEBHOOK_TOKEN") if not environment.get(name)]
    if missing:
        raise SystemExit(f"{' and '.join(missing)} must be set\n\n{__doc__}")
    Webhook.classes = Classes(environment["CLASSES"])
    Webhook.token = environment["WEBHOOK_TOKEN"]
    Webhook.labels = Labels(environment)
    address = environment.get("WEBHOOK_ADDRESS", "127.0.0.1:8000")
    host, _, port = address.rpartition(":")
    if not port.isdigit():
        raise SystemExit(f"WEBHOOK_ADDRESS must be ADDRESS:PORT, was {address}")
    with http.server.ThreadingHTTPServer((host, int(port)), Webhook) as server:
        print(f"listening on http://{host}:{server.server_port}", file=sys.stderr, flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            pass


if __name__ == "__main__":
    main()
