package io.stillstream.containers;

/** A server that a test can send away and have back at the same address, with all that it knew. */
interface RestartableServer extends AutoCloseable {
  /** Where clients find it. */
  String address();

  /** From when this returns it does not answer. */
  void stop();

  /** From when this returns it answers again, at the same address. */
  void start();

  @Override
  void close();
}
