package io.stillstream.faults.process;

import io.stillstream.embedded.process.JavaProcess;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The file system of the trainer's directory: one of its own that can be filled to the last byte.
 * Without the right to mount one, the process is forbidden to write to files instead, which fails
 * at the same places with another error.
 */
public final class SizeLimitedDisk implements AutoCloseable {
  private static final int MEGABYTES = 64;

  private final Path root;
  private final boolean mounted;

  private SizeLimitedDisk(Path root, boolean mounted) {
    this.root = root;
    this.mounted = mounted;
  }

  public static SizeLimitedDisk at(Path root) {
    try {
      Files.createDirectories(root);
      SystemCommand.run(
          "mount", "-t", "tmpfs", "-o", "size=" + MEGABYTES + "m", "stillstream", "" + root);
      return new SizeLimitedDisk(root, true);
    } catch (IllegalStateException e) {
      return new SizeLimitedDisk(root, false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Leaves no byte; says how. */
  public String fill(JavaProcess writer) {
    if (!mounted) {
      SystemCommand.run(
          "prlimit", "--pid", Long.toString(writer.handle().pid()), "--fsize=0:unlimited");
      return "no byte may be written to a file (no right to mount a small disk)";
    }
    byte[] block = new byte[1 << 16];
    // Smaller and smaller blocks, until not one byte goes in.
    for (int size = block.length; size > 0; size /= 16) {
      append(block, size);
    }
    return "not a byte free";
  }

  public void free(JavaProcess writer) {
    try {
      if (mounted) {
        Files.deleteIfExists(ballast());
      } else {
        SystemCommand.run(
            "prlimit", "--pid", Long.toString(writer.handle().pid()), "--fsize=unlimited");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    if (mounted) {
      SystemCommand.run("umount", "-l", root.toString());
    }
  }

  private void append(byte[] block, int size) {
    try (OutputStream out =
        Files.newOutputStream(ballast(), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      while (true) {
        out.write(block, 0, size);
      }
    } catch (IOException e) {
      // It is full.
    }
  }

  private Path ballast() {
    return root.resolve("ballast");
  }
}
