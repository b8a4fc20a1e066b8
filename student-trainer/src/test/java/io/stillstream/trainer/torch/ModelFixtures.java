package io.stillstream.trainer.torch;

import io.stillstream.runtime.model.ModelSpec;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** The models that make_fixtures.py made. */
public final class ModelFixtures {
  private ModelFixtures() {}

  public static byte[] bytes(String name) {
    try (InputStream in = ModelFixtures.class.getResourceAsStream("/students/" + name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] student(String name) {
    return bytes(name + "/model.pt");
  }

  public static ModelSpec spec(String name) {
    return ModelSpec.load(Path.of("src/test/resources/students", name), "student");
  }
}
