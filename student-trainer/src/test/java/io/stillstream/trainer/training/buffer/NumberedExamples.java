package io.stillstream.trainer.training.buffer;

import io.stillstream.schemas.PixelEncoding;
import io.stillstream.trainer.training.example.LabelTarget;
import io.stillstream.trainer.training.example.TrainingExample;
import io.stillstream.trainer.training.example.ViewIdentity;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.Stream;

/** Views that carry a number in their pixels, and buffers as what they hold. */
final class NumberedExamples {
  /** What the smallest of them takes on the heap. */
  static final long BYTES = 160 + Integer.BYTES + 40 + Float.BYTES;

  private NumberedExamples() {}

  static TrainingExample view(int number) {
    return view(number, 4, 1, 0);
  }

  /** A view of a class. */
  static TrainingExample view(int number, int pixelBytes, long teacher, int category) {
    byte[] pixels = ByteBuffer.allocate(pixelBytes).putInt(0, number).array();
    return new TrainingExample(
        PixelEncoding.RAW,
        pixels,
        new float[] {number},
        LabelTarget.of(category),
        false,
        teacher,
        ViewIdentity.UNKNOWN);
  }

  static int number(TrainingExample view) {
    return ByteBuffer.wrap(view.pixels()).getInt(0);
  }

  /** The numbers of what it holds, by place. */
  static List<Integer> contents(ReplayBuffer buffer) {
    return Stream.of(buffer.state().views())
        .map(BufferedView::view)
        .map(NumberedExamples::number)
        .toList();
  }

  static byte[] saved(ReplayBuffer buffer) {
    return BufferBytes.of(buffer.state());
  }

  static BufferState read(byte[] saved) {
    try {
      return BufferState.read(new DataInputStream(new ByteArrayInputStream(saved)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
