package io.stillstream.runtime.records;

import io.stillstream.runtime.config.SettingRanges;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rule for failures that no code foresaw while one record was worked on: it is tried a few
 * times and then refused with the reason {@value #REASON}, as a record that comes back for ever
 * would hold up all others. What Kafka's clients, the registry or the machine throw is no record's
 * fault, and goes up as it is. If record after record fails, it is the program, and the service has
 * to end. Thread-safe.
 */
public final class UnexpectedFailurePolicy {
  /** Why such a record is refused. */
  public static final String REASON = "failed";

  /** How often a record is tried. */
  public static final int TRIES = 3;

  private static final Logger LOG = LoggerFactory.getLogger(UnexpectedFailurePolicy.class);

  private final int maxConsecutive;
  private final List<Class<? extends RuntimeException>> others;

  /** Those since the last one that came through; a record that comes back counts once. */
  private final Set<RecordCoordinates> inARow = ConcurrentHashMap.newKeySet();

  /**
   * @param maxConsecutive records that fail one after another until it is the program's fault; 0
   *     for no limit
   */
  public UnexpectedFailurePolicy(int maxConsecutive) {
    this(maxConsecutive, List.of());
  }

  /**
   * The same.
   *
   * @param others exceptions that are no record's fault either
   */
  public UnexpectedFailurePolicy(
      int maxConsecutive, List<Class<? extends RuntimeException>> others) {
    this.maxConsecutive = requireLimit(maxConsecutive);
    this.others = List.copyOf(others);
  }

  /**
   * The limit, as settings have it.
   *
   * @throws IllegalArgumentException naming the key, if it is negative
   */
  public static int requireLimit(int maxConsecutiveFailures) {
    SettingRanges.requireNotNegative("max-consecutive-failures", maxConsecutiveFailures);
    return maxConsecutiveFailures;
  }

  /**
   * Works on a record.
   *
   * @param work may be done again
   * @throws BadRecordException what the work throws, or with the reason {@value #REASON}
   * @throws TooManyFailuresException if too many records have failed in a row
   */
  public <T> T run(RecordCoordinates record, Supplier<T> work) {
    for (int left = TRIES - 1; ; left--) {
      try {
        return work.get();
      } catch (RuntimeException | Error e) {
        if (!isOfRecord(e)) {
          throw e;
        }
        if (left == 0) {
          throw badRecord(record, e);
        }
      }
    }
  }

  /** A record came through, so the program is sound. */
  public void succeeded() {
    if (!inARow.isEmpty()) {
      inARow.clear();
    }
  }

  /**
   * The refusal of a record that has been tried often enough. It may be refused again, if the work
   * on its batch begins anew.
   *
   * @throws TooManyFailuresException if it is one too many in a row
   */
  public BadRecordException badRecord(RecordCoordinates record, Throwable failure) {
    if (inARow.size() < maxConsecutive) {
      inARow.add(record);
    }
    int row = inARow.size();
    LOG.atError()
        .setCause(failure)
        .addKeyValue("record", record)
        .log("a record fails unexpectedly");
    if (maxConsecutive > 0 && row >= maxConsecutive) {
      throw new TooManyFailuresException(
          "%d records in a row failed unexpectedly (max-consecutive-failures), the last one, %s, with %s"
              .formatted(row, record, failure));
    }
    return new BadRecordException(REASON, failure.toString(), failure);
  }

  /**
   * Whether a failure may be the fault of the record that was worked on, and was not foreseen.
   * Memory and stack are among them: a record may ask for more than there is.
   */
  public boolean isOfRecord(Throwable failure) {
    if (failure instanceof Error) {
      return failure instanceof OutOfMemoryError
          || failure instanceof StackOverflowError
          || failure instanceof LinkageError
          || failure instanceof AssertionError;
    }
    return !(failure instanceof BadRecordException
        || failure instanceof KafkaException
        || failure instanceof TooManyFailuresException
        || Thread.currentThread().isInterrupted()
        || others.stream().anyMatch(other -> other.isInstance(failure)));
  }
}
