package io.stillstream.local.sizing;

/**
 * A stream of images, by the sizes that decide what it takes. Bytes are averages.
 *
 * @param name as the document has it
 * @param imagesPerSecond arrival rate
 * @param views of an image, the original included
 * @param image the record of an image
 * @param view the record of a view
 * @param answer the teacher's answer
 * @param bufferViews {@code buffer.views} of the trainer
 * @param parameters of the student
 */
record SizedStream(
    String name,
    double imagesPerSecond,
    int views,
    Image image,
    View view,
    Answer answer,
    int bufferViews,
    long parameters) {

  /** 100 small grey images a second, by value, with their classes. */
  static final SizedStream GREY =
      new SizedStream(
          "a: grey",
          100,
          4,
          new Image("image/png", 600, false, true, 0),
          new View(784, 0, 70),
          Answer.logits(10),
          100_000,
          110_000);

  /** 10 photographs a second, by reference, of which nothing is known. */
  static final SizedStream PHOTOGRAPHS =
      new SizedStream(
          "b: photographs",
          10,
          2,
          new Image("image/jpeg", 200_000, true, false, 0),
          new View(16_000, 0, 180),
          Answer.topLogits(50, 1_000),
          100_000,
          11_700_000);

  /** 1 image a second, by value, with its mask. */
  static final SizedStream MASKS =
      new SizedStream(
          "c: masks",
          1,
          2,
          new Image("image/jpeg", 80_000, false, false, 5_000),
          new View(80_000, 5_000, 45),
          Answer.denseLogits(20, 128, 128),
          5_000,
          8_000_000);

  /**
   * The record of an image.
   *
   * @param fileBytes of the image file, which is in the record or elsewhere
   * @param byReference whether it is elsewhere
   * @param labeled whether it comes with its class
   * @param maskBytes of its mask as a PNG file; 0 without one
   */
  record Image(
      String contentType, long fileBytes, boolean byReference, boolean labeled, long maskBytes) {}

  /**
   * The record of a view.
   *
   * @param pixelBytes of the encoded pixels
   * @param maskBytes of its mask as a PNG file; 0 without one
   * @param recipeBytes of the operations of an augmented view
   */
  record View(long pixelBytes, long maskBytes, long recipeBytes) {}

  /**
   * A teacher's answer.
   *
   * @param recordBytes in a record
   * @param packedBytes of its numbers in the trainer
   * @param packed whether the trainer keeps its shape with it
   */
  record Answer(long recordBytes, long packedBytes, boolean packed) {
    /** All logits as floats: the count of an array's block, the block, and its end. */
    static Answer logits(int classes) {
      return new Answer(AvroSizes.length(classes) + 4L * classes + 1, 4L * classes, false);
    }

    /** The largest logits, each with its class; two bytes are enough for a class below 8,192. */
    static Answer topLogits(int count, int classes) {
      long block = 1L + AvroSizes.length(count);
      long record = AvroSizes.length(classes) + block + 2L * count + block + 4L * count + 4;
      return new Answer(record, 4 + 8L * count, true);
    }

    /** Half-precision numbers on a grid. */
    static Answer denseLogits(int classes, int height, int width) {
      long halves = 2L * classes * height * width;
      long shape =
          1L + AvroSizes.length(classes) + AvroSizes.length(height) + AvroSizes.length(width);
      return new Answer(shape + AvroSizes.bytes(halves), halves, true);
    }
  }

  double viewsPerSecond() {
    return imagesPerSecond * views;
  }

  /** The same stream with files, masks and pixels of other sizes. */
  SizedStream with(long fileBytes, long imageMaskBytes, long pixelBytes, long viewMaskBytes) {
    return new SizedStream(
        name,
        imagesPerSecond,
        views,
        new Image(
            image.contentType(), fileBytes, image.byReference(), image.labeled(), imageMaskBytes),
        new View(pixelBytes, viewMaskBytes, view.recipeBytes()),
        answer,
        bufferViews,
        parameters);
  }

  @Override
  public String toString() {
    return name;
  }
}
