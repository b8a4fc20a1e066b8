package io.stillstream.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * What the headers of a dead letter say. Anyone can write records into the topic, so every text may
 * be empty, and the source unknown.
 *
 * @param at where the letter stands
 * @param time of its record, milliseconds since the epoch
 * @param service that put the record aside
 * @param stage what was being done
 * @param reason in one word
 * @param message of the exception
 * @param attempt which one it was, from 1; 0 if the letter does not say
 * @param byReference whether it does without the record's value, which was too large
 * @param source where the record stands that was put aside
 * @param origin where that record stood first in its topic, on which lineage and seed rest: the
 *     same place, unless it had been replayed
 */
public record DeadLetter(
    Coordinates at,
    long time,
    String service,
    String stage,
    String reason,
    String message,
    int attempt,
    boolean byReference,
    Optional<Coordinates> source,
    Optional<Coordinates> origin) {

  /** Reads the headers. */
  public static DeadLetter of(ConsumerRecord<?, ?> letter) {
    Optional<Coordinates> source = source(letter);
    return new DeadLetter(
        Coordinates.of(letter),
        letter.timestamp(),
        text(letter, DeadLetters.SERVICE),
        text(letter, DeadLetters.STAGE),
        text(letter, DeadLetters.REASON),
        text(letter, DeadLetters.MESSAGE),
        DeadLetters.attempts(letter.headers()),
        text(letter, DeadLetters.BY_REFERENCE).equals("true"),
        source,
        source.map(at -> origin(at, letter)));
  }

  /**
   * The origin of another topic, which the views of a replayed image bring along, is not the
   * record's own.
   */
  private static Coordinates origin(Coordinates source, ConsumerRecord<?, ?> letter) {
    Coordinates named = source.origin(letter.headers());
    return named.topic().equals(source.topic()) ? named : source;
  }

  private static Optional<Coordinates> source(ConsumerRecord<?, ?> letter) {
    String topic = text(letter, DeadLetters.TOPIC);
    long partition = number(text(letter, DeadLetters.PARTITION), -1, Integer.MAX_VALUE);
    long offset = number(text(letter, DeadLetters.OFFSET), -1, Long.MAX_VALUE);
    return topic.isEmpty() || partition < 0 || offset < 0
        ? Optional.empty()
        : Optional.of(new Coordinates(topic, (int) partition, offset));
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
