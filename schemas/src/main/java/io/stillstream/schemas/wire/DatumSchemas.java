package io.stillstream.schemas.wire;

import java.nio.ByteBuffer;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericContainer;
import org.apache.kafka.common.errors.SerializationException;

/** The schema of an object: its own, or the one of a primitive. */
final class DatumSchemas {
  private static final Schema STRING = Schema.create(Schema.Type.STRING);
  private static final Schema BYTES = Schema.create(Schema.Type.BYTES);
  private static final Map<Class<?>, Schema> BOXES =
      Map.of(
          Boolean.class, Schema.create(Schema.Type.BOOLEAN),
          Integer.class, Schema.create(Schema.Type.INT),
          Long.class, Schema.create(Schema.Type.LONG),
          Float.class, Schema.create(Schema.Type.FLOAT),
          Double.class, Schema.create(Schema.Type.DOUBLE));

  private DatumSchemas() {}

  static Schema schemaOf(String topic, Object datum) {
    if (datum instanceof GenericContainer container) {
      return container.getSchema();
    }
    if (datum instanceof CharSequence) {
      return STRING;
    }
    if (datum instanceof byte[] || datum instanceof ByteBuffer) {
      return BYTES;
    }
    Schema schema = BOXES.get(datum.getClass());
    if (schema == null) {
      throw new SerializationException(
          "Topic "
              + topic
              + ": cannot write "
              + datum.getClass().getName()
              + ": it is neither an Avro record nor a String, bytes or a boxed primitive");
    }
    return schema;
  }
}
