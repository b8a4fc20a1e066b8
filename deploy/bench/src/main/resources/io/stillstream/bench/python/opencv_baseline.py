"""The other side of the augmenter's benchmark: the same views, made with numpy and OpenCV's Python bindings.

A long-lived process. Each line of standard input is a JSON request, each line of standard output its answer:

    {"do": "versions"}
    {"do": "load", "set": NAME, "files": [PATH, ...]}
    {"do": "run", "row": ROW, "set": NAME, "seconds": S}      -> {"images": N, "cpu": seconds of this thread}
    {"do": "views", "row": ROW, "file": PATH, "recipes": ...} -> {"views": [base64 of the pixels, ...]}

"run" draws its own random values, as a data loader would; "views" takes those of the recipes that the augmenter
wrote down, so that the pixels of both sides can be compared. Both go through the same code.

Written as one would who knows OpenCV well: one thread, one interpolation for all geometry, colours in BGR until the
end, arithmetic in C and never per pixel in Python.
"""

import base64
import collections
import json
import math
import random
import sys
import time

import cv2
import numpy as np

SIDE = 224
LINEAR = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
BRIGHTNESS, CONTRAST, SATURATION, HUE = range(4)

# One view of a photograph: values drawn. crop is (top, left, height, width), jitter a list of (which, value) in order.
Shot = collections.namedtuple("Shot", "degrees crop flip jitter kernel sigma")
# One view of a small image.
Nudge = collections.namedtuple("Nudge", "degrees dx dy flip")


# Drawing, by the rules of torchvision.


def draw_crop(rng, height, width, scale=(0.08, 1.0), ratio=(3 / 4, 4 / 3)):
    for _ in range(10):
        area = height * width * rng.uniform(*scale)
        aspect = math.exp(rng.uniform(math.log(ratio[0]), math.log(ratio[1])))
        w = round(math.sqrt(area * aspect))
        h = round(math.sqrt(area / aspect))
        if 0 < w <= width and 0 < h <= height:
            return rng.randint(0, height - h), rng.randint(0, width - w), h, w
    side = min(height, width)
    return (height - side) // 2, (width - side) // 2, side, side


def draw_shot(rng, height, width):
    jitter = [
        (BRIGHTNESS, rng.uniform(0.6, 1.4)),
        (CONTRAST, rng.uniform(0.6, 1.4)),
        (SATURATION, rng.uniform(0.6, 1.4)),
        (HUE, rng.uniform(-0.1, 0.1)),
    ]
    rng.shuffle(jitter)
    return Shot(
        rng.uniform(-15, 15),
        draw_crop(rng, height, width),
        rng.random() < 0.5,
        jitter,
        5,
        rng.uniform(0.1, 2.0),
    )


def draw_nudge(rng):
    return Nudge(rng.uniform(-15, 15), rng.randint(-2, 2), rng.randint(-2, 2), rng.random() < 0.5)


# Geometry. A map (a, b, c, d, e, f) takes the point (x, y) of a view to (a x + b y + c, d x + e y + f) of the image;
# pixel (i, j) covers [j, j + 1) x [i, i + 1).


def rotation(degrees, height, width):
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    cx, cy = width / 2, height / 2
    return cos, -sin, cx - cos * cx + sin * cy, sin, cos, cy - sin * cx - cos * cy


def after(m, sx, ox, sy, oy):
    """m after the map (x, y) -> (sx x + ox, sy y + oy)."""
    a, b, c, d, e, f = m
    return a * sx, b * sy, a * ox + b * oy + c, d * sx, e * sy, d * ox + e * oy + f


def shot_map(shot, height, width):
    """Rotation, crop, resize and flip in one."""
    top, left, h, w = shot.crop
    m = rotation(shot.degrees, height, width)
    sx, sy = w / SIDE, h / SIDE
    return after(m, -sx, left + w, sy, top) if shot.flip else after(m, sx, left, sy, top)


