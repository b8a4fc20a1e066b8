package io.stillstream.runtime.records;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * What the headers of a dead letter say. Anyone can write records into the topic, so every text may
 * be empty, and the source unknown.
 *
 * @param at where the dead letter stands
 * @param imageId the key of the record; empty for a record without one
 * @param time of its record, milliseconds since the epoch
 * @param service that put the record aside
 * @param stage what was being done
 * @param reason in one word
 * @param message of the exception
 * @param attempt which one it was, from 1; 0 if the dead letter does not say
 * @param byReference whether it does without the record's value, which was too large
 * @param source where the rejected record stands
 * @param origin where that record stood first in its topic, on which lineage and seed rest: the
 *     same place, unless it had been replayed
 */
public record DeadLetter(
    RecordCoordinates at,
    Optional<String> imageId,
    long time,
    String service,
    String stage,
    String reason,
    String message,
    int attempt,
    boolean byReference,
    Optional<RecordCoordinates> source,
    Optional<RecordCoordinates> origin) {

  /** Reads the headers. */
  public static DeadLetter of(ConsumerRecord<?, ?> letter) {
    Optional<RecordCoordinates> source = source(letter);
    return new DeadLetter(
        RecordCoordinates.of(letter),
        letter.key() instanceof byte[] key ? Optional.of(new String(key, UTF_8)) : Optional.empty(),
        letter.timestamp(),
        text(letter, DeadLetterFactory.SERVICE),
        text(letter, DeadLetterFactory.STAGE),
        text(letter, DeadLetterFactory.REASON),
        text(letter, DeadLetterFactory.MESSAGE),
        DeadLetterFactory.attempts(letter.headers()),
        text(letter, DeadLetterFactory.BY_REFERENCE).equals("true"),
        source,
        source.map(at -> origin(at, letter)));
  }

  /**
   * Identifies this dead letter, the same for its copies: a service that was killed may write a
   * dead letter twice, and several trainers reject the same record. Empty if it does not say where
   * the record stands.
   */
  public Optional<String> identity() {
    return origin.map(coordinates -> coordinates + "#" + attempt);
  }

  /**
   * The origin of another topic, which the views of a replayed image bring along, is not the
   * record's own.
   */
  private static RecordCoordinates origin(RecordCoordinates source, ConsumerRecord<?, ?> letter) {
    RecordCoordinates named = source.origin(letter.headers());
    return named.topic().equals(source.topic()) ? named : source;
  }

  private static Optional<RecordCoordinates> source(ConsumerRecord<?, ?> letter) {
    String topic = text(letter, DeadLetterFactory.TOPIC);
    long partition = number(text(letter, DeadLetterFactory.PARTITION), -1, Integer.MAX_VALUE);
    long offset = number(text(letter, DeadLetterFactory.OFFSET), -1, Long.MAX_VALUE);
    return topic.isEmpty() || partition < 0 || offset < 0
        ? Optional.empty()
        : Optional.of(new RecordCoordinates(topic, (int) partition, offset));
  }

  private static String text(ConsumerRecord<?, ?> letter, String name) {
    Header header = letter.headers().lastHeader(name);
    return header == null || header.value() == null ? "" : new String(header.value(), UTF_8);
  }

  private static long number(String text, long otherwise, long most) {
    try {
      long number = Long.parseLong(text);
      return number >= 0 && number <= most ? number : otherwise;
    } catch (NumberFormatException e) {
      return otherwise;
    }
  }
}
