package io.stillstream.bench.reference;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stillstream.bench.input.BenchmarkImages;
import io.stillstream.bench.input.SyntheticPhotographs;
import io.stillstream.bench.report.BenchmarkReport;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ByReferenceBenchmarkIT {
  private static final Path HOME = Path.of("../..").toAbsolutePath().normalize();

  @TempDir private Path directory;

  private final StringWriter text = new StringWriter();

  @Test
  void shouldMeasureImagesFromAStoreAgainstTheSameImagesInTheirRecords() throws Exception {
    // given: two rounds of 50 images, more than there are photographs
    Path photographs = Files.createDirectory(directory.resolve("photographs"));
    SyntheticPhotographs.photograph(photographs.resolve("a.jpg"), 375, 500, 1);
    BenchmarkImages inputs = BenchmarkImages.make(photographs, directory);
    PrintWriter out = new PrintWriter(text);
    BenchmarkReport report = new BenchmarkReport(out, "augmenter", "", Map.of());

    // when
    new ByReferenceBenchmark(out, report)
        .run(
            new ByReferenceBenchmark.Plan(
                HOME, directory.resolve("run"), inputs.photos(), 99, 2, Duration.ofMillis(5)));

    // then
    JsonNode rates = row("by-reference");
    assertThat(rates.path("ratios")).hasSize(2);
    assertThat(rates.path("ours").asDouble()).isPositive();
    assertThat(rates.path("other").asDouble()).isPositive();
    assertThat(row("by-reference-cpu").path("ratio").asDouble()).isPositive();
    JsonNode resources = row("by-reference-resources");
    assertThat(resources.path("images").asInt()).isEqualTo(100);
    assertThat(resources.path("by_reference").path("cpu_ms_per_image").path("store").asDouble())
        .isPositive();
    assertThat(resources.path("by_reference").path("peak_resident").asLong()).isPositive();
    assertThat(resources.path("by_value").path("peak_held").asLong()).isZero();
    assertThat(resources.path("met").asBoolean()).isTrue();
  }

  private JsonNode row(String name) throws Exception {
    for (String line : text.toString().lines().toList()) {
      if (line.startsWith("RESULT ")) {
        JsonNode row = new ObjectMapper().readTree(line.substring("RESULT ".length()));
        if (row.path("row").asText().equals(name)) {
          return row;
        }
      }
    }
    throw new AssertionError("no row " + name + ": " + text);
  }
}
