package io.stillstream.local.demo.cluster;

import io.stillstream.runtime.config.StartupException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.AbortTransactionSpec;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeProducersResult.PartitionProducerState;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.internals.Topic;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the transactions of a run that was killed. Kafka Streams takes new transactional ids at
 * every start, so its last one would stay open until it times out, and until then no reader of
 * committed records passes it.
 */
public final class HangingTransactionAborter {
  private static final Logger log = LoggerFactory.getLogger(HangingTransactionAborter.class);
  private static final String WARM_UP = "stillstream-demo-warm-up";
  private static final long PATIENCE_SECONDS = 30;

  private HangingTransactionAborter() {}

  /** To be called while no other client writes. */
  public static void abortAll(Map<String, Object> adminSettings) {
    try (Admin admin = Admin.create(adminSettings)) {
      // A coordinator that has not loaded its log yet lists nothing; fencing waits until it has.
      await(admin.fenceProducers(List.of(WARM_UP)).all());
      Set<String> ids =
          await(
                  admin
                      .listTransactions(
                          new ListTransactionsOptions()
                              .filterStates(List.of(TransactionState.ONGOING)))
                      .all())
              .stream()
              .map(TransactionListing::transactionalId)
              .collect(Collectors.toSet());
      if (!ids.isEmpty()) {
        await(admin.fenceProducers(ids).all());
      }
      abortHanging(admin);
    }
  }

  /**
   * Aborts what a partition takes for an open transaction though no coordinator knows of it
   * (KIP-664, hanging transactions): it would stop readers for ever. None is expected, see the
   * embedded broker's rationale; a directory may hold one all the same, from a broker that was
   * started otherwise. Its offsets hang with its records as a rule, so what it held is made again.
   * Transactions that a coordinator has decided on are waited for, they are not ours to abort.
   */
  private static void abortHanging(Admin admin) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    ListTransactionsOptions decided =
        new ListTransactionsOptions()
            .filterStates(List.of(TransactionState.PREPARE_COMMIT, TransactionState.PREPARE_ABORT));
    while (!await(admin.listTransactions(decided).all()).isEmpty()) {
      if (System.nanoTime() > end) {
        throw new StartupException("transactions of the last run could not be ended in time");
      }
    }
    Map<TopicPartition, PartitionProducerState> producers =
        await(admin.describeProducers(partitions(admin)).all());
    for (Map.Entry<TopicPartition, PartitionProducerState> entry : producers.entrySet()) {
      for (ProducerState producer : entry.getValue().activeProducers()) {
        if (producer.currentTransactionStartOffset().isPresent()) {
          AbortTransactionSpec hanging =
              new AbortTransactionSpec(
                  entry.getKey(),
                  producer.producerId(),
                  (short) producer.producerEpoch(),
                  producer.coordinatorEpoch().orElse(0));
          log.atWarn()
              .addKeyValue("partition", entry.getKey())
              .addKeyValue("producerId", producer.producerId())
              .addKeyValue("producerEpoch", producer.producerEpoch())
              .log("aborting a hanging transaction: no coordinator knows of it");
          await(admin.abortTransaction(hanging).all());
        }
      }
    }
  }

  /** All partitions that transactions reach, the group offsets' among them. */
  private static List<TopicPartition> partitions(Admin admin) {
    Set<String> names =
        await(admin.listTopics(new ListTopicsOptions().listInternal(true)).names()).stream()
            .filter(name -> !name.equals(Topic.TRANSACTION_STATE_TOPIC_NAME))
            .collect(Collectors.toSet());
    return await(admin.describeTopics(names).allTopicNames()).values().stream()
        .flatMap(
            topic ->
                topic.partitions().stream()
                    .map(partition -> new TopicPartition(topic.name(), partition.partition())))
        .toList();
  }

  private static <T> T await(KafkaFuture<T> future) {
    try {
      return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new StartupException("transactions of the last run could not be ended: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartupException("interrupted", e);
    }
  }
}
