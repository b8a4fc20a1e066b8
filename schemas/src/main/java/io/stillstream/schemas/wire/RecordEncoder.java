package io.stillstream.schemas.wire;

import io.stillstream.schemas.values.ByteArrays;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DatumWriter;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificRecord;

/**
 * Encodes an object in Avro's binary form; top-level bytes go raw, without a length, as Confluent's
 * serializer does.
 */
final class RecordEncoder {
  private final Map<Class<?>, DatumWriter<Object>> writers = new ConcurrentHashMap<>();

  /**
   * Writes the object's encoding, without a frame.
   *
   * @param own schema that the object has
   * @param target schema to write with; where it differs from {@code own}, the object is converted
   *     by Avro's rules of schema resolution
   */
  void encode(Object datum, Schema own, Schema target, OutputStream out) throws IOException {
    Object value = datum;
    DatumWriter<Object> writer = writer(datum, own);
    if (!target.equals(own)) {
      value = resolve(datum, own, target);
      writer = new GenericDatumWriter<>(target);
    }
    if (target.getType() == Schema.Type.BYTES) {
      out.write(value instanceof byte[] array ? array : ByteArrays.copyOf((ByteBuffer) value));
      return;
    }
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
    writer.write(value, encoder);
    encoder.flush();
  }

  private DatumWriter<Object> writer(Object datum, Schema schema) {
    if (datum instanceof SpecificRecord record) {
      return writers.computeIfAbsent(
          datum.getClass(), type -> new UnboxedDatumWriter(record.getClass(), schema));
    }
    return new GenericDatumWriter<>(schema);
  }

  private Object resolve(Object datum, Schema own, Schema target) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
    writer(datum, own)
        .write(datum instanceof byte[] array ? ByteBuffer.wrap(array) : datum, encoder);
    BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(bytes.toByteArray(), null);
    return new GenericDatumReader<>(own, target).read(null, decoder);
  }
}
