package io.stillstream.trainer.onnx;

import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.runtime.model.ModelSpec.InputType;
import io.stillstream.runtime.model.PixelNormalizer;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.example.TrainingBatch;
import io.stillstream.trainer.training.example.TrainingExample;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * The views that a student and its ONNX file are compared on: grey, black, white, and noise that is
 * stronger from view to view. Always the same pixels.
 */
final class ProbeBatch {
  static final int SIZE = 8;

  private static final long SEED = 16;
  private static final int GREY = 128;
  private static final int WHITE = 255;
  private static final int PLAIN = 3;

  private final ModelSpec model;
  private final BatchBuilder batches;
  private final List<byte[]> views;

  ProbeBatch(ModelSpec model) {
    this.model = model;
    this.batches = new BatchBuilder(model, 0);
    SplittableRandom random = new SplittableRandom(SEED);
    this.views = IntStream.range(0, SIZE).mapToObj(index -> view(index, random)).toList();
  }

  /** Unsigned bytes [H, W, C]. */
  private byte[] view(int index, SplittableRandom random) {
    byte[] pixels = new byte[model.height() * model.width() * model.channels()];
    if (index < PLAIN) {
      Arrays.fill(pixels, (byte) new int[] {GREY, 0, WHITE}[index]);
      return pixels;
    }
    int strength = WHITE * (index - PLAIN + 1) / (SIZE - PLAIN);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (GREY - strength / 2 + random.nextInt(strength + 1));
    }
    return pixels;
  }

  ModelSpec model() {
    return model;
  }

  /** For the student. */
  TrainingBatch batch() {
    return batches.build(
        views.stream()
            .map(view -> new TrainingExample(PixelEncoding.RAW, view, null, null, true))
            .toList());
  }

  boolean isFloat() {
    return model.inputType() == InputType.FLOAT;
  }

  /** For ONNX Runtime: [N, C, H, W] of scaled floats, or [N, H, W, C] of bytes. */
  long[] shape() {
    return isFloat()
        ? new long[] {SIZE, model.channels(), model.height(), model.width()}
        : new long[] {SIZE, model.height(), model.width(), model.channels()};
  }

  /** Scaled, in a direct buffer. */
  FloatBuffer floats() {
    int size = SIZE * views.get(0).length;
    FloatBuffer floats = direct(size * Float.BYTES).asFloatBuffer();
    PixelNormalizer normalizer = new PixelNormalizer(model);
    for (int i = 0; i < SIZE; i++) {
      normalizer.fill(views.get(i), floats, i);
    }
    return floats;
  }

  /** As they are, in a direct buffer. */
  ByteBuffer bytes() {
    ByteBuffer bytes = direct(SIZE * views.get(0).length);
    views.forEach(bytes::put);
    return bytes.flip();
  }

  private static ByteBuffer direct(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
  }
}
