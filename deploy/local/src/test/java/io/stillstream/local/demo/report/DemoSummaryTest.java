package io.stillstream.local.demo.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stillstream.local.demo.settings.TeacherEngine;
import java.util.Collections;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class DemoSummaryTest {
  private final DemoSummary summary = summary(new StudentTeacherEvaluation(0.895, 0.936, 0.91));

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
    assertThat(json.path("task").asText()).isEqualTo("classification");
    assertThat(json.path("teacher").asText()).isEqualTo("fashion-mnist-resnet16-onnx");
    assertThat(json.path("engine").asText()).isEqualTo("onnx");
    assertThat(json.path("teacher_platform").asText()).isEqualTo("onnxruntime_onnx");
    assertThat(json.path("student_accuracy").asDouble()).isEqualTo(0.895);
    assertThat(summary.json()).doesNotContain("\n");
  }

  @Test
  void shouldTellPeopleWhatMatters() {
    assertThat(summary.table())
        .contains("401 (400 unique)")
        .containsPattern("passed over +120")
        .containsPattern("teacher +fashion-mnist-resnet16-onnx, engine onnx")
        .containsPattern("student accuracy +89.5 %")
        .contains("1,234 ms (p50), - (p99)")
        .contains("3 in file:///r/3");
  }

  @Test
  void shouldTellWhatItsTaskMeasuresAndKeepTheOtherKeys() throws Exception {
    // given
    DemoSummary scenes = summary(new SceneEvaluation(0.59, 0.66, 0.7));
    DemoSummary embeddings = summary(new EmbeddingEvaluation(0.93, 0.9, 0.92));
    // when
    JsonNode json = new ObjectMapper().readTree(scenes.json());
    JsonNode other = new ObjectMapper().readTree(embeddings.json());
    // then
    assertThat(json.path("task").asText()).isEqualTo("segmentation");
    assertThat(json.path("student_miou").asDouble()).isEqualTo(0.59);
    assertThat(json.path("teacher_miou").asDouble()).isEqualTo(0.66);
    assertThat(json.path("agreement").asDouble()).isEqualTo(0.7);
    assertThat(json.path("student_accuracy").isNull()).isTrue();
    assertThat(json.path("teacher_accuracy").isNull()).isTrue();
    assertThat(scenes.table()).containsPattern("teacher mIoU +66.0 %");
    assertThat(other.path("task").asText()).isEqualTo("embedding");
    assertThat(other.path("cosine").asDouble()).isEqualTo(0.93);
    assertThat(other.path("student_probe_accuracy").asDouble()).isEqualTo(0.9);
    assertThat(other.path("teacher_probe_accuracy").asDouble()).isEqualTo(0.92);
    assertThat(other.path("agreement").isNull()).isTrue();
  }

  @Test
  void shouldShowLongAgesInSecondsToPeople() throws Exception {
    // given
    DemoSummary late =
        summary(
            new EmbeddingEvaluation(0.93, 0.9, 0.92),
            OptionalDouble.of(9_999.4),
            OptionalDouble.of(159_060));
    // when, then
    assertThat(late.table()).contains("9,999 ms (p50), 159 s (p99)");
    assertThat(new ObjectMapper().readTree(late.json()).path("age_p99_ms").asLong())
        .isEqualTo(159_060);
  }

  private static DemoSummary summary(TaskEvaluation evaluation) {
    return summary(evaluation, OptionalDouble.of(1234.4), OptionalDouble.empty());
  }

  private static DemoSummary summary(
      TaskEvaluation evaluation, OptionalDouble p50, OptionalDouble p99) {
    return new DemoSummary(
        "cnn",
        "fashion-mnist-resnet16-onnx",
        TeacherEngine.ONNX,
        100,
        new RecordCounts(400, 400, 0, Collections.emptyNavigableSet()),
        new RecordCounts(401, 400, 120, new TreeSet<>(Set.of("onnxruntime_onnx"))),
        new DemoSummary.Release(3, 16, 400, "file:///r/3"),
        1,
        evaluation,
        81.27,
        p50,
        p99,
        true);
  }
}
