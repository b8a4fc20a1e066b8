package io.stillstream.local.monitoring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.stillstream.containers.prometheus.PrometheusTool;
import io.stillstream.containers.tools.ExternalTool;
import io.stillstream.containers.tools.RequiresTool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules as promtool tests them, and as they come to Prometheus and to its operator. */
class RuleFilesIT {
  private static final String URL = "https://git.example.com/stillstream/blob/v1.2/";
  private static final Path RENDER = MonitoringFiles.PROMETHEUS.resolve("render");

  @TempDir private Path directory;

  @Test
  @RequiresTool(ExternalTool.PROMETHEUS)
  void shouldPassTheChecksOfPromtool() throws Exception {
    Path folder = MonitoringFiles.PROMETHEUS;
    PrometheusTool.PROMTOOL.check(
        "", "check", "config", folder.resolve("prometheus.yml").toString());
    PrometheusTool.PROMTOOL.check(
        "", arguments(List.of("check", "rules"), folder.resolve("rules")));
    PrometheusTool.PROMTOOL.check("", arguments(List.of("test", "rules"), folder.resolve("tests")));
  }

  @Test
  @RequiresTool(ExternalTool.PROMETHEUS)
  void shouldMakeTheAddressOfTheRunbookAbsolute() throws Exception {
    // when
    Process process = render("--runbook-url", URL, directory.resolve("rules").toString());

    // then
    assertThat(process.waitFor()).isZero();
    Path alerts = directory.resolve("rules/alerts.yml");
    assertThat(MonitoringFiles.rulesOf(MonitoringFiles.yaml(alerts)))
        .hasSameSizeAs(MonitoringFiles.alerts())
        .allSatisfy(alert -> assertAddress(alert, URL));
    PrometheusTool.PROMTOOL.check(
        "", arguments(List.of("check", "rules"), directory.resolve("rules")));
    // and: nothing else has changed
    assertThat(MonitoringFiles.text(alerts).replace(URL, ""))
        .isEqualTo(MonitoringFiles.text(MonitoringFiles.PROMETHEUS.resolve("rules/alerts.yml")));
    assertThat(directory.resolve("rules/recording.yml"))
        .hasSameTextualContentAs(MonitoringFiles.PROMETHEUS.resolve("rules/recording.yml"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "git.example.com/", "https://git.example.com", "https://a b/"})
  @RequiresTool(ExternalTool.PROMETHEUS)
  void shouldRefuseWhatIsNoAddress(String url) throws Exception {
    // when
    Process process = render("--runbook-url", url, directory.resolve("rules").toString());

    // then
    assertThat(new String(process.getInputStream().readAllBytes(), UTF_8))
        .contains("--runbook-url must be an http(s) URL that ends with /, was '" + url + "'");
    assertThat(process.waitFor()).isEqualTo(2);
    assertThat(directory.resolve("rules")).doesNotExist();
  }

  @Test
  @RequiresTool(ExternalTool.KUBECTL)
  void shouldComeWithTheMonitoringComponent() throws Exception {
    // given
    Path kubernetes = MonitoringFiles.DEPLOY.resolve("kubernetes");
    Files.writeString(
        directory.resolve("kustomization.yaml"),
        """
        apiVersion: kustomize.config.k8s.io/v1beta1
        kind: Kustomization
        namespace: vision
        components:
          - %s
        transformers:
          - |-
            apiVersion: builtin
            kind: PrefixTransformer
            metadata: {name: runbook}
            prefix: %s
            fieldSpecs:
              - {kind: PrometheusRule, path: spec/groups/rules/annotations/runbook_url}
        """
            .formatted(
                directory.toRealPath().relativize(kubernetes.resolve("components/monitoring")),
                URL));

    // when
    List<JsonNode> objects = kustomize(directory);

    // then
    List<JsonNode> rules =
        all(objects, "PrometheusRule")
            .flatMap(rule -> MonitoringFiles.rulesOf(rule.path("spec")).stream())
            .toList();
    assertThat(rules)
        .hasSize(MonitoringFiles.alerts().size() + MonitoringFiles.recordings().size())
        .filteredOn(rule -> rule.has("alert"))
        .hasSameSizeAs(MonitoringFiles.alerts())
        .allSatisfy(alert -> assertAddress(alert, URL));
    assertThat(all(objects, "ServiceMonitor"))
        .singleElement()
        .satisfies(
            monitor ->
                assertThat(monitor.at("/spec/endpoints/0/honorLabels").asBoolean())
                    .as("dead letters name their service themselves")
                    .isTrue());
    assertThat(all(objects, "ConfigMap"))
        .hasSameSizeAs(MonitoringFiles.dashboards().keySet())
        .allSatisfy(
            map -> {
              assertThat(map.at("/metadata/namespace").asText()).isEqualTo("vision");
              assertThat(map.at("/metadata/labels/grafana_dashboard").asText()).isEqualTo("1");
            })
        .flatExtracting(map -> MonitoringFiles.elements(map.path("data")).toList())
        .extracting(JsonNode::asText)
        .containsExactlyInAnyOrderElementsOf(
            MonitoringFiles.dashboards().keySet().stream().map(MonitoringFiles::text).toList());
  }

  private static void assertAddress(JsonNode alert, String prefix) {
    assertThat(alert.at("/annotations/runbook_url").asText())
        .startsWith(prefix + "deploy/RUNBOOK.md#stillstream");
  }

  private static List<JsonNode> kustomize(Path directory) throws Exception {
    Process kubectl =
        new ProcessBuilder("kubectl", "kustomize", directory.toRealPath().toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (MappingIterator<JsonNode> objects =
        new YAMLMapper().readerFor(JsonNode.class).readValues(kubectl.getInputStream())) {
      List<JsonNode> all = objects.readAll();
      assertThat(kubectl.waitFor()).isZero();
      return all;
    }
  }

  private static Stream<JsonNode> all(List<JsonNode> objects, String kind) {
    return objects.stream().filter(object -> object.path("kind").asText().equals(kind));
  }

  private static Process render(String... arguments) throws Exception {
    return new ProcessBuilder(
            Stream.concat(Stream.of("bash", RENDER.toString()), Stream.of(arguments)).toList())
        .redirectErrorStream(true)
        .start();
  }

  private static String[] arguments(List<String> command, Path folder) throws Exception {
    try (Stream<Path> files = Files.list(folder)) {
      return Stream.concat(command.stream(), files.map(Path::toString).sorted())
          .toArray(String[]::new);
    }
  }
}
