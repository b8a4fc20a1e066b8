package io.stillstream.trainer.training.buffer;

import io.stillstream.trainer.training.buffer.TeacherAwareReplay.ReplaySnapshot;
import io.stillstream.trainer.training.example.TrainingExampleCodec;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Buffers as checkpoints up to format 4 had them in a file of their own: all that they are. */
public final class BufferBytes {
  private BufferBytes() {}

  /** The teacher and the buffer. */
  public static byte[] of(ReplaySnapshot snapshot) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      new DataOutputStream(bytes).writeLong(snapshot.teacher());
      bytes.write(of(snapshot.buffer()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  static byte[] of(BufferState state) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      DataOutputStream out = new DataOutputStream(bytes);
      state.writeHead(out);
      out.writeInt(state.views().length);
      for (BufferedView view : state.views()) {
        TrainingExampleCodec.write(view.view(), out);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
