package io.stillstream.local.monitoring;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What is in deploy/prometheus and deploy/grafana. */
final class MonitoringFiles {
  static final Path DEPLOY = Path.of("..").toAbsolutePath().normalize();
  static final Path PROMETHEUS = DEPLOY.resolve("prometheus");
  static final Path GRAFANA = DEPLOY.resolve("grafana");

  /** Of PromQL; those of selectors have no blank behind them. */
  private static final Pattern COMPARISON = Pattern.compile("((?:==|!=|>=|<=|>|<) )(?!bool)");

  private static final Pattern LAST_COMPARISON = Pattern.compile("((?:==|>) )0$");

  private static final YAMLMapper YAML = new YAMLMapper();
  private static final JsonMapper JSON = new JsonMapper();

  private MonitoringFiles() {}

  static List<JsonNode> alerts() {
    return rules("alert");
  }

  static List<JsonNode> recordings() {
    return rules("record");
  }

  /** The cases of promtool's tests. */
  static List<JsonNode> ruleTests() {
    return files(PROMETHEUS.resolve("tests"), "yml").stream()
        .flatMap(file -> elements(yaml(file).path("tests")))
        .toList();
  }

  /** By file. */
  static Map<Path, JsonNode> dashboards() {
    Map<Path, JsonNode> dashboards = new LinkedHashMap<>();
    files(GRAFANA.resolve("dashboards"), "json").forEach(f -> dashboards.put(f, read(JSON, f)));
    return dashboards;
  }

  /** Panels that show something: no rows. */
  static List<JsonNode> panels(JsonNode dashboard) {
    return elements(dashboard.path("panels"))
        .filter(panel -> !panel.path("type").asText().equals("row"))
        .toList();
  }

  /** Every expression of rules and dashboards, by where it stands. */
  static Map<String, String> expressions() {
    Map<String, String> expressions = new LinkedHashMap<>();
    alerts().forEach(rule -> expressions.put(rule.path("alert").asText(), expression(rule)));
    // Several rules may record one metric, each of its own service.
    recordings()
        .forEach(
            rule ->
                expressions.put(
                    (rule.path("record").asText() + " " + rule.at("/labels/service").asText())
                        .strip(),
                    expression(rule)));
    dashboards()
        .forEach(
            (file, dashboard) -> {
              for (JsonNode panel : panels(dashboard)) {
                for (JsonNode target : panel.path("targets")) {
                  expressions.put(
                      "%s, panel %s, %s %s"
                          .formatted(
                              file.getFileName(),
                              panel.path("id").asText(),
                              panel.path("title").asText(),
                              target.path("refId").asText()),
                      filledIn(expression(target)));
                }
              }
            });
    return expressions;
  }

  /**
   * The same, but with an answer while all is well: comparisons of alerts, and those at the end of
   * other expressions, say 0 or 1, and what must be absent for an alert must be there.
   */
  static Map<String, String> queries() {
    Map<String, String> queries = expressions();
    queries.replaceAll((where, query) -> LAST_COMPARISON.matcher(query).replaceAll("$1bool 0"));
    for (JsonNode alert : alerts()) {
      queries.computeIfPresent(
          alert.path("alert").asText(),
          (name, query) ->
              COMPARISON.matcher(query).replaceAll("$1bool ").replaceAll("\\bunless\\b", "and"));
    }
    return queries;
  }

  /** Where the queries stand to which a run of MonitoringIT has no data. */
  static Set<String> queriesWithoutData() {
    return elements(yaml(Path.of("src/test/resources/monitoring/queries-without-data.yaml")))
        .flatMap(MonitoringFiles::elements)
        .map(JsonNode::asText)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  static JsonNode yaml(Path file) {
    return read(YAML, file);
  }

  static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Stream<JsonNode> elements(JsonNode list) {
    List<JsonNode> elements = new ArrayList<>();
    list.forEach(elements::add);
    return elements.stream();
  }

  /** With what Grafana would put in place of its variables. */
  private static String filledIn(String expression) {
    return expression
        .replace("$__rate_interval", "5m")
        .replaceAll("\\$(job|namespace|student)", ".*");
  }

  private static String expression(JsonNode ruleOrTarget) {
    return ruleOrTarget.path("expr").asText();
  }

  private static List<JsonNode> rules(String kind) {
    return files(PROMETHEUS.resolve("rules"), "yml").stream()
        .flatMap(file -> rulesOf(yaml(file)).stream())
        .filter(rule -> rule.has(kind))
        .toList();
  }

  /** The rules of what has groups: a file, or the specification of a PrometheusRule. */
  static List<JsonNode> rulesOf(JsonNode groups) {
    return elements(groups.path("groups")).flatMap(group -> elements(group.path("rules"))).toList();
  }

  private static List<Path> files(Path directory, String extension) {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith("." + extension)).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode read(ObjectMapper mapper, Path file) {
    try {
      return mapper.readTree(file.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be read", e);
    }
  }
}
