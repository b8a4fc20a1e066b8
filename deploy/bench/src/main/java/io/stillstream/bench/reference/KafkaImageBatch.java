package io.stillstream.bench.reference;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.runtime.records.RecordValueSerializer;
import io.stillstream.schemas.ImageEvent;
import io.stillstream.schemas.topics.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;

/**
 * Sends images as one transaction: a reader of committed records sees none of them before {@link
 * #commit}, and all of them after it.
 */
final class KafkaImageBatch implements AutoCloseable {
  private static final Map<String, String> TRANSACTIONS =
      Map.of(
          ProducerConfig.TRANSACTIONAL_ID_CONFIG,
          "bench",
          ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
          "600000");

  private final KafkaProducer<byte[], byte[]> producer;
  private final RecordValueSerializer<ImageEvent> values;
  private final int partitions;
  private long sent;

  KafkaImageBatch(Map<String, String> clients, int partitions) {
    producer = new KafkaProducer<>(KafkaSettings.producer(clients, TRANSACTIONS));
    values = new RecordValueSerializer<>(clients, new SimpleMeterRegistry());
    this.partitions = partitions;
    producer.initTransactions();
  }

  /** Record values of these events. */
  List<byte[]> serialize(List<ImageEvent> events) {
    return events.stream().map(event -> values.serialize(Topics.IMAGES, event)).toList();
  }

  /** Sends so many records, these values over and over; returns when the broker has them. */
  void send(String topic, List<byte[]> events, int count) {
    producer.beginTransaction();
    for (int i = 0; i < count; i++, sent++) {
      int partition = (int) (sent % partitions);
      byte[] key = ("image-" + sent).getBytes(UTF_8);
      var unused =
          producer.send(new ProducerRecord<>(topic, partition, key, events.get(i % events.size())));
    }
    producer.flush();
  }

  /**
   * Lets readers see what was sent.
   *
   * @throws StartupException if a record could not be sent
   */
  void commit() {
    try {
      producer.commitTransaction();
    } catch (KafkaException e) {
      throw new StartupException("the broker did not take the images: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(5));
    values.close();
  }
}
