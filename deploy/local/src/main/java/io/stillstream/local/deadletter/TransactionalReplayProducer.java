package io.stillstream.local.deadletter;

import io.stillstream.local.exit.CommandFailedException;
import io.stillstream.local.topics.TopicsConfig;
import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.schemas.topics.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;

/**
 * Sends records to several topics in one transaction after the other. There is one producer for
 * each topic of dead letters: opening a second one fences the first and aborts its transaction.
 */
public final class TransactionalReplayProducer implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final KafkaProducer<byte[], byte[]> producer;

  /**
   * Aborts what another one has begun.
   *
   * @param transactionalId see {@link #id}
   */
  public TransactionalReplayProducer(Map<String, String> kafka, String transactionalId) {
    Map<String, Object> overrides =
        Map.of(
            ProducerConfig.TRANSACTIONAL_ID_CONFIG,
            transactionalId,
            ProducerConfig.MAX_BLOCK_MS_CONFIG,
            PATIENCE.toMillis());
    producer =
        KafkaSettings.client(() -> new KafkaProducer<>(KafkaSettings.producer(kafka, overrides)));
    try {
      producer.initTransactions();
    } catch (KafkaException e) {
      producer.close(Duration.ZERO);
      throw new CommandFailedException("no transaction can be begun: " + e.getMessage(), e);
    }
  }

  /** The {@code transactional.id} of who replays dead letters of a pipeline. */
  public static String id(TopicsConfig topics) {
    return topics.prefix().nameOf("stillstream-replay-of-" + topics.nameOf(Topics.DEAD_LETTERS));
  }

  /** How many partitions a topic has. */
  int partitions(String topic) {
    return producer.partitionsFor(topic).size();
  }

  /**
   * Sends all of them or none.
   *
   * @throws CommandFailedException if it is none
   */
  void send(List<ProducerRecord<byte[], byte[]>> records) {
    try {
      producer.beginTransaction();
      List<Future<?>> sent = new ArrayList<>();
      records.forEach(record -> sent.add(producer.send(record)));
      producer.commitTransaction();
      for (Future<?> one : sent) {
        Object unused = one.get();
      }
    } catch (ProducerFencedException | InvalidProducerEpochException e) {
      throw new CommandFailedException(
          "another replay was started meanwhile and goes on instead", e);
    } catch (KafkaException | ExecutionException e) {
      throw new CommandFailedException(
          "the dead letters could not be sent back: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailedException("interrupted", e);
    }
  }

  /** Aborts what has not been committed. */
  @Override
  public void close() {
    producer.close(PATIENCE);
  }
}
