package io.stillstream.schemas.wire;

import io.stillstream.schemas.values.FloatList;
import java.io.IOException;
import org.apache.avro.Schema;
import org.apache.avro.io.Encoder;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;

/** Writes generated records, and their {@link FloatList}s without boxing. */
final class UnboxedDatumWriter extends SpecificDatumWriter<Object> {

  UnboxedDatumWriter(Class<? extends SpecificRecord> type, Schema schema) {
    super(schema, GeneratedData.of(type));
  }

  @Override
  protected void writeArray(Schema schema, Object datum, Encoder out) throws IOException {
    if (datum instanceof FloatList floats
        && schema.getElementType().getType() == Schema.Type.FLOAT) {
      out.writeArrayStart();
      out.setItemCount(floats.size());
      for (int i = 0; i < floats.size(); i++) {
        out.startItem();
        out.writeFloat(floats.at(i));
      }
      out.writeArrayEnd();
    } else {
      super.writeArray(schema, datum, out);
    }
  }
}
