package io.stillstream.page;

import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.page.bottleneck.BottleneckMonitor;
import io.stillstream.page.trainer.TrainingStatus;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.lookup.GroupOffsetReader;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/** Asks for the offsets of groups, and shows what limits the stream. For one thread. */
final class BottleneckPoller implements AutoCloseable {
  /** Every other turn of the page, which are not exactly a second apart. */
  private static final Duration INTERVAL = Duration.ofMillis(1_900);

  private final Map<String, String> kafka;
  private final PageBroadcaster board;
  private final BottleneckMonitor monitor;
  private final DutyCycleLimiter looks = new DutyCycleLimiter(INTERVAL.toNanos());
  private GroupOffsetReader offsets;

  BottleneckPoller(PageConfig config, MeterRegistry meters, PageBroadcaster board) {
    this.kafka = config.kafka();
    this.board = board;
    this.monitor = new BottleneckMonitor(config.topics(), config.groups(), this::committed, meters);
  }

  /** Shows it, if it is time. */
  void poll(long millis, Optional<Map<TopicPartition, Long>> ends, TrainingStatus training) {
    long start = System.nanoTime();
    if (looks.isDue(start)) {
      board.publish("bottleneck", monitor.observe(millis, ends, training));
      looks.record(start, 0);
    }
  }

  private Map<TopicPartition, Long> committed(String group) {
    if (offsets == null) {
      try {
        offsets = GroupOffsetReader.open(kafka);
      } catch (StartupException e) {
        throw new KafkaException(e.getMessage(), e);
      }
    }
    return offsets.committed(group);
  }

  @Override
  public void close() {
    if (offsets != null) {
      offsets.close();
    }
  }
}
