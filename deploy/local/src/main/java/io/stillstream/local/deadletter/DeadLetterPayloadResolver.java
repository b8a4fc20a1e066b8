package io.stillstream.local.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stillstream.runtime.lookup.RecordLookup;
import io.stillstream.runtime.lookup.RecordNotFoundException;
import io.stillstream.runtime.records.DeadLetterFactory;
import io.stillstream.runtime.records.RecordCoordinates;
import java.util.Arrays;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** The records in dead letters; for one by reference, fetched from its source. */
public final class DeadLetterPayloadResolver implements AutoCloseable {
  private final RecordLookup log;

  /**
   * @param kafka settings of the client
   */
  public DeadLetterPayloadResolver(Map<String, String> kafka) {
    this.log = new RecordLookup(kafka);
  }

  /**
   * Key, value and headers of the record that a dead letter is about.
   *
   * @param headers of the dead letter; of a dead letter by reference, which may have lost some,
   *     those of the record and the number of attempts
   */
  @SuppressWarnings("ArrayRecordComponent") // made here, read once
  public record Payload(byte[] key, byte[] value, Headers headers) {}

  /**
   * The record that a dead letter is about.
   *
   * @throws RecordNotFoundException if the dead letter only refers to it and it is gone, saying why
   */
  public Payload of(DeadLetterRecord letter) {
    if (!letter.isByReference()) {
      return new Payload(letter.key(), letter.value(), letter.headers());
    }
    RecordCoordinates source =
        letter
            .source()
            .orElseThrow(
                () -> new RecordNotFoundException("it does not say where the record stands"));
    ConsumerRecord<byte[], byte[]> record = log.fetch(source);
    if (letter.key() != null && !Arrays.equals(letter.key(), record.key())) {
      throw new RecordNotFoundException(source + " is another record now: its key differs");
    }
    Headers headers = new RecordHeaders(record.headers().toArray());
    headers
        .remove(DeadLetterFactory.ATTEMPT)
        .add(DeadLetterFactory.ATTEMPT, Integer.toString(letter.attempts()).getBytes(UTF_8));
    return new Payload(record.key(), record.value(), headers);
  }

  @Override
  public void close() {
    log.close();
  }
}
