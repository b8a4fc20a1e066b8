package io.stillstream.labeler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.containers.KafkaTestEnvironment;
import io.stillstream.runtime.metrics.LastStableOffsetLag;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.AbortTransactionSpec;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

class LastStableOffsetLagIT {
  private static final Duration EVERY = Duration.ofMillis(100);
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @TempDir static Path directory;
  private static KafkaTestEnvironment environment;
  private static Admin admin;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private String topic;

  @BeforeAll
  static void start() {
    environment = KafkaTestEnvironment.start(directory);
    admin = Admin.create(Map.of("bootstrap.servers", environment.bootstrapServers()));
  }

  @AfterAll
  static void stop() {
    admin.close();
    environment.close();
  }

  @BeforeEach
  void createTopic(TestInfo test) throws Exception {
    topic = test.getTestMethod().orElseThrow().getName();
    admin
        .createTopics(List.of(new NewTopic(topic, Optional.of(2), Optional.of((short) 1))))
        .all()
        .get();
  }

  @Test
  void shouldSeeATransactionUntilItIsAborted() throws Exception {
    // given: a producer that writes three records and is gone
    try (KafkaProducer<byte[], byte[]> committed = producer("committed")) {
      committed.beginTransaction();
      send(committed, 0, 5);
      send(committed, 1, 5);
      committed.commitTransaction();
    }
    try (KafkaProducer<byte[], byte[]> gone = producer("gone")) {
      gone.beginTransaction();
      send(gone, 1, 3);
      gone.close(Duration.ZERO);
    }
    try (LastStableOffsetLag watched = watch()) {
      assertThat(watched).isNotNull();

      // then
      awaitLag(3);

      // when: more comes behind it, committed by another
      try (KafkaProducer<byte[], byte[]> committed = producer("committed")) {
        committed.beginTransaction();
        send(committed, 1, 4);
        committed.commitTransaction();
      }

      // then: the marker of that transaction counts, too
      awaitLag(8);
      double age = age();
      assertThat(age).isPositive();
      await().atMost(PATIENCE).until(() -> age() > age);

      // when
      abort(new TopicPartition(topic, 1));

      // then
      awaitLag(0);
      assertThat(age()).isZero();
    }
  }

  @Test
  void shouldBeZeroWhereOnlyMarkersFollow() throws Exception {
    // given
    try (KafkaProducer<byte[], byte[]> producer = producer("markers")) {
      for (int i = 0; i < 3; i++) {
        producer.beginTransaction();
        send(producer, 0, 1);
        producer.commitTransaction();
        producer.beginTransaction();
        send(producer, 1, 1);
        producer.abortTransaction();
      }
    }

    // when
    try (LastStableOffsetLag watched = watch()) {
      assertThat(watched).isNotNull();

      // then
      awaitLag(0);
      await().during(EVERY.multipliedBy(10)).atMost(PATIENCE).until(() -> lag() == 0);
    }
  }

  @Test
  void shouldKnowNothingWhileNoBrokerAnswers() {
    // given
    try (LastStableOffsetLag watched = watch()) {
      assertThat(watched).isNotNull();
      awaitLag(0);

      // when
      environment.withoutBroker(() -> await().atMost(PATIENCE).until(() -> Double.isNaN(lag())));

      // then
      awaitLag(0);
    }
  }

  @Test
  void shouldFindPartitionsAndTopicsThatComeLater() throws Exception {
    // given
    String later = topic + "-later";
    try (LastStableOffsetLag watched =
        LastStableOffsetLag.start(environment.kafka(), List.of(topic, later), meters, EVERY)) {
      assertThat(watched).isNotNull();
      awaitLag(0);
      assertThat(lag(later)).isNaN();

      // when
      admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(3))).all().get();
      admin
          .createTopics(List.of(new NewTopic(later, Optional.of(1), Optional.of((short) 1))))
          .all()
          .get();
      await().atMost(PATIENCE).until(() -> lag(later) == 0);
      try (KafkaProducer<byte[], byte[]> open = producer("open")) {
        open.beginTransaction();
        send(open, 2, 1);

        // then
        awaitLag(1);
        open.commitTransaction();
        awaitLag(0);
      }
    }
  }

  private LastStableOffsetLag watch() {
    return LastStableOffsetLag.start(environment.kafka(), List.of(topic), meters, EVERY);
  }

  private void awaitLag(double offsets) {
    await().atMost(PATIENCE).until(() -> lag() == offsets);
  }

  private double age() {
    return meters
        .get("stillstream.last.stable.offset.age")
        .tag("topic", topic)
        .timeGauge()
        .value(TimeUnit.SECONDS);
  }

  private double lag() {
    return lag(topic);
  }

  private double lag(String name) {
    return meters.get("stillstream.last.stable.offset.lag").tag("topic", name).gauge().value();
  }

  /** As {@code kafka-transactions.sh abort} does. */
  private static void abort(TopicPartition partition) throws Exception {
    for (ProducerState producer :
        admin
            .describeProducers(List.of(partition))
            .partitionResult(partition)
            .get()
            .activeProducers()) {
      if (producer.currentTransactionStartOffset().isPresent()) {
        admin
            .abortTransaction(
                new AbortTransactionSpec(
                    partition,
                    producer.producerId(),
                    (short) producer.producerEpoch(),
                    producer.coordinatorEpoch().orElse(0)))
            .all()
            .get();
      }
    }
  }

  private KafkaProducer<byte[], byte[]> producer(String name) {
    KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                environment.bootstrapServers(),
                "transactional.id",
                topic + "-" + name,
                "transaction.timeout.ms",
                "900000"),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    producer.initTransactions();
    return producer;
  }

  private void send(KafkaProducer<byte[], byte[]> producer, int partition, int count)
      throws Exception {
    for (int i = 0; i < count; i++) {
      producer.send(new ProducerRecord<>(topic, partition, null, new byte[] {1})).get();
    }
  }
}
