package io.stillstream.labeler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stillstream.embedded.process.JavaProcess;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.schemas.AugmentedView;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The memory of a labeler in a process of its own whose batches close at every fill. Its heap has
 * all its pages from the start, so what it gains is native: a batch here is 786 KB of pixels, and
 * for the second teacher 2 MB of answers. That no tensor outlives its batch is
 * TorchScriptModelTest's.
 */
@ExtendWith(LabelerTestCluster.Extension.class)
class LabelerMemoryIT {
  private static final int BURSTS = 200;

  /** Then code is compiled, classes are loaded and the largest batch has been there. */
  private static final int WARM_UP = 60;

  private static final int SAMPLES = 30;
  private static final int BATCH = 64;
  private static final int SIDE = 64;
  private static final long ROOM = 32 << 20;

  /**
   * Large blocks go back to the system when they are freed. Kept, as in production, they make a
   * heap that grows by fragments for long before it has its size.
   */
  private static final Map<String, String> ALLOCATOR =
      Map.of("MALLOC_ARENA_MAX", "1", "MALLOC_MMAP_THRESHOLD_", "65536");

  @ParameterizedTest
  @ValueSource(strings = {"photo", "photo-pixels"})
  void shouldNotGrowWhateverTheFillOfItsBatches(String teacher, LabelerTestCluster cluster)
      throws Exception {
    // given
    LabelerTestTopics topics = cluster.topics(1);
    Path config = cluster.directory().resolve(topics.group() + ".yaml");
    Files.writeString(config, YamlSettings.effective(topics.config(teacher, 0, BATCH, Map.of())));
    SplittableRandom random = new SplittableRandom(7);
    List<Long> resident = new ArrayList<>();
    JavaProcess labeler =
        LabelerProcess.start(
            config,
            LabelerMain.class,
            ALLOCATOR,
            "-XX:TieredStopAtLevel=1",
            "-Xms128m",
            "-Xmx128m",
            "-XX:+AlwaysPreTouch");

    // when
    int sent = 0;
    try (LabelerBrokerProbe watch = new LabelerBrokerProbe(topics, 1)) {
      for (int burst = 0; burst < BURSTS; burst++) {
        int size = 1 + random.nextInt(BATCH * 3 / 2);
        long written = watch.written();
        topics.send(photos(sent, size), cluster.kafka());
        sent += size;
        await()
            .atMost(Duration.ofSeconds(90))
            .pollInterval(Duration.ofMillis(10))
            .until(() -> watch.written() >= written + size);
        resident.add(labeler.residentBytes());
      }
    } finally {
      labeler.close();
    }

    // then
    LongSummaryStatistics early = statistics(resident.subList(WARM_UP - SAMPLES, WARM_UP));
    LongSummaryStatistics late = statistics(resident.subList(BURSTS - SAMPLES, BURSTS));
    assertThat(late.getAverage() - early.getAverage())
        .as("growth over %d views, from %s to %s", sent, early, late)
        .isLessThan(ROOM);
    // What these views bring, were it kept, would not fit into that room.
    assertThat((long) sent * (BURSTS - WARM_UP) / BURSTS * SIDE * SIDE * 3).isGreaterThan(2 * ROOM);
  }

  private static List<AugmentedView> photos(int first, int count) {
    List<AugmentedView> views = new ArrayList<>();
    for (int n = first; n < first + count; n++) {
      AugmentedView view = LabelerTestTopics.view(n, new byte[SIDE * SIDE * 3]);
      view.setHeight(SIDE);
      view.setWidth(SIDE);
      view.setChannels(3);
      views.add(view);
    }
    return views;
  }

  private static LongSummaryStatistics statistics(List<Long> values) {
    return values.stream().mapToLong(Long::longValue).summaryStatistics();
  }
}
