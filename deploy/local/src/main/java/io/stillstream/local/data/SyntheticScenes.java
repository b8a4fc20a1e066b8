package io.stillstream.local.data;

import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.schemas.image.FixedShapeResizer;
import io.stillstream.schemas.image.PixelCodec;
import io.stillstream.schemas.values.ByteArrays;
import io.stillstream.schemas.values.SplitMix64;
import java.util.Arrays;
import java.util.Optional;

/**
 * Grey scenes of 64 x 64 pixels with their masks: one to four garments of a data set, scaled and
 * partly hidden by each other, over textured ground. Class 0 is the ground, class k + 1 is class k
 * of the garments. A scene depends on garments, seed and index only. Thread-safe.
 */
public final class SyntheticScenes implements LabeledImages {
  /** Rows, and columns, of a scene. */
  public static final int SIDE = 64;

  private static final int MOST_GARMENTS = 4;
  private static final int SMALLEST = 26;
  private static final int LARGEST = 46;

  /** Of so many places for a garment, the one is taken where it hides least. */
  private static final int PLACES = 4;

  private final IdxLabeledImages garments;
  private final long seed;
  private final int size;

  /**
   * @param seed any value
   * @param size scenes
   */
  public SyntheticScenes(IdxLabeledImages garments, long seed, int size) {
    this.garments = garments;
    this.seed = seed;
    this.size = size;
  }

  /** Pixels 0 to 255, and the class of each; row-major. */
  @SuppressWarnings("ArrayRecordComponent") // made once, then only read
  private record Scene(double[] pixels, byte[] classes) {}

  /** Rows that a garment is moved down, and columns that it is moved right. */
  private record Place(int top, int left) {}

  @Override
  public int size() {
    return size;
  }

  @Override
  public int label(int index) {
    return NO_LABEL;
  }

  @Override
  public Optional<SegmentationMask> mask(int index) {
    return Optional.of(new SegmentationMask(SIDE, SIDE, scene(index).classes()));
  }

  @Override
  public String name(int index) {
    return "scene " + index;
  }

  /** The scene as a PNG file. */
  @Override
  public byte[] file(int index) {
    return ByteArrays.copyOf(
        PixelCodec.encode(PixelEncoding.PNG, SIDE, SIDE, 1, rounded(scene(index).pixels())));
  }

  @Override
  public byte[] pixels(int index, FixedShapeResizer fit) {
    return fit.ofPixels(rounded(scene(index).pixels()), SIDE, SIDE, 1);
  }

  private Scene scene(int index) {
    if (index < 0 || index >= size) {
      throw new IndexOutOfBoundsException(index);
    }
    long first = new SplitMix64(seed).nextLong();
    SplitMix64 random = new SplitMix64(new SplitMix64(first + index).nextLong());
    Scene scene = new Scene(ground(random), new byte[SIDE * SIDE]);
    for (int left = between(1, MOST_GARMENTS, random); left > 0; left--) {
      int garment = (int) random.nextLong(garments.size());
      int side = between(SMALLEST, LARGEST, random);
      GarmentCutout cutout =
          GarmentCutout.of(
              garments.pixels(garment),
              garments.height(),
              garments.width(),
              side,
              random.nextDouble() < 0.5);
      Place place = place(cutout, scene, random);
      paint(cutout, garments.label(garment) + 1, place, scene);
    }
    return scene;
  }

  /** Coarse noise, interpolated, and fine noise over it. */
  private static double[] ground(SplitMix64 random) {
    int cells = between(3, 8, random);
    double level = between(10.0, 90.0, random);
    double contrast = between(10.0, 70.0, random);
    double noise = between(0.0, 12.0, random);
    double[] coarse = new double[cells * cells];
    Arrays.setAll(coarse, i -> level + contrast * (random.nextDouble() - 0.5));
    double[] pixels = BilinearScaling.scaled(coarse, cells, cells, SIDE);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] += noise * (random.nextDouble() - 0.5);
    }
    return pixels;
  }

  /** Up to an eighth of a garment may lie outside, in each direction. */
  private static Place place(GarmentCutout cutout, Scene scene, SplitMix64 random) {
    int outside = cutout.side() / 8;
    int last = SIDE - cutout.side() + outside;
    Place best = null;
    int fewest = Integer.MAX_VALUE;
    for (int i = 0; i < PLACES; i++) {
      Place place = new Place(between(-outside, last, random), between(-outside, last, random));
      int hidden = hidden(cutout, place, scene);
      if (hidden < fewest) {
        best = place;
        fewest = hidden;
      }
    }
    return best;
  }

  /** Pixels of other garments that it would hide. */
  private static int hidden(GarmentCutout cutout, Place place, Scene scene) {
    int[] hidden = {0};
    forEachPixel(
        cutout, place, (pixel, brightness) -> hidden[0] += scene.classes()[pixel] == 0 ? 0 : 1);
    return hidden[0];
  }

  private static void paint(GarmentCutout cutout, int id, Place place, Scene scene) {
    forEachPixel(
        cutout,
        place,
        (pixel, brightness) -> {
          scene.pixels()[pixel] = brightness;
          scene.classes()[pixel] = (byte) id;
        });
  }

  /** What is to be done with a pixel of a scene that a garment covers. */
  @FunctionalInterface
  private interface Painter {
    void paint(int pixel, double brightness);
  }

  private static void forEachPixel(GarmentCutout cutout, Place place, Painter painter) {
    for (int y = Math.max(0, -place.top()); y < cutout.side() && y + place.top() < SIDE; y++) {
      for (int x = Math.max(0, -place.left()); x < cutout.side() && x + place.left() < SIDE; x++) {
        if (cutout.covers(y, x)) {
          painter.paint((y + place.top()) * SIDE + x + place.left(), cutout.brightness(y, x));
        }
      }
    }
  }

  private static byte[] rounded(double[] pixels) {
    byte[] bytes = new byte[pixels.length];
    for (int i = 0; i < pixels.length; i++) {
      bytes[i] = (byte) Math.round(Math.max(0, Math.min(255, pixels[i])));
    }
    return bytes;
  }

  /** Both are included. */
  private static int between(int least, int most, SplitMix64 random) {
    return least + (int) random.nextLong(most - least + 1);
  }

  private static double between(double least, double most, SplitMix64 random) {
    return least + random.nextDouble() * (most - least);
  }
}
