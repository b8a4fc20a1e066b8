package io.stillstream.labeler.progress;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.labeler.budget.AdaptiveFraction;
import io.stillstream.runtime.records.BadRecordException;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.schemas.StudentProgress;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes the reports of {@code student-progress} to the budget. A record without a value removes
 * its student. A record that is no report is counted and skipped, without a dead letter.
 */
final class StudentProgressHandler {
  private static final Logger log = LoggerFactory.getLogger(StudentProgressHandler.class);
  private static final String VALUES = "values";

  /** All reasons for which a record is skipped. */
  private static final List<String> REASONS =
      Stream.concat(RecordValueDeserializer.REASONS.stream(), Stream.of(VALUES)).toList();

  private final RecordValueDeserializer<StudentProgress> reader;
  private final AdaptiveFraction fraction;
  private final MeterRegistry registry;
  private final InstantSource clock;

  StudentProgressHandler(
      RecordValueDeserializer<StudentProgress> reader,
      AdaptiveFraction fraction,
      MeterRegistry registry,
      InstantSource clock) {
    this.reader = reader;
    this.fraction = fraction;
    this.registry = registry;
    this.clock = clock;
    // A counter that appears with its first increment hides that increment from rate().
    REASONS.forEach(this::skipped);
  }

  /**
   * Handles one record.
   *
   * @throws io.stillstream.schemas.registry.RegistryUnavailableException if its schema cannot be
   *     fetched now; the same record may be handled again
   */
  void accept(ConsumerRecord<byte[], byte[]> record) {
    try {
      if (record.value() == null && record.key() != null) {
        fraction.forget(new String(record.key(), UTF_8));
        return;
      }
      report(reader.deserialize(record.topic(), record.headers(), record.value()));
    } catch (BadRecordException e) {
      skipped(e.reason()).increment();
      log.atWarn()
          .addKeyValue("topic", record.topic())
          .addKeyValue("partition", record.partition())
          .addKeyValue("offset", record.offset())
          .addKeyValue("reason", e.reason())
          .addKeyValue("cause", e.getMessage())
          .log("skipping what is no report of progress");
    }
  }

  private void report(StudentProgress progress) {
    try {
      fraction.report(
          progress.getStudent(),
          progress.getDisagreement(),
          progress.getWindowImages(),
          progress.getReportedAt(),
          clock.instant());
    } catch (IllegalArgumentException e) {
      throw new BadRecordException(VALUES, e.getMessage(), e);
    }
  }

  private Counter skipped(String reason) {
    return Counter.builder("teacher.progress.rejected")
        .description("Records of student-progress that were skipped")
        .tag("reason", reason)
        .register(registry);
  }
}
