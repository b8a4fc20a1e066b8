package io.stillstream.trainer.publish;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.runtime.records.RecordValueSerializer;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends records in a background thread, so that training waits neither for brokers nor for the
 * registry. Each record is tried once; the caller checks the result, and offers it again. Safe for
 * all threads.
 */
public final class AsyncRecordSender implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AsyncRecordSender.class);

  /** Records that wait for the thread, at most. */
  private static final int MAX_QUEUED = 100;

  private final RecordValueSerializer<Object> serializer;
  private final Producer<byte[], byte[]> producer;
  private final Duration closeTimeout;
  private final Map<String, Counter> failures = new TreeMap<>();

  /** Why the last record of a topic did not arrive, for topics whose last record did not. */
  private final Map<String, String> failing = new ConcurrentSkipListMap<>();

  private final ThreadPoolExecutor thread =
      new ThreadPoolExecutor(
          1,
          1,
          0,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(MAX_QUEUED),
          task -> {
            Thread sender = new Thread(task, "background-sender");
            sender.setDaemon(true);
            return sender;
          });

  /**
   * @param producer stays open when this is closed
   * @param topics that it sends to
   * @param closeTimeout how long a close waits for records that are being sent
   */
  public AsyncRecordSender(
      RecordValueSerializer<Object> serializer,
      Producer<byte[], byte[]> producer,
      Collection<String> topics,
      MeterRegistry registry,
      Duration closeTimeout) {
    this.serializer = serializer;
    this.producer = producer;
    this.closeTimeout = closeTimeout;
    for (String topic : topics) {
      failures.put(
          topic,
          Counter.builder("student.publish.failures")
              .description("Records that did not arrive at a try; each is tried again")
              .tag("topic", topic)
              .register(registry));
    }
  }

  /** The result of a record that is being sent. */
  record SendResult(CompletableFuture<Void> future) {
    /** Whether it has arrived, or was given up. */
    boolean isDone() {
      return future.isDone();
    }

    /** Whether a broker has it. */
    boolean isDelivered() {
      return future.isDone() && !future.isCompletedExceptionally();
    }

    /** Whether it cannot be sent as it is, however often it is tried: too large, or unwritable. */
    boolean isRefused() {
      return future.isCompletedExceptionally()
          && future.handle((none, failure) -> isPermanent(failure)).join();
    }

    private static boolean isPermanent(Throwable failure) {
      return failure instanceof RecordTooLargeException
          || failure instanceof IllegalArgumentException;
    }

    /** Waits until it is done; whether a broker has it then. */
    boolean await(Duration atMost) {
      try {
        Object unused = future.get(atMost.toNanos(), TimeUnit.NANOSECONDS);
        return true;
      } catch (ExecutionException | TimeoutException e) {
        return false;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
  }

  /**
   * Begins to send a record; does not wait.
   *
   * @param value turned into bytes later: not to be changed any more
   * @return empty if too many records wait already
   */
  Optional<SendResult> offer(String topic, byte[] key, Object value) {
    // While a topic fails, what was offered before that is known does not wait for it, too.
    boolean probe = isFailing(topic);
    CompletableFuture<Void> result = new CompletableFuture<>();
    try {
      thread.execute(() -> send(topic, key, value, probe, result));
      return Optional.of(new SendResult(result));
    } catch (RejectedExecutionException e) {
      return Optional.empty();
    }
  }

  /** Whether the last record of a topic did not arrive: then one at a time is enough. */
  boolean isFailing(String topic) {
    return failing.containsKey(topic);
  }

  /** A record that was refused is not tried again: its failure says nothing of the topic. */
  void gaveUp(String topic) {
    failing.remove(topic);
  }

  /** What does not arrive, and why; empty while all does. */
  public Optional<String> failure() {
    Map<String, String> now = new TreeMap<>(failing);
    return now.isEmpty() ? Optional.empty() : Optional.of(now.toString());
  }

  private void send(
      String topic, byte[] key, Object value, boolean probe, CompletableFuture<Void> result) {
    if (!probe && isFailing(topic)) {
      result.completeExceptionally(new IllegalStateException("the topic fails"));
      return;
    }
    try {
      byte[] bytes = serializer.serialize(topic, value);
      Future<?> unused =
          producer.send(
              new ProducerRecord<>(topic, key, bytes),
              (metadata, failure) -> {
                if (failure == null) {
                  failing.remove(topic);
                  result.complete(null);
                } else {
                  fail(topic, failure, result);
                }
              });
    } catch (RuntimeException | Error e) {
      // A registry or a broker that is away, or a program that is wrong: it is seen in both cases,
      // and the caller gets it, also where memory or stack did not suffice.
      fail(topic, e, result);
    }
  }

  private void fail(String topic, Throwable reason, CompletableFuture<Void> result) {
    if (result.completeExceptionally(reason)) {
      String why = reason.getMessage() == null ? reason.toString() : reason.getMessage();
      if (failing.put(topic, why) == null) {
        LOG.atWarn()
            .addKeyValue("topic", topic)
            .addKeyValue("reason", reason.toString())
            .log("A record did not arrive; it is tried again");
      }
      failures.get(topic).increment();
    }
  }

  /** Waits for what is under way, for a bounded time. */
  @Override
  public void close() {
    thread.shutdown();
    try {
      if (!thread.awaitTermination(closeTimeout.toNanos(), TimeUnit.NANOSECONDS)) {
        LOG.atWarn()
            .addKeyValue("records", thread.shutdownNow().size())
            .log("Records were not sent; they are sent after the next start");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
