package io.stillstream.augmenter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.augmenter.config.AugmenterConfig;
import io.stillstream.augmenter.config.AugmenterConfig.AugmenterTopics;
import io.stillstream.augmenter.fetch.FetchSettings;
import io.stillstream.augmenter.image.RenderedPixels;
import io.stillstream.augmenter.image.ViewGenerator;
import io.stillstream.augmenter.mapping.ImageSourceMapper;
import io.stillstream.augmenter.mapping.RecipeMapper;
import io.stillstream.augmenter.policy.PolicyYaml;
import io.stillstream.embedded.process.JavaProcess;
import io.stillstream.runtime.http.ManagementSettings;
import io.stillstream.runtime.metrics.MetricsSettings;
import io.stillstream.runtime.records.RecordCoordinates;
import io.stillstream.runtime.startup.StartSettings;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.ImageEvent;
import io.stillstream.schemas.Lineage;
import io.stillstream.schemas.Mix;
import io.stillstream.schemas.image.MaskCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Neither threads nor kills nor moves change which image is mixed in, and the records tell enough
 * to make every view again.
 */
@SuppressWarnings("try") // services run within their blocks, and one ends before its time
final class AugmenterMixingIT {
  private static final Duration TIMEOUT = Duration.ofMinutes(3);
  private static final int PARTITIONS = 4;
  private static final int IMAGES = 3_000;
  private static final int VIEWS = 4 * IMAGES;
  private static final String KEPT = "augmenter.partners.images";
  private static final String POLICY =
      "{views: 4, output: {height: 28, width: 28, channels: 1},"
          + " operations: [{rotate: {degrees: 15}}, {random_crop: {height: 18, width: 18}},"
          + " {one_of: {operations: [mixup, cutmix], p: 0.7}}]}";

  @TempDir private static Path directory;
  private static AugmenterTestCluster cluster;
  private static AugmenterTopics calm;
  private static Map<String, AugmentedView> expected;

  /** What comes of the images with one thread and no interruption. */
  @BeforeAll
  static void makeViews() throws Exception {
    cluster = new AugmenterTestCluster(directory);
    calm = cluster.topics("calm", PARTITIONS);
    cluster.sendPictures(calm.images(), 0, IMAGES);
    run(calm, 1, VIEWS);
    expected = byLineage(calm);
    assertThat(expected).hasSize(VIEWS);
    assertThat(expected.values().stream().filter(view -> view.getRecipe().getMix() != null).count())
        .isGreaterThan(VIEWS / 2);
  }

  @AfterAll
  static void stopCluster() {
    cluster.close();
  }

  @Test
  void shouldWriteTheSameViewsWithFourThreads() throws Exception {
    // given
    AugmenterTopics topics = topics("threads", calm);

    // when
    run(topics, 4, VIEWS);

    // then
    assertSame(byLineage(topics), expected);
    assertThat(cluster.settings("augmenter-views-threads-recent-images-changelog"))
        .containsEntry("cleanup.policy", "compact")
        .containsEntry("max.message.bytes", "8388608")
        .containsEntry("segment.bytes", "16777216");
  }

  @Test
  void shouldWriteTheSameViewsDuringRebalances() throws Exception {
    // given
    AugmenterTopics topics = cluster.topics("moves", PARTITIONS);
    cluster.sendPictures(topics.images(), 0, 300);
    SimpleMeterRegistry meters = new SimpleMeterRegistry();

    // when: a second instance takes some of the partitions, then all
    AugmenterService first = new AugmenterService(config(topics, 1), new SimpleMeterRegistry());
    AugmenterService second = new AugmenterService(config(topics, 1), meters);
    try {
      first.start();
      awaitViews(topics, 1_200);
      second.start();
      await().atMost(TIMEOUT).until(() -> meters.get(KEPT).gauge().value() > 0);
      cluster.sendPictures(topics.images(), 300, 300);
      awaitViews(topics, 2_400);
      first.close();
      cluster.sendPictures(topics.images(), 600, 300);
      awaitViews(topics, 3_600);
    } finally {
      first.close();
      second.close();
    }

    // then
    AugmenterTopics stay = topics("stay", topics);
    run(stay, 1, 3_600);
    assertSame(byLineage(topics), byLineage(stay));
    assertThat(meters.counter("augmenter.images").count()).isGreaterThan(300);
  }

  @Test
  void shouldWriteTheSameViewsExactlyOnceAcrossKills() throws Exception {
    // given
    AugmenterTopics topics = topics("kills", calm);
    Path config = write(topics);

    // when: killed twice at work, with images in the store and more on their way
    int seen = 0;
    for (int kill = 0; kill < 2; kill++) {
      JavaProcess process = AugmenterProcess.start(config);
      try {
        int before = seen;
        await()
            .atMost(TIMEOUT)
            .pollInterval(Duration.ofMillis(50))
            .until(() -> committed(topics) > before + 500);
      } finally {
        process.close();
      }
      seen = committed(topics);
      assertThat(seen).isLessThan(VIEWS);
    }
    JavaProcess last = AugmenterProcess.start(config);
    try {
      awaitViews(topics, VIEWS);
    } finally {
      last.close();
    }

    // then
    assertSame(byLineage(topics), expected);
  }

