package io.stillstream.augmenter;

import io.stillstream.augmenter.image.TestImages;
import io.stillstream.schemas.ImageEvent;
import io.stillstream.schemas.wire.AvroDeserializer;
import java.util.Map;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * A faulty deserializer. For a single byte it returns an event without payload, which no schema
 * allows, or throws an Error, or fails only the first time. It deserializes all other values
 * correctly.
 */
public final class FaultyImageDeserializer implements Deserializer<Object> {
  static final byte[] WITHOUT_PAYLOAD = {0};
  static final byte[] DEEP = {1};
  static final byte[] UNLINKED = {2};
  static final byte[] LARGE = {3};
  static final byte[] ONCE = {4};

  private final AvroDeserializer deserializer = new AvroDeserializer();
  private int calls;

  @Override
  public void configure(Map<String, ?> settings, boolean isKey) {
    deserializer.configure(settings, isKey);
  }

  private static ImageEvent eventWithoutPayload() {
    return new ImageEvent(
        "no-payload",
        "test",
        TestRecordCodec.CAPTURED,
        "image/png",
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        Map.of());
  }

  private static ImageEvent validEvent() {
    return TestRecordCodec.event("once", TestImages.file(TestImages.picture(9, 9, 1), "png"), 1);
  }

  @Override
  public Object deserialize(String topic, byte[] data) {
    if (data.length != 1) {
      return deserializer.deserialize(topic, data);
    }
    calls++;
    return switch (data[0]) {
      case 1 -> throw new StackOverflowError("too deep");
      case 2 -> throw new NoClassDefFoundError("missing");
      case 3 -> throw new OutOfMemoryError("Java heap space");
      default -> data[0] == 4 && calls % 2 == 0 ? validEvent() : eventWithoutPayload();
    };
  }
}
