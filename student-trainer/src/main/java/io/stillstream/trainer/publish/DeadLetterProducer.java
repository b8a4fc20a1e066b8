package io.stillstream.trainer.publish;

import io.stillstream.runtime.records.BadRecordException;
import io.stillstream.runtime.records.DeadLetterFactory;
import io.stillstream.runtime.records.RecordCoordinates;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Sends dead letters and keeps them until a broker has them. Checkpoints wait for that: so a record
 * is either read again or in the dead-letter topic. Belongs to one thread.
 */
public final class DeadLetterProducer implements AutoCloseable {
  private static final int MAX_RECORDS = 1000;
  private static final long MAX_BYTES = 32 << 20;

  /** How often a wait checks whether the service stops. */
  private static final Duration STOP_CHECK = Duration.ofMillis(100);

  private final Producer<byte[], byte[]> producer;
  private final DeadLetterFactory deadLetters;
  private final Duration timeout;
  private final CountDownLatch stopping;
  private final List<UnconfirmedDeadLetter> unconfirmed = new ArrayList<>();

  /**
   * @param timeout longest wait for brokers
   * @param stopping at zero when the service stops
   */
  public DeadLetterProducer(
      Producer<byte[], byte[]> producer,
      DeadLetterFactory deadLetters,
      Duration timeout,
      CountDownLatch stopping) {
    this.producer = producer;
    this.deadLetters = deadLetters;
    this.timeout = timeout;
    this.stopping = stopping;
  }

  private record UnconfirmedDeadLetter(ProducerRecord<byte[], byte[]> record, Future<?> sent) {
    long bytes() {
      return (record.key() == null ? 0L : record.key().length)
          + (record.value() == null ? 0L : record.value().length);
    }
  }

  /** Sends a bad record. */
  public void deadLetter(
      ConsumerRecord<byte[], byte[]> source, String stage, BadRecordException cause) {
    send(
        deadLetters.create(
            RecordCoordinates.of(source),
            source.key(),
            source.value(),
            source.headers(),
            stage,
            cause));
  }

  /** Sends a bad record whose value is no longer in memory, as a reference to it. */
  public void deadLetterByReference(
      ConsumerRecord<byte[], byte[]> source, String stage, BadRecordException cause) {
    send(
        deadLetters.createByReference(
            RecordCoordinates.of(source), source.key(), source.headers(), stage, cause));
  }

  private void send(ProducerRecord<byte[], byte[]> record) {
    unconfirmed.removeIf(earlier -> isDelivered(earlier.sent));
    unconfirmed.add(new UnconfirmedDeadLetter(record, producer.send(record)));
  }

  /** Whether so many dead letters are unconfirmed that others have to wait. */
  public boolean isFull() {
    return unconfirmed.size() >= MAX_RECORDS
        || unconfirmed.stream().mapToLong(UnconfirmedDeadLetter::bytes).sum() >= MAX_BYTES;
  }

  /**
   * Sends again what failed, and waits until brokers have all dead letters, no longer than the
   * timeout, and only until the service stops. Called after that, it may use the whole timeout.
   *
   * @return false if they do not have them yet
   */
  public boolean confirm() throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    boolean lastChance = isStopping();
    unconfirmed.removeIf(letter -> isDelivered(letter.sent));
    for (int i = 0; i < unconfirmed.size() && goesOn(deadline, lastChance); i++) {
      UnconfirmedDeadLetter letter = unconfirmed.get(i);
      // Given up by the client: it may have arrived, and come twice, with the same coordinates.
      if (letter.sent.isDone()) {
        unconfirmed.set(i, new UnconfirmedDeadLetter(letter.record, producer.send(letter.record)));
      }
    }
    for (UnconfirmedDeadLetter letter : unconfirmed) {
      await(letter.sent, deadline, lastChance);
    }
    unconfirmed.removeIf(letter -> isDelivered(letter.sent));
    return unconfirmed.isEmpty();
  }

  private void await(Future<?> sent, long deadline, boolean lastChance)
      throws InterruptedException {
    while (!sent.isDone() && goesOn(deadline, lastChance)) {
      try {
        Object unused = sent.get(STOP_CHECK.toMillis(), TimeUnit.MILLISECONDS);
      } catch (ExecutionException | TimeoutException e) {
        // What came of it is asked for later.
      }
    }
  }

  private boolean goesOn(long deadline, boolean lastChance) {
    return System.nanoTime() < deadline && (lastChance || !isStopping());
  }

  private boolean isStopping() {
    return stopping.getCount() == 0;
  }

  private static boolean isDelivered(Future<?> sent) {
    if (!sent.isDone()) {
      return false;
    }
    try {
      Object unused = sent.get();
      return true;
    } catch (ExecutionException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public void close() {
    producer.close(timeout);
  }
}
