package io.stillstream.trainer.training.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.answer.LabeledAnswers;
import io.stillstream.schemas.answer.OutputShape;
import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.schemas.image.MaskCodec;
import io.stillstream.schemas.values.ByteArrays;
import io.stillstream.trainer.LabeledViewFixtures;
import io.stillstream.trainer.training.hyperparameters.LossSettings;
import io.stillstream.trainer.training.hyperparameters.LossSettings.DistSettings;
import io.stillstream.trainer.training.hyperparameters.LossSettings.DkdSettings;
import io.stillstream.trainer.training.hyperparameters.LossSettings.Kind;
import io.stillstream.trainer.training.hyperparameters.MinConfidenceSettings;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Targets of a segmentation with 3 classes on 4 x 6 cells of 2 x 2 pixels. */
final class TargetBuilderTest {
  private static final ModelSpec MODEL =
      ModelSpec.load(Path.of("src/test/resources/students/fcn"), "student");
  private static final OutputShape OUTPUT = MODEL.output();
  private static final int CELLS = OUTPUT.cells();

  @Test
  void shouldTakeTheClassAtTheCentreOfEachCell() {
    // given: class 1 at the centre of the first cell, 0 on the rest
    byte[] classes = new byte[MODEL.height() * MODEL.width()];
    classes[MODEL.width() + 1] = 1;

    // when
    BatchTargets targets = targets(Kind.CROSS_ENTROPY, 0, view(classes));

    // then
    assertThat(targets.labels()[CELLS]).isEqualTo(1);
    assertThat(targets.labels()[0]).isZero();
    assertThat(Arrays.copyOfRange(targets.labels(), 1, CELLS)).containsOnly(1);
    assertThat(targets.labelWeights()).containsOnly(1);
    assertThat(targets.teacherWeights()).containsOnly(0);
    assertThat(targets.classes()).containsExactly(-1);
  }

  @Test
  void shouldMirrorTheTargetsOfAMirroredView() {
    // given
    byte[] classes = new byte[MODEL.height() * MODEL.width()];
    for (int i = 0; i < classes.length; i++) {
      classes[i] = (byte) (i % MODEL.width() < 4 ? 2 : 0);
    }

    // when
    BatchTargets plain = targets(Kind.CROSS_ENTROPY, 0, view(classes));
    BatchTargets mirrored = targets(Kind.CROSS_ENTROPY, 0, view(classes).mirror());

    // then
    assertThat(Arrays.copyOfRange(plain.labels(), 2 * CELLS, 2 * CELLS + OUTPUT.width()))
        .containsExactly(1, 1, 0, 0, 0, 0);
    assertThat(Arrays.copyOfRange(mirrored.labels(), 2 * CELLS, 2 * CELLS + OUTPUT.width()))
        .containsExactly(0, 0, 0, 0, 1, 1);
  }

  @Test
  void shouldSmoothTheClassOfEachCellThatCounts() {
    // given
    byte[] classes = new byte[MODEL.height() * MODEL.width()];
    Arrays.fill(classes, 0, 2 * MODEL.width(), (byte) SegmentationMask.IGNORE);

    // when
    BatchTargets targets = targets(Kind.CROSS_ENTROPY, 0.3, view(classes));

    // then
    for (int cell = 0; cell < CELLS; cell++) {
      boolean counts = cell >= OUTPUT.width();
      assertThat(targets.labels()[cell]).isCloseTo(counts ? 0.8f : 0, within(1e-6f));
      assertThat(targets.labels()[CELLS + cell]).isCloseTo(counts ? 0.1f : 0, within(1e-6f));
      assertThat(targets.labelWeights()[cell]).isEqualTo(counts ? 1 : 0);
    }
  }

  @Test
  void shouldDivideByTheCellsThatCountInTheWholeBatch() {
    // given
    byte[] half = new byte[MODEL.height() * MODEL.width()];
    Arrays.fill(half, 0, half.length / 2, (byte) SegmentationMask.IGNORE);
    byte[] none = new byte[half.length];
    Arrays.fill(none, (byte) SegmentationMask.IGNORE);
    BatchBuilder batches = new BatchBuilder(MODEL, settings(Kind.CROSS_ENTROPY, 0));

    // when
    TrainingBatch batch =
        batches.build(List.of(view(half), view(none), view(half), view(new byte[half.length])));

    // then
    assertThat(batch.total()).isEqualTo(2 * CELLS);
    assertThat(batch.parts(2)).extracting(TrainingBatch::total).containsExactly(48, 48);
    assertThat(batches.build(List.of(view(none), view(none))).total()).isEqualTo(1);
  }

