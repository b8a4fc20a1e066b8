package io.stillstream.trainer.checkpoint.segment;

import io.stillstream.trainer.training.example.TrainingExample;
import io.stillstream.trainer.training.example.TrainingExampleCodec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;

/**
 * The file of a segment: {@code SEGV}, the version of this layout as a byte, and then each view
 * with its length before it. Big-endian.
 */
final class ViewSegment {
  private static final int MAGIC = 0x53454756;
  private static final int VERSION = 1;

  private ViewSegment() {}

  /** A view at its position in a segment. */
  interface Positions {
    /** Whether the view there is to be read. */
    boolean contains(int position);

    void accept(int position, TrainingExample view);
  }

  static void writeHead(DataOutputStream out) throws IOException {
    out.writeInt(MAGIC);
    out.writeByte(VERSION);
  }

  /**
   * Appends a view.
   *
   * @param scratch emptied before and after
   */
  static void write(TrainingExample view, ByteArrayOutputStream scratch, DataOutputStream out)
      throws IOException {
    scratch.reset();
    TrainingExampleCodec.write(view, new DataOutputStream(scratch));
    out.writeInt(scratch.size());
    scratch.writeTo(out);
  }

  /**
   * Reads views of a segment.
   *
   * @param views in the segment
   */
  static void read(DataInputStream in, int views, Positions wanted) throws IOException {
    if (in.readInt() != MAGIC) {
      throw new IOException("it is not a segment of views");
    }
    int version = in.readUnsignedByte();
    if (version != VERSION) {
      throw new IOException("its layout is " + version + ", this version reads " + VERSION);
    }
    for (int position = 0; position < views; position++) {
      int length = in.readInt();
      if (!wanted.contains(position)) {
        in.skipNBytes(length);
        continue;
      }
      byte[] bytes = in.readNBytes(length);
      if (bytes.length != length) {
        throw new EOFException("a view ends early");
      }
      wanted.accept(
          position,
          TrainingExampleCodec.read(new DataInputStream(new ByteArrayInputStream(bytes))));
    }
  }
}
