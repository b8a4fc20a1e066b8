package io.stillstream.labeler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.embedded.process.JavaProcess;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.schemas.LabeledView;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LabelerTestCluster.Extension.class)
class LabelerRestartIT {
  private static final int VIEWS = 12_000;

  @Test
  void shouldLabelEachViewOnceThoughKilledThreeTimes(LabelerTestCluster cluster) throws Exception {
    // given
    LabelerTestTopics topics = cluster.topics(3);
    topics.sendViews(0, VIEWS);
    Path config = cluster.directory().resolve(topics.group() + ".yaml");
    // Small batches and long transactions: a kill falls into one.
    Files.writeString(config, YamlSettings.effective(topics.config("linear", 0, 4, Map.of())));

    // when
    for (int seen : List.of(500, 2_500, 6_000)) {
      JavaProcess labeler = LabelerProcess.start(config);
      topics.labeled(soFar -> soFar.size() >= seen);
      assertThat(labeler.isAlive()).isTrue();
      labeler.kill();
    }
    assertThat(topics.all(topics.names().labeledViews())).hasSizeLessThan(VIEWS);
    JavaProcess last = LabelerProcess.start(config);
    topics.labeled(soFar -> soFar.size() >= VIEWS);
    last.terminate();

    // then
    assertThat(lineages(topics)).hasSize(VIEWS).doesNotHaveDuplicates();
    assertThat(topics.all(topics.names().deadLetters())).isEmpty();
  }

  @Test
  void shouldLabelEachViewOnceWhileInstancesComeAndGo(LabelerTestCluster cluster) {
    // given
    LabelerTestTopics topics = cluster.topics(4);
    Map<String, String> lively = Map.of("heartbeat.interval.ms", "200");
    SimpleMeterRegistry firstMeters = new SimpleMeterRegistry();
    SimpleMeterRegistry secondMeters = new SimpleMeterRegistry();
    LabelerService first = new LabelerService(topics.config("linear", 0, 4, lively), firstMeters);
    LabelerService second = new LabelerService(topics.config("linear", 1, 4, lively), secondMeters);
    AtomicInteger sent = new AtomicInteger();

    // when
    try (first;
        second) {
      first.start();
      topics.sendViews(sent.getAndAdd(2000), 2000);
      await()
          .atMost(Duration.ofSeconds(90))
          .until(() -> firstMeters.counter("teacher.views").count() > 500);
      second.start();
      // Views keep coming while partitions move.
      await()
          .atMost(Duration.ofSeconds(90))
          .until(
              () -> {
                topics.sendViews(sent.getAndAdd(500), 500);
                return secondMeters.counter("teacher.views").count() > 500;
              });
      topics.sendViews(sent.getAndAdd(2000), 2000);
      first.close();
      topics.labeled(soFar -> soFar.size() >= sent.get());
    }

    // then
    assertThat(lineages(topics)).hasSize(sent.get()).doesNotHaveDuplicates();
    double counted =
        firstMeters.counter("teacher.views").count()
            + secondMeters.counter("teacher.views").count();
    assertThat(counted).isEqualTo(sent.get());
    assertThat(originals(firstMeters) + originals(secondMeters)).isEqualTo(sent.get());
  }

  private static double originals(SimpleMeterRegistry meters) {
    return meters.get("teacher.augmentation.views").tag("operation", "original").counter().count();
  }

  private static List<Long> lineages(LabelerTestTopics topics) {
    int records = topics.all(topics.names().labeledViews()).size();
    return topics.labeled(soFar -> soFar.size() >= records).stream()
        .map(LabeledView::getView)
        .map(view -> view.getLineage().getOriginOffset())
        .toList();
  }
}