  @Test
  void shouldGiveCellsWithAnUnsureAnswerToTheirMask() {
    // given: in the first row of cells the teacher is unsure, in the last one the mask has no class
    byte[] classes = new byte[MODEL.height() * MODEL.width()];
    int last = classes.length - 2 * MODEL.width();
    Arrays.fill(classes, last, classes.length, (byte) SegmentationMask.IGNORE);
    float[] row = new float[OUTPUT.size()];
    Arrays.fill(row, OUTPUT.width(), CELLS, 4);
    LossSettings settings =
        new LossSettings(
            Kind.KD,
            2,
            0.75,
            0,
            new DkdSettings(1, 8),
            new DistSettings(2, 2),
            Optional.empty(),
            Optional.of(
                new MinConfidenceSettings(Optional.of(0.9), Optional.empty(), Optional.empty())));

    // when
    TrainingBatch masked = batch(settings, mask(classes), row);
    TrainingBatch plain = batch(settings, null, row);

    // then
    int cells = OUTPUT.width();
    BatchTargets targets = masked.targets();
    assertThat(Arrays.copyOfRange(targets.teacherWeights(), 0, cells)).containsOnly(0);
    assertThat(Arrays.copyOfRange(targets.labelWeights(), 0, cells)).containsOnly(1);
    assertThat(Arrays.copyOfRange(targets.teacherWeights(), cells, CELLS - cells))
        .containsOnly(0.75f);
    assertThat(Arrays.copyOfRange(targets.labelWeights(), cells, CELLS - cells))
        .containsOnly(0.25f);
    assertThat(Arrays.copyOfRange(targets.labelWeights(), CELLS - cells, CELLS)).containsOnly(0);
    assertThat(targets.unsure()).containsExactly(cells);
    assertThat(masked.total()).isEqualTo(CELLS - cells);
    assertThat(Arrays.copyOfRange(plain.targets().teacherWeights(), 0, cells)).containsOnly(0);
    assertThat(Arrays.copyOfRange(plain.targets().teacherWeights(), cells, CELLS)).containsOnly(1);
    assertThat(plain.targets().labelWeights()).containsOnly(0);
    assertThat(plain.total()).isEqualTo(CELLS - cells);
  }

  private static TrainingBatch batch(LossSettings settings, byte[] mask, float[] row) {
    byte[] pixels = new byte[MODEL.height() * MODEL.width()];
    LabeledView labelled =
        LabeledAnswers.labeled(
            LabeledViewFixtures.masked(0).getView(),
            List.of(),
            row,
            OUTPUT,
            OptionalInt.empty(),
            Instant.EPOCH);
    TrainingExample view =
        new TrainingExample(
            PixelEncoding.RAW,
            pixels,
            PackedAnswer.of(labelled, OUTPUT),
            null,
            mask,
            true,
            0,
            ViewIdentity.UNKNOWN);
    return new BatchBuilder(MODEL, settings).build(List.of(view));
  }

  private static byte[] mask(byte[] classes) {
    return ByteArrays.copyOf(
        MaskCodec.encode(new SegmentationMask(MODEL.height(), MODEL.width(), classes)));
  }

  private static TrainingExample view(byte[] classes) {
    return new TrainingExample(
        PixelEncoding.RAW,
        new byte[classes.length],
        null,
        null,
        mask(classes),
        true,
        0,
        ViewIdentity.UNKNOWN);
  }

  private static BatchTargets targets(Kind kind, double smoothing, TrainingExample view) {
    return new BatchBuilder(MODEL, settings(kind, smoothing)).build(List.of(view)).targets();
  }

  private static LossSettings settings(Kind kind, double smoothing) {
    return new LossSettings(kind, 2, 0.9, smoothing, new DkdSettings(1, 8), new DistSettings(2, 2));
  }
}
