package io.stillstream.augmenter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.augmenter.config.AugmenterConfig;
import io.stillstream.augmenter.config.AugmenterConfig.AugmenterTopics;
import io.stillstream.augmenter.image.TestImages;
import io.stillstream.embedded.process.JavaProcess;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.runtime.health.Health;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.ImageEvent;
import io.stillstream.schemas.Lineage;
import io.stillstream.schemas.values.Sha256;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images whose payloads lie in a store, some of them, over a real broker. */
final class AugmenterReferenceIT {
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  /** The default of {@code fetch.timeout}. */
  private static final Duration READ_TIMEOUT = Duration.ofSeconds(30);

  private static final String HELD = "augmenter.fetch.objects.held";

  @TempDir private static Path directory;
  private static AugmenterTestCluster cluster;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final ObjectServer store = new ObjectServer();

  @BeforeAll
  static void startCluster() {
    cluster = new AugmenterTestCluster(directory);
  }

  @AfterAll
  static void stopCluster() {
    cluster.close();
  }

  @AfterEach
  void stopStore() {
    store.close();
  }

  @Test
  void shouldAugmentImagesByReferenceAndByValueOnceAndSendTheOthersToDeadLetters()
      throws Exception {
    // given: of 600 images 6 are gone, and 6 have changed since
    AugmenterTopics topics = cluster.topics("mixed");
    send(topics, 0, 600);
    List<String> reasons = new ArrayList<>();
    for (int i = 52; i < 600; i += 102) {
      store.remove(name(i));
      reasons.add("image-" + i + " not_found");
      store.put(name(i + 1), file(i));
      reasons.add("image-" + (i + 1) + " changed");
    }

    // when
    try (AugmenterService service = start(topics, 2, "")) {
      awaitViews(topics, 588);

      // then
      patiently().until(() -> service.health().ready());
      patiently().until(() -> meters.get(HELD).gauge().value() == 0);
    }
    assertThat(cluster.read(topics.deadLetters(), "read_committed"))
        .extracting(
            letter -> cluster.image(topics.images(), letter).getImageId() + " " + reason(letter))
        .containsExactlyInAnyOrderElementsOf(reasons);
    assertExactly(topics, 600, 12);
    assertThat(meters.counter("augmenter.rejected", "reason", "changed").count())
        .isGreaterThanOrEqualTo(6);
    assertThat(meters.counter("augmenter.fetch.objects", "result", "not_found").count())
        .isGreaterThanOrEqualTo(6);
  }

  @Test
  void shouldFetchAheadOfTheRecordWhoseTurnItIs() throws Exception {
    // given
    AugmenterTopics topics = cluster.topics("ahead", 1);
    send(topics, 0, 60);
    store.hold(name(1));

    // when
    try (AugmenterService service = start(topics, 1, "")) {
      // then: the others are there before the first one that is by reference
      patiently().until(() -> store.requests() >= byReference(60));
      assertThat(cluster.views(topics.views())).hasSizeLessThanOrEqualTo(1);
      store.letGo(name(1));
      awaitViews(topics, 60);
      assertThat(service.health().live()).isTrue();
    }
    assertExactly(topics, 60, 0);
  }

  @Test
  void shouldWaitForTheStoreWithoutDeadLetters() throws Exception {
    // given: a store that is awaited for three seconds until the thread is replaced
    AugmenterTopics topics = cluster.topics("away");
    send(topics, 0, 100);
    try (AugmenterService service =
        start(topics, 1, "max.poll.interval.ms: 9000\n  session.timeout.ms: 6000")) {
      awaitViews(topics, 100);

      // when: it goes, and comes back after several threads have given up
      store.stop();
      send(topics, 100, 100);
      for (int times = 0; times < 2; times++) {
        patiently().until(() -> !isOk(service, "store"));
        assertThat(service.health().ready()).isFalse();
        assertThat(service.health().live()).isTrue();
        patiently().until(() -> isOk(service, "store"));
      }
      store.start();

      // then
      awaitViews(topics, 200);
      patiently().until(() -> service.health().ready());
      patiently().until(() -> meters.get(HELD).gauge().value() == 0);
    }
    assertExactly(topics, 200, 0);
    assertThat(cluster.read(topics.deadLetters(), "read_uncommitted")).isEmpty();
  }

