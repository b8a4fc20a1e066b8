package io.stillstream.labeler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.labeler.config.LabelerConfig;
import io.stillstream.labeler.model.DeviceBatch;
import io.stillstream.labeler.torch.FixtureTeacherModel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LabelerTestCluster.Extension.class)
class LabelerSlowTeacherIT {
  private static final Map<String, String> SHORT_LEASH =
      Map.of(
          "max.poll.interval.ms", "5000",
          "session.timeout.ms", "6000",
          "heartbeat.interval.ms", "500",
          "producer.transaction.timeout.ms", "3000");

  @Test
  void shouldStayInTheGroupHoweverSlowTheTeacher(LabelerTestCluster cluster) throws Exception {
    // given
    LabelerTestTopics topics = cluster.topics(2);
    topics.sendViews(0, 512);
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    LabelerConfig config = topics.config("linear", 0, 128, SHORT_LEASH);

    // when
    try (LabelerService service =
        new LabelerService(config, meters, Duration.ofSeconds(15), spec -> List.of(new Slow()))) {
      service.start();
      await()
          .atMost(Duration.ofSeconds(40))
          .until(() -> meters.counter("teacher.views").count() == 512);

      // then
      assertThat(meters.get("kafka.consumer.coordinator.rebalance.total").functionCounter().count())
          .isEqualTo(1);
      assertThat(meters.get("teacher.inference.duration").timer().max(TimeUnit.SECONDS))
          .isGreaterThan(5);
    }
    assertThat(meters.find("teacher.recoveries").counters()).allMatch(c -> c.count() == 0);
    assertThat(topics.all(topics.names().labeledViews())).hasSize(512);
    assertThat(topics.labeled(soFar -> soFar.size() >= 512))
        .extracting(label -> label.getView().getLineage().getOriginOffset())
        .doesNotHaveDuplicates();
    try (LabelerBrokerProbe watch = new LabelerBrokerProbe(topics, 2)) {
      assertThat(watch.lag()).isZero();
    }
  }

  /** Takes 2 s a batch, and once more than the group's patience. */
  private static final class Slow extends FixtureTeacherModel {
    private final AtomicInteger batches = new AtomicInteger();

    private Slow() {
      super("slow");
    }

    @Override
    public float[][] answers(DeviceBatch batch) {
      try {
        boolean early =
            new CountDownLatch(1).await(batches.incrementAndGet() == 2 ? 6 : 2, TimeUnit.SECONDS);
        assertThat(early).isFalse();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return new float[batch.size()][3];
    }
  }
}
