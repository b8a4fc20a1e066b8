"""Serves the newest release of a student over HTTP:  serve_release.py [STUDENT|DIRECTORY]

Takes it from the topic student-releases, or from the directory of a release. A student is only named where the topic
has several.
"""

import pathlib
import sys

from predict_server import PredictServer
from release import Release, directory_of, is_champion


def newest(student):
    """The newest record of the student's champion: after a rollback, it names an earlier release again."""
    from kafka_reader import records  # a directory needs no Kafka

    champions = [
        record for record in records("student-releases", "StudentRelease", dict) if is_champion(record, student)
    ]
    if not champions:
        raise SystemExit(f"there is no release of {student or 'any student'} in student-releases")
    return champions[-1]


def main(name):
    if name and pathlib.Path(name).is_dir():
        release = Release(pathlib.Path(name))
    else:
        record = newest(name)
        release = Release(directory_of(record), record["sha256"])
    server = PredictServer(release)
    print(f"serving {release.about['student']} {release.about['version']}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1] if sys.argv[1:] else None)
