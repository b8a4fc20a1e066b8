package io.stillstream.teacher;

import io.stillstream.runtime.ModelSpec;
import java.nio.file.Path;

/**
 * The TorchScript modules that src/test/python/make_fixtures.py makes: 4x4 grey, classes a, b, c.
 */
final class Fixtures {
  static final int VIEW_BYTES = 16;

  private Fixtures() {}

  static Path directory(String name) {
    return Path.of("src/test/resources/models", name);
  }

  static ModelSpec spec(String name) {
    return ModelSpec.load(directory(name), "teacher");
  }

  /** A view whose pixels are first, first + 1, …, modulo 256. */
  static byte[] view(int first) {
    byte[] view = new byte[VIEW_BYTES];
    for (int i = 0; i < view.length; i++) {
      view[i] = (byte) (first + i);
    }
    return view;
  }

  /** What the module {@code linear} answers: the sum, the first and the last of x/255. */
  static float[] linear(byte[] view) {
    float sum = 0;
    for (byte pixel : view) {
      sum += (pixel & 0xFF) / 255f;
    }
    return new float[] {sum, (view[0] & 0xFF) / 255f, (view[15] & 0xFF) / 255f};
  }
}
