package io.stillstream.faults.input;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;

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
  TOO_MANY_SCANS("too_many_scans"),
  OBJECT_MISSING("not_found"),
  OBJECT_CHANGED("changed"),
  OBJECT_SHORTENED("changed"),
  OBJECT_TOO_LARGE("too_large"),
  OBJECT_NOT_ALLOWED("not_allowed");

  private static final List<RecordKind> BAD =
      List.copyOf(EnumSet.range(TRUNCATED_JPEG, TOO_MANY_SCANS));
  private static final int EVERY = 50;
  private static final List<RecordKind> BAD_OBJECTS =
      List.copyOf(EnumSet.range(OBJECT_MISSING, OBJECT_NOT_ALLOWED));
  private static final int EVERY_OBJECT = 100;

  private final Optional<String> reason;

  RecordKind(String reason) {
    this.reason = Optional.ofNullable(reason);
  }

  /** The kind of the n-th record: 2 % are bad, of each kind in turn. */
  static RecordKind of(long number) {
    return number % EVERY == EVERY / 2 ? BAD.get((int) (number / EVERY % BAD.size())) : GOOD;
  }

  /** The kind of the n-th object, of a good record: 1 % are bad, of each kind in turn. */
  static RecordKind ofObject(long number) {
    return number % EVERY_OBJECT == 0
        ? BAD_OBJECTS.get((int) (number / EVERY_OBJECT % BAD_OBJECTS.size()))
        : GOOD;
  }

  /** Whether something is wrong with the object that the record names. */
  public boolean isOfObject() {
    return BAD_OBJECTS.contains(this);
  }

  /** Of the dead letter; none for good images. */
  public Optional<String> reason() {
    return reason;
  }
}
