package io.stillstream.labeler.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.stillstream.labeler.LabelerTestTopics;
import io.stillstream.labeler.result.GroundTruth;
import io.stillstream.labeler.result.MaskTruth;
import io.stillstream.labeler.result.TruthEvaluation;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.Label;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.Teacher;
import io.stillstream.schemas.answer.LabeledAnswers;
import io.stillstream.schemas.answer.OutputShape;
import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.schemas.image.MaskCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class AnswerEncoderTest {
  private static final OutputShape CLASSES = OutputShape.classification(4);
  private static final OutputShape CELLS = OutputShape.segmentation(2, 2, 2, 2);
  private static final OutputShape VECTOR = OutputShape.embedding(3);
  private static final List<Teacher> TEACHERS = List.of(new Teacher("t", "1", "ab", 1.0, null));

  private final AugmentedView view = LabelerTestTopics.view(0, new byte[16]);

  @Test
  void shouldKeepTheLargestLogitsThatTheSettingNames() {
    // given
    float[] logits = {1, 4, 2, 3};

    // when
    LabeledView labeled = labeled(new AnswerEncoder(CLASSES, OptionalInt.of(2)), logits);

    // then
    assertThat(labeled.getLogits()).isNull();
    assertThat(labeled.getTopLogits().getIndices()).containsExactly(1, 3);
    assertThat(labeled.getTopLogits().getLogits()).containsExactly(4f, 3f);
    assertThat(labeled.getTopLogits().getRestLogSum())
        .isEqualTo((float) Math.log(Math.exp(1) + Math.exp(2)), within(1e-6f));
    assertThat(labeled.getTeachers()).isEqualTo(TEACHERS);
  }

  @Test
  void shouldWriteAnswersAsTheirTaskRequires() {
    // given
    float[] cells = {1, 2, 3, 4, 5, 6, 7, 8};
    float[] vector = {1, 2, 3};

    // then
    assertThat(LabeledAnswers.shape(labeled(encoder(CELLS), cells))).contains(CELLS);
    assertThat(LabeledAnswers.row(labeled(encoder(CELLS), cells))).isEqualTo(cells);
    assertThat(LabeledAnswers.shape(labeled(encoder(VECTOR), vector))).contains(VECTOR);
    assertThat(LabeledAnswers.row(labeled(encoder(VECTOR), vector))).isEqualTo(vector);
    assertThat(labeled(encoder(CLASSES), 1, 2, 3, 4).getLogits()).containsExactly(1f, 2f, 3f, 4f);
  }

  @Test
  void shouldRefuseASettingThatDoesNotFitTheTeachers() {
    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(() -> new AnswerEncoder(CLASSES, OptionalInt.of(4)))
        .withMessage("labels.top-k must be less than the teacher's 4 classes, was 4");
    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(() -> new AnswerEncoder(CELLS, OptionalInt.of(1)))
        .withMessage("labels.top-k must be left out with task segmentation, was 1");
    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(() -> new AnswerEncoder(VECTOR, OptionalInt.of(1)))
        .withMessage("labels.top-k must be left out with task embedding, was 1");
  }

  @Test
  void shouldRefuseTeachersNoneOfWhoseAnswersFitsIntoARecord() {
    // given
    AnswerEncoder cells = encoder(OutputShape.segmentation(21, 512, 512, 1));

    // then
    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(() -> cells.requireRoom("labeled-views", 8 << 20))
        .withMessage(
            "teacher: its answers (segmentation with 21 classes on 512 x 512 cells of stride 1) take"
                + " 11010048 bytes each, records of labeled-views at most 8388608");
    encoder(OutputShape.segmentation(21, 128, 128, 4)).requireRoom("labeled-views", 8 << 20);
    new AnswerEncoder(OutputShape.classification(1000), OptionalInt.of(10)).requireRoom("l", 40);
    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(
            () -> encoder(OutputShape.classification(1000)).requireRoom("labeled-views", 3999));
  }

  @Test
  void shouldTakeAsManyBytesAsDocumented() throws Exception {
    // given
    Map<String, OutputShape> examples = new LinkedHashMap<>();
    examples.put("10 classes", OutputShape.classification(10));
    examples.put("1,000 classes", OutputShape.classification(1000));
    examples.put("11 classes, 64 × 64 pixels, stride 4", OutputShape.segmentation(11, 16, 16, 4));
    examples.put("the same with stride 2", OutputShape.segmentation(11, 32, 32, 2));
    examples.put("the same with stride 1", OutputShape.segmentation(11, 64, 64, 1));
    examples.put(
        "21 classes, 512 × 512 pixels, stride 4", OutputShape.segmentation(21, 128, 128, 4));
    examples.put("64 dimensions", OutputShape.embedding(64));
    examples.put("768 dimensions", OutputShape.embedding(768));
    Map<String, Integer> bytes = new LinkedHashMap<>();
    examples.forEach((name, shape) -> bytes.put(name, answerBytes(encoder(shape), shape)));
    OutputShape thousand = OutputShape.classification(1000);
    bytes.put(
        "the largest 10 of 1,000",
        answerBytes(new AnswerEncoder(thousand, OptionalInt.of(10)), thousand));

    // then
    String docs = Files.readString(Path.of("docs/teachers.md"));
    bytes.forEach(
        (name, size) ->
            assertThat(docs).contains("| %s | %s |".formatted(name, String.format("%,d", size))));
  }

  /** What a record takes more than one without an answer. The last classes are the largest. */
  private int answerBytes(AnswerEncoder encoder, OutputShape shape) {
    float[] answer = new float[shape.size()];
    for (int i = 0; i < answer.length; i++) {
      answer[i] = i % 1000;
    }
    LabeledView labeled = labeled(encoder, answer);
    LabeledView without = LabeledAnswers.passedOver(view, Instant.EPOCH);
    without.setTeachers(TEACHERS);
    try {
      return labeled.toByteBuffer().remaining() - without.toByteBuffer().remaining();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void shouldCompareClassesWithTheLabelAndPixelsWithTheMask() {
    // given: a view with both
    view.setLabel(new Label(1, null, 1.0));
    view.setMask(
        MaskCodec.encode(
            new SegmentationMask(
                4, 4, new byte[] {9, 9, 9, 9, 9, 0, 9, 1, 9, 9, 9, 9, 9, -1, 9, 1})));

    // when
    Optional<TruthEvaluation> ofClasses = encoder(CLASSES).evaluate(view, new float[] {0, 9, 0, 0});
    Optional<TruthEvaluation> ofCells =
        encoder(CELLS).evaluate(view, new float[] {3, 3, 3, 3, 0, 0, 9, 9});

    // then
    assertThat(((GroundTruth.Evaluation) ofClasses.orElseThrow()).correct()).contains(true);
    MaskTruth.Evaluation pixels = (MaskTruth.Evaluation) ofCells.orElseThrow();
    assertThat(pixels.truth().classes()).containsExactly(0, 1, 255, 1);
    assertThat(pixels.answer().classes()).containsExactly(0, 0, 1, 1);
    assertThat(encoder(VECTOR).evaluate(view, new float[3])).isEmpty();
  }

  @Test
  void shouldNotCountATruthThatIsNone() {
    // given
    AnswerEncoder encoder = encoder(CELLS);
    float[] answer = new float[8];

    // then
    assertThat(encoder.evaluate(view, answer)).isEmpty();
    view.setMask(ByteBuffer.wrap(new byte[] {1, 2, 3}));
    assertThat(encoder.evaluate(view, answer)).isEmpty();
    view.setMask(MaskCodec.encode(new SegmentationMask(4, 5, new byte[20])));
    assertThat(encoder.evaluate(view, answer)).isEmpty();
    view.setMask(MaskCodec.encode(new SegmentationMask(4, 4, new byte[16])));
    assertThat(encoder.evaluate(view, answer)).isPresent();
  }

  @Test
  void shouldKeepOnlyClassLogitsUntilTheCommit() {
    assertThat(encoder(CLASSES).summary(view, TEACHERS, new float[4]).logits()).isPresent();
    assertThat(encoder(CELLS).summary(view, TEACHERS, new float[8]).logits()).isEmpty();
    assertThat(encoder(VECTOR).summary(view, TEACHERS, new float[3]).logits()).isEmpty();
  }

  private LabeledView labeled(AnswerEncoder encoder, float... answer) {
    return encoder.labeled(view, TEACHERS, answer, Instant.EPOCH);
  }

  private static AnswerEncoder encoder(OutputShape output) {
    return new AnswerEncoder(output, OptionalInt.empty());
  }
}
