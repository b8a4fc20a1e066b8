package io.stillstream.bench.augmenter;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.bench.input.BenchmarkImages;
import io.stillstream.bench.input.SyntheticPhotographs;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AugmenterMemoryBenchmarkIT {
  @TempDir private Path directory;

  @Test
  void shouldTellHowMemoryBehaves() throws Exception {
    // given
    Path photographs = Files.createDirectory(directory.resolve("photographs"));
    SyntheticPhotographs.photograph(photographs.resolve("a.jpg"), 375, 500, 1);
    BenchmarkImages inputs = BenchmarkImages.make(photographs, directory);
    StringWriter out = new StringWriter();

    // when
    new AugmenterMemoryBenchmark(inputs, new PrintWriter(out)).run(AugmenterMemoryBenchmark.LEAST);

    // then
    assertThat(out.toString())
        .contains("memory over 1,000 images")
        .contains("RESULT {\"bench\":\"augmenter\",\"row\":\"memory\"")
        .containsPattern("\"resident\":\\{\"median\":[1-9]");
  }
}
