package io.stillstream.faults.pipeline;

import io.stillstream.runtime.kafka.KafkaSettings;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;

/** What the broker knows of its clients. */
public final class ClusterInspector implements AutoCloseable {
  private static final String TRANSACTIONS = "__transaction_state";

  private final Admin admin;

  public ClusterInspector(Map<String, String> clients) {
    admin = Admin.create(KafkaSettings.admin(clients));
  }

  /** How many members a group has. */
  public int members(String group) {
    return answer(admin.describeConsumerGroups(List.of(group)).all()).get(group).members().size();
  }

  /** Offsets that a group has committed in a topic, by partition. */
  public Map<Integer, Long> committed(String group, String topic) {
    Map<Integer, Long> offsets = new HashMap<>();
    answer(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata())
        .forEach(
            (partition, offset) -> {
              if (offset != null && partition.topic().equals(topic)) {
                offsets.put(partition.partition(), offset.offset());
              }
            });
    return offsets;
  }

  /**
   * Partitions in which a transaction is open, as they themselves see it: what hangs shows here
   * only, as no coordinator knows of it (KIP-664).
   */
  public Set<TopicPartition> open() {
    Set<String> names =
        new HashSet<>(answer(admin.listTopics(new ListTopicsOptions().listInternal(true)).names()));
    names.remove(TRANSACTIONS);
    List<TopicPartition> partitions =
        answer(admin.describeTopics(names).allTopicNames()).values().stream()
            .flatMap(
                topic ->
                    topic.partitions().stream()
                        .map(info -> new TopicPartition(topic.name(), info.partition())))
            .toList();
    Set<TopicPartition> open = new HashSet<>();
    answer(admin.describeProducers(partitions).all())
        .forEach(
            (partition, state) -> {
              if (state.activeProducers().stream()
                  .anyMatch(producer -> producer.currentTransactionStartOffset().isPresent())) {
                open.add(partition);
              }
            });
    return open;
  }

  /** Deletes a topic. */
  public void delete(String topic) {
    answer(admin.deleteTopics(Set.of(topic)).all());
  }

  @Override
  public void close() {
    admin.close();
  }

  private static <T> T answer(KafkaFuture<T> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
