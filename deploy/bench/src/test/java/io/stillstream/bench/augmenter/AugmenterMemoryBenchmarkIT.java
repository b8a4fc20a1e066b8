package io.stillstream.bench.augmenter;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.bench.input.BenchmarkImages;
import io.stillstream.bench.input.SyntheticPhotographs;
import io.stillstream.bench.report.BenchmarkReport;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
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
    BenchmarkReport report = new BenchmarkReport(new PrintWriter(out), "augmenter", "", Map.of());

    // when
    new AugmenterMemoryBenchmark(inputs, report).run(AugmenterMemoryBenchmark.LEAST);

    // then
    assertThat(out.toString())
        .contains("memory over 1,000 images")
        .contains("RESULT {\"bench\":\"augmenter\",\"row\":\"memory\"")
        .containsPattern("\"resident\":\\{\"median\":[1-9]");
  }
}
