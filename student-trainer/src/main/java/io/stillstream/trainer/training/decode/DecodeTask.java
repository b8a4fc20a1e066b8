package io.stillstream.trainer.training.decode;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Work for a {@link DecodePool}. A thread that needs the result runs the task itself if no thread
 * of the pool has started it. So it waits for no other task, and the result is the same on any
 * thread.
 */
public final class DecodeTask<T> extends FutureTask<T> implements Comparable<DecodeTask<?>> {
  private final DecodePriority priority;
  private final long number;
  private final DecodeMetrics metrics;

  /**
   * @param number in the order in which tasks were made
   */
  DecodeTask(DecodePriority priority, long number, Callable<T> work, DecodeMetrics metrics) {
    super(work);
    this.priority = priority;
    this.number = number;
    this.metrics = metrics;
  }

  /**
   * The result. If no thread has started the task, it runs here; otherwise this waits for it,
   * whether the thread is interrupted or not, as a task takes no longer than a batch.
   *
   * @throws CancellationException if it was cancelled
   * @throws RuntimeException or Error, what the work threw
   */
  public T join() {
    if (isDone()) {
      return await();
    }
    long start = System.nanoTime();
    try {
      run();
      return await();
    } finally {
      metrics.waited(Duration.ofNanos(System.nanoTime() - start));
    }
  }

  private T await() {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return get();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      throw unchecked(e.getCause());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static RuntimeException unchecked(Throwable cause) {
    if (cause instanceof Error error) {
      throw error;
    }
    return cause instanceof RuntimeException known ? known : new IllegalStateException(cause);
  }

  @Override
  public int compareTo(DecodeTask<?> other) {
    int byPriority = priority.compareTo(other.priority);
    return byPriority == 0 ? Long.compare(number, other.number) : byPriority;
  }
}
