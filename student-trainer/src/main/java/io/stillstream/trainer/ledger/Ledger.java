package io.stillstream.trainer.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stillstream.trainer.files.DirectoryLock;
import io.stillstream.trainer.files.DurableFiles;
import io.stillstream.trainer.training.StepReport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line of JSON per fresh batch: its steps, the offsets and teachers behind it, rate and losses,
 * and one per incident, each with a checksum. Every start writes what the checkpoint knows of it
 * into a file of its own, which takes the place of the one before: that leaves out what a crash
 * undid, and a trainer that has been replaced writes into a file that is not read.
 */
public final class Ledger implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Logger LOG = LoggerFactory.getLogger(Ledger.class);

  private final Path file;
  private final DirectoryLock lock;
  private final DurableFiles disk;
  private final FileChannel channel;
  private final ByteArrayOutputStream lines = new ByteArrayOutputStream();
  private long durable;

  /**
   * Opens the ledger with the length in the checkpoint. Damaged lines are logged and kept: training
   * does not need them.
   *
   * @param lock on the directory that holds the file
   * @throws IOException if it is shorter than that: then it is another ledger
   * @throws IllegalStateException if another trainer took over
   */
  public Ledger(Path file, long length, DirectoryLock lock, DurableFiles disk) throws IOException {
    this.file = file;
    this.lock = lock;
    this.disk = disk;
    long size = Files.exists(file) ? Files.size(file) : 0;
    if (size < length) {
      throw new IOException(file + " has " + size + " bytes, the checkpoint knows of " + length);
    }
    Path own = lock.temporaryPath(file);
    Files.write(own, new byte[0]);
    if (length > 0) {
      check(LedgerCopy.run(file, length, own));
    }
    channel = FileChannel.open(own, StandardOpenOption.WRITE);
    try {
      disk.sync(own);
      lock.publish(own, file);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
    durable = length;
  }

  private void check(LedgerCopy copy) {
    if (copy.damaged() > 0) {
      LOG.atError()
          .addKeyValue("ledger", file)
          .addKeyValue("lines", copy.damaged())
          .addKeyValue("first", "byte " + copy.firstDamaged())
          .log("Lines of the ledger are damaged; they are kept as they are, and training goes on");
    }
    if (!copy.hasWholeLines()) {
      // What comes next is to be a line of its own.
      lines.write('\n');
    }
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
      String json = LineChecksum.added(JSON.writeValueAsString(line));
      lines.writeBytes((json + "\n").getBytes(UTF_8));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("numbers and texts are always JSON", e);
    }
  }

  /**
   * Brings all lines to the medium, and says how long the ledger is. When it fails, the lines are
   * kept, and the next call writes them to the same place.
   *
   * @throws IllegalStateException if another trainer took over; then nothing is written
   */
  public long sync() throws IOException {
    lock.requireHeld();
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
