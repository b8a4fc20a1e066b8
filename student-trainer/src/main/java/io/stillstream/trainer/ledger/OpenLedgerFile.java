package io.stillstream.trainer.ledger;

import io.stillstream.trainer.files.DirectoryLock;
import io.stillstream.trainer.files.DurableFiles;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The open file of a ledger, which belongs to one start of the trainer: it was made under a name of
 * its own, and what is written goes there even when another start has put its file in its place.
 */
final class OpenLedgerFile implements AutoCloseable {
  private static final int BLOCK = 1 << 16;

  private final FileChannel channel;
  private final long begin;
  private long end;

  private OpenLedgerFile(FileChannel channel, long begin, long end) {
    this.channel = channel;
    this.begin = begin;
    this.end = end;
  }

  /**
   * Puts a file in the place of the open one.
   *
   * @param own file that was made aside
   * @param begin byte of the ledger at which it begins
   * @param end byte of the ledger at which it ends
   */
  static OpenLedgerFile publish(
      Path own, Path place, long begin, long end, DirectoryLock lock, DurableFiles disk)
      throws IOException {
    disk.sync(own);
    FileChannel channel = FileChannel.open(own, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      lock.publish(own, place);
      return new OpenLedgerFile(channel, begin, end);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Puts an empty file in the place of the open one. */
  static OpenLedgerFile publishEmpty(Path place, long begin, DirectoryLock lock, DurableFiles disk)
      throws IOException {
    Path own = lock.temporaryPath(place);
    Files.write(own, new byte[0]);
    return publish(own, place, begin, begin, lock, disk);
  }

  long begin() {
    return begin;
  }

  /** Byte of the ledger behind what is known to be on the medium. */
  long end() {
    return end;
  }

  /**
   * Writes behind the end, which stays where it is until it is known that the bytes are durable.
   */
  void write(byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer, end - begin + buffer.position());
    }
  }

  /** So many more bytes are on the medium. */
  void extend(int bytes) {
    end += bytes;
  }

  void copyTo(OutputStream out) throws IOException {
    ByteBuffer block = ByteBuffer.allocate(BLOCK);
    long at = 0;
    while (at < end - begin) {
      block.clear().limit((int) Math.min(BLOCK, end - begin - at));
      int read = channel.read(block, at);
      if (read < 0) {
        throw new EOFException("the ledger's open file was cut by another process");
      }
      out.write(block.array(), 0, read);
      at += read;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
