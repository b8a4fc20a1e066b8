package io.stillstream.bench.load.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stillstream.bench.load.delivery.DeliveryStage;
import io.stillstream.bench.load.delivery.LoadGenerator;
import io.stillstream.bench.load.delivery.RecordAccounting;
import io.stillstream.bench.load.measurement.AgePercentiles;
import io.stillstream.bench.load.measurement.IsolatedServiceResult;
import io.stillstream.bench.load.measurement.LoadMeasurement;
import io.stillstream.bench.load.measurement.ProcessUsage;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LoadReportTest {
  private static final ProcessUsage.Memory LEAK = new ProcessUsage.Memory(100, 110, 60);

  @TempDir private Path directory;

  private final StringWriter out = new StringWriter();
  private final LoadReport report =
      new LoadReport(
          new PrintWriter(out), "bench load", Map.of("cores", 2), Map.of("images", "28x28"));

  @Test
  void shouldSetWhatIsSustainedAgainstWhatTheServicesTakeAlone() throws Exception {
    // given: 8 ms for an image in all, of two cores
    report.add(new IsolatedServiceResult("augmenter", 1, 1, 900, 1.0, 0.5, 1));
    report.add(new IsolatedServiceResult("labeler", 1, 1, 400, 2.0, 0.5, 1));
    report.add(new IsolatedServiceResult("trainer", 1, 1, 200, 4.0, 0.0, 1));
    report.add(new IsolatedServiceResult("augmenter", 2, 1, 900, 99.0, 0.5, 1));
    report.sustained(200, true);

    // when
    List<String> problems = report.finish(directory);

    // then
    assertThat(problems).isEmpty();
    assertThat(json().path("limit").asDouble()).isEqualTo(250);
    assertThat(text())
        .contains("| augmenter | 1 | 1 | 900.0 | 1.00 | 0.50 | 1.00 |")
        .contains("Together they could do 250.0 images/s")
        .contains("Sustained: 200.0 images/s, 80 % of what they could.");
  }

  @Test
  void shouldNameWhatDoesNotAgree() throws Exception {
    // given: one image too few is trained on
    report.add(
        new RecordAccounting(10, 1, 0, 0, 0, 0, Map.of("empty", 1L), Map.of("empty", 1L)), 8.0);

    // when
    List<String> problems = report.finish(directory);

    // then
    assertThat(problems).containsExactly("8.00 images are trained on, should be 9");
    assertThat(text()).contains("**What does not agree:** 8.00 images are trained on");
    assertThat(out.toString())
        .contains("\"problems\":[\"8.00 images are trained on, should be 9\"]");
  }

  @Test
  void shouldTellSlopesOfALongMeasurementOnly() throws Exception {
    // given
    report.add(measurement("short", 60));
    report.add(measurement("long", 600));

    // when
    report.finish(directory);

    // then
    assertThat(text())
        .contains("| short | trainer-0 | 100 → 110 | 100 → 110 | 100 → 110 |  |")
        .contains("| long | trainer-0 | 100 → 110 | 100 → 110 | 100 → 110 | +60.0, +60.0, +60.0 |")
        .contains("## Age at label over time, long")
        .doesNotContain("## Age at label over time, short");
  }

  private static LoadMeasurement measurement(String name, double seconds) {
    AgePercentiles ages = new AgePercentiles(100, 80, 190, 200);
    return new LoadMeasurement(
        name,
        50,
        new LoadGenerator.Sent(100, seconds, 0, 1),
        seconds,
        Map.of(DeliveryStage.VIEWED, 50.0, DeliveryStage.LABELED, 50.0),
        0,
        Map.of(
            DeliveryStage.VIEWED,
            ages,
            DeliveryStage.LABELED,
            ages,
            DeliveryStage.TRAINED,
            AgePercentiles.NONE),
        List.of(Map.of(DeliveryStage.LABELED, ages)),
        10,
        10,
        0,
        List.of(new ProcessUsage("trainer-0", "trainer", 4, 0.2, LEAK, LEAK, LEAK)));
  }

  private String text() throws Exception {
    return Files.readString(directory.resolve("report.md"));
  }

  private JsonNode json() throws Exception {
    return new ObjectMapper().readTree(directory.resolve("report.json").toFile());
  }
}
