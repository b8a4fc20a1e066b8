package io.stillstream.student.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stillstream.student.training.StepReport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;

/**
 * One line of JSON per fresh batch: its steps, the offsets and teachers behind it, rate and losses,
 * and one per incident. Only ever appended to, but for what a crash undid: that is cut off at the
 * next start.
 */
public final class Ledger implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path file;
  private final Disk disk;
  private final FileChannel channel;
  private final ByteArrayOutputStream lines = new ByteArrayOutputStream();
  private long durable;

  /**
   * Opens the ledger, and cuts it to the length that the checkpoint knows.
   *
   * @throws IOException if it is shorter than that, too: then it is another ledger
   */
  public Ledger(Path file, long length, Disk disk) throws IOException {
    this.file = file;
    this.disk = disk;
    channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (channel.size() < length) {
      long size = channel.size();
      channel.close();
      throw new IOException(file + " has " + size + " bytes, the checkpoint knows of " + length);
    }
    channel.truncate(length);
    durable = length;
  }

  /**
   * Adds a line, in memory: it is written by the next {@link #sync}.
   *
   * @param firstStep of the batch
   * @param offsets per partition, first and last
   * @param teachers as name@version
   * @param traces ids of recorded traces that the views belong to
   */
  public void append(
      long epoch,
      long firstStep,
      Map<Integer, long[]> offsets,
      int views,
      List<String> teachers,
      List<String> traces,
      double rate,
      List<StepReport> reports) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("epoch", epoch);
    line.put("first_step", firstStep);
    line.put("last_step", firstStep + reports.size() - 1);
    line.put("offsets", offsets);
    line.put("views", views);
    line.put("teachers", teachers);
    line.put("rate", rate);
    line.put("loss", reports.stream().map(StepReport::loss).toList());
    List<Long> skipped =
        LongStream.range(0, reports.size())
            .filter(i -> reports.get((int) i).skipped())
            .mapToObj(i -> firstStep + i)
            .toList();
    if (!traces.isEmpty()) {
      line.put("traces", traces);
    }
    if (!skipped.isEmpty()) {
      line.put("skipped", skipped);
    }
    add(line);
  }

  /**
   * Adds a line about something that happened, in memory.
   *
   * @param event what, in one word
   * @param step after which it happened
   * @param details facts by name
   */
  public void append(long epoch, String event, long step, Map<String, String> details) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("epoch", epoch);
    line.put("event", event);
    line.put("step", step);
    line.put("details", new TreeMap<>(details));
    add(line);
  }

  private void add(Map<String, Object> line) {
    try {
      lines.writeBytes((JSON.writeValueAsString(line) + "\n").getBytes(UTF_8));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("numbers and texts are always JSON", e);
    }
  }

  /**
   * Brings all lines to the medium, and says how long the ledger is. When it fails, the lines are
   * kept, and the next call writes them to the same place.
   */
  public long sync() throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(lines.toByteArray());
    while (bytes.hasRemaining()) {
      channel.write(bytes, durable + bytes.position());
    }
    disk.sync(file);
    durable += bytes.limit();
    lines.reset();
    return durable;
  }

  /** Forgets lines that were not brought to the medium: no checkpoint knows of them. */
  @Override
  public void close() throws IOException {
    channel.close();
  }
}
