package io.stillstream.local.policy.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.local.policy.report.PolicyReport.SkippedRecords;
import io.stillstream.runtime.augmentation.AugmentationStatistics.AugmentationRow;
import io.stillstream.runtime.augmentation.OperationStrength;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.records.BadRecordException;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.Label;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.Lineage;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.Recipe;
import io.stillstream.schemas.Teacher;
import io.stillstream.schemas.answer.LabeledAnswers;
import io.stillstream.schemas.answer.OutputShape;
import io.stillstream.schemas.values.FloatArrays;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class PolicyReportBuilderTest {
  private final List<LabeledView> records = new ArrayList<>();
  private String policy = "";

  @Test
  void shouldCountOneClassLabelsThatTheTeacherKnows() {
    // given
    add(view(0, 0, "a", new Label(1, null, 1.0), 0, 1));
    add(view(0, 1, "a", new Label(1, 1, 0.5), 0, 1));
    add(view(0, 2, "a", new Label(1, 0, 0.5), 0, 1));
    add(view(0, 3, "a", new Label(2, null, 1.0), 0, 1));
    add(view(1, 0, "a", new Label(0, null, 1.0), 0, 1));
    add(view(2, 0, "a", null, 0, 1));

    // then
    PolicyReport report = report();
    AugmentationRow original = row(report, OperationStrength.ORIGINAL);
    assertThat(List.of(original.views(), original.labelled(), original.correct()))
        .containsExactly(3L, 2L, 1L);
    AugmentationRow augmented = row(report, OperationStrength.AUGMENTED);
    assertThat(List.of(augmented.views(), augmented.labelled(), augmented.correct()))
        .containsExactly(3L, 1L, 1L);
    assertThat(augmented.teacher().sameClass()).isEqualTo(3);
    assertThat(report.isComplete()).isTrue();
  }

  @Test
  void shouldCountTheViewsOfTheSelectedPoliciesOnly() {
    // given
    policy = "ab";
    add(view(0, 0, "abc", null, 0, 1));
    add(view(1, 0, "abd", null, 0, 1));
    add(view(2, 0, "b", null, 0, 1));
    add(view(3, 0, "abc", null));
    add(view(4, 0, "b", null));

    // then
    PolicyReport report = report();
    assertThat(report.policies()).isEqualTo(Map.of("abc", 2L, "abd", 1L, "b", 2L));
    assertThat(row(report, OperationStrength.ORIGINAL).views()).isEqualTo(2);
    assertThat(report.unanswered()).isEqualTo(1);
  }

  @Test
  void shouldRefuseAStudentWithoutClasses() {
    assertThatThrownBy(() -> StudentAnswers.load(Path.of("../models/embed-cnn"), 1))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("is for embedding with 64 dimensions, the report compares classes");
  }

  @Test
  void shouldNameTheFirstOfTheRecordsThatAreLeftOut() {
    // given
    add(null);
    add(view(0, 0, "a", null, 0, 1));
    add(view(0, 1, "a", null, Float.NaN, 1));
    add(view(0, 2, "a", null, 0, Float.POSITIVE_INFINITY));
    add(view(0, 3, "a", null, 0, 1));

    // then
    PolicyReport report = report();
    assertThat(report.unreadable())
        .isEqualTo(
            Map.of(
                "malformed",
                new SkippedRecords(1, "labeled-views-0@0: no record"),
                "logits",
                new SkippedRecords(
                    2, "labeled-views-0@2: a logit is not finite, or there is none")));
    assertThat(row(report, OperationStrength.AUGMENTED).teacher().views()).isEqualTo(1);
    assertThat(report.isComplete()).isFalse();
  }

  @Test
  void shouldCountTheLargestLogitsAndLeaveOutOtherTasks() {
    // given: of three logits one, and the sum of the others
    add(answered(0, OutputShape.classification(3), 0, 2, 0));
    add(answered(1, OutputShape.classification(3), 0, 1, 0));
    add(answered(2, OutputShape.embedding(2), 1, 2));
    add(answered(3, OutputShape.segmentation(2, 1, 1, 1), 1, 2));

    // then
    PolicyReport report = report();
    assertThat(row(report, OperationStrength.AUGMENTED).teacher().sameClass()).isEqualTo(1);
    assertThat(report.unanswered()).isZero();
    assertThat(report.unreadable())
        .isEqualTo(
            Map.of(
                "task",
                new SkippedRecords(
                    2,
                    "labeled-views-0@2: the report compares classes, not embedding with 2"
                        + " dimensions")));
  }

  private static LabeledView answered(int index, OutputShape output, float... answer) {
    return LabeledAnswers.labeled(
        view(0, index, "a", null).getView(),
        view(0, index, "a", null).getTeachers(),
        answer,
        output,
        OptionalInt.of(1),
        Instant.EPOCH);
  }

  private void add(LabeledView view) {
    records.add(view);
  }

  private PolicyReport report() {
    PolicyReportBuilder report =
        new PolicyReportBuilder("labeled-views", this::decode, policy, Optional.empty());
    for (int offset = 0; offset < records.size(); offset++) {
      report.add(new ConsumerRecord<>("labeled-views", 0, offset, new byte[0], new byte[0]));
    }
    return report.build();
  }

  private LabeledView decode(ConsumerRecord<byte[], byte[]> record) {
    return Optional.ofNullable(records.get((int) record.offset()))
        .orElseThrow(() -> new BadRecordException("malformed", "no record"));
  }

  private static AugmentationRow row(PolicyReport report, OperationStrength key) {
    return report.rows().stream().filter(row -> row.key().equals(key)).findFirst().orElseThrow();
  }

  /** A view without operations; without logits if there are none. */
  private static LabeledView view(
      long image, int index, String policyHash, Label label, float... logits) {
    Instant now = Instant.EPOCH;
    return new LabeledView(
        new AugmentedView(
            new Lineage("images", 0, image, "image-" + image, index, 4, 0L, policyHash, null, null),
            new Recipe(1, List.of(), null),
            PixelEncoding.RAW,
            1,
            1,
            1,
            ByteBuffer.wrap(new byte[1]),
            label,
            null,
            now,
            now),
        logits.length == 0 ? List.of() : List.of(new Teacher("t", "1", "ab", 1.0, null)),
        logits.length == 0 ? null : FloatArrays.of(logits),
        null,
        null,
        null,
        now);
  }
}
