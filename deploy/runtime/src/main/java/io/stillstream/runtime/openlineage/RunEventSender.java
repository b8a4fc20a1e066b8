package io.stillstream.runtime.openlineage;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.openlineage.client.OpenLineage.RunEvent;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends run events in their order, from a thread of its own: {@link #send} never waits. An event
 * that the service does not take is sent again until it does; of more than {@value #MOST_WAITING}
 * that wait, the oldest is dropped and counted.
 */
final class RunEventSender implements AutoCloseable {
  static final int MOST_WAITING = 1_000;
  private static final Logger LOG = LoggerFactory.getLogger(RunEventSender.class);
  private static final Duration PAUSE = Duration.ofSeconds(5);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private final Function<RunEvent, EventDelivery> transport;
  private final AutoCloseable closing;
  private final Duration pause;
  private final Map<EventDelivery, Counter> results = new EnumMap<>(EventDelivery.class);
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Thread thread;

  /** Guarded by the lock, as is {@code closed}; the first one is being sent. */
  private final Deque<RunEvent> waiting = new ArrayDeque<>();

  private boolean closed;

  /**
   * @param closing of the transport
   * @param pause before an event is sent again
   */
  RunEventSender(
      Function<RunEvent, EventDelivery> transport,
      AutoCloseable closing,
      MeterRegistry registry,
      Duration pause) {
    this.transport = transport;
    this.closing = closing;
    this.pause = pause;
    for (EventDelivery result : EventDelivery.values()) {
      // One that is dropped has failed for the last time.
      String tag =
          result == EventDelivery.FAILED ? "dropped" : result.name().toLowerCase(Locale.ROOT);
      results.put(
          result,
          Counter.builder("stillstream.openlineage.events")
              .description("Lineage events by what became of them")
              .tag("result", tag)
              .register(registry));
    }
    Gauge.builder("stillstream.openlineage.waiting", this, RunEventSender::waiting)
        .description("Lineage events that the service has not taken yet")
        .register(registry);
    thread = new Thread(this::work, "openlineage");
    thread.setDaemon(true);
    thread.start();
  }

  static RunEventSender open(OpenLineageSettings settings, MeterRegistry registry) {
    EventTransport transport = EventTransport.open(settings);
    return new RunEventSender(transport::send, transport, registry, PAUSE);
  }

  void send(RunEvent event) {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      waiting.addLast(event);
      if (waiting.size() > MOST_WAITING) {
        waiting.removeFirst();
        results.get(EventDelivery.FAILED).increment();
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  int waiting() {
    lock.lock();
    try {
      return waiting.size();
    } finally {
      lock.unlock();
    }
  }

  private void work() {
    try {
      RunEvent event = next();
      while (event != null) {
        EventDelivery delivery = transport.apply(event);
        if (delivery == EventDelivery.FAILED) {
          pauseOrGiveUp();
        } else {
          settle(event, delivery);
        }
        event = next();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The next event; null once this is closed and none is left. */
  private RunEvent next() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (waiting.isEmpty() && !closed) {
        changed.await();
      }
      return waiting.peekFirst();
    } finally {
      lock.unlock();
    }
  }

  @SuppressWarnings("ReferenceEquality") // two equal events are two
  private void settle(RunEvent event, EventDelivery delivery) {
    lock.lock();
    try {
      // Another one is first if this one was dropped meanwhile.
      if (waiting.peekFirst() == event) {
        waiting.removeFirst();
        results.get(delivery).increment();
      }
    } finally {
      lock.unlock();
    }
  }

  private void pauseOrGiveUp() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = pause.toNanos();
      while (!closed && left > 0) {
        left = changed.awaitNanos(left);
      }
      if (closed && !waiting.isEmpty()) {
        LOG.atWarn().addKeyValue("events", waiting.size()).log("Lineage events are lost");
        results.get(EventDelivery.FAILED).increment(waiting.size());
        waiting.clear();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Sends what waits, for a bounded time; gives up what the service does not take. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      thread.join(CLOSE_TIMEOUT.toMillis());
      if (thread.isAlive()) {
        thread.interrupt();
        thread.join(TimeUnit.SECONDS.toMillis(1));
      }
      closing.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      LOG.atDebug().addKeyValue("cause", e.toString()).log("Lineage transport was not closed");
    }
  }
}
