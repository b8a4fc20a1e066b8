package io.stillstream.trainer.torch;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** What is in a TorchScript archive, by the names inside its top directory. */
final class ArchiveEntries {
  private ArchiveEntries() {}

  /** The source files. */
  static Map<String, byte[]> code(byte[] archive) {
    return entries(archive, "code/", ".py");
  }

  /** The bytes of the tensors, numbered in the order of the module. */
  static Map<String, byte[]> tensors(byte[] archive) {
    return entries(archive, "data/", "");
  }

  private static Map<String, byte[]> entries(byte[] archive, String prefix, String suffix) {
    Map<String, byte[]> found = new TreeMap<>();
    try {
      // Not as a stream: libtorch writes sizes behind the entries.
      Path file = Files.createTempFile("archive", ".pt");
      Files.write(file, archive);
      try (ZipFile zip = new ZipFile(file.toFile())) {
        for (ZipEntry entry : Collections.list(zip.entries())) {
          String name = entry.getName().substring(entry.getName().indexOf('/') + 1);
          if (name.startsWith(prefix) && name.endsWith(suffix)) {
            try (InputStream in = zip.getInputStream(entry)) {
              found.put(name, in.readAllBytes());
            }
          }
        }
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found;
  }
}
