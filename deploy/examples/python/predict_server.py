"""Serves a release over HTTP: POST an image file to /predict.

PREDICT_ADDRESS is where it listens, 127.0.0.1:8000 if it is not set.
"""

import http.server
import json
import os

LARGEST = 16 << 20  # bytes of an image file


class Predict(http.server.BaseHTTPRequestHandler):
    timeout = 30  # seconds without a byte from the client

    def do_POST(self):
        release = self.server.release  # the same one for the whole request, whatever comes meanwhile
        length = self.headers.get("Content-Length", "")
        if self.path.partition("?")[0] != "/predict":
            self.answer(404, {"error": "POST to /predict"})
        elif not (length.isascii() and length.isdigit()):
            self.answer(411, {"error": "Content-Length is missing"})
        elif int(length) > LARGEST:
            self.answer(413, {"error": f"an image has at most {LARGEST} bytes"})
        elif release is None:
            self.answer(503, {"error": "there is no release yet"})
        else:
            try:
                self.answer(200, release.predict(self.rfile.read(int(length))))
            except Exception as error:  # whatever an image file does to its decoder
                self.answer(400, {"error": str(error)})

    def answer(self, status, fields):
        body = json.dumps(fields, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")  # clients of HTTP/1.1 would use the connection again
        self.end_headers()
        self.wfile.write(body)


class PredictServer(http.server.ThreadingHTTPServer):
    """Answers with its release, which may be replaced at any time."""

    request_queue_size = 128  # connections that wait to be accepted

    def __init__(self, release=None):
        host, _, port = os.environ.get("PREDICT_ADDRESS", "127.0.0.1:8000").rpartition(":")
        super().__init__((host, int(port)), Predict)
        self.release = release
        print(f"listening on http://{host}:{self.server_port}", flush=True)
