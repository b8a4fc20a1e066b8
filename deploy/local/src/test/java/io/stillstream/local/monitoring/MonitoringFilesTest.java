package io.stillstream.local.monitoring;

import static io.stillstream.local.monitoring.MonitoringFiles.elements;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Rules, runbook and dashboards fit each other; whether their metrics exist is for MonitoringIT.
 */
class MonitoringFilesTest {
  private static final Set<String> SEVERITIES = Set.of("critical", "warning", "info");
  private static final Pattern AGGREGATION =
      Pattern.compile("\\b(?:sum|max|min|avg|count|group|on)\\b(?: by)? *\\(([^)]*)\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^## ");

  @Test
  void shouldHaveASectionOfTheRunbookForEachAlert() {
    // given
    Map<String, String> sections = runbook();

    // then
    assertThat(MonitoringFiles.alerts())
        .hasSizeGreaterThan(20)
        .extracting(alert -> alert.path("alert").asText())
        .doesNotHaveDuplicates()
        .containsExactlyInAnyOrderElementsOf(sections.keySet());
    sections.forEach(
        (alert, section) ->
            assertThat(section)
                .as("section of %s", alert)
                .contains("\n**Means.** ", "\n**Look at.** ", "\n**Do.** "));
  }

  @Test
  void shouldSayOfEachAlertWhatItIsAndWhereToReadOn() {
    assertThat(MonitoringFiles.alerts())
        .allSatisfy(
            alert -> {
              String name = alert.path("alert").asText();
              JsonNode annotations = alert.path("annotations");
              assertThat(name).startsWith("Stillstream");
              assertThat(SEVERITIES)
                  .as(name)
                  .contains(alert.path("labels").path("severity").asText());
              assertThat(annotations.path("summary").asText()).as(name).isNotBlank();
              assertThat(annotations.path("description").asText()).as(name).isNotBlank();
              assertThat(annotations.path("runbook_url").asText())
                  .isEqualTo("deploy/RUNBOOK.md#" + name.toLowerCase(Locale.ROOT));
            });
  }

  @Test
  void shouldTestThatEachAlertFiresAndThatItDoesNot() {
    // given
    Set<String> firing = new TreeSet<>();
    Set<String> quiet = new TreeSet<>();
    for (JsonNode test : MonitoringFiles.ruleTests()) {
      for (JsonNode expected : test.path("alert_rule_test")) {
        (expected.path("exp_alerts").isEmpty() ? quiet : firing)
            .add(expected.path("alertname").asText());
      }
    }
    List<String> alerts =
        MonitoringFiles.alerts().stream().map(alert -> alert.path("alert").asText()).toList();

    // then
    assertThat(firing).containsExactlyInAnyOrderElementsOf(alerts);
    assertThat(quiet).containsExactlyInAnyOrderElementsOf(alerts);
  }

  @Test
  void shouldAskOnlyForRecordingsThatThereAre() {
    // given
    Set<String> recorded =
        MonitoringFiles.recordings().stream()
            .map(rule -> rule.path("record").asText())
            .collect(Collectors.toSet());

    // then
    MonitoringFiles.expressions()
        .forEach(
            (where, expression) ->
                assertThat(PromQlMetrics.metrics(expression))
                    .as(where)
                    .filteredOn(metric -> metric.contains(":"))
                    .isSubsetOf(recorded));
  }

  @ParameterizedTest
  @ValueSource(strings = {"recording", "alerts"})
  void shouldGiveThePrometheusOperatorTheSameRules(String name) {
    // given
    Path component = MonitoringFiles.DEPLOY.resolve("kubernetes/components/monitoring");

    // then
    assertThat(MonitoringFiles.yaml(component.resolve(name + ".yaml")).path("spec"))
        .as("a rule has changed: run bash deploy/prometheus/render --kubernetes")
        .isEqualTo(
            MonitoringFiles.yaml(MonitoringFiles.PROMETHEUS.resolve("rules/" + name + ".yml")));
  }

  @Test
  void shouldTellNamespacesApartInEverySum() {
    Stream.concat(MonitoringFiles.alerts().stream(), MonitoringFiles.recordings().stream())
        .map(rule -> rule.path("expr").asText())
        .forEach(
            expression ->
                assertThat(AGGREGATION.matcher(expression).results())
                    .as(expression)
                    .allMatch(labels -> labels.group(1).contains("namespace")));
  }

  @Test
  void shouldNarrowEveryPanelToTheNamespacesThatAreChosen() {
    MonitoringFiles.dashboards().values().stream()
        .flatMap(dashboard -> MonitoringFiles.panels(dashboard).stream())
        .flatMap(panel -> elements(panel.path("targets")))
        .map(target -> target.path("expr").asText())
        .filter(expression -> !expression.startsWith("DCGM_"))
        .forEach(
            expression ->
                assertThat(expression).contains("{").contains("namespace=~\"$namespace\""));
  }

