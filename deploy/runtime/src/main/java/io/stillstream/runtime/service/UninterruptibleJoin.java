package io.stillstream.runtime.service;

/** What a close does to the end, interrupted or not. */
public final class UninterruptibleJoin {
  private UninterruptibleJoin() {}

  /**
   * Returns when the thread has ended. An interrupt meanwhile cuts nothing short; the flag is set
   * again afterwards.
   */
  public static void join(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
