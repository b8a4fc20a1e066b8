package io.stillstream.local.demo.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class DemoSummaryTest {
  private final DemoSummary summary =
      new DemoSummary(
          "cnn",
          100,
          new RecordCounts(400, 400, 0),
          new RecordCounts(401, 400, 120),
          new DemoSummary.Release(3, 16, 400, "file:///r/3"),
          1,
          new StudentTeacherEvaluation(0.895, 0.936, 0.91),
          81.27,
          OptionalDouble.of(1234.4),
          OptionalDouble.empty(),
          true);

  @Test
  void shouldTellProgramsEverything() throws Exception {
    // when
    JsonNode json = new ObjectMapper().readTree(summary.json());
    // then
    assertThat(json.fieldNames())
        .toIterable()
        .contains(
            "images",
            "views",
            "labeled",
            "labeled_unique",
            "passed_over",
            "steps",
            "views_seen",
            "rejected",
            "student_accuracy",
            "teacher_accuracy",
            "agreement",
            "images_per_second",
            "age_p50_ms",
            "age_p99_ms",
            "release_version",
            "resumed");
    assertThat(json.path("labeled").asLong()).isEqualTo(401);
    assertThat(json.path("labeled_unique").asLong()).isEqualTo(400);
    assertThat(json.path("passed_over").asLong()).isEqualTo(120);
    assertThat(json.path("age_p50_ms").asLong()).isEqualTo(1234);
    assertThat(json.path("age_p99_ms").isNull()).isTrue();
    assertThat(json.path("images_per_second").asDouble()).isEqualTo(81.3);
    assertThat(json.path("resumed").asBoolean()).isTrue();
    assertThat(summary.json()).doesNotContain("\n");
  }

  @Test
  void shouldTellPeopleWhatMatters() {
    assertThat(summary.table())
        .contains("401 (400 unique)")
        .containsPattern("passed over +120")
        .contains("89.5 %")
        .contains("1,234 ms (p50), - (p99)")
        .contains("3 in file:///r/3");
  }
}
