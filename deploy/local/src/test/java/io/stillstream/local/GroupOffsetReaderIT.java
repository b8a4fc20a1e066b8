package io.stillstream.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.embedded.kafka.EmbeddedKafka;
import io.stillstream.runtime.lookup.GroupOffsetReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Offsets of groups, against a broker. */
final class GroupOffsetReaderIT {
  private static final TopicPartition PARTITION = new TopicPartition("views", 1);

  @TempDir Path directory;

  @Test
  void shouldReadWhatAGroupHasCommittedAndNotBecomeItsMember() throws Exception {
    try (EmbeddedKafka kafka = EmbeddedKafka.start(directory, 0);
        Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
        GroupOffsetReader reader =
            GroupOffsetReader.open(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      // given
      admin.createTopics(List.of(new NewTopic("views", 2, (short) 1))).all().get();
      try (KafkaConsumer<byte[], byte[]> consumer =
          new KafkaConsumer<>(
              Map.of("bootstrap.servers", kafka.bootstrapServers(), "group.id", "labelers"),
              new ByteArrayDeserializer(),
              new ByteArrayDeserializer())) {
        consumer.commitSync(Map.of(PARTITION, new OffsetAndMetadata(7)));
      }

      // when
      Map<TopicPartition, Long> committed = reader.committed("labelers");

      // then
      assertThat(committed).containsOnly(Map.entry(PARTITION, 7L));
      assertThat(reader.committed("others")).isEmpty();
      assertThat(
              admin
                  .describeConsumerGroups(List.of("labelers"))
                  .all()
                  .get()
                  .get("labelers")
                  .members())
          .isEmpty();
    }
  }

  @Test
  void shouldNotWaitLongForBrokersThatAreAway() {
    try (GroupOffsetReader reader =
        GroupOffsetReader.open(Map.of("bootstrap.servers", "localhost:1"))) {
      assertThatThrownBy(() -> reader.committed("labelers")).isInstanceOf(KafkaException.class);
    }
  }
}
