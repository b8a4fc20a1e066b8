"""Sends image files to the topic images:  produce_images.py FILE|DIRECTORY…

The image id is the file's path. Other fields, such as a label: schemas/src/main/avro/ImageEvent.avsc.
"""

import datetime
import pathlib
import sys

from kafka_writer import send

TYPES = {
    ".bmp": "image/bmp",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
}


def image_files(paths):
    """The files, and of directories all files in them that are images by their names."""
    for path in map(pathlib.Path, paths):
        if path.is_dir():
            yield from sorted(file for file in path.rglob("*") if file.suffix.lower() in TYPES)
        else:
            yield path


def image_event(file):
    if file.suffix.lower() not in TYPES:
        raise ValueError(f"its name does not end with one of {' '.join(TYPES)}")
    return file.as_posix(), {
        "imageId": file.as_posix(),
        "source": "produce_images.py",
        "capturedAt": datetime.datetime.fromtimestamp(file.stat().st_mtime, datetime.UTC),
        "contentType": TYPES[file.suffix.lower()],
        "payload": file.read_bytes(),
        "attributes": {},
    }


def main(paths):
    files = list(image_files(paths))
    sent = send("images", "ImageEvent", files, image_event)
    print(f"{sent} of {len(files)} images are sent")
    return 0 if sent == len(files) else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]) if sys.argv[1:] else __doc__)
