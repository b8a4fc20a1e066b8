package io.stillstream.architecture.sample.faulty;

final class LongConstructor {
  LongConstructor(int a, int b, int c, int d, int e, int f, int g, int h, int i) {}
}
