package io.stillstream.labeler.quarantine;

import io.stillstream.labeler.metrics.LabelerMetrics;
import io.stillstream.runtime.config.StartupException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which records were in native hands when a process of this name died, and which are now. A crash
 * of native code takes the process with it, so what was in hand has to be on file before. The next
 * process finds it there and tries these records one by one; a record that was alone in hand at two
 * deaths is not tried again. One death alone does not condemn: a kill may have fallen there.
 *
 * <p>Safe for several threads.
 */
public final class CrashQuarantine implements AutoCloseable {
  /** How often the process dies on a record alone before the record is to blame. */
  public static final int DEATHS = 2;

  private static final Logger log = LoggerFactory.getLogger(CrashQuarantine.class);

  private final QuarantineFiles files;
  private final LabelerMetrics metrics;

  /** To each the number of deaths with it alone in hand. */
  private final Map<SuspectRecord, Integer> known = new LinkedHashMap<>();

  private final Set<TopicPartition> seen = new HashSet<>();
  private final Deque<QuarantineFiles.InFlightFile> free = new ArrayDeque<>();
  private boolean broken;

  private CrashQuarantine(QuarantineFiles files, LabelerMetrics metrics) {
    this.files = files;
    this.metrics = metrics;
  }

  /**
   * Finds what the last process of this name left behind.
   *
   * @param directory of the service's state
   * @param name of this instance, the same after a restart
   * @throws StartupException naming the key, if the directory cannot be written to
   */
  public static CrashQuarantine open(Path directory, String name, LabelerMetrics metrics) {
    try {
      CrashQuarantine suspects =
          new CrashQuarantine(QuarantineFiles.open(directory, name), metrics);
      suspects.known.putAll(suspects.files.takeOver());
      metrics.suspects(suspects.known.size());
      if (!suspects.known.isEmpty()) {
        log.atWarn()
            .addKeyValue("views", suspects.known.size())
            .log("the process died with views in hand: they are tried one by one");
      }
      return suspects;
    } catch (IOException e) {
      throw new StartupException("state-directory: cannot be written to: " + e, e);
    }
  }

  /**
   * Those of a batch that must be tried alone, if at all. Batches are to be shown in the order in
   * which they are read: what lies before the first record of a partition has been committed.
   */
  public synchronized Set<ConsumerRecord<byte[], byte[]>> suspectsIn(
      List<ConsumerRecord<byte[], byte[]>> records) {
    if (known.isEmpty()) {
      return Set.of();
    }
    Set<ConsumerRecord<byte[], byte[]>> found = new HashSet<>();
    boolean forgotten = false;
    for (ConsumerRecord<byte[], byte[]> record : records) {
      if (seen.add(new TopicPartition(record.topic(), record.partition()))) {
        forgotten |= known.keySet().removeIf(suspect -> suspect.isBefore(record));
      }
      if (known.containsKey(SuspectRecord.of(record))) {
        found.add(record);
      }
    }
    if (forgotten) {
      save();
    }
    return found;
  }

  public synchronized boolean isRejected(ConsumerRecord<?, ?> record) {
    return known.getOrDefault(SuspectRecord.of(record), 0) >= DEATHS;
  }

  /** Notes records that are going into native hands together; closing takes the note back. */
  public synchronized InFlightMark markInFlight(List<ConsumerRecord<byte[], byte[]>> records) {
    Map<SuspectRecord, Integer> inHand = new LinkedHashMap<>(records.size() * 2);
    records.forEach(record -> inHand.put(SuspectRecord.of(record), 0));
    return inHand.isEmpty() ? InFlightMark.NONE : new InFlightMark(this, written(inHand), null);
  }

  /** Notes a suspect that is going into native hands alone, so that a death counts against it. */
  public synchronized InFlightMark markAlone(ConsumerRecord<?, ?> record) {
    SuspectRecord suspect = SuspectRecord.of(record);
    return new InFlightMark(
        this, written(Map.of(suspect, known.getOrDefault(suspect, 0) + 1)), suspect);
  }

  /** Takes all notes back: the process is about to end in good order. */
  @Override
  public synchronized void close() {
    try {
      files.close();
    } catch (IOException e) {
      log.atWarn().addKeyValue("error", e).log("views in hand are still noted as suspects");
    }
  }

  private QuarantineFiles.InFlightFile written(Map<SuspectRecord, Integer> inHand) {
    if (broken) {
      return null;
    }
    try {
      QuarantineFiles.InFlightFile slot = free.isEmpty() ? files.slot() : free.pop();
      slot.write(inHand);
      return slot;
    } catch (IOException e) {
      giveUp(e);
      return null;
    }
  }

  private synchronized void takeBack(QuarantineFiles.InFlightFile slot) {
    if (slot != null && !broken) {
      try {
        slot.clear();
        free.push(slot);
      } catch (IOException e) {
        giveUp(e);
      }
    }
  }

  private synchronized void acquit(SuspectRecord suspect) {
    if (known.remove(suspect) != null) {
      save();
    }
  }

  private void save() {
    metrics.suspects(known.size());
    if (!broken) {
      try {
        files.save(known);
      } catch (IOException e) {
        giveUp(e);
      }
    }
  }

  /** Labels are worth more than the notes: without a disk the service goes on without them. */
  private void giveUp(IOException e) {
    broken = true;
    log.atError()
        .addKeyValue("error", e)
        .log("views in hand cannot be noted any more: a crash will not tell which was to blame");
  }

  /** Records in native hands, until it is closed. Belongs to one batch. */
  public static final class InFlightMark implements AutoCloseable {
    /** Of nothing. */
    public static final InFlightMark NONE = new InFlightMark(null, null, null);

    private final CrashQuarantine suspects;
    private QuarantineFiles.InFlightFile slot;
    private final SuspectRecord alone;

    private InFlightMark(
        CrashQuarantine suspects, QuarantineFiles.InFlightFile slot, SuspectRecord alone) {
      this.suspects = suspects;
      this.slot = slot;
      this.alone = alone;
    }

    /** The suspect has come out alive: it is none. */
    public void clear() {
      suspects.acquit(alone);
    }

    /** A second time does nothing. */
    @Override
    public void close() {
      if (slot != null) {
        suspects.takeBack(slot);
        slot = null;
      }
    }
  }
}
