package io.stillstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stillstream.embedded.process.JavaProcess;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo of embeddings as a process; and what does not fit its directory. */
class EmbeddingDemoIT {
  private static final int IMAGES = 512;
  private static final int VIEWS = 2;

  @TempDir Path directory;

  @Test
  void shouldDistilFeatures() throws Exception {
    // when
    JsonNode summary;
    try (JavaProcess demo =
        demo("--task=embedding", "--exit", "--images=" + IMAGES, "--views=" + VIEWS)) {
      assertThat(demo.awaitEnd(Duration.ofMinutes(4))).as("%s", demo.lines()).isZero();
      String last = demo.lines().get(demo.lines().size() - 1);
      assertThat(last).startsWith("SUMMARY {");
      summary = new ObjectMapper().readTree(last.substring("SUMMARY ".length()));
    }
    // then
    assertThat(summary.path("task").asText()).isEqualTo("embedding");
    assertThat(summary.path("student").asText()).isEqualTo("embed-cnn");
    for (String count : new String[] {"views_unique", "labeled_unique", "views_seen"}) {
      assertThat(summary.path(count).asLong()).as(count).isEqualTo((long) IMAGES * VIEWS);
    }
    assertThat(summary.path("passed_over").asLong()).isZero();
    assertThat(summary.path("rejected").asLong()).isZero();
    assertThat(summary.path("cosine").asDouble()).isBetween(0.3, 1.0);
    assertThat(summary.path("teacher_probe_accuracy").asDouble()).isGreaterThan(0.85);
    assertThat(summary.path("student_probe_accuracy").asDouble()).isGreaterThan(0.5);
    assertThat(summary.path("student_accuracy").isNull()).isTrue();
    // and: the directory keeps its task
    try (JavaProcess demo = demo("--task=classification")) {
      assertThat(demo.awaitEnd(Duration.ofMinutes(2))).isEqualTo(2);
      assertThat(demo.output().contains("--task was embedding, now classification"))
          .as("%s", demo.lines())
          .isTrue();
    }
  }

  private JavaProcess demo(String... more) throws Exception {
    String[] args = {
      "demo",
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
}
