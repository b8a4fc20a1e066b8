package io.stillstream.augmenter.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stillstream.augmenter.image.MaskedImage;
import io.stillstream.augmenter.image.decode.ImageSource;
import io.stillstream.augmenter.recipe.MixRecipe;
import io.stillstream.runtime.records.RecordCoordinates;
import java.nio.ByteBuffer;

/**
 * An image that became views and may be mixed into later ones, in the format of the store: one byte
 * for the version of the format, offset, partition, label, shape, topic, imageId, in version 2 the
 * mask, payload. Only images with a mask have version 2: for all others the store keeps its size,
 * which decides what it holds, and is readable for programs that know no masks.
 *
 * @param at coordinates of its record
 * @param imageId of its event
 * @param label of its event; null if it has none
 * @param image the image itself; its mask is the file of the event
 */
public record RecentImage(RecordCoordinates at, String imageId, Integer label, MaskedImage image) {
  private static final byte WITHOUT_MASK = 1;
  private static final byte WITH_MASK = 2;
  private static final int FIXED = 1 + 8 + 4 + 1 + 4 + 1 + 12 + 4 + 4;

  /** Its coordinates, as recipes name them. */
  public MixRecipe.PartnerCoordinates coordinates() {
    return new MixRecipe.PartnerCoordinates(at.topic(), at.partition(), at.offset(), imageId);
  }

  public byte[] serialize() {
    byte[] topic = at.topic().getBytes(UTF_8);
    byte[] id = imageId.getBytes(UTF_8);
    ByteBuffer mask = image.mask() == null ? null : image.mask().duplicate();
    ByteBuffer payload = payload().duplicate();
    int maskBytes = mask == null ? 0 : 4 + mask.remaining();
    ByteBuffer buffer =
        ByteBuffer.allocate(FIXED + topic.length + id.length + maskBytes + payload.remaining())
            .put(mask == null ? WITHOUT_MASK : WITH_MASK)
            .putLong(at.offset())
            .putInt(at.partition())
            .put(flag(label != null))
            .putInt(label == null ? 0 : label);
    if (image.source() instanceof ImageSource.RawPixels pixels) {
      buffer
          .put(flag(true))
          .putInt(pixels.height())
          .putInt(pixels.width())
          .putInt(pixels.channels());
    } else {
      buffer.put(flag(false)).putInt(0).putInt(0).putInt(0);
    }
    buffer.putInt(topic.length).put(topic).putInt(id.length).put(id);
    if (mask != null) {
      buffer.putInt(mask.remaining()).put(mask);
    }
    buffer.put(payload);
    return buffer.array();
  }

  /**
   * The image of these bytes, which are not copied.
   *
   * @throws IllegalStateException if they are of a version that this program does not know
   */
  static RecentImage deserialize(byte[] bytes) {
    ByteBuffer buffer = body(bytes);
    long offset = buffer.getLong();
    int partition = buffer.getInt();
    boolean labelled = buffer.get() != 0;
    int label = buffer.getInt();
    boolean raw = buffer.get() != 0;
    int height = buffer.getInt();
    int width = buffer.getInt();
    int channels = buffer.getInt();
    String topic = text(buffer);
    String id = text(buffer);
    ByteBuffer mask = null;
    if (bytes[0] == WITH_MASK) {
      int length = buffer.getInt();
      mask = buffer.slice(buffer.position(), length);
      buffer.position(buffer.position() + length);
    }
    ByteBuffer payload = buffer.slice();
    return new RecentImage(
        new RecordCoordinates(topic, partition, offset),
        id,
        labelled ? label : null,
        new MaskedImage(
            raw
                ? new ImageSource.RawPixels(payload, height, width, channels)
                : new ImageSource.FileSource(payload),
            mask));
  }

  /** The offset of the image of these bytes. */
  static long offset(byte[] bytes) {
    return body(bytes).getLong();
  }

  private ByteBuffer payload() {
    return image.source() instanceof ImageSource.RawPixels pixels
        ? pixels.bytes()
        : ((ImageSource.FileSource) image.source()).bytes();
  }

  private static ByteBuffer body(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    byte version = buffer.get();
    if (version != WITHOUT_MASK && version != WITH_MASK) {
      throw new IllegalStateException(
          "the store of recent images has one of layout %d and this version reads layouts %d and %d: a"
                  .formatted(version, WITHOUT_MASK, WITH_MASK)
              + " later version wrote it, run that one again, or set another application-id");
    }
    return buffer;
  }

  private static byte flag(boolean set) {
    return (byte) (set ? 1 : 0);
  }

  private static String text(ByteBuffer buffer) {
    byte[] utf8 = new byte[buffer.getInt()];
    buffer.get(utf8);
    return new String(utf8, UTF_8);
  }
}
