"""Sends labels that come after their images to the topic labels:  send_labels.py FILE.csv

Each line of the file has an image id and the index of its class: photos/cat/1.jpg,3. A later label replaces an earlier
one of the image. Masks in place of classes: schemas/src/main/avro/ImageLabel.avsc.
"""

import csv
import datetime
import pathlib
import sys
import typing

from kafka_writer import send


class Line(typing.NamedTuple):
    number: int
    fields: list[str]

    def __str__(self):
        return f"line {self.number}"


def lines(path):
    """The lines of the file but for empty ones and a heading."""
    with pathlib.Path(path).open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        return [Line(reader.line_num, fields) for fields in reader if fields and fields[0] != "imageId"]


def image_label(line):
    if len(line.fields) != 2 or not line.fields[1].isdecimal():
        raise ValueError(f"it must be an image id and the index of a class, from 0; was {','.join(line.fields)}")
    image_id, label = line.fields
    return image_id, {
        "imageId": image_id,
        "label": int(label),
        "source": "send_labels.py",
        "labeledAt": datetime.datetime.now(datetime.UTC),
    }


def main(path):
    labels = lines(path)
    sent = send("labels", "ImageLabel", labels, image_label)
    print(f"{sent} of {len(labels)} labels are sent")
    return 0 if sent == len(labels) else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]) if len(sys.argv) == 2 else __doc__)
