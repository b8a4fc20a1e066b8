package io.stillstream.student.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.stillstream.student.training.StepReport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One line of JSON per fresh batch: its steps, the offsets and teachers behind it, rate and losses.
 * Only ever appended to, but for what a crash undid: that is cut off at the next start.
 */
public final class Ledger implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final FileChannel channel;

  /**
   * Opens the ledger, and cuts it to the length that the checkpoint knows.
   *
   * @throws IOException if it is shorter than that, too: then it is another ledger
   */
  public Ledger(Path file, long length) throws IOException {
    channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (channel.size() < length) {
      long size = channel.size();
      channel.close();
      throw new IOException(file + " has " + size + " bytes, the checkpoint knows of " + length);
    }
    channel.truncate(length);
    channel.position(length);
  }

  /**
   * Adds a line.
   *
   * @param firstStep of the batch
   * @param offsets per partition, first and last
   * @param teachers as name@version
   */
  public void append(
      long epoch,
      long firstStep,
      Map<Integer, long[]> offsets,
      int views,
      List<String> teachers,
      double rate,
      List<StepReport> reports)
      throws IOException {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("epoch", epoch);
    line.put("first_step", firstStep);
    line.put("last_step", firstStep + reports.size() - 1);
    line.put("offsets", offsets);
    line.put("views", views);
    line.put("teachers", teachers);
    line.put("rate", rate);
    line.put("loss", reports.stream().map(StepReport::loss).toList());
    ByteBuffer bytes = ByteBuffer.wrap((JSON.writeValueAsString(line) + "\n").getBytes(UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** Brings all lines to the medium, and says how long the ledger is. */
  public long sync() throws IOException {
    channel.force(false);
    return channel.position();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
