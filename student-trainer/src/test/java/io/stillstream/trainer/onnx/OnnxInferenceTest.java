package io.stillstream.trainer.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.embedded.process.JavaProcess;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OnnxInferenceTest {
  @TempDir private Path directory;

  @Test
  void shouldInferWhileTheProcessShutsDown() {
    // given
    try (JavaProcess process =
        JavaProcess.ofMain(
            "inference",
            directory.resolve("log"),
            List.of(),
            InferenceAfterShutdownHook.class,
            List.of("../deploy/models/mlp"))) {
      // when
      process.start();

      // then
      assertThat(process.awaitEnd()).as(process.output()).isZero();
      assertThat(process.lines()).contains(InferenceAfterShutdownHook.EQUAL);
    }
  }
}
