package io.stillstream.bench.augmenter;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.bench.comparison.BenchmarkResult;
import io.stillstream.bench.input.BenchmarkImages;
import io.stillstream.bench.input.SyntheticPhotographs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AugmenterKafkaBenchmarkIT {
  @TempDir private Path directory;

  @Test
  void shouldMeasureTheServiceAgainstTheSameWorkInProcess() throws Exception {
    // given
    Path photographs = Files.createDirectory(directory.resolve("photographs"));
    SyntheticPhotographs.photograph(photographs.resolve("a.jpg"), 375, 500, 1);
    BenchmarkImages inputs = BenchmarkImages.make(photographs, directory);

    // when
    BenchmarkResult result =
        AugmenterKafkaBenchmark.SMALL.measure(inputs, directory, Duration.ofMillis(20), 1);

    // then
    assertThat(result.name()).isEqualTo("kafka-small");
    assertThat(result.ours()).isPositive();
    assertThat(result.other()).isPositive();
  }
}
