package io.stillstream.trainer.label;

import io.stillstream.trainer.training.example.ViewMask;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The table of truths at one moment, to be written by any thread: the file {@value #FILE}. After
 * the version of its layout as a byte come the images in their order, and then the masks, all
 * big-endian.
 */
public final class LabelSnapshot {
  /** Its name in a checkpoint. */
  public static final String FILE = "labels.bin";

  private static final int VERSION = 1;

  /** Parts of an image that follow. */
  private static final int OWN = 1;

  private static final int LATE = 2;
  private static final int TEACHER = 4;
  private static final int SEEN = 8;

  private final long next;
  private final Map<Long, KnownImage> images;
  private final Map<Long, ViewMask> masks;

  /**
   * Keeps the maps, which must not change any more.
   *
   * @param next number of the image that comes next
   * @param images by image, their numbers increase
   * @param masks of some of them, the latest last
   */
  LabelSnapshot(long next, Map<Long, KnownImage> images, Map<Long, ViewMask> masks) {
    this.next = next;
    this.images = images;
    this.masks = masks;
  }

  long next() {
    return next;
  }

  Map<Long, KnownImage> images() {
    return images;
  }

  Map<Long, ViewMask> masks() {
    return masks;
  }

  /** Writes everything. */
  public void writeTo(DataOutputStream out) throws IOException {
    out.writeByte(VERSION);
    out.writeLong(next);
    out.writeInt(images.size());
    for (Map.Entry<Long, KnownImage> image : images.entrySet()) {
      KnownImage known = image.getValue();
      out.writeLong(image.getKey());
      out.writeLong(known.number());
      out.writeByte(
          part(OWN, known.own())
              | part(LATE, known.late())
              | part(TEACHER, known.teacher())
              | (known.seen() ? SEEN : 0));
      writeClass(out, known.own());
      writeClass(out, known.late());
      writeClass(out, known.teacher());
    }
    out.writeInt(masks.size());
    for (Map.Entry<Long, ViewMask> mask : masks.entrySet()) {
      boolean isOne = mask.getValue().stretched() == mask.getValue().cropped();
      out.writeLong(mask.getKey());
      out.writeBoolean(isOne);
      writeFile(out, mask.getValue().stretched());
      if (!isOne) {
        writeFile(out, mask.getValue().cropped());
      }
    }
  }

  private static int part(int bit, int label) {
    return label == KnownImage.NONE ? 0 : bit;
  }

  private static void writeClass(DataOutputStream out, int label) throws IOException {
    if (label != KnownImage.NONE) {
      out.writeInt(label);
    }
  }

  private static void writeFile(DataOutputStream out, byte[] file) throws IOException {
    out.writeInt(file.length);
    out.write(file);
  }

  /**
   * Reads what {@link #writeTo} wrote, up to the end.
   *
   * @throws IOException if it is something else; it never takes more memory than the file
   */
  static LabelSnapshot read(DataInputStream in) throws IOException {
    int version = in.readUnsignedByte();
    if (version != VERSION) {
      throw new IOException(
          FILE + " has layout " + version + ", this version reads layout " + VERSION);
    }
    long next = in.readLong();
    Map<Long, KnownImage> images = new LinkedHashMap<>();
    long after = -1;
    for (int left = count(in); left > 0; left--) {
      long image = in.readLong();
      KnownImage known = readImage(in);
      boolean inOrder = known.number() > after && known.number() < next;
      require(inOrder && image != 0, "number " + known.number() + " is out of order");
      require(images.put(image, known) == null, "an image comes twice");
      after = known.number();
    }
    Map<Long, ViewMask> masks = new LinkedHashMap<>();
    for (int left = count(in); left > 0; left--) {
      long image = in.readLong();
      boolean isOne = in.readBoolean();
      byte[] stretched = readFile(in);
      ViewMask mask = new ViewMask(stretched, isOne ? stretched : readFile(in));
      require(images.containsKey(image), "a mask has no image");
      require(masks.put(image, mask) == null, "a mask comes twice");
    }
    require(in.read() < 0, "more follows than it should have");
    return new LabelSnapshot(next, images, masks);
  }

  private static KnownImage readImage(DataInputStream in) throws IOException {
    long number = in.readLong();
    int parts = in.readUnsignedByte();
    return new KnownImage(
        number,
        readClass(in, parts & OWN),
        readClass(in, parts & LATE),
        readClass(in, parts & TEACHER),
        (parts & SEEN) != 0);
  }

  private static int readClass(DataInputStream in, int part) throws IOException {
    int label = part == 0 ? KnownImage.NONE : in.readInt();
    require(part == 0 || label >= 0, "a class is " + label);
    return label;
  }

  private static int count(DataInputStream in) throws IOException {
    int count = in.readInt();
    require(count >= 0, "a number of parts is " + count);
    return count;
  }

  private static byte[] readFile(DataInputStream in) throws IOException {
    int length = in.readInt();
    require(length >= 0, "a mask has " + length + " bytes");
    byte[] file = in.readNBytes(length);
    if (file.length != length) {
      throw new EOFException(FILE + " ends early");
    }
    return file;
  }

  private static void require(boolean isSound, String damage) throws IOException {
    if (!isSound) {
      throw new IOException(FILE + " is damaged: " + damage);
    }
  }
}
