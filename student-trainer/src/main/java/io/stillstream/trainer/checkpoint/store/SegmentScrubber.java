package io.stillstream.trainer.checkpoint.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Reads segments again, a stretch at each checkpoint and one segment after the other, to find
 * damage while the views are still in memory and can be written again. For one thread.
 */
final class SegmentScrubber {
  private static final int STRETCH = 16 << 20;
  private static final int BUFFER = 1 << 16;

  private final Path directory;
  private String name = "";
  private long offset;
  private CRC32C crc = new CRC32C();

  SegmentScrubber(Path directory) {
    this.directory = directory;
  }

  /**
   * Reads the next stretch.
   *
   * @param segments that there are, by name
   * @return name of a segment that is damaged; empty if none was found
   */
  Optional<String> next(NavigableMap<String, SegmentEntry> segments) {
    long left = STRETCH;
    for (int turn = 0; turn <= segments.size() && left > 0 && !segments.isEmpty(); turn++) {
      if (!segments.containsKey(name)) {
        advance(segments);
      }
      SegmentEntry expected = segments.get(name);
      try {
        left -= read(Math.min(left, expected.bytes() - offset));
      } catch (IOException e) {
        // A sector that cannot be read is damage like any other.
        return Optional.of(name);
      }
      if (offset == expected.bytes()) {
        if (crc.getValue() != expected.crc32c()) {
          return Optional.of(name);
        }
        advance(segments);
      }
    }
    return Optional.empty();
  }

  private void advance(NavigableMap<String, SegmentEntry> segments) {
    String higher = segments.higherKey(name);
    name = higher == null ? segments.firstKey() : higher;
    offset = 0;
    crc = new CRC32C();
  }

  private long read(long bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    long end = offset + bytes;
    try (FileChannel file = FileChannel.open(directory.resolve(name))) {
      while (offset < end) {
        buffer.clear().limit((int) Math.min(BUFFER, end - offset));
        int read = file.read(buffer, offset);
        if (read <= 0) {
          throw new IOException(name + " ends early");
        }
        crc.update(buffer.flip());
        offset += read;
      }
    }
    return bytes;
  }
}
