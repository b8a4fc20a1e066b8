"""Serves each champion of a student as soon as it is released:  follow_releases.py [STUDENT]

A new release is loaded while the one before answers, and then takes its place. No request is lost. After a rollback or
a promotion the newest record names an earlier release: that one is served.
"""

import sys
import threading

from kafka_reader import records
from predict_server import PredictServer
from release import Release, directory_of, is_champion


def follow(server, student):
    newest = served = None
    for record in records("student-releases", "StudentRelease", dict, follow=True):
        if record is not None:
            newest = record if is_champion(record, student) else newest
        elif newest is not served:  # all records are read, so what is in between is not loaded
            try:
                server.release = Release(directory_of(newest), newest["sha256"])
                print(f"serving {newest['student']} {newest['version']}", flush=True)
            except Exception as error:  # whatever is wrong with it, the one before answers
                print(f"{newest['student']} {newest['version']} is not served: {error}", file=sys.stderr, flush=True)
            served = newest


def main(student):
    server = PredictServer()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    follow(server, student)


if __name__ == "__main__":
    main(sys.argv[1] if sys.argv[1:] else None)
