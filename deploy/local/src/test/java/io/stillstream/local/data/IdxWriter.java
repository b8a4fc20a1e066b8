package io.stillstream.local.data;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

/** Writes idx files for tests. */
public final class IdxWriter {
  private IdxWriter() {}

  public static void write(Path file, byte[] data, int... shape) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(0x0800 | shape.length);
    for (int dimension : shape) {
      out.writeInt(dimension);
    }
    out.write(data);
    if (file.toString().endsWith(".gz")) {
      try (GZIPOutputStream gzip = new GZIPOutputStream(Files.newOutputStream(file))) {
        gzip.write(bytes.toByteArray());
      }
    } else {
      Files.write(file, bytes.toByteArray());
    }
  }
}
