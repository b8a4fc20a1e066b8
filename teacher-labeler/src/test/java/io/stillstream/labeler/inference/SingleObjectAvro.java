package io.stillstream.labeler.inference;

import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.LabeledView;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;

/** Views and labelled views in Avro's own encoding of single objects: without a registry. */
public final class SingleObjectAvro {
  private SingleObjectAvro() {}

  static byte[] view(AugmentedView view) {
    try {
      return bytes(view.toByteBuffer());
    } catch (IOException e) {
      throw new SerializationException(e);
    }
  }

  static LabeledView labeled(byte[] value) {
    try {
      return LabeledView.fromByteBuffer(ByteBuffer.wrap(value));
    } catch (IOException e) {
      throw new SerializationException(e);
    }
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  /** Reads views. */
  public static final class Reader implements Deserializer<Object> {
    @Override
    public Object deserialize(String topic, byte[] data) {
      try {
        return AugmentedView.fromByteBuffer(ByteBuffer.wrap(data));
      } catch (IOException e) {
        throw new SerializationException(e);
      }
    }
  }

  /** Writes labelled views. */
  public static final class Writer implements Serializer<Object> {
    @Override
    public byte[] serialize(String topic, Object data) {
      try {
        return bytes(((LabeledView) data).toByteBuffer());
      } catch (IOException e) {
        throw new SerializationException(e);
      }
    }
  }
}
