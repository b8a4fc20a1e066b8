package io.stillstream.page.topic;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.runtime.lookup.StandaloneConsumer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PageTopicReaderTest {
  private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
  private final AtomicLong nanos = new AtomicLong();
  private final PageTopicReader reader =
      new PageTopicReader(new StandaloneConsumer(consumer), nanos::get);

  @AfterEach
  void close() {
    reader.close();
  }

  @Test
  void shouldNoticeANewTopicSoonAndNewPartitionsLater() {
    // given: a service that creates its topic after the first look
    assertThat(reader.partitions("views")).isEmpty();
    exist(1);

    // when, then
    assertThat(reader.partitions("views")).isEmpty();
    pass(Duration.ofSeconds(3));
    assertThat(reader.partitions("views")).containsExactly(new TopicPartition("views", 0));

    // given
    exist(2);

    // when, then
    pass(Duration.ofSeconds(3));
    assertThat(reader.partitions("views")).hasSize(1);
    pass(Duration.ofSeconds(30));
    assertThat(reader.partitions("views")).hasSize(2);
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  private void exist(int count) {
    List<PartitionInfo> all =
        IntStream.range(0, count)
            .mapToObj(i -> new PartitionInfo("views", i, Node.noNode(), new Node[0], new Node[0]))
            .toList();
    consumer.updatePartitions("views", all);
  }
}
