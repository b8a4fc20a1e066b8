package io.stillstream.local.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.trainer.trace.ImageTrace;
import java.util.List;
import org.junit.jupiter.api.Test;

class TraceReportTest {
  @Test
  void shouldTellAWholeStory() {
    // given
    ImageTrace trace =
        new ImageTrace(
            "cat.jpg",
            "classification",
            new ImageTrace.RawImage(
                "images", 1, 17, 1_000L, "image/jpeg", 512L, null, "cat", null, false, null, null),
            List.of(
                new ImageTrace.LabelInfo("labels", 2, 9, "dog", "anna", 5_000),
                new ImageTrace.LabelInfo("labels", 2, 8, null, "tool", 4_000)),
            List.of(
                new ImageTrace.ViewTrace(
                    1,
                    "labeled-views",
                    1,
                    70,
                    "-42",
                    "ab".repeat(32),
                    "rotate 7.3\nmixup lambda=0.8",
                    new ImageTrace.MixSource("mixup", 0.8, "dog.jpg", "images", 1, 16),
                    null,
                    2_000L,
                    3_000L,
                    "cat",
                    List.of(new ImageTrace.TeacherInfo("resnet", "1", "cd".repeat(32), 1)),
                    List.of(2f, 0.5f),
                    List.of(
                        new ImageTrace.ClassScore("cat", 0.8176),
                        new ImageTrace.ClassScore("dog", 0.1824)),
                    null,
                    null,
                    null,
                    new ImageTrace.TrainedBatch(5, 8, 3, 0.004, List.of(1.5, 1.25, 1.0, 0.5), 128),
                    null)),
            List.of(new ImageTrace.ReleaseInfo(2, "champion", 1_000, 4_000, true, true)),
            List.of(),
            List.of("1 of 4 views were found"));

    // then
    assertThat(TraceReport.lines(trace))
        .containsExactly(
            "image      cat.jpg",
            "task       classification",
            "origin     images-1@17, image/jpeg, 512 bytes, captured 1970-01-01T00:00:01Z, label"
                + " cat",
            "label      dog, given by anna at 1970-01-01T00:00:05Z, labels-2@9",
            "label      a mask, given by tool at 1970-01-01T00:00:04Z, labels-2@8",
            "",
            "view 1     labeled-views-1@70",
            "  recipe   rotate 7.3",
            "           mixup lambda=0.8",
            "  partner  dog.jpg, images-1@16",
            "  seed     -42, policy abababababab",
            "  made     1970-01-01T00:00:02Z",
            "  label    cat",
            "  labelled 1970-01-01T00:00:03Z",
            "  teacher  resnet 1, sha256 cdcdcdcdcdcd, weight 1.0",
            "  says     cat 81.8 %, dog 18.2 %",
            "  logits   2.000 0.500",
            "  steps    5 to 8, the first on this view among 128 fresh ones; epoch 3, rate 0.004,"
                + " loss 1.5000 1.2500 1.0000 0.5000",
            "",
            "release    2, made as champion after step 1000, 1970-01-01T00:00:04Z, served now: in"
                + " it",
            "note       1 of 4 views were found");
  }

  @Test
  void shouldTellWhichClassesMasksHaveAndHowLongAnEmbeddingIs() {
    // given
    ImageTrace.MaskTrace truth =
        new ImageTrace.MaskTrace(
            null,
            List.of(
                new ImageTrace.ClassScore("sky", 0.75), new ImageTrace.ClassScore("ignore", 0.25)));
    ImageTrace.MaskTrace teacher =
        new ImageTrace.MaskTrace(null, List.of(new ImageTrace.ClassScore("sky", 1)));

    // then
    assertThat(lines(truth, teacher, null))
        .contains(
            "  mask     sky 75.0 %, ignore 25.0 %",
            "  labelled 1970-01-01T00:00:03Z", "  says     sky 100.0 %");
    assertThat(lines(null, null, new ImageTrace.EmbeddingTrace(64, 7.25)))
        .contains("  says     embedding of 64 dimensions, norm 7.250");
  }

  private static List<String> lines(
      ImageTrace.MaskTrace truth,
      ImageTrace.MaskTrace teacher,
      ImageTrace.EmbeddingTrace embedding) {
    ImageTrace.ViewTrace view =
        new ImageTrace.ViewTrace(
            0,
            "labeled-views",
            0,
            5,
            "1",
            "ab",
            "original",
            null,
            null,
            2_000L,
            3_000L,
            null,
            List.of(),
            null,
            null,
            truth,
            teacher,
            embedding,
            null,
            null);
    return TraceReport.lines(
        new ImageTrace(
            "cat", "any", null, List.of(), List.of(view), List.of(), List.of(), List.of()));
  }

  @Test
  void shouldSayWhatHasNotHappenedYet() {
    // given
    ImageTrace.ViewTrace view =
        new ImageTrace.ViewTrace(
            0,
            "views",
            0,
            5,
            "1",
            "ab",
            "original",
            null,
            null,
            2_000L,
            null,
            null,
            List.of(),
            null,
            null,
            null,
            null,
            null,
            null,
            "not labelled yet");

    // then
    assertThat(
            TraceReport.lines(
                new ImageTrace(
                    "cat",
                    "embedding",
                    null,
                    List.of(),
                    List.of(view),
                    List.of(),
                    List.of(),
                    List.of())))
        .containsExactly(
            "image      cat",
            "task       embedding",
            "origin     not known",
            "",
            "view 0     views-0@5",
            "  recipe   original",
            "  seed     1, policy ab",
            "  made     1970-01-01T00:00:02Z",
            "  steps    not labelled yet",
            "",
            "release    none yet");
  }

  @Test
  void shouldTellOfAnImageThatBecameNothing() {
    // given
    ImageTrace trace =
        new ImageTrace(
            "cat.jpg",
            "classification",
            new ImageTrace.RawImage(
                "images",
                0,
                3,
                null,
                null,
                null,
                null,
                null,
                null,
                true,
                "images-0@3 has expired: its partition begins at 5",
                null),
            List.of(),
            List.of(),
            List.of(),
            List.of(
                new ImageTrace.DeadLetterInfo(
                    5_000,
                    "augmenter-service",
                    "decode",
                    "truncated",
                    "the file ends early",
                    "images",
                    0,
                    3L,
                    "cat.jpg",
                    null)),
            List.of());

    // then
    assertThat(TraceReport.lines(trace))
        .containsExactly(
            "image      cat.jpg",
            "task       classification",
            "origin     images-0@3 has expired: its partition begins at 5",
            "",
            "rejected   1970-01-01T00:00:05Z augmenter-service, decode: truncated: the file ends"
                + " early (images-0@3)");
  }

  @Test
  void shouldTellWhereAnImageByReferenceIs() {
    // given
    ImageTrace.RawImage raw =
        new ImageTrace.RawImage(
            "images",
            0,
            3,
            5_000L,
            "image/jpeg",
            null,
            "s3://b/cat.jpg",
            null,
            null,
            false,
            null,
            null);
    // when
    List<String> lines =
        TraceReport.lines(
            new ImageTrace(
                "cat.jpg",
                "classification",
                raw,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of()));
    // then
    assertThat(lines)
        .contains(
            "origin     images-0@3, image/jpeg, captured 1970-01-01T00:00:05Z",
            "object     s3://b/cat.jpg");
  }
}
