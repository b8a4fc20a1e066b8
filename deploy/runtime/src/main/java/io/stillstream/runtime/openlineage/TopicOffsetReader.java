package io.stillstream.runtime.openlineage;

import io.stillstream.runtime.kafka.KafkaSettings;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the offsets of a job's topics from the brokers: of inputs what the group has committed, of
 * outputs the ends. What cannot be read in time is left out.
 */
final class TopicOffsetReader {
  private static final Logger LOG = LoggerFactory.getLogger(TopicOffsetReader.class);
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final Map<String, String> kafka;
  private final String group;

  TopicOffsetReader(Map<String, String> kafka, String group) {
    this.kafka = kafka;
    this.group = group;
  }

  /** By topic and partition; topics without known offsets are left out. */
  Map<String, Map<Integer, Long>> read(Collection<String> inputs, Collection<String> outputs) {
    Map<String, Map<Integer, Long>> offsets = new HashMap<>();
    Map<String, Object> settings = new HashMap<>(KafkaSettings.admin(kafka));
    String millis = Long.toString(TIMEOUT.toMillis());
    settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, millis);
    settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, millis);
    try (Admin admin = KafkaSettings.client(() -> Admin.create(settings))) {
      admin
          .listConsumerGroupOffsets(group)
          .partitionsToOffsetAndMetadata()
          .get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
          .forEach(
              (partition, committed) -> {
                if (committed != null && inputs.contains(partition.topic())) {
                  add(offsets, partition, committed.offset());
                }
              });
      List<TopicPartition> partitions =
          admin
              .describeTopics(outputs)
              .allTopicNames()
              .get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
              .values()
              .stream()
              .flatMap(
                  topic ->
                      topic.partitions().stream()
                          .map(part -> new TopicPartition(topic.name(), part.partition())))
              .toList();
      Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
      partitions.forEach(partition -> ends.put(partition, OffsetSpec.latest()));
      admin
          .listOffsets(ends)
          .all()
          .get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
          .forEach((partition, end) -> add(offsets, partition, end.offset()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException | RuntimeException e) {
      LOG.atDebug().addKeyValue("cause", e.toString()).log("Offsets for lineage are not known");
    }
    return offsets;
  }

  private static void add(
      Map<String, Map<Integer, Long>> offsets, TopicPartition partition, long offset) {
    offsets
        .computeIfAbsent(partition.topic(), topic -> new HashMap<>())
        .put(partition.partition(), offset);
  }
}
