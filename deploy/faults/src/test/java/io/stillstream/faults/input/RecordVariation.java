package io.stillstream.faults.input;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * What is unusual about a record, though its image is good.
 *
 * @param capturedAt of the image; empty for now
 * @param hasKey whether the record has its image's id for a key
 */
public record RecordVariation(Optional<Instant> capturedAt, boolean hasKey, List<Header> headers) {
  /** An ordinary record. */
  public static final RecordVariation NONE = new RecordVariation(Optional.empty(), true, List.of());

  /** An image of this moment. */
  public static RecordVariation captured(Instant moment) {
    return new RecordVariation(Optional.of(moment), true, List.of());
  }

  /** A record without a key. */
  public static RecordVariation keyless() {
    return new RecordVariation(Optional.empty(), false, List.of());
  }

  /** A record with headers that mean something to the pipeline, and hold nothing of the kind. */
  public static RecordVariation headers(int length) {
    byte[] text = "x".repeat(length).getBytes(UTF_8);
    return new RecordVariation(
        Optional.empty(),
        true,
        List.of(
            new RecordHeader("stillstream.origin.topic", text),
            new RecordHeader("stillstream.origin.partition", "0".getBytes(UTF_8)),
            new RecordHeader("stillstream.origin.offset", "0".getBytes(UTF_8)),
            new RecordHeader("stillstream.attempt", text),
            new RecordHeader("traceparent", text),
            new RecordHeader("tracestate", null)));
  }
}
