package io.stillstream.trainer.checkpoint.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * That today's format, and the two before it, are tested with checkpoints which the versions that
 * wrote them have left. The change that raises the number adds a sample of the new format at once,
 * with {@code CheckpointSampleMain}: when the number rises again, no program writes it any more.
 */
class CheckpointFormatsTest {
  private static final Path SAMPLES = Path.of("src/test/resources/checkpoints");
  private static final int READ_BACK = 2;

  static IntStream formats() {
    return IntStream.rangeClosed(CheckpointManifest.FORMAT - READ_BACK, CheckpointManifest.FORMAT);
  }

  @ParameterizedTest
  @MethodSource("formats")
  void shouldHaveASample(int format) throws Exception {
    // given
    Path checkpoints = SAMPLES.resolve("format-" + format).resolve("checkpoints");
    assertThat(checkpoints).isDirectory();
    List<Path> all;
    try (Stream<Path> entries = Files.list(checkpoints)) {
      all = entries.filter(entry -> entry.getFileName().toString().matches("\\d{12}")).toList();
    }

    // then
    assertThat(all)
        .isNotEmpty()
        .allSatisfy(
            checkpoint ->
                assertThat(CheckpointManifest.verify(checkpoint).format()).isEqualTo(format));
  }
}