  @Test
  void shouldScrapeThePortsOfTheSampleSettings() {
    // given
    Map<String, String> ports = new LinkedHashMap<>();
    for (String job : List.of("augmenter", "labeler", "trainer", "page")) {
      JsonNode settings =
          MonitoringFiles.yaml(MonitoringFiles.DEPLOY.resolve("config/" + job + ".yaml"));
      // As ${MANAGEMENT_PORT:-9401}.
      String port = settings.path("management").path("port").asText();
      ports.put(job, job + ":" + port.replaceAll("\\D", ""));
    }

    // then
    assertThat(
            elements(
                MonitoringFiles.yaml(MonitoringFiles.PROMETHEUS.resolve("prometheus.yml"))
                    .path("scrape_configs")))
        .allSatisfy(
            job ->
                assertThat(job.path("static_configs").get(0).path("targets").get(0).asText())
                    .isEqualTo(ports.get(job.path("job_name").asText())))
        .hasSize(ports.size());
  }

  @Test
  void shouldGiveEachDashboardAnIdentityOfItsOwn() {
    assertThat(MonitoringFiles.dashboards())
        .hasSize(4)
        .allSatisfy(
            (file, dashboard) -> {
              String name = file.getFileName().toString().replace(".json", "");
              assertThat(dashboard.path("uid").asText()).isEqualTo("stillstream-" + name);
              assertThat(dashboard.path("title").asText())
                  .isEqualToIgnoringCase("Stillstream / " + name);
              assertThat(dashboard.path("tags").get(0).asText()).isEqualTo("stillstream");
              assertThat(elements(dashboard.path("templating").path("list")))
                  .extracting(variable -> variable.path("name").asText())
                  .containsExactlyElementsOf(
                      name.equals("student")
                          ? List.of("datasource", "namespace", "job", "student")
                          : List.of("datasource", "namespace", "job"));
            });
  }

  @Test
  void shouldDescribeEachPanelAndLetTheReaderChooseTheDataSource() {
    MonitoringFiles.dashboards()
        .forEach(
            (file, dashboard) -> {
              List<JsonNode> panels = MonitoringFiles.panels(dashboard);
              assertThat(panels)
                  .as(file.toString())
                  .hasSizeGreaterThan(5)
                  .allSatisfy(MonitoringFilesTest::assertSound);
              assertThat(panels)
                  .as(file.toString())
                  .extracting(panel -> panel.path("id").asInt())
                  .doesNotHaveDuplicates();
              assertNoOverlap(file, dashboard);
            });
  }

  private static void assertSound(JsonNode panel) {
    String title = panel.path("title").asText();
    JsonNode defaults = panel.path("fieldConfig").path("defaults");
    assertThat(title).isNotBlank();
    assertThat(panel.path("description").asText()).as(title).isNotBlank();
    assertThat(panel.path("datasource").path("uid").asText()).as(title).isEqualTo("${datasource}");
    assertThat(defaults.path("unit").asText()).as(title).isNotBlank();
    assertThat(defaults.path("thresholds").path("steps").get(0).path("color").asText())
        .as(title)
        .isEqualTo("green");
    assertThat(elements(panel.path("targets")))
        .as(title)
        .isNotEmpty()
        .allSatisfy(target -> assertThat(target.path("expr").asText()).isNotBlank());
  }

  private static void assertNoOverlap(Path file, JsonNode dashboard) {
    Set<String> taken = new TreeSet<>();
    for (JsonNode panel : dashboard.path("panels")) {
      JsonNode at = panel.path("gridPos");
      int right = at.path("x").asInt() + at.path("w").asInt();
      assertThat(right).as("%s, %s", file, panel.path("title")).isBetween(1, 24);
      for (int x = at.path("x").asInt(); x < right; x++) {
        for (int y = at.path("y").asInt(); y < at.path("y").asInt() + at.path("h").asInt(); y++) {
          assertThat(taken.add(x + "," + y))
              .as("%s, %s lies alone at %d, %d", file, panel.path("title"), x, y)
              .isTrue();
        }
      }
    }
  }

  /** Sections by their headings. */
  private static Map<String, String> runbook() {
    Map<String, String> sections = new LinkedHashMap<>();
    String text = MonitoringFiles.text(MonitoringFiles.DEPLOY.resolve("RUNBOOK.md"));
    HEADING
        .splitAsStream(text)
        .filter(section -> section.startsWith("Stillstream"))
        .forEach(
            section -> {
              int end = section.indexOf('\n');
              sections.put(section.substring(0, end).strip(), section.substring(end));
            });
    return sections;
  }
}
