package io.stillstream.faults.input;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What is sent: good images, and what must end as a dead letter, with the reason for it. */
public enum RecordKind {
  GOOD(null),
  TRUNCATED_JPEG("undecodable"),
  NO_PAYLOAD("empty"),
  NO_VALUE("empty"),
  NO_IMAGE("unknown_format"),
  GARBAGE("malformed"),
  UNKNOWN_SCHEMA("malformed"),
  TOO_MANY_PIXELS("too_many_pixels"),
  TOO_MANY_SCANS("too_many_scans");

  private static final List<RecordKind> BAD =
      Stream.of(values()).filter(kind -> kind != GOOD).toList();
  private static final int EVERY = 50;

  private final Optional<String> reason;

  RecordKind(String reason) {
    this.reason = Optional.ofNullable(reason);
  }

  /** The kind of the n-th record: 2 % are bad, of each kind in turn. */
  static RecordKind of(long number) {
    return number % EVERY == EVERY / 2 ? BAD.get((int) (number / EVERY % BAD.size())) : GOOD;
  }

  /** Of the dead letter; none for good images. */
  public Optional<String> reason() {
    return reason;
  }
}
