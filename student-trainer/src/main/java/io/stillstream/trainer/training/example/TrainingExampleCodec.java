package io.stillstream.trainer.training.example;

import io.stillstream.schemas.PixelEncoding;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A view as bytes in a checkpoint. Big-endian; the first byte says which parts follow. */
public final class TrainingExampleCodec {
  private static final int LOGITS = 1;
  private static final int TARGET = 2;
  private static final int ORIGINAL = 4;
  private static final int TEACHER = 8;

  /** From format 3 of checkpoints on. */
  private static final int IMAGE = 16;

  private static final int PARTNER = 32;

  /** From format 4 of checkpoints on. */
  private static final int MASK = 64;

  private static final int PACKED = 128;

  /** Beside the encoding. From format 6 of checkpoints on, and only where no label says it. */
  private static final int SHARE = 128;

  private static final int CROPPED = 64;
  private static final int ENCODING = 63;

  private TrainingExampleCodec() {}

  public static void write(TrainingExample view, DataOutputStream out) throws IOException {
    PackedAnswer answer = view.answer();
    boolean isPacked = answer != null && answer.isPacked();
    float[] logits = answer == null || isPacked ? null : answer.row();
    out.writeByte(
        (logits != null ? LOGITS : 0)
            | (view.target().isPresent() ? TARGET : 0)
            | (view.isOriginal() ? ORIGINAL : 0)
            | (view.teacher() != 0 ? TEACHER : 0)
            | (view.image() != 0 ? IMAGE : 0)
            | (view.partner() != 0 ? PARTNER : 0)
            | (view.hasMask() ? MASK : 0)
            | (isPacked ? PACKED : 0));
    boolean hasShare =
        view.target().isEmpty() && view.partner() != 0 && !Float.isNaN(view.identity().share());
    out.writeByte(
        code(view.encoding()) | (hasShare ? SHARE : 0) | (view.isCropped() ? CROPPED : 0));
    out.writeInt(view.pixels().length);
    out.write(view.pixels());
    if (logits != null) {
      ByteBuffer bytes = ByteBuffer.allocate(4 + 4 * logits.length).putInt(logits.length);
      bytes.asFloatBuffer().put(logits);
      out.write(bytes.array());
    }
    if (view.target().isPresent()) {
      LabelTarget target = view.target().get();
      out.writeInt(target.primary());
      out.writeInt(target.secondary());
      out.writeFloat(target.weight());
    }
    if (view.teacher() != 0) {
      out.writeLong(view.teacher());
    }
    if (view.image() != 0) {
      out.writeLong(view.image());
    }
    if (view.partner() != 0) {
      out.writeLong(view.partner());
    }
    if (hasShare) {
      out.writeFloat(view.identity().share());
    }
    if (view.hasMask()) {
      out.writeInt(view.maskFile().length);
      out.write(view.maskFile());
    }
    if (isPacked) {
      answer.write(out);
    }
  }

  public static TrainingExample read(DataInputStream in) throws IOException {
    int parts = in.readUnsignedByte();
    int kind = in.readUnsignedByte();
    PixelEncoding encoding = encoding(kind & ENCODING);
    byte[] pixels = exactly(in, in.readInt());
    PackedAnswer answer = null;
    if ((parts & LOGITS) != 0) {
      float[] logits = new float[in.readInt()];
      ByteBuffer.wrap(exactly(in, 4 * logits.length)).asFloatBuffer().get(logits);
      answer = PackedAnswer.ofLogits(logits);
    }
    LabelTarget target = null;
    if ((parts & TARGET) != 0) {
      target = new LabelTarget(in.readInt(), in.readInt(), in.readFloat());
    }
    long teacher = (parts & TEACHER) != 0 ? in.readLong() : 0;
    long image = (parts & IMAGE) != 0 ? in.readLong() : 0;
    long partner = (parts & PARTNER) != 0 ? in.readLong() : 0;
    ViewIdentity identity =
        (kind & SHARE) != 0
            ? ViewIdentity.of(image, partner, in.readFloat())
            : ViewIdentity.of(image, partner);
    byte[] mask = (parts & MASK) != 0 ? exactly(in, in.readInt()) : null;
    if ((parts & PACKED) != 0) {
      answer = PackedAnswer.read(in);
    }
    TrainingExample view =
        new TrainingExample(
            encoding, pixels, answer, target, mask, (parts & ORIGINAL) != 0, teacher, identity);
    return (kind & CROPPED) != 0 ? view.asCropped() : view;
  }

  private static byte[] exactly(DataInputStream in, int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length != length) {
      throw new EOFException("a view ends early");
    }
    return bytes;
  }

  /** Own numbers: those of the enum follow the schema, which may grow in the middle. */
  private static int code(PixelEncoding encoding) {
    return switch (encoding) {
      case RAW -> 0;
      case PNG -> 1;
      case JPEG -> 2;
    };
  }

  private static PixelEncoding encoding(int code) throws IOException {
    return switch (code) {
      case 0 -> PixelEncoding.RAW;
      case 1 -> PixelEncoding.PNG;
      case 2 -> PixelEncoding.JPEG;
      default -> throw new IOException("unknown pixel encoding " + code);
    };
  }
}