def warp(image, m, side):
    """One bilinear interpolation; where the image shrinks to less than half, it is averaged down by a whole factor."""
    a, b, c, d, e, f = m
    fx, fy = int(max(1, math.hypot(a, b))), int(max(1, math.hypot(d, e)))
    if fx > 1 or fy > 1:
        height, width = image.shape[:2]
        # Only the part that the view shows.
        x0 = min(0, a * side) + min(0, b * side) + c
        x1 = max(0, a * side) + max(0, b * side) + c
        y0 = min(0, d * side) + min(0, e * side) + f
        y1 = max(0, d * side) + max(0, e * side) + f
        x0 = max(0, int(x0) // fx * fx - fx)
        y0 = max(0, int(y0) // fy * fy - fy)
        x1 = min(width, (int(x1) // fx + 2) * fx)
        y1 = min(height, (int(y1) // fy + 2) * fy)
        w, h = max(1, round((x1 - x0) / fx)), max(1, round((y1 - y0) / fy))
        image = cv2.resize(image[y0:y1, x0:x1], (w, h), interpolation=cv2.INTER_AREA)
        sx, sy = w / (x1 - x0), h / (y1 - y0)
        a, b, c, d, e, f = a * sx, b * sx, (c - x0) * sx, d * sy, e * sy, (f - y0) * sy
    # OpenCV counts from pixel centres.
    matrix = np.array([[a, b, c + (a + b - 1) / 2], [d, e, f + (d + e - 1) / 2]])
    return cv2.warpAffine(image, matrix, (side, side), flags=LINEAR)


# Colour, on BGR.


# OpenCV rounds where torchvision, and with it the augmenter, cuts fractions off: half a level less is the same.
CUT = -0.5


def jitter_in_steps(image, jitter):
    for which, value in jitter:
        if which == BRIGHTNESS:
            image = cv2.convertScaleAbs(image, alpha=value, beta=CUT)
        elif which == CONTRAST:
            mean = cv2.mean(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY))[0] + CUT
            image = cv2.addWeighted(image, value, image, 0, (1 - value) * mean + CUT)
        elif which == SATURATION:
            grey = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
            image = cv2.addWeighted(image, value, grey, 1 - value, (1 - value) * CUT + CUT)
        else:
            hsv = cv2.cvtColor(image, cv2.COLOR_BGR2HSV_FULL)
            hsv[:, :, 0] += np.uint8(round(value * 256) % 256)  # the circle has 256 steps: bytes wrap by themselves
            image = cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR_FULL)
    return image


# Of blue, green and red: grey, and the two colours of YIQ; and back.
GREY = np.array([0.114, 0.587, 0.299])
TO_YIQ = np.array([GREY, [-0.322, -0.274, 0.596], [0.312, -0.523, 0.211]])
FROM_YIQ = np.array([[1, -1.106, 1.703], [1, -0.272, -0.647], [1, 0.956, 0.621]])


def jitter_as_matrix(image, jitter):
    """All four as one 3 x 4 matrix: contrast about the mean that the colours before it would have, hue as a rotation
    about the grey axis of YIQ."""
    colour, shift = np.eye(3), np.zeros(3)
    mean = None
    for which, value in jitter:
        if which == BRIGHTNESS:
            colour, shift = colour * value, shift * value
        elif which == CONTRAST:
            if mean is None:
                mean = np.array(cv2.mean(image)[:3])
            grey = GREY @ (colour @ mean + shift)
            colour, shift = colour * value, shift * value + (1 - value) * grey
        else:
            if which == SATURATION:
                step = value * np.eye(3) + (1 - value) * GREY
            else:
                turn = 2 * math.pi * value
                cos, sin = math.cos(turn), math.sin(turn)
                step = FROM_YIQ @ np.array([[1, 0, 0], [0, cos, sin], [0, -sin, cos]]) @ TO_YIQ
            colour, shift = step @ colour, step @ shift
    return cv2.transform(image, np.column_stack([colour, shift + CUT]))


def finish(image, shot, jitter):
    image = jitter(image, shot.jitter)
    if shot.sigma is not None:
        image = cv2.GaussianBlur(image, (shot.kernel, shot.kernel), shot.sigma)
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB).tobytes()


# Rows.


def decode(data, flags=cv2.IMREAD_COLOR):
    return cv2.imdecode(np.frombuffer(data, np.uint8), flags)


class Photo:
    """One augmented view of a JPEG."""

    jitter = staticmethod(jitter_in_steps)

    def draw(self, rng):
        return [draw_shot(rng, 375, 500)]

    def read(self, recipes):
        return [shot(recipe) for recipe in recipes]

    def views(self, data, shots):
        image = decode(data)
        return [finish(self.geometry(image, s), s, self.jitter) for s in shots]

    def geometry(self, image, s):
        return warp(image, shot_map(s, *image.shape[:2]), SIDE)


class PhotoMatrix(Photo):
    jitter = staticmethod(jitter_as_matrix)


class PhotoNaive(Photo):
    """As most write it: an interpolation for the rotation, one for the resize, a pass for the flip."""

    def geometry(self, image, s):
        height, width = image.shape[:2]
        top, left, h, w = s.crop
        turn = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), s.degrees, 1)
        image = cv2.warpAffine(image, turn, (width, height))
        image = cv2.resize(image[top : top + h, left : left + w], (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)
        return cv2.flip(image, 1) if s.flip else image


class TwelveMegapixels(Photo):
    """The original and three augmented views of a photograph of 4000 x 3000, decoded in full and then averaged down by
    the largest of the factors 1, 2, 4 and 8 that enlarges no view."""

    height, width = 3000, 4000

    def draw(self, rng):
        return [None] + [draw_shot(rng, self.height, self.width) for _ in range(3)]

    def read(self, recipes):
        return [None] + [shot(recipe) for recipe in recipes[1:]]

    def views(self, data, shots):
        spare = min(min(s.crop[2:]) for s in shots if s is not None) / SIDE
        image = self.decode(data, next(n for n in (8, 4, 2, 1) if n <= max(1, spare)))
        return [self.original(image) if s is None else finish(self.geometry(image, s), s, self.jitter) for s in shots]

    def decode(self, data, factor):
        image = decode(data)
        if factor > 1:
            size = (self.width // factor, self.height // factor)
            image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
        return image

    def original(self, image):
        image = cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
        return cv2.cvtColor(image, cv2.COLOR_BGR2RGB).tobytes()

    def geometry(self, image, s):
        height, width = image.shape[:2]
        sx, sy = width / self.width, height / self.height
        a, b, c, d, e, f = shot_map(s, self.height, self.width)
        return warp(image, (a * sx, b * sx, c * sx, d * sy, e * sy, f * sy), SIDE)


class TwelveMegapixelsReduced(TwelveMegapixels):
    """The same, reduced by the JPEG decoder itself."""

    flags = {
        1: cv2.IMREAD_COLOR,
        2: cv2.IMREAD_REDUCED_COLOR_2,
        4: cv2.IMREAD_REDUCED_COLOR_4,
        8: cv2.IMREAD_REDUCED_COLOR_8,
    }

    def decode(self, data, factor):
        return decode(data, self.flags[factor])


class Small:
    """The original and three augmented views of a grey image of 28 x 28, given as pixels."""

    def draw(self, rng):
        return [None, draw_nudge(rng), draw_nudge(rng), draw_nudge(rng)]

    def read(self, recipes):
        return [None] + [nudge(recipe) for recipe in recipes[1:]]

    def image(self, data):
        return np.frombuffer(data, np.uint8).reshape(28, 28)

    def views(self, data, nudges):
        image = self.image(data)
        made = []
        for n in nudges:
            if n is None:
                made.append(image.tobytes())
                continue
            m = after(rotation(n.degrees, 28, 28), 1, -n.dx, 1, -n.dy)
            a, b, c, d, e, f = after(m, -1, 28, 1, 0) if n.flip else m
            matrix = np.array([[a, b, c + (a + b - 1) / 2], [d, e, f + (d + e - 1) / 2]])
            made.append(cv2.warpAffine(image, matrix, (28, 28), flags=LINEAR).tobytes())
        return made


class SmallPng(Small):
    """The same from a PNG."""

    def image(self, data):
        return decode(data, cv2.IMREAD_GRAYSCALE)


ROWS = {
    "photo": Photo(),
    "photo-naive": PhotoNaive(),
    "photo-matrix": PhotoMatrix(),
    "12mp-full": TwelveMegapixels(),
    "12mp-reduced": TwelveMegapixelsReduced(),
    "small": Small(),
    "small-png": SmallPng(),
}


# Recipes of the augmenter.


def steps(recipe):
    return {step["name"]: step["values"] for step in recipe}


def shot(recipe):
    by_name = steps(recipe)
    crop = by_name["random_resized_crop"]
    blur = by_name.get("gaussian_blur")
    return Shot(
        by_name["rotate"]["degrees"],
        tuple(round(crop[key]) for key in ("top", "left", "height", "width")),
        "horizontal_flip" in by_name,
        jitter_of(recipe),
        round(blur["kernel_size"]) if blur else None,
        blur["sigma"] if blur else None,
    )


FACTORS = ("brightness", "contrast", "saturation", "hue")


def jitter_of(recipe):
    jitter = []
    for step in recipe:
        values = step["values"]
        if step["name"] in FACTORS:
            jitter.append((FACTORS.index(step["name"]), values["factor"]))
        elif step["name"] == "color_matrix":
            order = [int(digit) - 1 for digit in str(round(values["order"]))]
            jitter.extend((which, values[FACTORS[which]]) for which in order)
    return jitter


def nudge(recipe):
    by_name = steps(recipe)
    shift = by_name["translate"]
    return Nudge(by_name["rotate"]["degrees"], shift["x"], shift["y"], "horizontal_flip" in by_name)


# Requests.

SETS = {}
RANDOM = random.Random(42)


def load(request):
    SETS[request["set"]] = [open(name, "rb").read() for name in request["files"]]
    return {"files": len(SETS[request["set"]])}


def run(request):
    row, files = ROWS[request["row"]], SETS[request["set"]]
    images = 0
    end = time.perf_counter() + request["seconds"]
    start = time.thread_time()
    while time.perf_counter() < end:
        row.views(files[images % len(files)], row.draw(RANDOM))
        images += 1
    return {"images": images, "cpu": time.thread_time() - start}


def views(request):
    row = ROWS[request["row"]]
    with open(request["file"], "rb") as file:
        made = row.views(file.read(), row.read(request["recipes"]))
    return {"views": [base64.b64encode(view).decode() for view in made]}


def versions(_):
    return {
        "python": sys.version.split()[0],
        "opencv": cv2.__version__,
        "numpy": np.__version__,
    }


def main():
    cv2.setNumThreads(1)
    actions = {"load": load, "run": run, "views": views, "versions": versions}
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = actions[request["do"]](request)
        except Exception as e:  # told to the other side, which ends the run
            answer = {"error": f"{type(e).__name__}: {e}"}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
