package io.stillstream.local.deadletter;

import io.stillstream.schemas.ImageEvent;
import io.stillstream.schemas.values.PayloadAddress;
import io.stillstream.schemas.values.RecordViews;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;

/** The Avro record in a dead letter, where it is one. */
record DecodedDeadLetter(SpecificRecord record) {
  private static final String ADDRESS = "payloadUri";

  /** A line for each value, nested ones named by their path; bytes are only counted. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add("is " + record.getSchema().getName());
    describe("", record, lines);
    return lines;
  }

  /** The picture in it as the file or the pixels that came; empty if there is none. */
  Optional<ImagePayload> picture() {
    return record instanceof ImageEvent event
        ? ImagePayload.of(event)
        : RecordViews.of(record).map(ImagePayload::of);
  }

  /** Where the picture is instead, to be shown; empty unless it is by reference. */
  Optional<String> address() {
    return record instanceof ImageEvent event
        ? Optional.ofNullable(PayloadAddress.shown(event.getPayloadUri()))
        : Optional.empty();
  }

  private static void describe(String path, SpecificRecord record, List<String> lines) {
    for (Schema.Field field : record.getSchema().getFields()) {
      String name = path.isEmpty() ? field.name() : path + "." + field.name();
      add(name, record.get(field.pos()), lines);
    }
  }

  private static void add(String name, Object value, List<String> lines) {
    if (value instanceof SpecificRecord nested) {
      describe(name, nested, lines);
    } else if (value instanceof List<?> list
        && !list.isEmpty()
        && list.get(0) instanceof SpecificRecord) {
      for (int i = 0; i < list.size(); i++) {
        add(name + "[" + i + "]", list.get(i), lines);
      }
    } else if (value instanceof ByteBuffer bytes) {
      lines.add(name + "  " + bytes.remaining() + " bytes");
    } else if (value instanceof String uri && name.endsWith(ADDRESS)) {
      lines.add(name + "  " + PayloadAddress.shown(uri));
    } else if (value != null && !(value instanceof Map<?, ?> map && map.isEmpty())) {
      lines.add(name + "  " + DeadLetterTable.shortened(value.toString(), 500));
    }
  }
}
