package io.stillstream.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stillstream.bench.load.deployment.LoadSettings;
import io.stillstream.bench.load.deployment.LocalDeployment;
import io.stillstream.bench.load.deployment.ProcessProbe;
import io.stillstream.bench.load.image.InvalidImageShare;
import io.stillstream.bench.load.image.LoadImageSize;
import io.stillstream.bench.load.report.LoadReport;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class LoadCommandIT {
  private static final Path HOME = Path.of("../..").toAbsolutePath().normalize();

  @TempDir private Path directory;

  private final StringWriter out = new StringWriter();

  @Test
  void shouldFindAllCountsExactInAPipelineOfItsOwnAndInOneThatRunsAlready() throws Exception {
    // given
    LoadReport report =
        new LoadReport(new PrintWriter(out), "bench load", Map.of("cores", 2), Map.of());
    LoadPlan plan = new LoadPlan(settings(), directory, report);

    // when
    int code;
    try (LocalDeployment deployment = plan.open()) {
      plan.constant(deployment, "constant", 30, Duration.ofSeconds(4));
      code = sendFromOutside(deployment);
    }

    // then: 1 s of warm-up and 4 s, 15 of 150 bad, of six kinds in turn
    assertThat(report.finish(directory)).isEmpty();
    JsonNode own = json(directory);
    assertThat(own.path("balances").path(0).path("sent").asInt()).isEqualTo(150);
    assertThat(own.path("balances").path(0).path("found").path("empty").asInt()).isEqualTo(3);
    assertThat(own.path("balances").path(0).path("found").path("bad_raw_shape").asInt())
        .isEqualTo(2);
    JsonNode usages = own.path("measurements").path(0).path("usages");
    assertThat(usages)
        .extracting(usage -> usage.path("role").asText())
        .containsExactlyInAnyOrder("broker", "augmenter", "labeler", "trainer", "load");
    assertThat(usages)
        .allSatisfy(
            usage -> {
              assertThat(usage.path("cores").asDouble()).isPositive();
              assertThat(usage.path("resident").path("last").asDouble()).isPositive();
            });
    assertThat(Files.readString(directory.resolve("report.md")))
        .contains("150 images sent, 15 of them bad")
        .contains("Each good image has all of its views and labels once");
    // and the other run, of 60 images
    assertThat(code).as(out.toString()).isZero();
    JsonNode found = json(directory.resolve("found"));
    assertThat(found.path("balances").path(0).path("sent").asInt()).isEqualTo(60);
    assertThat(found.path("measurements").path(0).path("usages"))
        .extracting(usage -> usage.path("role").asText())
        .containsExactlyInAnyOrder("augmenter", "labeler", "trainer", "load");
  }

  private int sendFromOutside(LocalDeployment deployment) {
    String metrics =
        deployment.processes().stream()
            .map(ProcessProbe::metrics)
            .flatMap(Optional::stream)
            .map(Object::toString)
            .collect(Collectors.joining(","));
    List<String> options =
        List.of(
            "--rate=20",
            "--seconds=2",
            "--warm-up=1",
            "--bootstrap-server=" + deployment.clients().get("bootstrap.servers"),
            "--schema-registry=" + deployment.clients().get("schema.registry.url"),
            "--metrics=" + metrics,
            "--out=" + directory.resolve("found"));
    String before = System.setProperty("stillstream.home", HOME.toString());
    try {
      return new CommandLine(new LoadCommand())
          .setOut(new PrintWriter(out))
          .execute(options.toArray(String[]::new));
    } finally {
      if (before == null) {
        System.clearProperty("stillstream.home");
      } else {
        System.setProperty("stillstream.home", before);
      }
    }
  }

  private static LoadSettings settings() {
    Path models = HOME.resolve("deploy/models");
    return new LoadSettings(
        HOME,
        new LoadSettings.Images(LoadImageSize.parse("28x28"), new InvalidImageShare(0.1), 4),
        new LoadSettings.Scale(2, 1, 1),
        models.resolve("fashion-mnist-mlp128"),
        models.resolve("mlp"),
        "256m",
        new LoadSettings.Timing(Duration.ofSeconds(1), Duration.ofSeconds(4)));
  }

  private static JsonNode json(Path place) throws Exception {
    return new ObjectMapper().readTree(place.resolve("report.json").toFile());
  }
}
