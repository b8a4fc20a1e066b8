package io.stillstream.labeler.progress;

import io.stillstream.runtime.lookup.StandaloneConsumer;
import io.stillstream.runtime.service.RetryBackoff;
import io.stillstream.runtime.service.UninterruptibleJoin;
import io.stillstream.schemas.registry.RegistryUnavailableException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows {@code student-progress} on a thread of its own, so that labelling never waits for it. It
 * waits for absent brokers and an absent registry, and retries after any other failure. There is no
 * group; every labeler reads all partitions, from the first record on that is young enough to
 * count.
 */
final class StudentProgressConsumer implements Runnable, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(StudentProgressConsumer.class);
  private static final Duration POLL = Duration.ofSeconds(1);
  private static final Duration DISCOVERY = Duration.ofSeconds(30);

  private final StandaloneConsumer consumer;
  private final String topic;
  private final Duration lookBack;
  private final StudentProgressHandler handler;
  private final InstantSource clock;
  private final Thread thread = new Thread(this, "labeler-progress");
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final RetryBackoff backoff = new RetryBackoff();

  /** Records before the consumer's positions that have not been handled yet. */
  private final Deque<ConsumerRecord<byte[], byte[]>> polled = new ArrayDeque<>();

  private boolean isAssigned;
  private long discoveredAt;
  private volatile String error;

  /**
   * @param consumer closed by the reader
   * @param lookBack age of the oldest record that still counts
   */
  StudentProgressConsumer(
      StandaloneConsumer consumer,
      String topic,
      Duration lookBack,
      StudentProgressHandler handler,
      InstantSource clock) {
    this.consumer = consumer;
    this.topic = topic;
    this.lookBack = lookBack;
    this.handler = handler;
    this.clock = clock;
  }

  void start() {
    thread.start();
  }

  /** Why nothing can be read at the moment. */
  Optional<String> lastError() {
    return Optional.ofNullable(error);
  }

  @Override
  public void run() {
    try {
      while (!isStopping()) {
        runOnce();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      consumer.close(POLL);
    }
  }

  private void runOnce() throws InterruptedException {
    try {
      discoverPartitions();
      if (polled.isEmpty()) {
        consumer.poll(POLL).forEach(polled::add);
      }
      while (!polled.isEmpty()) {
        // Taken out first: what fails for another reason than the registry is not tried for ever.
        if (!accept(polled.remove())) {
          return;
        }
      }
      markHealthy();
    } catch (WakeupException e) {
      log.atDebug().log("the reader of progress was woken up");
    } catch (InterruptException e) {
      throw new InterruptedException(e.getMessage());
    } catch (RuntimeException e) {
      // Labels matter more than what they cost: nothing here may end the labeler.
      pause(e);
    }
  }

  /** False if a stop was requested while the registry is unavailable. */
  private boolean accept(ConsumerRecord<byte[], byte[]> record) throws InterruptedException {
    while (!isStopping()) {
      try {
        handler.accept(record);
        return true;
      } catch (RegistryUnavailableException e) {
        pause(e);
      }
    }
    return false;
  }

  private void discoverPartitions() {
    long now = System.nanoTime();
    if (isAssigned && now - discoveredAt < DISCOVERY.toNanos()) {
      return;
    }
    Set<TopicPartition> added = consumer.newPartitions(topic);
    if (!added.isEmpty()) {
      consumer.assignAlso(consumer.offsetsSince(added, clock.instant().minus(lookBack)));
      isAssigned = true;
    }
    discoveredAt = now;
  }

  private void markHealthy() {
    if (error != null) {
      log.atInfo().log("progress of students can be read again");
      error = null;
    }
    backoff.reset();
  }

  private void pause(RuntimeException cause) throws InterruptedException {
    if (error == null) {
      log.atWarn().addKeyValue("cause", cause.toString()).log("progress cannot be read now");
    }
    error = cause.toString();
    boolean unused = stopping.await(backoff.next().toMillis(), TimeUnit.MILLISECONDS);
  }

  private boolean isStopping() {
    return stopping.getCount() == 0;
  }

  /** Ends the thread, and with it the consumer. */
  @Override
  public void close() {
    stopping.countDown();
    consumer.wakeup();
    UninterruptibleJoin.join(thread);
  }
}
