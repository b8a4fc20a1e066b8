package io.stillstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stillstream.embedded.process.JavaProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo as a process: killed at random, stopped in order, started again. */
class DemoKillIT {
  private static final int IMAGES = 800;
  private static final int VIEWS = 4;

  @TempDir Path directory;

  @Test
  void shouldCountExactlyThroughKillsAndAnOrderlyStop() throws Exception {
    // given
    long seed = System.nanoTime();
    Random random = new Random(seed);
    System.out.println("DemoKillIT seed " + seed);
    for (int kill = 0; kill < 2; kill++) {
      try (JavaProcess demo = demo()) {
        awaitFirstStep(demo);
        demo.runFor(Duration.ofMillis(random.nextInt(2_000)));
        demo.kill();
      }
    }
    // when: stopped in order, then run to the end
    try (JavaProcess demo = demo()) {
      awaitFirstStep(demo);
      demo.requestTermination();
      assertThat(demo.awaitEnd(Duration.ofSeconds(60))).as("%s", demo.lines()).isEqualTo(143);
      assertThat(demo.lines()).anyMatch(line -> line.startsWith("stopped; go on with --dir "));
    }
    JsonNode summary;
    try (JavaProcess demo = demo()) {
      assertThat(demo.awaitEnd(Duration.ofSeconds(150))).as("%s", demo.lines()).isZero();
      assertThat(demo.lines()).anyMatch(line -> line.startsWith("resumed at "));
      String last = demo.lines().get(demo.lines().size() - 1);
      assertThat(last).startsWith("SUMMARY {");
      summary = new ObjectMapper().readTree(last.substring("SUMMARY ".length()));
    }
    // then
    assertThat(summary.path("resumed").asBoolean()).isTrue();
    assertThat(summary.path("images").asLong()).isEqualTo(IMAGES);
    for (String count :
        new String[] {"views", "views_unique", "labeled", "labeled_unique", "views_seen"}) {
      assertThat(summary.path(count).asLong()).as(count).isEqualTo((long) IMAGES * VIEWS);
    }
    assertThat(summary.path("passed_over").asLong() % VIEWS).isZero();
    assertThat(summary.path("passed_over").asDouble() / (IMAGES * VIEWS)).isBetween(0.4, 0.6);
    assertThat(summary.path("rejected").asLong()).isZero();
    assertThat(summary.path("release_version").asLong()).isPositive();
    assertThat(summary.path("teacher_accuracy").asDouble()).isGreaterThan(0.85);
    assertThat(summary.path("student_accuracy").asDouble()).isGreaterThan(0.6);
  }

  private JavaProcess demo() throws Exception {
    return MainProcess.start(
        StillstreamMain.class,
        "demo",
        "--exit",
        // The quick one: whose answers they are does not matter here.
        "--teacher=" + Path.of("../models/fashion-mnist-mlp128").toAbsolutePath().normalize(),
        "--images=" + IMAGES,
        "--views=" + VIEWS,
        "--label-fraction=0.5",
        "--partitions=2",
        "--dir=" + directory.resolve("demo"),
        "--kafka-port=0",
        "--registry-port=0",
        "--management-port=0");
  }

  private static void awaitFirstStep(JavaProcess demo) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(90))
        .failFast("the demo has ended early", () -> !demo.isAlive())
        .until(() -> demo.output().contains("first step after"));
  }
}