  @Test
  void shouldCloseQuicklyWhileItWaitsForTheStore() throws Exception {
    // given
    AugmenterTopics topics = cluster.topics("close");
    send(topics, 0, 20);
    store.hold(name(1));
    AugmenterService service = start(topics, 1, "");
    try {
      patiently().until(() -> store.requests() > 5);

      // when
      service.close();

      // then: although the read may take longer; a pool of threads ends a little before its threads
      service.awaitStop();
      Awaitility.dontCatchUncaughtExceptions()
          .atMost(READ_TIMEOUT.dividedBy(2))
          .untilAsserted(
              () ->
                  assertThat(Thread.getAllStackTraces().keySet())
                      .extracting(Thread::getName)
                      .noneMatch(AugmenterReferenceIT::isOfTheAugmenter));
    } finally {
      service.close();
      store.letGo(name(1));
    }

    // when: it starts again
    try (AugmenterService again = start(topics, 1, "")) {
      awaitViews(topics, 20);
      assertThat(again.health().live()).isTrue();
    }
    assertExactly(topics, 20, 0);
  }

  @Test
  void shouldReadPartitionsAgainThatMoved() throws Exception {
    // given: two instances that share the partitions, and one that leaves in the middle
    AugmenterTopics topics = cluster.topics("moves");
    send(topics, 0, 300);
    AugmenterService first = start(topics, 1, "");
    AugmenterService second =
        new AugmenterService(config(topics, 1, ""), new SimpleMeterRegistry());
    try {
      awaitViews(topics, 10);
      second.start();
      send(topics, 300, 300);
      awaitViews(topics, 400);

      // when
      second.close();
      send(topics, 600, 300);

      // then: nothing is left of the partitions that were away
      awaitViews(topics, 900);
      patiently().until(() -> meters.get(HELD).gauge().value() == 0);
      assertThat(meters.get("augmenter.fetch.bytes.held").gauge().value()).isZero();
      assertThat(first.health().live()).isTrue();
    } finally {
      first.close();
      second.close();
    }
    assertExactly(topics, 900, 0);
  }

  @Test
  void shouldWriteExactlyOnceAcrossKills() throws Exception {
    // given
    AugmenterTopics topics = cluster.topics("kills");
    send(topics, 0, 3000);
    store.remove(name(1501));
    Path config =
        Files.writeString(
            directory.resolve("augmenter.yaml"), yaml(topics, 2, "group.instance.id: one"));

    // when: killed twice at work, with objects on their way
    for (String name : List.of(name(1000), name(2000))) {
      store.hold(name);
      JavaProcess process = AugmenterProcess.start(config);
      try {
        patiently().until(() -> store.isRequested(name));
      } finally {
        process.close();
      }
      store.letGo(name);
      assertThat(cluster.count(topics.views(), "read_uncommitted")).isLessThan(2999);
    }
    JavaProcess last = AugmenterProcess.start(config);
    try {
      awaitViews(topics, 2999);
      last.terminate();
    } finally {
      last.close();
    }

    // then
    assertThat(cluster.read(topics.deadLetters(), "read_committed"))
        .extracting(AugmenterReferenceIT::reason)
        .containsExactly("not_found");
    assertExactly(topics, 3000, 1);
  }

