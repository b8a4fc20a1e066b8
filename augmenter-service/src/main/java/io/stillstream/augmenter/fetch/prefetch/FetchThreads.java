package io.stillstream.augmenter.fetch.prefetch;

import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads that read objects: as many as there are tasks, which the user bounds. Thread-safe. */
final class FetchThreads implements Executor, AutoCloseable {
  private static final int IDLE_SECONDS = 30;
  private static final int CLOSE_SECONDS = 5;

  private final AtomicInteger number = new AtomicInteger();
  private final ThreadPoolExecutor pool =
      new ThreadPoolExecutor(
          0,
          Integer.MAX_VALUE,
          IDLE_SECONDS,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          task -> {
            Thread thread = new Thread(task, "object-fetch-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
          });

  /** Runs a task, now. */
  @Override
  public void execute(Runnable task) {
    pool.execute(task);
  }

  /** Interrupts all; no task is run from now on. */
  void interrupt() {
    pool.shutdownNow();
  }

  /** Waits a little for the end of all threads. */
  @Override
  public void close() {
    interrupt();
    try {
      var unused = pool.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
