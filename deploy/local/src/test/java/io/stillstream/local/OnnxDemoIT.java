package io.stillstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stillstream.embedded.process.JavaProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo with the bundled teacher as ONNX, as a process. */
class OnnxDemoIT {
  private static final int IMAGES = 256;
  private static final int VIEWS = 2;

  @TempDir Path directory;

  @Test
  void shouldLabelWithOnnxRuntime() throws Exception {
    // when
    JsonNode summary;
    try (JavaProcess demo =
        demo("--engine=onnx", "--exit", "--images=" + IMAGES, "--views=" + VIEWS)) {
      assertThat(demo.awaitEnd(Duration.ofMinutes(4))).as("%s", demo.lines()).isZero();
      assertThat(demo.output().contains("fashion-mnist-resnet16-onnx 1, engine onnx"))
          .as("%s", demo.lines())
          .isTrue();
      String last = demo.lines().get(demo.lines().size() - 1);
      assertThat(last).startsWith("SUMMARY {");
      summary = new ObjectMapper().readTree(last.substring("SUMMARY ".length()));
    }
    // then
    assertThat(summary.path("engine").asText()).isEqualTo("onnx");
    assertThat(summary.path("teacher").asText()).isEqualTo("fashion-mnist-resnet16-onnx");
    assertThat(summary.path("teacher_platform").asText()).isEqualTo("onnxruntime_onnx");
    for (String count : new String[] {"views_unique", "labeled_unique", "views_seen"}) {
      assertThat(summary.path(count).asLong()).as(count).isEqualTo((long) IMAGES * VIEWS);
    }
    assertThat(summary.path("passed_over").asLong()).isZero();
    assertThat(summary.path("rejected").asLong()).isZero();
    // and: it is the teacher that it is as TorchScript, see deploy/models/README.md
    assertThat(summary.path("teacher_accuracy").asDouble()).isBetween(0.92, 0.935);
    // and: the directory keeps its engine
    try (JavaProcess demo = demo("--engine=pytorch")) {
      assertThat(demo.awaitEnd(Duration.ofMinutes(2))).isEqualTo(2);
      assertThat(demo.output().contains("--engine was onnx, now pytorch"))
          .as("%s", demo.lines())
          .isTrue();
    }
  }

  private JavaProcess demo(String... more) throws Exception {
    Stream<String> ports = Stream.of("--kafka-port=0", "--registry-port=0", "--management-port=0");
    Stream<String> all =
        Stream.concat(Stream.of("demo", "--dir=" + directory.resolve("demo")), ports);
    return MainProcess.start(
        StillstreamMain.class, Stream.concat(all, Stream.of(more)).toArray(String[]::new));
  }
}
