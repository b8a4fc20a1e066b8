package io.stillstream.local.label;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.local.exit.CommandFailedException;
import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.runtime.records.RecordValueSerializer;
import io.stillstream.schemas.ImageLabel;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Sends labels in their order, each exactly once for as long as this process lives: the producer is
 * idempotent, and what fails for good fails the sender. For one sending thread.
 */
final class ImageLabelSender implements AutoCloseable {
  private final String topic;
  private final RecordValueSerializer<ImageLabel> serializer;
  private final KafkaProducer<byte[], byte[]> producer;
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicReference<Exception> failure = new AtomicReference<>();

  /**
   * @param kafka settings of producer and serializer
   */
  ImageLabelSender(Map<String, String> kafka, String topic, MeterRegistry meters) {
    this.topic = topic;
    this.serializer = new RecordValueSerializer<>(kafka, meters);
    this.producer =
        KafkaSettings.client(() -> new KafkaProducer<>(KafkaSettings.producer(kafka, Map.of())));
  }

  /**
   * Hands a label over; blocks while the producer's memory is full.
   *
   * @throws CommandFailedException if this or an earlier label could not be delivered
   */
  void send(ImageLabel label) {
    requireHealthy();
    byte[] key = label.getImageId().getBytes(UTF_8);
    try {
      var unused =
          producer.send(
              new ProducerRecord<>(topic, key, serializer.serialize(topic, label)),
              (metadata, e) -> {
                if (e == null) {
                  acknowledged.incrementAndGet();
                } else {
                  failure.compareAndSet(null, e);
                }
              });
    } catch (RuntimeException e) {
      failure.compareAndSet(null, e);
      requireHealthy();
    }
  }

  /** Labels that the broker has taken. */
  long acknowledged() {
    return acknowledged.get();
  }

  /** Waits until the broker has taken all that was handed over. */
  void flush() {
    producer.flush();
    requireHealthy();
  }

  @Override
  public void close() {
    producer.close();
    serializer.close();
  }

  private void requireHealthy() {
    Exception e = failure.get();
    if (e != null) {
      throw new CommandFailedException(
          "labels could not be delivered to %s, which has taken %d of them: %s"
              .formatted(topic, acknowledged.get(), e),
          e);
    }
  }
}
