package io.stillstream.page.label;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.kafka.ClientIds;
import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.runtime.records.RecordValueSerializer;
import io.stillstream.schemas.ImageLabel;
import io.stillstream.schemas.registry.RegistryUnavailableException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;

/**
 * An idempotent producer that is opened for the first label, and opened anew after a failure. One
 * label is written at a time, and a reader is answered within some seconds: who clicks is waiting.
 */
final class PageLabelProducer implements LabelSender {
  private static final Duration TURN = Duration.ofSeconds(5);
  private static final Duration LIMIT = Duration.ofSeconds(6);
  private static final Duration CLOSE = Duration.ofSeconds(1);
  private static final Map<String, String> PRODUCER =
      Map.of(
          ProducerConfig.LINGER_MS_CONFIG, "0",
          ProducerConfig.MAX_BLOCK_MS_CONFIG, "3000",
          ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, "3000",
          ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, "5000",
          ProducerConfig.BATCH_SIZE_CONFIG, "16384",
          ProducerConfig.BUFFER_MEMORY_CONFIG, "1048576");
  private static final Map<String, String> REGISTRY =
      Map.of(
          "max.retries", "0",
          "http.connect.timeout.ms", "3000",
          "http.read.timeout.ms", "3000");

  private final Map<String, String> kafka;
  private final String topic;
  private final ReentrantLock turn = new ReentrantLock(true);
  private RecordValueSerializer<ImageLabel> serializer; // under the lock, as the next one
  private KafkaProducer<byte[], byte[]> producer;
  private boolean closed;

  PageLabelProducer(Map<String, String> kafka, String topic) {
    this.kafka = Map.copyOf(kafka);
    this.topic = topic;
  }

  @Override
  public void send(ImageLabel label) throws LabelNotTakenException, InterruptedException {
    if (!turn.tryLock(TURN.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new LabelNotTakenException("other labels are being written", null);
    }
    try {
      write(label);
    } finally {
      turn.unlock();
    }
  }

  private void write(ImageLabel label) throws LabelNotTakenException, InterruptedException {
    if (closed) {
      throw new LabelNotTakenException("the page is stopping", null);
    }
    try {
      open();
      var unused =
          producer
              .send(
                  new ProducerRecord<>(
                      topic,
                      label.getImageId().getBytes(UTF_8),
                      serializer.serialize(topic, label)))
              .get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RegistryUnavailableException e) {
      throw new LabelNotTakenException("the registry does not answer: " + e.getMessage(), e);
    } catch (ExecutionException e) {
      throw failed(e.getCause());
    } catch (KafkaException | StartupException | TimeoutException e) {
      throw failed(e);
    }
  }

  private void open() {
    if (serializer == null) {
      Map<String, String> settings = new HashMap<>(kafka);
      settings.putAll(REGISTRY);
      // With meters of its own: a page that finds no registry must not raise an alert.
      serializer = new RecordValueSerializer<>(settings, new SimpleMeterRegistry());
    }
    if (producer == null) {
      producer =
          KafkaSettings.client(
              () ->
                  new KafkaProducer<>(
                      KafkaSettings.producer(ClientIds.forUse(kafka, "labels"), PRODUCER)));
    }
  }

  /** Some failures are the producer's last: the next label opens another one. */
  private LabelNotTakenException failed(Throwable cause) {
    if (producer != null) {
      producer.close(Duration.ZERO);
      producer = null;
    }
    return new LabelNotTakenException(
        "the brokers have not taken the label for %s: %s".formatted(topic, cause.getMessage()),
        cause);
  }

  @Override
  public void close() {
    turn.lock();
    try {
      closed = true;
      if (producer != null) {
        producer.close(CLOSE);
        producer = null;
      }
      if (serializer != null) {
        serializer.close();
        serializer = null;
      }
    } finally {
      turn.unlock();
    }
  }
}
