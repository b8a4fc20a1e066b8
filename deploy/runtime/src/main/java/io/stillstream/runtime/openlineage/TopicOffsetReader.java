package io.stillstream.runtime.openlineage;

import io.stillstream.runtime.kafka.ClientIds;
import io.stillstream.runtime.kafka.KafkaSettings;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
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

  /** By topic and partition; topics without known offsets are left out. Waits 5 s at most. */
  Map<String, Map<Integer, Long>> read(Collection<String> inputs, Collection<String> outputs) {
    Map<String, Map<Integer, Long>> offsets = new HashMap<>();
    long deadline = System.nanoTime() + TIMEOUT.toNanos();
    Map<String, Object> settings =
        new HashMap<>(KafkaSettings.admin(ClientIds.forUse(kafka, "openlineage")));
    String millis = Long.toString(TIMEOUT.toMillis());
    settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, millis);
    settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, millis);
    try {
      Admin admin = KafkaSettings.client(() -> Admin.create(settings));
      try {
        committed(admin, inputs, offsets, deadline);
        ends(admin, outputs, offsets, deadline);
      } finally {
        admin.close(Duration.ZERO);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException | RuntimeException e) {
      LOG.atDebug().addKeyValue("cause", e.toString()).log("Offsets for lineage are not known");
    }
    return offsets;
  }

  private void committed(
      Admin admin,
      Collection<String> inputs,
      Map<String, Map<Integer, Long>> offsets,
      long deadline)
      throws InterruptedException, ExecutionException, TimeoutException {
    answer(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata(), deadline)
        .forEach(
            (partition, committed) -> {
              if (committed != null && inputs.contains(partition.topic())) {
                add(offsets, partition, committed.offset());
              }
            });
  }

  private static void ends(
      Admin admin,
      Collection<String> outputs,
      Map<String, Map<Integer, Long>> offsets,
      long deadline)
      throws InterruptedException, ExecutionException, TimeoutException {
    Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
    for (TopicDescription topic :
        answer(admin.describeTopics(outputs).allTopicNames(), deadline).values()) {
      topic
          .partitions()
          .forEach(
              part ->
                  latest.put(
                      new TopicPartition(topic.name(), part.partition()), OffsetSpec.latest()));
    }
    answer(admin.listOffsets(latest).all(), deadline)
        .forEach((partition, end) -> add(offsets, partition, end.offset()));
  }

  private static <T> T answer(KafkaFuture<T> future, long deadline)
      throws InterruptedException, ExecutionException, TimeoutException {
    return future.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
  }

  private static void add(
      Map<String, Map<Integer, Long>> offsets, TopicPartition partition, long offset) {
    offsets
        .computeIfAbsent(partition.topic(), topic -> new HashMap<>())
        .put(partition.partition(), offset);
  }
}
