package io.stillstream.local.release;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.local.exit.CommandFailedException;
import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.runtime.lookup.TopicReader;
import io.stillstream.runtime.records.BadRecordException;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.runtime.records.RecordValueSerializer;
import io.stillstream.schemas.StudentRelease;
import io.stillstream.schemas.registry.RegistryUnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.SerializationException;

/** The topic that names the release of each student that is to be served. */
public final class ReleaseTopic {
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private final Map<String, String> kafka;
  private final String topic;

  /**
   * Makes sure that brokers and topic are there.
   *
   * @param kafka settings of clients and serialisers
   * @throws io.stillstream.runtime.config.StartupException if they are not
   */
  public ReleaseTopic(Map<String, String> kafka, String topic) {
    this.kafka = kafka;
    this.topic = topic;
    KafkaSettings.requireBroker(kafka, PATIENCE);
    KafkaSettings.requireTopics(kafka, List.of(topic), PATIENCE);
  }

  /** The latest event of each student, by its name. */
  public SortedMap<String, StudentRelease> latest() {
    SortedMap<String, StudentRelease> latest = new TreeMap<>();
    try (TopicReader reader = new TopicReader(kafka, topic);
        RecordValueDeserializer<StudentRelease> values =
            new RecordValueDeserializer<>(StudentRelease.class, kafka, new SimpleMeterRegistry())) {
      reader.readAll(
          record -> {
            if (record.value() != null) {
              StudentRelease release = values.deserialize(topic, record.headers(), record.value());
              latest.put(release.getStudent(), release);
            }
          });
      return latest;
    } catch (BadRecordException | RegistryUnavailableException e) {
      throw new CommandFailedException(topic + " cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * Announces a release, and waits until a broker has it.
   *
   * @throws CommandFailedException if none takes it
   */
  public void publish(StudentRelease release) {
    Map<String, Object> patience =
        Map.of(
            ProducerConfig.MAX_BLOCK_MS_CONFIG,
            PATIENCE.toMillis(),
            ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
            (int) PATIENCE.toMillis() / 2,
            ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
            (int) PATIENCE.toMillis());
    try (RecordValueSerializer<StudentRelease> writer =
            new RecordValueSerializer<>(kafka, new SimpleMeterRegistry());
        KafkaProducer<byte[], byte[]> producer =
            KafkaSettings.client(
                () -> new KafkaProducer<>(KafkaSettings.producer(kafka, patience)))) {
      byte[] key = release.getStudent().getBytes(UTF_8);
      Object unused =
          producer.send(new ProducerRecord<>(topic, key, writer.serialize(topic, release))).get();
    } catch (ExecutionException e) {
      throw new CommandFailedException(topic + " did not take the event: " + e.getCause(), e);
    } catch (RegistryUnavailableException | SerializationException e) {
      throw new CommandFailedException("the registry did not take the event: " + e.getMessage(), e);
    } catch (KafkaException e) {
      throw new CommandFailedException(topic + " did not take the event: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailedException("interrupted", e);
    }
  }
}
