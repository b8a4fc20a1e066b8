package io.stillstream.local.deadletter;

import java.util.LinkedHashMap;
import java.util.Map;

/** A dead letter as a document, without its payload. */
public final class DeadLetterJson {
  private DeadLetterJson() {}

  /** Its fields by name, in the order in which they are printed. */
  public static Map<String, Object> of(DeadLetterRecord letter, boolean replayed) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("partition", letter.coordinates().partition());
    fields.put("offset", letter.coordinates().offset());
    fields.put("time", letter.time().toString());
    fields.put("service", letter.service());
    fields.put("stage", letter.stage());
    fields.put("reason", letter.reason());
    fields.put("message", letter.message());
    fields.put("attempt", letter.attempts());
    fields.put("record", letter.source().map(Object::toString).orElse(null));
    fields.put("origin", letter.origin().map(Object::toString).orElse(null));
    fields.put("imageId", letter.imageId().orElse(null));
    fields.put("bytes", letter.bytes());
    fields.put("byReference", letter.isByReference());
    fields.put("replayed", replayed);
    return fields;
  }
}
