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
 * Remembers which records are in native code, and which were when a process of this name died. A
 * crash of native code ends the process, so the records in flight are written to a file first. The
 * next process finds them there and infers them one by one; a record that was alone in flight at
 * two deaths is rejected. One death is not enough, because the process may have been killed.
 *
 * <p>Safe for several threads.
 */
public final class CrashQuarantine implements AutoCloseable {
  /** Deaths with a record alone in flight after which the record is rejected. */
  public static final int DEATHS = 2;

  private static final Logger log = LoggerFactory.getLogger(CrashQuarantine.class);

  private final QuarantineFiles files;
  private final LabelerMetrics metrics;

  /** Suspected records, each with the number of deaths with it alone in flight. */
  private final Map<SuspectRecord, Integer> known = new LinkedHashMap<>();

  private final Set<TopicPartition> seenPartitions = new HashSet<>();
  private final Deque<QuarantineFiles.InFlightFile> free = new ArrayDeque<>();
  private boolean disabled;

  private CrashQuarantine(QuarantineFiles files, LabelerMetrics metrics) {
    this.files = files;
    this.metrics = metrics;
  }

  /**
   * Reads what the last process of this name left.
   *
   * @param directory of the service's state
   * @param name of this instance, the same after a restart
   * @throws StartupException naming the key, if the directory cannot be written to
   */
  public static CrashQuarantine open(Path directory, String name, LabelerMetrics metrics) {
    try {
      CrashQuarantine quarantine =
          new CrashQuarantine(QuarantineFiles.open(directory, name), metrics);
      quarantine.known.putAll(quarantine.files.takeOver());
      metrics.suspects(quarantine.known.size());
      if (!quarantine.known.isEmpty()) {
        log.atWarn()
            .addKeyValue("views", quarantine.known.size())
            .log("the process died with views in flight: they are inferred one by one");
      }
      return quarantine;
    } catch (IOException e) {
      throw new StartupException("state-directory: cannot be written to: " + e, e);
    }
  }

  /**
   * Those of a batch that must be inferred alone, if at all. To be called in the order in which
   * batches are read: what lies before the first record of a partition has been committed.
   */
  public synchronized Set<ConsumerRecord<byte[], byte[]>> suspectsIn(
      List<ConsumerRecord<byte[], byte[]>> records) {
    if (known.isEmpty()) {
      return Set.of();
    }
    Set<ConsumerRecord<byte[], byte[]>> found = new HashSet<>();
    boolean changed = false;
    for (ConsumerRecord<byte[], byte[]> record : records) {
      if (seenPartitions.add(new TopicPartition(record.topic(), record.partition()))) {
        changed |= known.keySet().removeIf(suspect -> suspect.isBefore(record));
      }
      if (known.containsKey(SuspectRecord.of(record))) {
        found.add(record);
      }
    }
    if (changed) {
      save();
    }
    return found;
  }

  public synchronized boolean isRejected(ConsumerRecord<?, ?> record) {
    return known.getOrDefault(SuspectRecord.of(record), 0) >= DEATHS;
  }

  /** Marks records that enter native code together; closing the mark removes it. */
  public synchronized InFlightMark markInFlight(List<ConsumerRecord<byte[], byte[]>> records) {
    Map<SuspectRecord, Integer> inFlight = new LinkedHashMap<>(records.size() * 2);
    records.forEach(record -> inFlight.put(SuspectRecord.of(record), 0));
    return inFlight.isEmpty() ? InFlightMark.NONE : new InFlightMark(this, write(inFlight), null);
  }

  /** Marks a suspected record that enters native code alone, so that a death counts against it. */
  public synchronized InFlightMark markAlone(ConsumerRecord<?, ?> record) {
    SuspectRecord suspect = SuspectRecord.of(record);
    return new InFlightMark(
        this, write(Map.of(suspect, known.getOrDefault(suspect, 0) + 1)), suspect);
  }

  /** Removes all marks: the process is about to end regularly. */
  @Override
  public synchronized void close() {
    try {
      files.close();
    } catch (IOException e) {
      log.atWarn().addKeyValue("error", e).log("views in flight are still marked");
    }
  }

  private QuarantineFiles.InFlightFile write(Map<SuspectRecord, Integer> inFlight) {
    if (disabled) {
      return null;
    }
    try {
      QuarantineFiles.InFlightFile file = free.isEmpty() ? files.create() : free.pop();
      file.write(inFlight);
      return file;
    } catch (IOException e) {
      disable(e);
      return null;
    }
  }

  private synchronized void remove(QuarantineFiles.InFlightFile file) {
    if (file != null && !disabled) {
      try {
        file.clear();
        free.push(file);
      } catch (IOException e) {
        disable(e);
      }
    }
  }

  private synchronized void clear(SuspectRecord suspect) {
    if (known.remove(suspect) != null) {
      save();
    }
  }

  private void save() {
    metrics.suspects(known.size());
    if (!disabled) {
      try {
        files.save(known);
      } catch (IOException e) {
        disable(e);
      }
    }
  }

  /** Labelling matters more than the marks: without a disk the service continues without them. */
  private void disable(IOException e) {
    disabled = true;
    log.atError()
        .addKeyValue("error", e)
        .log(
            "views in flight cannot be marked any more: after a crash the cause will not be known");
  }

  /** Records in native code, until it is closed. Belongs to one batch. */
  public static final class InFlightMark implements AutoCloseable {
    /** A mark of no record. */
    public static final InFlightMark NONE = new InFlightMark(null, null, null);

    private final CrashQuarantine quarantine;
    private QuarantineFiles.InFlightFile file;
    private final SuspectRecord alone;

    private InFlightMark(
        CrashQuarantine quarantine, QuarantineFiles.InFlightFile file, SuspectRecord alone) {
      this.quarantine = quarantine;
      this.file = file;
      this.alone = alone;
    }

    /** The record did not crash the process: it is no longer suspected. */
    public void clear() {
      quarantine.clear(alone);
    }

    /** A second time does nothing. */
    @Override
    public void close() {
      if (file != null) {
        quarantine.remove(file);
        file = null;
      }
    }
  }
}
