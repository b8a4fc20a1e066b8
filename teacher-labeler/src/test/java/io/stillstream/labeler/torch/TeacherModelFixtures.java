package io.stillstream.labeler.torch;

import io.stillstream.labeler.model.Pixels;
import io.stillstream.runtime.model.ModelSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * The TorchScript modules that src/test/python/make_fixtures.py makes: 4x4 grey, classes a, b, c if
 * they have classes.
 */
public final class TeacherModelFixtures {
  static final int VIEW_BYTES = 16;

  private TeacherModelFixtures() {}

  public static Path directory(String name) {
    return Path.of("src/test/resources/models", name);
  }

  public static ModelSpec spec(String name) {
    return ModelSpec.load(directory(name), "teacher");
  }

  /** A view whose pixels are first, first + 1, …, modulo 256. */
  public static byte[] view(int first) {
    byte[] view = new byte[VIEW_BYTES];
    for (int i = 0; i < view.length; i++) {
      view[i] = (byte) (first + i);
    }
    return view;
  }

  /** The same as an image. */
  public static Pixels pixels(int first) {
    return new Pixels(4, 4, 1, view(first));
  }

  /** What the module {@code linear} answers: the sum, the first and the last of x/255. */
  public static float[] linear(byte[] view) {
    float sum = 0;
    for (byte pixel : view) {
      sum += (pixel & 0xFF) / 255f;
    }
    return new float[] {sum, (view[0] & 0xFF) / 255f, (view[15] & 0xFF) / 255f};
  }

  /** What the module {@code pixels} answers: of each 2x2 pixels the sum, the first and the last. */
  public static float[] cells(byte[] view) {
    float[] row = new float[12];
    for (int cell = 0; cell < 4; cell++) {
      int first = cell / 2 * 8 + cell % 2 * 2;
      for (int pixel : new int[] {first, first + 1, first + 4, first + 5}) {
        row[cell] += (view[pixel] & 0xFF) / 255f;
      }
      row[4 + cell] = (view[first] & 0xFF) / 255f;
      row[8 + cell] = (view[first + 5] & 0xFF) / 255f;
    }
    return row;
  }

  /**
   * Writes a version of {@code linear} whose logits are all greater by {@code shift}, as one who
   * copies slowly: the description first, the model's halves one after the other.
   */
  public static void writeShifted(Path directory, int shift) throws IOException {
    byte[] model = shifted(shift);
    Files.createDirectories(directory);
    Files.writeString(
        directory.resolve("teacher.yaml"),
        Files.readString(directory("linear").resolve("teacher.yaml"))
            .replace("version: \"1\"", "version: \"" + shift + "\""));
    try (OutputStream out = Files.newOutputStream(directory.resolve("model.pt"))) {
      out.write(model, 0, model.length / 2);
      out.flush();
      out.write(model, model.length / 2, model.length - model.length / 2);
    }
  }

  /**
   * The module with another bias: a TorchScript file is an archive of tensors that are not packed.
   */
  private static byte[] shifted(int shift) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipFile source = new ZipFile(directory("linear").resolve("model.pt").toFile());
        ZipOutputStream target = new ZipOutputStream(bytes)) {
      for (ZipEntry entry : Collections.list(source.entries())) {
        byte[] content = source.getInputStream(entry).readAllBytes();
        if (entry.getName().startsWith("archive/data/") && content.length == 3 * Float.BYTES) {
          ByteBuffer bias = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
          bias.asFloatBuffer().put(new float[] {shift, shift, shift});
        }
        CRC32 checksum = new CRC32();
        checksum.update(content);
        ZipEntry copy = new ZipEntry(entry.getName());
        copy.setMethod(ZipEntry.STORED);
        copy.setSize(content.length);
        copy.setCrc(checksum.getValue());
        target.putNextEntry(copy);
        target.write(content);
      }
    }
    return bytes.toByteArray();
  }
}