  @Test
  void shouldReplayEveryViewFromItsRecordAndTheImagesThatItNames() {
    // given
    Map<RecordCoordinates, ImageEvent> images = cluster.images(calm.images());
    int masks = 0;
    try (ViewGenerator generator = new ViewGenerator(PolicyYaml.policy(POLICY), 1_000_000)) {
      for (AugmentedView view : expected.values()) {
        Lineage lineage = view.getLineage();
        Mix mix = view.getRecipe().getMix();
        ImageEvent image =
            images.get(
                new RecordCoordinates(
                    lineage.getOriginTopic(),
                    lineage.getOriginPartition(),
                    lineage.getOriginOffset()));
        ImageEvent partner =
            mix == null
                ? null
                : images.get(
                    new RecordCoordinates(
                        mix.getPartnerTopic(), mix.getPartnerPartition(), mix.getPartnerOffset()));

        // when
        RenderedPixels again =
            generator.replay(
                ImageSourceMapper.toMaskedImage(image),
                RecipeMapper.fromAvro(view),
                partner == null ? null : ImageSourceMapper.toMaskedImage(partner));

        // then
        assertThat(ByteBuffer.wrap(again.pixels())).isEqualTo(view.getPixels());
        assertThat(again.mask() == null ? null : MaskCodec.encode(again.mask()))
            .isEqualTo(view.getMask());
        masks += view.getMask() == null ? 0 : 1;
        if (mix != null) {
          assertThat(partner.getImageId()).isEqualTo(mix.getPartnerImageId());
        }
      }
    }
    assertThat(masks).isGreaterThan(VIEWS / 3);
  }

  private static void run(AugmenterTopics topics, int threads, int views) {
    AugmenterService service =
        new AugmenterService(config(topics, threads), new SimpleMeterRegistry());
    try {
      service.start();
      awaitViews(topics, views);
    } finally {
      service.close();
    }
  }

  private static void awaitViews(AugmenterTopics topics, int views) {
    await().atMost(TIMEOUT).until(() -> committed(topics) >= views);
  }

  /** One by one, since a difference of two maps of images is unreadable. */
  private static void assertSame(
      Map<String, AugmentedView> views, Map<String, AugmentedView> others) {
    assertThat(views.keySet().equals(others.keySet())).as("the same lineages").isTrue();
    others.forEach((lineage, view) -> assertThat(views.get(lineage)).isEqualTo(view));
  }

  private static AugmenterConfig config(AugmenterTopics topics, int threads) {
    Map<String, String> kafka = new TreeMap<>(cluster.kafka());
    kafka.put("auto.offset.reset", "earliest");
    return new AugmenterConfig(
        "augmenter-" + topics.views(),
        threads,
        directory.resolve("state"),
        1_000_000,
        100,
        StartSettings.defaults(),
        kafka,
        topics,
        new AugmenterConfig.RecentImageSettings(40_000, 30),
        FetchSettings.disabled(),
        PolicyYaml.tree(POLICY),
        new ManagementSettings("127.0.0.1", 0),
        MetricsSettings.ofEndpoint(),
        Optional.empty());
  }

  private static Path write(AugmenterTopics topics) throws IOException {
    Map<String, String> settings = new TreeMap<>(cluster.kafka());
    settings.put("group.instance.id", "one");
    StringBuilder yaml = new StringBuilder("kafka:\n");
    settings.forEach((key, value) -> yaml.append("  " + key + ": \"" + value + "\"\n"));
    yaml.append(
        """
        threads: 2
        topics: {images: %s, views: %s, dead-letters: %s}
        state-dir: %s
        partners: {max-bytes: 40000, max-images: 30}
        policy: %s
        management: {host: 127.0.0.1, port: 0}
        """
            .formatted(
                topics.images(),
                topics.views(),
                topics.deadLetters(),
                directory.resolve("state-killed"),
                POLICY));
    return Files.writeString(directory.resolve("augmenter.yaml"), yaml);
  }

  /** Topics of an augmenter of its own that reads the images of another. */
  private static AugmenterTopics topics(String test, AugmenterTopics other) throws Exception {
    AugmenterTopics own = cluster.topics(test, PARTITIONS);
    return new AugmenterTopics("", other.images(), own.views(), own.deadLetters());
  }

  private static int committed(AugmenterTopics topics) {
    return cluster.count(topics.views(), "read_committed");
  }

  /** All committed views; no two of the same lineage. The time of making is left out. */
  private static Map<String, AugmentedView> byLineage(AugmenterTopics topics) {
    List<AugmentedView> views = cluster.views(topics.views());
    Map<String, AugmentedView> map = new TreeMap<>();
    for (AugmentedView view : views) {
      view.setAugmentedAt(Instant.EPOCH);
      assertThat(map.put(view.getLineage().toString(), view)).isNull();
    }
    return map;
  }
}