  /** Sends images, two of three by reference, of these every second with size and SHA-256. */
  private void send(AugmenterTopics topics, int first, int count) throws Exception {
    TestRecordCodec codec = cluster.codec();
    List<byte[]> values = new ArrayList<>();
    for (int i = first; i < first + count; i++) {
      byte[] file = file(i);
      ImageEvent event;
      if (i % 3 == 0) {
        event = TestRecordCodec.event("image-" + i, file, i % 10);
      } else {
        store.put(name(i), file);
        event =
            TestRecordCodec.referenceEvent(
                "image-" + i, store.uri(name(i)), isChecked(i) ? file : null);
      }
      values.add(codec.image(topics.images(), event));
    }
    cluster.send(topics.images(), values);
  }

  private static boolean isChecked(int i) {
    return i % 2 == 1;
  }

  private static long byReference(int count) {
    return count - (count + 2L) / 3;
  }

  private static String name(int i) {
    return i + ".png";
  }

  /** No two alike. */
  private static byte[] file(int i) {
    return TestImages.file(TestImages.picture(14, 14, i), "png");
  }

  private AugmenterService start(AugmenterTopics topics, int threads, String kafka) {
    AugmenterService service = new AugmenterService(config(topics, threads, kafka), meters);
    service.start();
    return service;
  }

  private AugmenterConfig config(AugmenterTopics topics, int threads, String kafka) {
    return YamlSettings.parse(yaml(topics, threads, kafka), AugmenterConfig.class, Map.of());
  }

  private String yaml(AugmenterTopics topics, int threads, String kafka) {
    StringBuilder yaml = new StringBuilder("kafka:\n");
    new TreeMap<>(cluster.kafka())
        .forEach((key, value) -> yaml.append("  " + key + ": \"" + value + "\"\n"));
    return yaml.append(
            """
              auto.offset.reset: earliest
              %s
            application-id: augmenter-%s
            threads: %d
            topics: {images: %s, views: %s, dead-letters: %s}
            state-dir: %s
            fetch:
              allow: [{prefix: "%s", private-addresses: true}]
              threads: 8
              max-objects: 64
            policy:
              views: 1
              output: {height: 14, width: 14, channels: 1}
            management: {host: 127.0.0.1, port: 0}
            """
                .formatted(
                    kafka,
                    topics.images(),
                    threads,
                    topics.images(),
                    topics.views(),
                    topics.deadLetters(),
                    directory.resolve("state"),
                    store.prefix()))
        .toString();
  }

  private static boolean isOfTheAugmenter(String thread) {
    return thread.contains("StreamThread") || thread.startsWith("object-fetch");
  }

  private static void awaitViews(AugmenterTopics topics, int count) {
    patiently().until(() -> cluster.count(topics.views(), "read_committed") >= count);
  }

  /** Each image has one view, with the address and the SHA-256 of its object in its lineage. */
  private void assertExactly(AugmenterTopics topics, int images, int deadLetters) {
    List<AugmentedView> views = cluster.views(topics.views());
    Set<String> ids = new HashSet<>();
    for (AugmentedView view : views) {
      Lineage lineage = view.getLineage();
      ids.add(lineage.getImageId());
      int i = Integer.parseInt(lineage.getImageId().substring("image-".length()));
      boolean isByValue = i % 3 == 0;
      assertThat(lineage.getPayloadUri()).isEqualTo(isByValue ? null : store.uri(name(i)));
      assertThat(lineage.getPayloadSha256()).isEqualTo(isByValue ? null : Sha256.hex(file(i)));
    }
    assertThat(ids).hasSize(images - deadLetters);
    assertThat(views).hasSize(images - deadLetters);
  }

  /** A stream thread that gives up ends with an exception, and is replaced. */
  private static ConditionFactory patiently() {
    return Awaitility.dontCatchUncaughtExceptions().atMost(TIMEOUT);
  }

  private static boolean isOk(AugmenterService service, String check) {
    return service.health().checks().stream()
        .filter(candidate -> candidate.name().equals(check))
        .allMatch(Health.Check::ok);
  }

  private static String reason(ConsumerRecord<byte[], byte[]> letter) {
    return new String(letter.headers().lastHeader("stillstream.reason").value(), UTF_8);
  }
}
