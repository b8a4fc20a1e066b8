package io.stillstream.local.deadletter;

import io.stillstream.runtime.records.DeadLetter;
import io.stillstream.runtime.records.RecordCoordinates;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;

/** A record of {@code dead-letters}, and what its headers say; anyone may have written them. */
public final class DeadLetterRecord {
  private static final String UNKNOWN = "unknown";

  private final ConsumerRecord<byte[], byte[]> record;
  private final DeadLetter letter;

  DeadLetterRecord(ConsumerRecord<byte[], byte[]> record) {
    this.record = record;
    this.letter = DeadLetter.of(record);
  }

  /** Where the dead letter itself stands. */
  public RecordCoordinates coordinates() {
    return letter.at();
  }

  /** When it was written. */
  public Instant time() {
    return Instant.ofEpochMilli(letter.time());
  }

  /** May be null. */
  public byte[] key() {
    return record.key();
  }

  /** May be null. */
  public byte[] value() {
    return record.value();
  }

  public Headers headers() {
    return record.headers();
  }

  public String service() {
    return textOrUnknown(letter.service());
  }

  public String stage() {
    return textOrUnknown(letter.stage());
  }

  public String reason() {
    return textOrUnknown(letter.reason());
  }

  public String message() {
    return letter.message();
  }

  /** How often processing it has failed. */
  public int attempts() {
    return letter.attempt();
  }

  /** Whether it only says where the record stands that was too large for it. */
  public boolean isByReference() {
    return letter.byReference();
  }

  /** The key of all data: what is no text is of no image that could be named. */
  public Optional<String> imageId() {
    return letter.imageId();
  }

  /** Where the record stood that it is about; empty if it does not say so. */
  public Optional<RecordCoordinates> source() {
    return letter.source();
  }

  /** Where that record stood first in its own topic: a replay keeps it. */
  public Optional<RecordCoordinates> origin() {
    return letter.origin();
  }

  /** See {@link DeadLetter#identity}. */
  public Optional<String> identity() {
    return letter.identity();
  }

  /** Length of what it holds. */
  public int bytes() {
    return record.value() == null ? 0 : record.value().length;
  }

  private static String textOrUnknown(String text) {
    return text.isEmpty() ? UNKNOWN : text;
  }
}
