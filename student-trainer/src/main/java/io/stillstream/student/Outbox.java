package io.stillstream.student;

import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.runtime.BadRecordException;
import io.stillstream.runtime.Coordinates;
import io.stillstream.runtime.DeadLetters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;

/**
 * What leaves the trainer through Kafka. Dead letters are kept until a broker has them, and a
 * checkpoint waits for that: a record is either read again or in dead letters. Belongs to one
 * thread.
 */
final class Outbox implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Producer<byte[], byte[]> producer;
  private final DeadLetters deadLetters;
  private final List<Letter> unconfirmed = new ArrayList<>();

  Outbox(Producer<byte[], byte[]> producer, String deadLetterTopic, MeterRegistry registry) {
    this.producer = producer;
    this.deadLetters = new DeadLetters(deadLetterTopic, "student-trainer", registry);
  }

  private record Letter(ProducerRecord<byte[], byte[]> record, Future<?> sent) {}

  /** Puts a record aside. */
  void deadLetter(ConsumerRecord<byte[], byte[]> source, String stage, BadRecordException cause) {
    ProducerRecord<byte[], byte[]> letter =
        deadLetters.letter(
            Coordinates.of(source), source.key(), source.value(), source.headers(), stage, cause);
    unconfirmed.add(new Letter(letter, producer.send(letter)));
  }

  /**
   * Waits until brokers have all dead letters; what failed is sent once more.
   *
   * @return false if they do not have them yet
   */
  boolean confirm() throws InterruptedException {
    List<Letter> failed = new ArrayList<>();
    for (Letter letter : unconfirmed) {
      if (!arrived(letter.sent)) {
        failed.add(letter);
      }
    }
    unconfirmed.clear();
    for (Letter letter : failed) {
      // Still under way, or given up: sent again it may come twice, with the same coordinates.
      unconfirmed.add(
          letter.sent.isDone() ? new Letter(letter.record, producer.send(letter.record)) : letter);
    }
    return unconfirmed.isEmpty();
  }

  /** Sends a record, and says whether a broker has it. */
  boolean send(String topic, byte[] key, byte[] value) throws InterruptedException {
    try {
      return arrived(producer.send(new ProducerRecord<>(topic, key, value)));
    } catch (KafkaException e) {
      return false;
    }
  }

  /** Sends a record that nobody misses if it gets lost. */
  void sendAndForget(String topic, byte[] key, byte[] value) {
    Future<?> unused = producer.send(new ProducerRecord<>(topic, key, value));
  }

  private static boolean arrived(Future<?> sent) throws InterruptedException {
    try {
      sent.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (ExecutionException | TimeoutException e) {
      return false;
    }
  }

  @Override
  public void close() {
    producer.close(PATIENCE);
  }
}
