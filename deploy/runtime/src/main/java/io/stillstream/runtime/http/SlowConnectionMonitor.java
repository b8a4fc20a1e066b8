package io.stillstream.runtime.http;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Relieves connection threads several times a second, and has those that read requests write the
 * refusals: these no client can hold either. It goes on whatever happens to one look; a refusal for
 * which no thread can be had is tried again at the next one.
 */
final class SlowConnectionMonitor implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SlowConnectionMonitor.class);

  /** How long a look at the threads is away, ms. */
  private static final int WATCH = 100;

  private final ConnectionThreadPool readers;
  private final List<ConnectionThreadPool> threads;
  private final ScheduledExecutorService schedule;

  /** Of the schedule's thread. */
  private final Queue<Runnable> refusals = new ArrayDeque<>();

  /**
   * Begins.
   *
   * @param readers write the refusals
   * @param threads to be relieved, the readers among them
   */
  SlowConnectionMonitor(ConnectionThreadPool readers, List<ConnectionThreadPool> threads) {
    this.readers = readers;
    this.threads = threads;
    this.schedule = Executors.newSingleThreadScheduledExecutor(SlowConnectionMonitor::thread);
    Future<?> unused =
        schedule.scheduleWithFixedDelay(this::check, WATCH, WATCH, TimeUnit.MILLISECONDS);
  }

  private void check() {
    try {
      threads.forEach(each -> refusals.addAll(each.interruptStalled()));
      while (!refusals.isEmpty()) {
        readers.execute(refusals.element());
        refusals.remove();
      }
    } catch (RuntimeException | Error e) {
      // The schedule would end with it, and clients could hold threads from then on.
      LOG.atError().setCause(e).log("a look at the management endpoint's threads failed");
    }
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "management-watch");
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public void close() {
    schedule.shutdownNow();
  }
}
