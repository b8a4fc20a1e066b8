package io.stillstream.labeler.progress;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.labeler.budget.AdaptiveFraction;
import io.stillstream.runtime.lookup.StandaloneConsumer;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.schemas.StudentProgress;
import io.stillstream.schemas.registry.RegistryUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.Deserializer;
import org.junit.jupiter.api.Test;

class StudentProgressConsumerTest {
  private static final TopicPartition PARTITION = new TopicPartition("progress", 0);
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final Duration LOOK_BACK = Duration.ofMinutes(5);

  private final AdaptiveFraction fraction =
      new AdaptiveFraction(new AdaptiveFraction.Rule(0.05, 1, 0.1, 1, LOOK_BACK));
  private final ShyConsumer consumer = new ShyConsumer();

  @Test
  void shouldWaitForBrokersAndForTheRegistry() {
    // given: a broker that answers at the third time, a registry that answers at the second
    ReluctantDeserializer.questions.set(0);
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    InstantSource clock = InstantSource.fixed(NOON);
    RecordValueDeserializer<StudentProgress> records =
        new RecordValueDeserializer<>(
            StudentProgress.class,
            Map.of("value.deserializer", ReluctantDeserializer.class.getName()),
            meters);

    // when
    try (records;
        StudentProgressConsumer reader =
            new StudentProgressConsumer(
                new StandaloneConsumer(consumer),
                PARTITION.topic(),
                LOOK_BACK,
                new StudentProgressHandler(records, fraction, meters, clock),
                clock)) {
      reader.start();
      await().until(() -> reader.lastError().isPresent());
      await().until(() -> fraction.worst(NOON).isPresent());

      // then
      assertThat(fraction.fraction(NOON)).isCloseTo(0.3, within(1e-3));
      assertThat(consumer.begunAt).isEqualTo(3);
      assertThat(consumer.askedFor).isEqualTo(NOON.minus(LOOK_BACK).toEpochMilli());
      await().until(() -> reader.lastError().isEmpty());
      assertThat(ReluctantDeserializer.questions).hasValue(2);
    }
    assertThat(consumer.closed()).isTrue();
  }

  @Test
  void shouldReadOnBehindAReportThatFails() {
    // given: reports of one poll, the first of which fails as nobody has foreseen
    ReluctantDeserializer.questions.set(1);
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    InstantSource failingOnce =
        new InstantSource() {
          private final AtomicInteger questions = new AtomicInteger();

          @Override
          public Instant instant() {
            if (questions.incrementAndGet() == 1) {
              throw new IllegalStateException("no time");
            }
            return NOON;
          }
        };
    RecordValueDeserializer<StudentProgress> records =
        new RecordValueDeserializer<>(
            StudentProgress.class,
            Map.of("value.deserializer", ReluctantDeserializer.class.getName()),
            meters);
    consumer.reports = 2;

    // when
    try (records;
        StudentProgressConsumer reader =
            new StudentProgressConsumer(
                new StandaloneConsumer(consumer),
                PARTITION.topic(),
                LOOK_BACK,
                new StudentProgressHandler(records, fraction, meters, failingOnce),
                InstantSource.fixed(NOON))) {
      reader.start();

      // then: the second one is not lost with it
      await().until(() -> fraction.worst(NOON).isPresent());
    }
  }

  /** Knows no partitions at first; has records that are young enough, from offset 3 on. */
  private static final class ShyConsumer extends MockConsumer<byte[], byte[]> {
    private int questions;
    private int reports = 1;
    private volatile long begunAt = -1;
    private volatile long askedFor;

    ShyConsumer() {
      super("earliest");
    }

    @Override
    public synchronized List<PartitionInfo> partitionsFor(String topic) {
      if (questions++ < 2) {
        throw new TimeoutException("no broker answers");
      }
      return List.of(new PartitionInfo(topic, 0, Node.noNode(), new Node[0], new Node[0]));
    }

    @Override
    public synchronized Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(
        Map<TopicPartition, Long> times) {
      askedFor = times.get(PARTITION);
      Map<TopicPartition, OffsetAndTimestamp> found = new HashMap<>();
      found.put(PARTITION, new OffsetAndTimestamp(3, askedFor));
      return found;
    }

    @Override
    public synchronized Map<TopicPartition, Long> endOffsets(
        java.util.Collection<TopicPartition> partitions) {
      return Map.of(PARTITION, 4L);
    }

    @Override
    public synchronized void seek(TopicPartition partition, long offset) {
      begunAt = offset;
      super.seek(partition, offset);
      for (int n = 0; n < reports; n++) {
        addRecord(
            new ConsumerRecord<>(
                partition.topic(), 0, offset + n, "cnn".getBytes(UTF_8), "0.03".getBytes(UTF_8)));
      }
    }
  }

  /** The disagreement as text; the registry is away when it is asked for the first time. */
  public static final class ReluctantDeserializer implements Deserializer<StudentProgress> {
    private static final AtomicInteger questions = new AtomicInteger();

    @Override
    public StudentProgress deserialize(String topic, byte[] data) {
      if (questions.incrementAndGet() == 1) {
        throw new RegistryUnavailableException("no registry answers");
      }
      double disagreement = Double.parseDouble(new String(data, UTF_8));
      return new StudentProgress("cnn", 1L, 1L, 1_000_000, disagreement, null, NOON);
    }
  }
}
