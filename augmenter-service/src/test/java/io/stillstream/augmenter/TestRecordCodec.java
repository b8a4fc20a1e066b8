package io.stillstream.augmenter;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.augmenter.mapping.ImageSourceMapper;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.runtime.records.RecordValueSerializer;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.ImageEvent;
import io.stillstream.schemas.RawShape;
import io.stillstream.schemas.values.Sha256;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** Records and their bytes, over a registry. */
public final class TestRecordCodec {
  public static final Instant CAPTURED = Instant.parse("2026-11-23T10:15:30Z");

  private final RecordValueSerializer<ImageEvent> images;
  private final RecordValueDeserializer<ImageEvent> events;
  private final RecordValueDeserializer<AugmentedView> views;

  public TestRecordCodec(Map<String, String> kafka) {
    images = new RecordValueSerializer<>(kafka, new SimpleMeterRegistry());
    events = new RecordValueDeserializer<>(ImageEvent.class, kafka, new SimpleMeterRegistry());
    views = new RecordValueDeserializer<>(AugmentedView.class, kafka, new SimpleMeterRegistry());
  }

  public byte[] image(String topic, ImageEvent event) {
    return images.serialize(topic, event);
  }

  ImageEvent image(String topic, ConsumerRecord<byte[], byte[]> record) {
    return events.deserialize(topic, record.headers(), record.value());
  }

  AugmentedView view(String topic, byte[] value) {
    return views.deserialize(topic, new RecordHeaders(), value);
  }

  public static ImageEvent event(String id, byte[] file, Integer label) {
    return new ImageEvent(
        id,
        "test",
        CAPTURED,
        "image/png",
        ByteBuffer.wrap(file),
        null,
        null,
        null,
        null,
        label,
        null,
        Map.of());
  }

  /**
   * An image by reference.
   *
   * @param object to which size and SHA-256 belong; null for neither
   */
  public static ImageEvent referenceEvent(String id, String uri, byte[] object) {
    ImageEvent event = event(id, new byte[0], 1);
    event.setPayloadUri(uri);
    if (object != null) {
      event.setPayloadSize((long) object.length);
      event.setPayloadSha256(Sha256.hex(object));
    }
    return event;
  }

  /** An image with a mask. */
  public static ImageEvent maskedEvent(String id, byte[] file, ByteBuffer mask) {
    ImageEvent event = event(id, file, null);
    event.setMask(mask);
    return event;
  }

  static ImageEvent rawEvent(String id, byte[] pixels, int height, int width, int channels) {
    return new ImageEvent(
        id,
        "test",
        CAPTURED,
        ImageSourceMapper.RAW_PIXELS,
        ByteBuffer.wrap(pixels),
        null,
        null,
        null,
        new RawShape(height, width, channels),
        null,
        null,
        Map.of());
  }
}
