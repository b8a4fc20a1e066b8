package io.stillstream.trainer.review;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.embedded.registry.DevelopmentRegistry;
import io.stillstream.runtime.lookup.StandaloneConsumer;
import io.stillstream.runtime.records.ImageIdHash;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.schemas.ReviewRequest;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublishedRequestsTest {
  private static final TopicPartition REVIEWS = new TopicPartition("reviews", 0);

  @TempDir Path directory;
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  @Test
  void shouldCountRecordsWhoseSchemaTheRegistryDoesNotKnow() throws Exception {
    // given: a record that is none, and two with the id of no schema
    AllTimesConsumer mock = new AllTimesConsumer();
    mock.updatePartitions(
        REVIEWS.topic(), List.of(new PartitionInfo("reviews", 0, null, null, null)));
    mock.updateBeginningOffsets(Map.of(REVIEWS, 0L));
    mock.updateEndOffsets(Map.of(REVIEWS, 3L));
    mock.schedulePollTask(
        () -> {
          mock.addRecord(record(0, "a", new byte[] {7}));
          mock.addRecord(record(1, "b", new byte[] {0, 1, 2, 3, 4, 5}));
          mock.addRecord(record(2, "c", new byte[] {0, 1, 2, 3, 4, 5}));
        });

    try (DevelopmentRegistry registry =
            DevelopmentRegistry.start(directory.resolve("registry.json"), 0);
        StandaloneConsumer consumer = new StandaloneConsumer(mock);
        RecordValueDeserializer<ReviewRequest> reader =
            new RecordValueDeserializer<>(ReviewRequest.class, kafka(registry), meters)) {
      // when
      Set<Long> published =
          new PublishedRequests(consumer, reader, REVIEWS.topic(), "cnn").since(ReviewState.NONE);

      // then
      assertThat(published)
          .containsExactly(ImageIdHash.of("b").number(), ImageIdHash.of("c").number());
    }
  }

  private static Map<String, String> kafka(DevelopmentRegistry registry) {
    return Map.of(
        "schema.registry.url",
        registry.url().toString(),
        "retries.wait.ms",
        "1",
        "retries.max.wait.ms",
        "1");
  }

  private static ConsumerRecord<byte[], byte[]> record(long offset, String image, byte[] value) {
    return new ConsumerRecord<>(REVIEWS.topic(), 0, offset, image.getBytes(UTF_8), value);
  }

  /** All its records are of any time. */
  private static final class AllTimesConsumer extends MockConsumer<byte[], byte[]> {
    AllTimesConsumer() {
      super("none");
    }

    @Override
    public synchronized Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(
        Map<TopicPartition, Long> times) {
      Map<TopicPartition, OffsetAndTimestamp> first = new HashMap<>();
      times.keySet().forEach(partition -> first.put(partition, new OffsetAndTimestamp(0, 0)));
      return first;
    }
  }
}
