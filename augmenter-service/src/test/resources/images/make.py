"""Writes the files beside it that neither the JDK nor OpenCV's Java API can write.

    python3 make.py        needs python3-pil, python3-numpy and libjpeg-turbo-progs (cjpeg)

All show the picture of SampleImage.java, 45 rows of 67 pixels; a second frame shows its negative.
"""

import io
import pathlib
import subprocess

import numpy
from PIL import Image

HERE = pathlib.Path(__file__).parent

y, x = numpy.mgrid[0:45, 0:67]
pixels = numpy.stack([20 + 3 * x, 10 + 5 * y, 230 - 2 * x - y], axis=2).astype(numpy.uint8)
picture = Image.fromarray(pixels)
negative = Image.fromarray(255 - pixels)


def luma_chroma(rgb):
    """RGB to YCbCr as in JFIF."""
    return numpy.asarray(Image.fromarray(rgb).convert("YCbCr"))


def cmyk(channels):
    """A CMYK JPEG of inverted inks with Adobe's marker, as Photoshop writes it."""
    out = io.BytesIO()
    Image.fromarray(channels, "CMYK").save(out, "jpeg", quality=95, subsampling=0)
    return out.getvalue()


# Inks with as much black as can be taken out.
black = 255 - pixels.max(axis=2).astype(int)
inks = numpy.round((255.0 - pixels - black[..., None]) * 255 / (255 - black[..., None]))
four = numpy.concatenate([inks, black[..., None]], axis=2).astype(numpy.uint8)
(HERE / "cmyk.jpg").write_bytes(cmyk(four))

# YCCK holds 255 less than the stored C, M and Y, turned to YCbCr. Stored inks are inverted, so these
# are the inks themselves. Pillow inverts all that it is given.
ycck = numpy.concatenate([255 - luma_chroma(four[..., :3].copy()), four[..., 3:]], axis=2)
file = bytearray(cmyk(ycck))
marker = file.index(b"Adobe")
assert file[marker + 11] == 0
file[marker + 11] = 2
(HERE / "ycck.jpg").write_bytes(file)

ppm = io.BytesIO()
picture.save(ppm, "ppm")
for name, option in (("arithmetic", []), ("arithmetic-progressive", ["-progressive"])):
    command = ["cjpeg", "-quality", "95", "-arithmetic", *option]
    jpeg = subprocess.run(command, input=ppm.getvalue(), stdout=subprocess.PIPE, check=True)
    (HERE / f"{name}.jpg").write_bytes(jpeg.stdout)

frames = {"save_all": True, "append_images": [negative], "duration": 100}
picture.save(HERE / "animated.webp", quality=95, **frames)
picture.save(HERE / "animated.gif", **frames)
picture.save(HERE / "animated.png", **frames)
picture.save(HERE / "animated-default.png", default_image=True, **frames)
