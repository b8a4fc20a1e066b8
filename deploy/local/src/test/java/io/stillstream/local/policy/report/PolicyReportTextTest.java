package io.stillstream.local.policy.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.local.policy.report.PolicyReport.ComparedStudent;
import io.stillstream.local.policy.report.PolicyReport.SkippedRecords;
import io.stillstream.runtime.augmentation.AugmentationStatistics.AugmentationRow;
import io.stillstream.runtime.augmentation.AugmentationStatistics.ShiftTotal;
import io.stillstream.runtime.augmentation.OperationStrength;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PolicyReportTextTest {
  private static final ShiftTotal NONE = new ShiftTotal(0, 0, 0);
  private static final ComparedStudent STUDENT =
      new ComparedStudent("cnn", "7", "cd".repeat(32), "/trainer/releases/7");
  private static final OperationStrength MILD =
      new OperationStrength("rotate", "degrees", 3, "4-8");
  private static final OperationStrength STRONG =
      new OperationStrength("rotate", "degrees", 4, "8-15");
  private static final OperationStrength FLIP =
      new OperationStrength("horizontal_flip", "", 0, "any");

  @Test
  void shouldTellWhatEachStrengthCosts() {
    // given
    PolicyReport report =
        report(
            STUDENT,
            row(OperationStrength.ORIGINAL, 1_000, NONE, 800, 760, shift(1_000, 921, 120)),
            row(OperationStrength.AUGMENTED, 3_000, shift(2_990, 2_912, 90), 2_400, 2_208, null),
            row(FLIP, 1_500, shift(1_500, 1_480, 30), 1_200, 1_128, shift(1_500, 1_350, 150)),
            row(MILD, 900, shift(900, 882, 18), 720, 684, shift(900, 810, 99)),
            row(STRONG, 1_200, shift(1_200, 1_094, 60), 960, 845, shift(1_200, 1_008, 180)));

    // then
    assertThat(PolicyReportText.lines(report, ""))
        .containsExactly(
            "topic      labeled-views",
            "policies   1 policy hash: abababababab on 4,000 views",
            "student    cnn 7, sha256 cdcdcdcdcdcd, /trainer/releases/7",
            "",
            "                                      teacher keeps its answer   teacher is righ"
                + "t   student agrees",
            "operation        strength      views      share  points      KL      share  poin"
                + "ts      share  points      KL",
            "original         any           1,000          -       -       -    95.00 %      "
                + " -    92.10 %       -  0.1200",
            "augmented        any           3,000    97.39 %   -2.61  0.0301    92.00 %   -3."
                + "00          -       -       -",
            "horizontal_flip  any           1,500    98.67 %   -1.33  0.0200    94.00 %   -1."
                + "00    90.00 %   -2.10  0.1000",
            "rotate           4-8 degrees     900    98.00 %   -2.00  0.0200    95.00 %   +0."
                + "00    90.00 %   -2.10  0.1100",
            "rotate           8-15 degrees  1,200    91.17 %   -8.83  0.0500    88.02 %   -6."
                + "98    84.00 %   -8.10  0.1500",
            "",
            "augmented views: the teacher keeps its answer on 97.4 % of views, it is right on"
                + " 92.0 % (original: 95.0 %)",
            "rotate above 8 up to 15 degrees: the teacher keeps its answer on 91.2 % of views"
                + " (augmented views: 97.4 %), it is right on 88.0 % (original: 95.0 %), the student"
                + " agrees with it on 84.0 % (original: 92.1 %)",
            "",
            "points     the teacher's own answer: to 100 %; the others: to the original",
            "views      a view counts for each of its operations",
            "uncompared 10 views: the answer on their original is not there, or another teacher's");
  }

  @Test
  void shouldLeaveOutWhatIsNotKnownAndNameWhatWasNotCounted() {
    // given
    PolicyReport report =
        new PolicyReport(
            "labeled-views",
            null,
            new TreeMap<>(Map.of("ab", 5L, "cd", 7L, "e", 1L, "f", 1L, "g", 1L, "h", 1L)),
            List.of(
                row(OperationStrength.ORIGINAL, 5, NONE, 0, 0, null),
                row(OperationStrength.AUGMENTED, 5, shift(5, 4, 0.5), 0, 0, null),
                row(STRONG, 2, shift(2, 1, 0.5), 0, 0, null)),
            3,
            new TreeMap<>(Map.of("malformed", new SkippedRecords(2, "labeled-views-0@7: short"))),
            new TreeMap<>(Map.of("shape", new SkippedRecords(1, "labeled-views-0@9: large"))));

    // then: two views of one strength are too few for a sentence
    assertThat(PolicyReportText.lines(report, "there is no champion"))
        .containsExactly(
            "topic      labeled-views",
            "policies   6 policy hashes: cd on 7 views, ab on 5 views, e on 1 views, f on 1 views,"
                + " g on 1 views, …",
            "student    none: there is no champion",
            "",
            "                                teacher keeps its answer",
            "operation  strength      views      share  points      KL",
            "original   any               5          -       -       -",
            "augmented  any               5    80.00 %  -20.00  0.1000",
            "rotate     8-15 degrees      2    50.00 %  -50.00  0.2500",
            "",
            "augmented views: the teacher keeps its answer on 80.0 % of views",
            "no operation costs clearly more than the average augmented view",
            "",
            "points     the teacher's own answer: to 100 %; the others: to the original",
            "views      a view counts for each of its operations",
            "unlabelled 3 views without a teacher's answer, not counted",
            "unreadable 2 records with reason malformed, the first is labeled-views-0@7: short",
            "refused    1 records with reason shape, the first is labeled-views-0@9: large");
  }

  @Test
  void shouldNameTheWorstStrengthOfEachOperationThatClearlyCostsMoreWorstFirst() {
    // given: of 200 views 94.5 % is within the error of 95 %, and 90 % is not
    OperationStrength strongest = new OperationStrength("hue", "turns", 6, "0.3+");
    OperationStrength none = new OperationStrength("shear", "degrees", 0, "0");
    PolicyReport report =
        report(
            null,
            row(OperationStrength.AUGMENTED, 1_000, shift(1_000, 950, 1), 0, 0, null),
            row(FLIP, 500, shift(500, 450, 1), 0, 0, null),
            row(strongest, 100, shift(100, 60, 1), 0, 0, null),
            row(MILD, 200, shift(200, 180, 1), 0, 0, null),
            row(STRONG, 200, shift(200, 140, 1), 0, 0, null),
            row(none, 200, shift(200, 189, 1), 0, 0, null));

    // then
    assertThat(CostliestOperations.sentences(report))
        .extracting(sentence -> sentence.replaceAll(":.*", ""))
        .containsExactly(
            "augmented views",
            "hue above 0.3 turns",
            "rotate above 8 up to 15 degrees",
            "horizontal_flip");
  }

  @Test
  void shouldNameAnOperationThatOnlyTheStudentFindsHard() {
    // given
    PolicyReport report =
        report(
            STUDENT,
            row(
                OperationStrength.AUGMENTED,
                1_000,
                shift(1_000, 950, 1),
                0,
                0,
                shift(1_000, 900, 1)),
            row(MILD, 500, shift(500, 475, 1), 0, 0, shift(500, 430, 1)),
            row(STRONG, 500, shift(500, 475, 1), 0, 0, shift(500, 440, 1)));

    // then: 2 points are within the error, 4 are not
    assertThat(CostliestOperations.sentences(report))
        .element(1)
        .isEqualTo(
            "rotate above 4 up to 8 degrees: the teacher keeps its answer on 95.0 % of views"
                + " (augmented views: 95.0 %), the student agrees with it on 86.0 %");
  }

  private static PolicyReport report(ComparedStudent student, AugmentationRow... rows) {
    return new PolicyReport(
        "labeled-views",
        student,
        new TreeMap<>(Map.of("ab".repeat(32), 4_000L)),
        List.of(rows),
        0,
        new TreeMap<>(),
        new TreeMap<>());
  }

  private static AugmentationRow row(
      OperationStrength key,
      long views,
      ShiftTotal teacher,
      long labelled,
      long correct,
      ShiftTotal student) {
    return new AugmentationRow(
        key, views, teacher, labelled, correct, student == null ? NONE : student);
  }

  private static ShiftTotal shift(long views, long sameClass, double divergence) {
    return new ShiftTotal(views, sameClass, divergence);
  }
}
