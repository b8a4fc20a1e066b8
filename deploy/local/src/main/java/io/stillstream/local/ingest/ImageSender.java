package io.stillstream.local.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.local.exit.CommandFailedException;
import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.runtime.records.RecordValueSerializer;
import io.stillstream.runtime.records.TraceContext;
import io.stillstream.schemas.ImageEvent;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Sends image events, each exactly once for as long as this process lives: the producer is
 * idempotent, and what fails for good fails the sender. Safe for one sending thread.
 */
public final class ImageSender implements AutoCloseable {
  /** Largest file that fits a record together with its other fields. */
  public static final int MAX_PAYLOAD_BYTES = 8 * 1024 * 1024 - 16 * 1024;

  private final String topic;
  private final RecordValueSerializer<ImageEvent> writer;
  private final KafkaProducer<byte[], byte[]> producer;
  private final Optional<TraceContext> trace;
  private final SplittableRandom random = new SplittableRandom();
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicReference<Exception> failure = new AtomicReference<>();

  /**
   * @param kafka settings of producer and serializer
   * @param trace that all images belong to; without one each begins its own
   */
  public ImageSender(
      Map<String, String> kafka,
      String topic,
      MeterRegistry registry,
      Optional<TraceContext> trace) {
    this.topic = topic;
    this.trace = trace;
    this.writer = new RecordValueSerializer<>(kafka, registry);
    this.producer =
        KafkaSettings.client(() -> new KafkaProducer<>(KafkaSettings.producer(kafka, Map.of())));
  }

  /**
   * Hands the event over; blocks while the producer's memory is full.
   *
   * @throws CommandFailedException when this or an earlier event could not be delivered
   */
  public void send(ImageEvent event) {
    requireHealthy();
    byte[] key = event.getImageId().getBytes(UTF_8);
    byte[] value = writer.serialize(topic, event);
    ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, key, value);
    trace.orElseGet(() -> TraceContext.start(random)).write(record.headers());
    var unused =
        producer.send(
            record,
            (metadata, e) -> {
              if (e == null) {
                acknowledged.incrementAndGet();
              } else {
                failure.compareAndSet(null, e);
              }
            });
  }

  /** Events that the broker has taken. */
  public long acknowledged() {
    return acknowledged.get();
  }

  /** Waits until the broker has taken all that was handed over. */
  public void flush() {
    producer.flush();
    requireHealthy();
  }

  @Override
  public void close() {
    producer.close();
    writer.close();
  }

  private void requireHealthy() {
    Exception e = failure.get();
    if (e != null) {
      throw new CommandFailedException("images could not be delivered to " + topic + ": " + e, e);
    }
  }
}
