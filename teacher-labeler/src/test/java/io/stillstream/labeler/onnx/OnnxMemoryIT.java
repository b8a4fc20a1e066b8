package io.stillstream.labeler.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stillstream.embedded.process.JavaProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Memory of ONNX Runtime, in a process of its own whose heap has all its pages from the start: what
 * it gains is native.
 */
class OnnxMemoryIT {
  private static final int BATCHES = 20_000;
  private static final int LOADS = 400;

  /** A hundred bytes kept of each batch, or ten kilobytes of each load, would be more. */
  private static final long ROOM = 2_000_000;

  private static final Pattern GAINED =
      Pattern.compile("(-?\\d+) bytes for batches, (-?\\d+) for loads");

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"linear", "pixels"})
  void shouldKeepNothingOfBatchesAndClosedModels(String name) throws Exception {
    // given
    Path log = directory.resolve("log");
    JavaProcess process =
        JavaProcess.ofMain(
            "onnx-memory",
            log,
            List.of(
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xms128m",
                "-Xmx128m",
                "-XX:+AlwaysPreTouch"),
            RepeatedInference.class,
            List.of(
                OnnxFixtures.write(directory.resolve("model"), name).toString(),
                Integer.toString(BATCHES),
                Integer.toString(LOADS)));

    // when
    try (process) {
      process.start(Map.of("MALLOC_ARENA_MAX", "1"));
      await().atMost(Duration.ofMinutes(5)).until(() -> !process.isAlive());
    }

    // then
    String printed = Files.readString(log);
    Matcher gained = GAINED.matcher(printed);
    assertThat(gained.find()).as(printed).isTrue();
    assertThat(Long.parseLong(gained.group(1))).as(printed).isLessThan(ROOM);
    assertThat(Long.parseLong(gained.group(2))).as(printed).isLessThan(2 * ROOM);
  }
}
