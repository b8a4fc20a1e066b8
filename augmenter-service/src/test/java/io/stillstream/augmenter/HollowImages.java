package io.stillstream.augmenter;

import io.stillstream.schemas.ImageEvent;
import io.stillstream.schemas.wire.AvroDeserializer;
import java.util.Map;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * A faulty deserializer: for a single byte it hands over an event that lacks its payload, which no
 * schema allows and no code expects. All else it reads as it should.
 */
public final class HollowImages implements Deserializer<Object> {
  private final AvroDeserializer sound = new AvroDeserializer();

  @Override
  public void configure(Map<String, ?> settings, boolean isKey) {
    sound.configure(settings, isKey);
  }

  @Override
  public Object deserialize(String topic, byte[] data) {
    return data.length == 1
        ? new ImageEvent("hollow", "test", Wire.CAPTURED, "image/png", null, null, null, Map.of())
        : sound.deserialize(topic, data);
  }
}
