package io.stillstream.schemas.wire;

import io.stillstream.schemas.values.FloatArrays;
import java.io.IOException;
import java.util.Arrays;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.io.ResolvingDecoder;
import org.apache.avro.specific.SpecificDatumReader;

/** Reads generated records, and arrays of floats into {@code FloatList}s without boxing. */
final class UnboxedDatumReader extends SpecificDatumReader<Object> {

  UnboxedDatumReader(Class<?> type, Schema writer, Schema reader) {
    super(writer, reader, GeneratedData.of(type));
  }

  @Override
  protected Object readArray(Object old, Schema expected, ResolvingDecoder in) throws IOException {
    Schema element = expected.getElementType();
    if (element.getType() != Schema.Type.FLOAT || element.getLogicalType() != null) {
      return super.readArray(old, expected, in);
    }
    float[] values = new float[0];
    int size = 0;
    for (long block = in.readArrayStart(); block > 0; block = in.arrayNext()) {
      GenericDatumReader.ensureAvailableCollectionBytes(in, block, element);
      values = Arrays.copyOf(values, Math.toIntExact(size + block));
      while (size < values.length) {
        values[size++] = in.readFloat();
      }
    }
    return FloatArrays.of(values);
  }
}
