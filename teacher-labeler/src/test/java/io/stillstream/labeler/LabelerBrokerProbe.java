package io.stillstream.labeler;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;

/** What the broker knows of the labelers: members, transactions, how far the labels have come. */
final class LabelerBrokerProbe implements AutoCloseable {
  private static final Duration LONG = Duration.ofSeconds(60);

  private final Admin admin;
  private final LabelerTestTopics topics;
  private final Map<TopicPartition, OffsetSpec> labels = new HashMap<>();
  private final Map<String, Optional<String>> former = new HashMap<>();

  LabelerBrokerProbe(LabelerTestTopics topics, int partitions) {
    this.topics = topics;
    this.admin = Admin.create(new HashMap<>(topics.cluster().kafka()));
    for (int p = 0; p < partitions; p++) {
      labels.put(new TopicPartition(topics.names().labeledViews(), p), OffsetSpec.latest());
    }
  }

  /** Sum of the ends of the topic of labels, what is not committed and all markers included. */
  long written() {
    return ends(IsolationLevel.READ_UNCOMMITTED);
  }

  /** Waits for some more to be written, but not for ever: whoever should may be away. */
  void awaitGrowth(long from, int by) {
    long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    await()
        .atMost(LONG)
        .pollInterval(Duration.ofMillis(10))
        .until(() -> written() >= from + by || System.nanoTime() > deadline);
  }

  /** Views that the group has not committed yet. */
  long lag() throws InterruptedException, ExecutionException {
    Map<TopicPartition, OffsetSpec> views = new HashMap<>();
    labels.forEach(
        (partition, spec) ->
            views.put(new TopicPartition(topics.names().views(), partition.partition()), spec));
    long end =
        admin.listOffsets(views).all().get().values().stream()
            .mapToLong(ListOffsetsResultInfo::offset)
            .sum();
    long committed =
        admin
            .listConsumerGroupOffsets(topics.group())
            .partitionsToOffsetAndMetadata()
            .get()
            .values()
            .stream()
            .mapToLong(OffsetAndMetadata::offset)
            .sum();
    return end - committed;
  }

  /** Remembers who has a name now: the next to join under it is another. */
  void noteMember(String id) {
    former.put(id, member(id));
  }

  /** Waits until someone has joined under that name since {@link #noteMember}. */
  void awaitMember(String id) {
    await().atMost(LONG).until(() -> member(id).isPresent() && !member(id).equals(former.get(id)));
  }

  /** Waits until the group has given an instance up, and its transaction has been ended. */
  void awaitGivenUp(String id) {
    await().atMost(LONG).until(() -> member(id).isEmpty() && !isInTransaction(id));
  }

  /** Waits until no transaction holds readers of the labels back. */
  void awaitNothingOpen() {
    await()
        .atMost(LONG)
        .until(() -> ends(IsolationLevel.READ_COMMITTED) == ends(IsolationLevel.READ_UNCOMMITTED));
  }

  /** What the group calls the member with that name; a new one at each joining. */
  private Optional<String> member(String id) {
    try {
      return admin
          .describeConsumerGroups(List.of(topics.group()))
          .describedGroups()
          .get(topics.group())
          .get()
          .members()
          .stream()
          .filter(member -> member.groupInstanceId().equals(Optional.of(id)))
          .map(MemberDescription::consumerId)
          .findFirst();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (ExecutionException e) {
      // No group before its first member.
      return Optional.empty();
    }
  }

  private boolean isInTransaction(String id) throws InterruptedException, ExecutionException {
    try {
      TransactionState state =
          admin.describeTransactions(List.of(id)).description(id).get().state();
      return switch (state) {
        case ONGOING, PREPARE_ABORT, PREPARE_COMMIT, PREPARE_EPOCH_FENCE -> true;
        default -> false;
      };
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TransactionalIdNotFoundException) {
        return false;
      }
      throw e;
    }
  }

  private long ends(IsolationLevel isolation) {
    try {
      return admin
          .listOffsets(labels, new ListOffsetsOptions(isolation))
          .all()
          .get()
          .values()
          .stream()
          .mapToLong(ListOffsetsResultInfo::offset)
          .sum();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    admin.close();
  }
}
