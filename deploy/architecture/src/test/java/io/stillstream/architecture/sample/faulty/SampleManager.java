package io.stillstream.architecture.sample.faulty;

final class SampleManager {
  static int mutable;
}
