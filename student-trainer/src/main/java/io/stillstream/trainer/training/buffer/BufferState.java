package io.stillstream.trainer.training.buffer;

import io.stillstream.trainer.training.example.TrainingExampleCodec;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * A buffer at one moment. Views never change, so it is only their references that are copied, and
 * another thread may write it while the buffer is used.
 *
 * @param random state of the randomness
 * @param numbers what the kind of buffer has to remember besides
 * @param views by place
 */
@SuppressWarnings("ArrayRecordComponent") // made once, then only read
public record BufferState(
    BufferKind kind, BufferLimits limits, long random, long[] numbers, BufferedView[] views) {
  /** Whether a buffer of this kind and size can continue from it as it is. */
  boolean isOf(BufferKind otherKind, BufferLimits otherLimits) {
    return kind == otherKind && limits.equals(otherLimits);
  }

  /** Writes everything but the views. */
  public void writeHead(DataOutputStream out) throws IOException {
    out.writeByte(code(kind));
    out.writeInt(limits.views());
    out.writeLong(limits.bytes());
    out.writeLong(random);
    out.writeInt(numbers.length);
    for (long number : numbers) {
      out.writeLong(number);
    }
  }

  /** Reads what {@link #writeHead} wrote: a state without views. */
  public static BufferState readHead(DataInputStream in) throws IOException {
    BufferKind kind = kind(in.readUnsignedByte());
    BufferLimits limits = new BufferLimits(in.readInt(), in.readLong());
    long random = in.readLong();
    long[] numbers = new long[in.readInt()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = in.readLong();
    }
    return new BufferState(kind, limits, random, numbers, new BufferedView[0]);
  }

  /** The same with these views, by place. */
  public BufferState with(BufferedView[] held) {
    return new BufferState(kind, limits, random, numbers, held);
  }

  /** The buffer of a checkpoint of format 2 to 4: the views follow the head. */
  static BufferState read(DataInputStream in) throws IOException {
    return readHead(in).with(readViews(in));
  }

  /** The reservoir of a checkpoint of format 1, which did not say how large it was meant to be. */
  static BufferState readReservoir(DataInputStream in) throws IOException {
    long offered = in.readLong();
    long random = in.readLong();
    BufferedView[] views = readViews(in);
    return new BufferState(
        BufferKind.RESERVOIR, new BufferLimits(0, 0), random, new long[] {offered, 0, 0}, views);
  }

  private static BufferedView[] readViews(DataInputStream in) throws IOException {
    BufferedView[] views = new BufferedView[in.readInt()];
    for (int i = 0; i < views.length; i++) {
      views[i] = new BufferedView(TrainingExampleCodec.read(in));
    }
    return views;
  }

  private static int code(BufferKind kind) {
    return switch (kind) {
      case RESERVOIR -> 0;
      case FIFO -> 1;
      case CLASS_BALANCED -> 2;
    };
  }

  private static BufferKind kind(int code) throws IOException {
    return switch (code) {
      case 0 -> BufferKind.RESERVOIR;
      case 1 -> BufferKind.FIFO;
      case 2 -> BufferKind.CLASS_BALANCED;
      default -> throw new IOException("unknown kind of buffer " + code);
    };
  }
}
