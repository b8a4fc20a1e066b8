package io.stillstream.augmenter.random;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.stream.DoubleStream;

/** Streams that are known beforehand. */
public final class FixedRandomStream {
  private FixedRandomStream() {}

  /** Fails when more numbers are taken than are given. */
  public static RandomStream of(double... numbers) {
    Deque<Double> queue = new ArrayDeque<>(DoubleStream.of(numbers).boxed().toList());
    return queue::remove;
  }
}
