package io.stillstream.labeler.torch;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * The thread on which all native work of a lane happens. Each thread that runs operators keeps its
 * own OpenMP pool and its own compiled graphs, and libtorch's graph optimiser is a setting of the
 * thread. Calls may come from any thread; they queue.
 */
final class LaneThread {
  private final ExecutorService executor;

  LaneThread(String name) {
    executor = Executors.newSingleThreadExecutor(work -> daemon(work, name));
  }

  /** Runs work on the thread and returns its result, or throws what it threw. */
  <T> T call(Supplier<T> work) {
    try {
      return CompletableFuture.supplyAsync(work, executor).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      if (e.getCause() instanceof Error cause) {
        throw cause;
      }
      throw e;
    }
  }

  void run(Runnable work) {
    Object unused =
        call(
            () -> {
              work.run();
              return null;
            });
  }

  boolean isShutdown() {
    return executor.isShutdown();
  }

  void shutdown() {
    executor.shutdown();
  }

  private static Thread daemon(Runnable work, String name) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }
}
