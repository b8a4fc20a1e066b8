package io.stillstream.trainer.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The lines of a text file, or of a part of it, from the last to the first, whatever its size. What
 * stands behind the last line feed is no line: a writer may be at work there.
 */
final class ReverseLineReader implements Closeable {
  private static final int BLOCK = 64 << 10;

  private static final int LONGEST = LedgerSegmentReader.LONGEST_LINE;

  private final Path file;

  /** Null if all bytes are there. */
  private final FileChannel channel;

  /** Where the lines begin. */
  private final long begin;

  private final long rest;

  /** What stands in the file from {@link #start} on; it ends with the next line's line feed. */
  private byte[] bytes = {};

  /** How many of the bytes count. */
  private int length;

  private long start;

  ReverseLineReader(Path file) throws IOException {
    this(file, 0, Long.MAX_VALUE);
  }

  /** Reads a part of a file, from a byte up to another one, or to its end. */
  ReverseLineReader(Path file, long from, long to) throws IOException {
    this.file = file;
    begin = from;
    channel = FileChannel.open(file, StandardOpenOption.READ);
    try {
      long end = Math.max(from, Math.min(to, channel.size()));
      start = end;
      length = feedBefore(0) + 1;
      rest = end - start - length;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** Reads what has been read from a file. */
  ReverseLineReader(Path file, byte[] content) throws IOException {
    this.file = file;
    begin = 0;
    channel = null;
    bytes = content;
    length = feedBefore(content.length) + 1;
    rest = (long) content.length - length;
  }

  /** How many bytes stand behind the last line feed. */
  long rest() {
    return rest;
  }

  /** The line before, without its line feed; null before the first. */
  String next() throws IOException {
    if (length == 0) {
      return null;
    }
    int feed = feedBefore(length - 1);
    String line = new String(bytes, feed + 1, length - feed - 2, UTF_8);
    length = feed + 1;
    return line;
  }

  /** Where in the file the line ends that comes next: behind its line feed. */
  long position() {
    return start + length;
  }

  /** Place of the last line feed before an index, reading what it takes; −1 if there is none. */
  private int feedBefore(int index) throws IOException {
    int to = index;
    while (true) {
      for (int i = to - 1; i >= 0; i--) {
        if (bytes[i] == '\n') {
          return i;
        }
      }
      if (start == begin) {
        return -1;
      }
      if (length > LONGEST) {
        throw new IOException(
            "%s has more than %d bytes before byte %d without a line feed"
                .formatted(file, LONGEST, position()));
      }
      to = prepend();
    }
  }

  /** Reads the block before, and says how many bytes it has. */
  private int prepend() throws IOException {
    int size = (int) Math.min(BLOCK, start - begin);
    byte[] more = new byte[size + length];
    ByteBuffer block = ByteBuffer.wrap(more, 0, size);
    while (block.hasRemaining()) {
      if (channel.read(block, start - size + block.position()) < 0) {
        throw new EOFException(file + " was cut while it was read");
      }
    }
    System.arraycopy(bytes, 0, more, size, length);
    bytes = more;
    length += size;
    start -= size;
    return size;
  }

  @Override
  public void close() throws IOException {
    if (channel != null) {
      channel.close();
    }
  }
}
