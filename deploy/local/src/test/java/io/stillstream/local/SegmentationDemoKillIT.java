package io.stillstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.embedded.process.JavaProcess;
import io.stillstream.local.broker.LocalBroker;
import io.stillstream.local.broker.StateDirectory;
import io.stillstream.local.topics.TopicValueReader;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.topics.Topics;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo of segmentation as a process, killed at random; and its views, made again. */
@Tag("slow")
class SegmentationDemoKillIT {
  private static final int KILLS = 5;
  private static final int IMAGES = 1_000;
  private static final int VIEWS = 4;

  /** Four for each batch of 32. */
  private static final int STEPS = IMAGES * VIEWS / 32 * 4;

  private static final Pattern RESUMED = Pattern.compile("resumed at \\d+ images, step (\\d+)");

  @TempDir Path directory;

  @Test
  void shouldCountExactlyThroughKillsAndReplayViewsWithTheirMasks() throws Exception {
    // given: without --exit it never ends by itself
    long seed = System.nanoTime();
    Random random = new Random(seed);
    System.out.println("SegmentationDemoKillIT seed " + seed);
    for (int kill = 0; kill < KILLS; kill++) {
      try (JavaProcess demo = demo()) {
        awaitStep(demo);
        demo.runFor(Duration.ofMillis(random.nextInt(8_000)));
        demo.kill();
      }
    }
    // when
    JsonNode summary;
    try (JavaProcess demo = demo("--exit")) {
      assertThat(demo.awaitEnd(Duration.ofMinutes(9))).as("%s", demo.lines()).isZero();
      assertThat(demo.lines()).anyMatch(line -> line.startsWith("resumed at "));
      String last = demo.lines().get(demo.lines().size() - 1);
      assertThat(last).startsWith("SUMMARY {");
      summary = new ObjectMapper().readTree(last.substring("SUMMARY ".length()));
    }
    // then
    assertThat(summary.path("task").asText()).isEqualTo("segmentation");
    assertThat(summary.path("images").asLong()).isEqualTo(IMAGES);
    for (String count :
        new String[] {"views", "views_unique", "labeled", "labeled_unique", "views_seen"}) {
      assertThat(summary.path(count).asLong()).as(count).isEqualTo((long) IMAGES * VIEWS);
    }
    assertThat(summary.path("passed_over").asLong()).isZero();
    assertThat(summary.path("rejected").asLong()).isZero();
    assertThat(summary.path("teacher_miou").asDouble()).isGreaterThan(0.6);
    assertThat(summary.path("student_miou").asDouble()).isGreaterThan(0.3);
    assertThat(directory.resolve("demo/views.png")).isNotEmptyFile();
    assertReplayable();
  }

  /** Every view is its record again, pixels and mask, and every view has a mask. */
  private void assertReplayable() throws Exception {
    try (StateDirectory state = StateDirectory.open(directory.resolve("demo"));
        LocalBroker broker = LocalBroker.start(state.kafka(), 0, state.registry(), 0)) {
      Map<String, String> clients = broker.clients();
      AtomicLong masks = new AtomicLong();
      long views =
          TopicValueReader.readAll(
              clients,
              new SimpleMeterRegistry(),
              Topics.VIEWS,
              AugmentedView.class,
              view -> masks.addAndGet(view.getMask() == null ? 0 : 1));
      assertThat(views).isEqualTo((long) IMAGES * VIEWS);
      assertThat(masks).hasValue(views);
      String settings =
          Files.readString(state.config().resolve("augmenter.yaml"))
              .replaceAll(
                  "bootstrap.servers: '.*'",
                  "bootstrap.servers: '" + clients.get("bootstrap.servers") + "'")
              .replaceAll(
                  "schema.registry.url: '.*'",
                  "schema.registry.url: '" + clients.get("schema.registry.url") + "'");
      Path config = Files.writeString(directory.resolve("replay.yaml"), settings);
      StringWriter out = new StringWriter();
      int code =
          StillstreamMain.commandLine()
              .setOut(new PrintWriter(out, true))
              .execute("replay", "--config=" + config, "--all");
      assertThat(out.toString())
          .contains("%d views: %d equal, 0 different, 0 lost".formatted(views, views));
      assertThat(code).isZero();
    }
  }

  private JavaProcess demo(String... more) throws Exception {
    String[] args = {
      "demo",
      "--task=segmentation",
      "--images=" + IMAGES,
      "--views=" + VIEWS,
      "--partitions=2",
      "--dir=" + directory.resolve("demo"),
      "--kafka-port=0",
      "--registry-port=0",
      "--management-port=0"
    };
    String[] all = new String[args.length + more.length];
    System.arraycopy(args, 0, all, 0, args.length);
    System.arraycopy(more, 0, all, args.length, more.length);
    return MainProcess.start(StillstreamMain.class, all);
  }

  /** Waits for the first step of this start, or until there is nothing left to train. */
  private static void awaitStep(JavaProcess demo) {
    Awaitility.await()
        .atMost(Duration.ofMinutes(2))
        .failFast("the demo has ended early", () -> !demo.isAlive())
        .until(() -> demo.output().contains("first step after") || isTrained(demo.output()));
  }

  private static boolean isTrained(String output) {
    Matcher resumed = RESUMED.matcher(output);
    return resumed.find() && Integer.parseInt(resumed.group(1)) >= STEPS;
  }
}
