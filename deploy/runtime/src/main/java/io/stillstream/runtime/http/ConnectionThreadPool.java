package io.stillstream.runtime.http;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A bounded number of threads that serve connections, none of which a client can hold for long. A
 * thread that reads from a client or writes to one for too long is interrupted, which closes that
 * connection: sooner when other tasks wait for a thread. What a task {@linkplain #compute computes}
 * is not the client's doing and is left alone. Tasks that wait too long are refused.
 */
final class ConnectionThreadPool implements Executor, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ConnectionThreadPool.class);
  private static final int IDLE_SECONDS = 10;
  private static final Duration FOR_EVER = Duration.ofDays(10_000);

  private final PoolLimits limits;
  private final LongSupplier nanos;
  private final ThreadPoolExecutor threads;

  /** In the order of their arrival. */
  private final Set<Task> waiting = new LinkedHashSet<>();

  /** In the order of their start. */
  private final Set<Task> running = new LinkedHashSet<>();

  /**
   * What clients are allowed.
   *
   * @param threads most at a time
   * @param waiting most tasks that wait for a thread
   * @param patience how long one waits before it is refused
   * @param pressed how long a client may hold a thread while a task waits
   * @param limit how long it may hold one otherwise
   */
  record PoolLimits(int threads, int waiting, Duration patience, Duration pressed, Duration limit) {
    /** For tasks that are never refused. */
    PoolLimits(int threads, Duration pressed, Duration limit) {
      this(threads, Integer.MAX_VALUE, FOR_EVER, pressed, limit);
    }
  }

  /**
   * @param name of the threads
   * @param nanos a clock
   */
  ConnectionThreadPool(String name, PoolLimits limits, LongSupplier nanos) {
    this(
        work -> {
          Thread thread = new Thread(work, name);
          thread.setDaemon(true);
          return thread;
        },
        limits,
        nanos);
  }

  ConnectionThreadPool(ThreadFactory factory, PoolLimits limits, LongSupplier nanos) {
    this.limits = limits;
    this.nanos = nanos;
    threads =
        new ThreadPoolExecutor(
            limits.threads(),
            limits.threads(),
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            factory);
    threads.allowCoreThreadTimeOut(true);
  }

  /**
   * What a task does beside reading and writing.
   *
   * @param <T> its result
   * @param <E> what it throws
   */
  @FunctionalInterface
  interface Computation<T, E extends Exception> {
    T compute() throws E;
  }

  private final class Task implements Runnable {
    private final Runnable work;
    private final Runnable refusal;
    private Thread thread;
    private long since;
    private boolean computing;

    private Task(Runnable work, Runnable refusal) {
      this.work = work;
      this.refusal = refusal;
      this.since = nanos.getAsLong();
    }

    @Override
    public void run() {
      if (begin(this)) {
        try {
          work.run();
        } finally {
          end(this);
        }
      }
    }

    private boolean isOlderThan(Duration age) {
      return nanos.getAsLong() - since > age.toNanos();
    }
  }

  private synchronized boolean begin(Task task) {
    if (!waiting.remove(task)) {
      return false;
    }
    task.thread = Thread.currentThread();
    task.since = nanos.getAsLong();
    return running.add(task);
  }

  private synchronized void end(Task task) {
    running.remove(task);
    // It was meant for this task, and must not reach the next one.
    Thread.interrupted();
  }

  /**
   * Runs a task as soon as there is a thread; never blocks.
   *
   * @throws RejectedExecutionException if too many wait already, no thread can be had, or it has
   *     been closed
   */
  @Override
  public void execute(Runnable work) {
    if (!offer(work, () -> {})) {
      throw new RejectedExecutionException("too many tasks are waiting, or no thread can be had");
    }
  }

  /**
   * Runs a task as soon as there is a thread; never blocks.
   *
   * @param refusal what {@link #interruptStalled} returns instead, if it waits too long
   * @return false if too many wait already, no thread can be had, or it has been closed: then
   *     neither is run
   */
  boolean offer(Runnable work, Runnable refusal) {
    Task task = new Task(work, refusal);
    synchronized (this) {
      if (waiting.size() >= limits.waiting()) {
        return false;
      }
      waiting.add(task);
    }
    boolean taken = false;
    try {
      threads.execute(task);
      taken = true;
    } catch (RejectedExecutionException e) {
      LOG.atDebug().log("a task comes too late");
    } catch (OutOfMemoryError e) {
      // The system has no thread for this one; it would end the thread that offers it, too.
      LOG.atError().setCause(e).log("no thread for a connection");
    } finally {
      if (!taken) {
        forget(task);
      }
    }
    return taken;
  }

  private synchronized void forget(Task task) {
    waiting.remove(task);
  }

  /**
   * Calls something that does not depend on the client, on one of these threads: until it returns
   * the thread is not interrupted, and then the client's time begins anew.
   */
  <T, E extends Exception> T compute(Computation<T, E> computation) throws E {
    Task task = current();
    setComputing(task, true);
    try {
      return computation.compute();
    } finally {
      setComputing(task, false);
    }
  }

  private synchronized void setComputing(Task task, boolean computing) {
    task.computing = computing;
    task.since = nanos.getAsLong();
    if (computing) {
      // It was meant for the client; only the end of all threads is meant for the computation.
      Thread.interrupted();
      if (threads.isShutdown()) {
        task.thread.interrupt();
      }
    }
  }

  private synchronized Task current() {
    for (Task task : running) {
      if (task.thread == Thread.currentThread()) {
        return task;
      }
    }
    throw new IllegalStateException("not one of these threads");
  }

  /**
   * Takes threads away from clients that hold them for too long. To be called several times a
   * second.
   *
   * @return refusals of the tasks that have waited too long, to be run elsewhere
   */
  synchronized List<Runnable> interruptStalled() {
    Duration allowed = waiting.isEmpty() ? limits.limit() : limits.pressed();
    for (Task task : running) {
      if (!task.computing && task.isOlderThan(allowed)) {
        task.thread.interrupt();
      }
    }
    List<Runnable> refusals = new ArrayList<>();
    for (Iterator<Task> tasks = waiting.iterator(); tasks.hasNext(); ) {
      Task task = tasks.next();
      if (task.isOlderThan(limits.patience())) {
        tasks.remove();
        refusals.add(task.refusal);
      }
    }
    return refusals;
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
