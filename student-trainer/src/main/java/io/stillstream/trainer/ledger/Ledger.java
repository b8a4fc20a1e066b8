package io.stillstream.trainer.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stillstream.trainer.files.DirectoryLock;
import io.stillstream.trainer.files.DurableFiles;
import io.stillstream.trainer.training.StepReport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line of JSON per fresh batch: its steps, the offsets and teachers behind it, rate and losses,
 * and one per incident, each with a checksum. Every start writes what the checkpoint knows of the
 * open file into a file of its own, which takes the place of the one before: that leaves out what a
 * crash undid, and a trainer that has been replaced writes into a file that is not read. An open
 * file that is large enough becomes a closed segment, and an empty one takes its place. Belongs to
 * one thread.
 */
public final class Ledger implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Logger LOG = LoggerFactory.getLogger(Ledger.class);

  private final LedgerFiles files;
  private final DirectoryLock lock;
  private final DurableFiles disk;
  private final LedgerSettings settings;
  private final InstantSource clock;
  private final LedgerMetrics metrics;
  private final LedgerSegmentWriter segments;
  private final ByteArrayOutputStream lines = new ByteArrayOutputStream();
  private OpenLedgerFile open;

  /** Of the lines of the open file, and of those that wait for it. */
  private LedgerRangeBuilder range;

  /** Whether the open file has been closed as a segment, and no other has taken its place. */
  private boolean isClosed;

  /**
   * Opens the ledger with the length in the checkpoint. Damaged lines are logged and kept: training
   * does not need them. Closed segments are not read.
   *
   * @param file the open one; closed segments are in a directory beside it
   * @param lock on the directory that holds the file
   * @throws IOException if it is shorter than that: then it is another ledger
   * @throws IllegalStateException if another trainer took over
   */
  public Ledger(
      Path file,
      long length,
      DirectoryLock lock,
      DurableFiles disk,
      LedgerSettings settings,
      InstantSource clock,
      LedgerMetrics metrics)
      throws IOException {
    this.files = new LedgerFiles(file);
    this.lock = lock;
    this.disk = disk;
    this.settings = settings;
    this.clock = clock;
    this.metrics = metrics;
    this.segments = new LedgerSegmentWriter(files, lock, disk);
    LedgerOpening.Opened opened =
        new LedgerOpening(files, lock, disk).run(length, settings.segmentBytes());
    open = opened.file();
    range = opened.lines().range();
    check(opened.lines());
  }

  private void check(LedgerCopy copy) {
    if (copy.damaged() > 0) {
      LOG.atError()
          .addKeyValue("ledger", files.open())
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
    line.put("time", now());
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
    line.put("time", now());
    line.put("event", event);
    line.put("step", step);
    line.put("details", new TreeMap<>(details));
    add(line);
  }

  private String now() {
    return clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private void add(Map<String, Object> line) {
    try {
      String json = LineChecksum.added(JSON.writeValueAsString(line));
      lines.writeBytes((json + "\n").getBytes(UTF_8));
      range.add(JSON.<JsonNode>valueToTree(line));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("numbers and texts are always JSON", e);
    }
  }

  /**
   * Brings all lines to the medium, and says how long the ledger is. When it fails, the lines are
   * kept, and the next call writes them to the same place. A call that finds the open file large
   * enough closes it, after it has written.
   *
   * @throws IllegalStateException if another trainer took over; then nothing is written
   */
  public long sync() throws IOException {
    lock.requireHeld();
    if (isClosed) {
      openNext();
    }
    byte[] bytes = lines.toByteArray();
    open.write(bytes);
    disk.sync(files.open());
    open.extend(bytes.length);
    lines.reset();
    if (open.end() - open.begin() >= settings.segmentBytes()) {
      rotate();
    }
    return open.end();
  }

  /**
   * Closes the open file. A crash at any moment leaves the whole ledger: until the empty file is in
   * its place no checkpoint knows of more than the closed segment has, so a start that finds both
   * does not read the open file.
   */
  private void rotate() throws IOException {
    try {
      LedgerSegmentFile closed =
          segments.write(
              LedgerSegmentFile.Kind.PLAIN, range.build(open.begin(), open.end()), open::copyTo);
      isClosed = true;
      range = new LedgerRangeBuilder();
      openNext();
      LOG.atDebug().addKeyValue("segment", closed.path()).log("Closed a segment of the ledger");
    } catch (IOException e) {
      metrics.failed(LedgerMetrics.Operation.ROTATION);
      throw e;
    }
  }

  private void openNext() throws IOException {
    OpenLedgerFile former = open;
    open = OpenLedgerFile.publishEmpty(files.open(), former.end(), lock, disk);
    isClosed = false;
    former.close();
  }

  /** Forgets lines that were not brought to the medium: no checkpoint knows of them. */
  @Override
  public void close() throws IOException {
    open.close();
  }
}
