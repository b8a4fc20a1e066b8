package io.stillstream.local.demo.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stillstream.local.demo.report.TaskEvaluation.Score;
import io.stillstream.local.demo.settings.TeacherEngine;
import java.util.Locale;
import java.util.OptionalDouble;

/** What came out of a demo that ended by itself. */
public record DemoSummary(
    String student,
    String teacher,
    TeacherEngine engine,
    long images,
    RecordCounts views,
    RecordCounts labeled,
    Release release,
    long rejected,
    TaskEvaluation evaluation,
    double imagesPerSecond,
    OptionalDouble ageP50Millis,
    OptionalDouble ageP99Millis,
    boolean resumed) {
  /** From here on, the table has seconds. */
  private static final double LONG_MILLIS = 10_000;

  /** The last release of the student. */
  public record Release(long version, long step, long viewsSeen, String uri) {}

  /** A small table for people. */
  public String table() {
    StringBuilder table = new StringBuilder();
    row(table, "images", String.format(Locale.ROOT, "%,d", images));
    row(table, "views", String.format(Locale.ROOT, "%,d", views.records()));
    row(table, "labelled views", counted(labeled));
    if (labeled.passedOver() > 0) {
      row(table, "passed over", String.format(Locale.ROOT, "%,d", labeled.passedOver()));
    }
    row(table, "rejected", String.format(Locale.ROOT, "%,d", rejected));
    row(table, "steps", String.format(Locale.ROOT, "%,d", release.step()));
    row(table, "views trained", String.format(Locale.ROOT, "%,d", release.viewsSeen()));
    row(table, "student", student);
    row(table, "teacher", teacher + ", engine " + engine.key());
    for (Score score : evaluation.scores()) {
      row(table, score.name(), PipelineProgress.percent(score.value()));
    }
    row(table, "images/s", String.format(Locale.ROOT, "%.0f", imagesPerSecond));
    row(
        table,
        "age at training",
        duration(ageP50Millis) + " (p50), " + duration(ageP99Millis) + " (p99)");
    row(table, "release", release.version() + " in " + release.uri());
    return table.toString().stripTrailing();
  }

  /** For programs: one line, keys in snake case, fractions from 0 to 1, null for not measured. */
  public String json() {
    ObjectNode json = new ObjectMapper().createObjectNode();
    json.put("images", images);
    json.put("views", views.records());
    json.put("views_unique", views.unique());
    json.put("labeled", labeled.records());
    json.put("labeled_unique", labeled.unique());
    json.put("passed_over", labeled.passedOver());
    json.put("steps", release.step());
    json.put("views_seen", release.viewsSeen());
    json.put("rejected", rejected);
    json.put("task", evaluation.task().key());
    json.put("student", student);
    json.put("teacher", teacher);
    json.put("engine", engine.key());
    json.put("teacher_platform", labeled.platforms().isEmpty() ? null : platforms());
    // These were there before other tasks were.
    json.putNull("student_accuracy");
    json.putNull("teacher_accuracy");
    json.putNull("agreement");
    for (Score score : evaluation.scores()) {
      json.put(score.key(), score.value());
    }
    json.put("images_per_second", Math.round(imagesPerSecond * 10) / 10.0);
    put(json, "age_p50_ms", ageP50Millis);
    put(json, "age_p99_ms", ageP99Millis);
    json.put("release_version", release.version());
    json.put("resumed", resumed);
    return json.toString();
  }

  private String platforms() {
    return String.join(", ", labeled.platforms());
  }

  private static String counted(RecordCounts counts) {
    return String.format(Locale.ROOT, "%,d (%,d unique)", counts.records(), counts.unique());
  }

  private static String duration(OptionalDouble millis) {
    if (millis.isEmpty()) {
      return "-";
    }
    double value = millis.getAsDouble();
    return value < LONG_MILLIS
        ? String.format(Locale.ROOT, "%,.0f ms", value)
        : String.format(Locale.ROOT, "%,.0f s", value / 1000);
  }

  private static void put(ObjectNode json, String key, OptionalDouble value) {
    if (value.isEmpty()) {
      json.putNull(key);
    } else {
      json.put(key, Math.round(value.getAsDouble()));
    }
  }

  private static void row(StringBuilder table, String name, String value) {
    table.append(String.format(Locale.ROOT, "  %-16s %s%n", name, value));
  }
}
