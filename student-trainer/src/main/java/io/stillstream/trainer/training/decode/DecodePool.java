package io.stillstream.trainer.training.decode;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Threads that read, check and decode views ahead of the training thread, and build its batches.
 * They decide nothing: what is trained on, and in which order, is the same with any number of them.
 * Who makes tasks bounds how many there are. Tasks are made and joined by one thread.
 */
public final class DecodePool implements AutoCloseable {
  private static final long CLOSE_SECONDS = 10;

  private final ThreadPoolExecutor threads;
  private final int ahead;
  private final DecodeMetrics metrics;
  private long tasks;

  private DecodePool(ThreadPoolExecutor threads, int ahead, DecodeMetrics metrics) {
    this.threads = threads;
    this.ahead = ahead;
    this.metrics = metrics;
  }

  /** Everything is done by the thread that needs it, when it needs it. */
  public static DecodePool none() {
    return create(0, 0, DecodeMetrics.NONE);
  }

  /**
   * A pool; its threads start with the first task.
   *
   * @param threads 0 for none
   * @param ahead batches that are decoded ahead; without threads there are none
   */
  public static DecodePool create(int threads, int ahead, DecodeMetrics metrics) {
    if (threads == 0) {
      return new DecodePool(null, 0, metrics);
    }
    ThreadPoolExecutor executor =
        new ThreadPoolExecutor(
            threads,
            threads,
            0,
            TimeUnit.SECONDS,
            new PriorityBlockingQueue<>(),
            Worker::new,
            // After the shutdown a task runs only on the thread that needs its result.
            new ThreadPoolExecutor.DiscardPolicy());
    return new DecodePool(executor, ahead, metrics);
  }

  private static final class Worker extends Thread {
    Worker(Runnable work) {
      super(work, "decode");
      setDaemon(true);
    }
  }

  /** How many batches are decoded ahead; 0 without threads. */
  public int ahead() {
    return ahead;
  }

  /** Has work done ahead. Without threads it is begun by {@link DecodeTask#join}. */
  public <T> DecodeTask<T> submit(DecodePriority priority, Supplier<T> work) {
    DecodeTask<T> task = task(priority, work);
    if (threads != null) {
      threads.execute(task);
    }
    return task;
  }

  /** Work that {@link DecodeTask#join} begins. */
  public <T> DecodeTask<T> later(Supplier<T> work) {
    return task(DecodePriority.UPDATE, work);
  }

  private <T> DecodeTask<T> task(DecodePriority priority, Supplier<T> work) {
    Callable<T> measured = () -> measured(work);
    return new DecodeTask<>(priority, tasks++, measured, metrics);
  }

  private <T> T measured(Supplier<T> work) {
    if (!(Thread.currentThread() instanceof Worker)) {
      return work.get();
    }
    long start = System.nanoTime();
    try {
      return work.get();
    } finally {
      metrics.decoded(Duration.ofNanos(System.nanoTime() - start));
    }
  }

  /** Ends the threads; what they have not begun, they do not begin any more. */
  @Override
  public void close() {
    if (threads == null) {
      return;
    }
    threads.shutdownNow();
    try {
      boolean unused = threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
