package io.stillstream.faults.input;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.local.data.IdxLabeledImages;
import io.stillstream.runtime.records.RecordValueSerializer;
import io.stillstream.schemas.ImageEvent;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.image.PixelCodec;
import io.stillstream.schemas.topics.Topics;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;

/** The records that are sent, by number: Fashion-MNIST round and round, and bad ones among them. */
public final class ImageRecordFactory implements AutoCloseable {
  private static final int SIDE = 30_000;
  private static final int UNKNOWN_ID = 1_000_000;
  private static final int BOMB_BYTES = 4 << 20;

  private final IdxLabeledImages set;
  private final RecordValueSerializer<ImageEvent> writer;

  public ImageRecordFactory(Path home, Map<String, String> clients) {
    set =
        IdxLabeledImages.load(
            home.resolve("deploy/data/fashion-mnist"), IdxLabeledImages.Split.TEST);
    writer = new RecordValueSerializer<>(clients, new SimpleMeterRegistry());
  }

  /**
   * The n-th record.
   *
   * @param references where the image is if it is not in the record
   */
  ProducerRecord<byte[], byte[]> record(
      long number, RecordKind kind, RecordVariation oddity, Optional<ImageReferences> references) {
    byte[] key = ("image-" + number).getBytes(UTF_8);
    byte[] value =
        references.isPresent() && (kind == RecordKind.GOOD || kind.isOfObject())
            ? reference(number, kind, references.get())
            : value(number, kind, oddity);
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(Topics.IMAGES, oddity.hasKey() ? key : null, value);
    oddity.headers().forEach(header -> record.headers().add(header));
    return record;
  }

  @Override
  public void close() {
    writer.close();
  }

  private byte[] reference(long number, RecordKind kind, ImageReferences references) {
    ImageEvent.Builder event = builder(number, Instant.now(), "image/png");
    references.put(number, kind, set.file((int) (number % set.size())), event);
    return writer.serialize(Topics.IMAGES, event.build());
  }

  private byte[] value(long number, RecordKind kind, RecordVariation oddity) {
    Instant captured = oddity.capturedAt().orElseGet(Instant::now);
    int index = (int) (number % set.size());
    return switch (kind) {
      case GOOD -> event(number, captured, "image/png", set.png(index));
      case TRUNCATED_JPEG -> event(number, captured, "image/jpeg", truncated(index));
      case NO_PAYLOAD -> event(number, captured, "image/png", ByteBuffer.allocate(0));
      case NO_VALUE -> null;
      case NO_IMAGE ->
          event(number, captured, "image/png", ByteBuffer.wrap("no image".getBytes(UTF_8)));
      case GARBAGE -> "no record".getBytes(UTF_8);
      case UNKNOWN_SCHEMA -> ByteBuffer.allocate(9).put((byte) 0).putInt(UNKNOWN_ID).array();
      case TOO_MANY_PIXELS -> event(number, captured, "image/bmp", huge());
      case TOO_MANY_SCANS ->
          event(number, captured, "image/jpeg", ByteBuffer.wrap(scanBomb(BOMB_BYTES)));
      case OBJECT_MISSING, OBJECT_CHANGED, OBJECT_SHORTENED, OBJECT_TOO_LARGE, OBJECT_NOT_ALLOWED ->
          throw new IllegalArgumentException(kind + " is of no record with a payload");
    };
  }

  private byte[] event(long number, Instant captured, String type, ByteBuffer payload) {
    ImageEvent event = builder(number, captured, type).setPayload(payload).build();
    return writer.serialize(Topics.IMAGES, event);
  }

  private ImageEvent.Builder builder(long number, Instant captured, String type) {
    return ImageEvent.newBuilder()
        .setImageId("image-" + number)
        .setSource("faults")
        .setCapturedAt(captured)
        .setContentType(type)
        .setLabel(set.label((int) (number % set.size())));
  }

  private ByteBuffer truncated(int index) {
    ByteBuffer file =
        PixelCodec.encode(PixelEncoding.JPEG, set.height(), set.width(), 1, set.pixels(index));
    return file.limit(file.limit() - file.remaining() / 4);
  }

  /**
   * A JPEG of 1,000 x 1,000 pixels whose scans take ten bytes each, and a decoder through the whole
   * image each.
   */
  public static byte[] scanBomb(int bytes) {
    byte[] frame = HexFormat.of().parseHex("ffd8ffc2000b0803e803e801011100");
    byte[] scan = HexFormat.of().parseHex("ffda0008010100010500");
    ByteBuffer file = ByteBuffer.allocate(bytes).put(frame);
    while (file.remaining() >= scan.length + 2) {
      file.put(scan);
    }
    return file.putShort((short) 0xFFD9).array();
  }

  /** Only the head of a BMP, which says how large it is. */
  private static ByteBuffer huge() {
    ByteBuffer head = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
    head.put((byte) 'B').put((byte) 'M').putInt(64).putInt(0).putInt(54);
    head.putInt(40).putInt(SIDE).putInt(SIDE).putShort((short) 1).putShort((short) 24);
    return head.rewind();
  }
}
