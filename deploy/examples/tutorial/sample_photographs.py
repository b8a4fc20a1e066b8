"""Cuts labelled pieces out of photographs that scikit-image brings, for those who have no images at hand.

    python3 sample_photographs.py DIR [COUNT]

Writes DIR/train/CLASS/*.jpg and DIR/test/CLASS/*.jpg, in colour: COUNT and a fifth of COUNT pieces of each of seven
photographs (COUNT is 400 if it is not given). A piece has 64 to 96 pixels to a side. Test pieces come from the right
third of a photograph, and training pieces from the rest: they have no pixel in common.

Packages: python3-skimage, or scikit-image and pillow from PyPI.
"""

import pathlib
import random
import sys

from PIL import Image
from skimage import data

PHOTOGRAPHS = {
    "astronaut": data.astronaut,
    "cat": data.chelsea,
    "coffee": data.coffee,
    "galaxies": data.hubble_deep_field,
    "retina": data.retina,
    "rocket": data.rocket,
    "tissue": data.immunohistochemistry,
}


def piece(photograph, left, right, draw):
    """A square piece whose columns are all in left..right, brought to 64 x 64."""
    side = draw.randint(64, 96)
    x = draw.randint(left, right - side)
    y = draw.randint(0, photograph.height - side)
    return photograph.crop((x, y, x + side, y + side)).resize((64, 64), Image.BILINEAR)


def write(photograph, directory, count, left, right, draw):
    directory.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        piece(photograph, left, right, draw).save(directory / f"{number:04}.jpg", quality=92)


def main(directory, count=400):
    draw = random.Random(1)
    for name, read in PHOTOGRAPHS.items():
        photograph = Image.fromarray(read())
        third = photograph.width * 2 // 3
        write(photograph, directory / "train" / name, count, 0, third, draw)
        write(photograph, directory / "test" / name, count // 5, third, photograph.width, draw)
    print(f"{count * len(PHOTOGRAPHS)} training and {count // 5 * len(PHOTOGRAPHS)} test images in {directory}")


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        raise SystemExit(__doc__)
    main(pathlib.Path(sys.argv[1]), *map(int, sys.argv[2:]))
