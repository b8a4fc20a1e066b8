package io.stillstream.trainer.checkpoint.store;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A checkpoint that has been found sound.
 *
 * @param sequence its number, higher than those of all before
 * @param directory where its files are
 */
public record Checkpoint(long sequence, Path directory) {
  /** Whether it has a file of this name. */
  public boolean has(String name) {
    return Files.exists(directory.resolve(name));
  }

  public byte[] read(String name) throws IOException {
    return Files.readAllBytes(directory.resolve(name));
  }

  public DataInputStream open(String name) throws IOException {
    return new DataInputStream(
        new BufferedInputStream(Files.newInputStream(directory.resolve(name)), 1 << 16));
  }

  /** The segments that it needs, by name. */
  public Map<String, SegmentEntry> segments() throws IOException {
    return CheckpointManifest.read(directory).segments();
  }

  /** Where one of them is. */
  public Path segment(String name) {
    return SegmentDirectory.of(directory).resolve(name);
  }
}
