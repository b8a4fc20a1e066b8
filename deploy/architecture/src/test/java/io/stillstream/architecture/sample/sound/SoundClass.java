package io.stillstream.architecture.sample.sound;

/** Has the most parameters that are allowed where the compiler adds some. */
public final class SoundClass {
  SoundClass(int a, int b, int c, int d, int e, int f, int g, int h) {}

  @SuppressWarnings("ClassCanBeStatic") // inner, for the parameter that the compiler adds
  final class Inner {
    Inner(int a, int b, int c, int d, int e, int f, int g, int h) {}
  }

  enum Kind {
    ONLY(1, 2, 3, 4, 5, 6, 7, 8) {};

    @SuppressWarnings("UnusedVariable")
    Kind(int a, int b, int c, int d, int e, int f, int g, int h) {}
  }

  record Data(int a, int b, int c, int d, int e, int f, int g, int h, int i) {}

  Runnable anonymous() {
    return new Runnable() {
      @Override
      public void run() {}
    };
  }
}
