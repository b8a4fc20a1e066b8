package io.stillstream.trainer.erasure;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.runtime.lookup.StandaloneConsumer;
import io.stillstream.runtime.records.ImageIdHash;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.trainer.training.example.TrainingExample;
import io.stillstream.trainer.training.example.ViewIdentity;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class ErasureRequestsTest {
  private static final TopicPartition ONE = new TopicPartition("forgotten", 0);

  private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
  private final ErasureRequests forgotten =
      new ErasureRequests(new StandaloneConsumer(consumer), "forgotten");

  @Test
  void shouldKnowWhatWasAskedForAndWithdrawn() {
    // given
    topic(3);
    consumer.schedulePollTask(
        () -> {
          add(0, key("a"), new byte[] {1});
          add(1, key("b"), new byte[] {1});
          add(2, key("a"), null);
        });

    // when
    List<ErasureRequests.ErasureRequest> requests = forgotten.readAll();

    // then
    assertThat(requests)
        .singleElement()
        .isEqualTo(new ErasureRequests.ErasureRequest(0, 1, ImageIdHash.of("b")));
    assertThat(forgotten.contains(view("a", null))).isFalse();
    assertThat(forgotten.contains(view("b", null))).isTrue();
    assertThat(forgotten.contains(view("c", "b"))).isTrue();
    assertThat(forgotten.contains(view("c", null))).isFalse();
    assertThat(forgotten.positions()).containsEntry(0, 3L);
  }

  @Test
  void shouldPassOverWhatIsNoRequest() {
    // given
    topic(2);
    consumer.schedulePollTask(
        () -> {
          add(0, new byte[] {7}, new byte[] {1});
          add(1, null, new byte[] {1});
        });

    // then
    assertThat(forgotten.readAll()).isEmpty();
    assertThat(forgotten.isEmpty()).isTrue();
    assertThat(forgotten.positions()).containsEntry(0, 2L);
  }

  @Test
  void shouldFindTheTopicWhenItIsMade() {
    // given
    assertThat(forgotten.readAll()).isEmpty();
    assertThat(forgotten.poll()).isEmpty();

    // when
    topic(0);
    assertThat(forgotten.assignPartitions()).isTrue();
    consumer.schedulePollTask(() -> add(0, key("a"), new byte[] {1}));

    // then
    assertThat(forgotten.poll()).hasSize(1);
  }

  private void topic(long end) {
    consumer.updatePartitions(
        "forgotten",
        List.of(new PartitionInfo("forgotten", 0, Node.noNode(), new Node[0], new Node[0])));
    consumer.updateBeginningOffsets(Map.of(ONE, 0L));
    consumer.updateEndOffsets(new HashMap<>(Map.of(ONE, end)));
  }

  private void add(long offset, byte[] key, byte[] value) {
    consumer.addRecord(new ConsumerRecord<>("forgotten", 0, offset, key, value));
  }

  private static byte[] key(String imageId) {
    return ImageIdHash.of(imageId).bytes();
  }

  private static TrainingExample view(String imageId, String partner) {
    return new TrainingExample(
        PixelEncoding.RAW,
        new byte[1],
        null,
        null,
        true,
        0,
        ViewIdentity.of(
            ImageIdHash.of(imageId).number(),
            partner == null ? 0 : ImageIdHash.of(partner).number()));
  }
}
