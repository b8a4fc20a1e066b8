package io.stillstream.local.erasure;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stillstream.local.exit.CommandFailedException;
import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.runtime.records.ImageIdHash;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/** Writes what makes others forget: requests to trainers, and tombstones. */
public final class ErasureRequestProducer {
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private final Map<String, String> kafka;

  /**
   * @param kafka settings of the client
   */
  public ErasureRequestProducer(Map<String, String> kafka) {
    this.kafka = kafka;
  }

  /**
   * Asks all trainers to forget an image.
   *
   * @param topic of such requests
   * @return where the request stands, as answers name it
   * @throws CommandFailedException if no broker takes it
   */
  public String requestErasure(String topic, ImageIdHash image, Instant now) {
    byte[] value = now.toString().getBytes(UTF_8);
    RecordMetadata at = send(List.of(new ProducerRecord<>(topic, image.bytes(), value))).get(0);
    return at.partition() + "@" + at.offset();
  }

  /**
   * Takes it back: views of the image may be trained on from now on.
   *
   * @throws CommandFailedException if no broker takes it
   */
  public void withdraw(String topic, ImageIdHash image) {
    List<RecordMetadata> unused = send(List.of(new ProducerRecord<>(topic, image.bytes(), null)));
  }

  /**
   * Writes a tombstone for a key into each of these partitions.
   *
   * @throws CommandFailedException if no broker takes them
   */
  public void writeTombstones(Set<TopicPartition> partitions, byte[] key) {
    Stream<ProducerRecord<byte[], byte[]>> tombstones =
        partitions.stream().map(p -> new ProducerRecord<>(p.topic(), p.partition(), key, null));
    List<RecordMetadata> unused = send(tombstones.toList());
  }

  private List<RecordMetadata> send(List<ProducerRecord<byte[], byte[]>> records) {
    Map<String, Object> overrides =
        Map.of(
            ProducerConfig.MAX_BLOCK_MS_CONFIG,
            PATIENCE.toMillis(),
            ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
            (int) PATIENCE.toMillis() / 2,
            ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
            (int) PATIENCE.toMillis());
    try (KafkaProducer<byte[], byte[]> producer =
        KafkaSettings.client(() -> new KafkaProducer<>(KafkaSettings.producer(kafka, overrides)))) {
      List<Future<RecordMetadata>> sent = records.stream().map(producer::send).toList();
      List<RecordMetadata> places = new ArrayList<>();
      for (Future<RecordMetadata> one : sent) {
        places.add(one.get());
      }
      return places;
    } catch (KafkaException | ExecutionException e) {
      throw new CommandFailedException(
          "nothing is forgotten, no broker takes the request: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailedException("interrupted", e);
    }
  }
}
