package io.stillstream.trainer.training.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.answer.LabeledAnswers;
import io.stillstream.schemas.answer.OutputShape;
import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.schemas.image.MaskCodec;
import io.stillstream.schemas.values.ByteArrays;
import io.stillstream.schemas.values.Logits;
import io.stillstream.trainer.LabeledViewFixtures;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

final class TrainingExampleCodecTest {
  private static final OutputShape GRID = OutputShape.segmentation(3, 2, 4, 2);
  private static final SegmentationMask MASK =
      new SegmentationMask(
          4,
          8,
          new byte[] {
            0, 0, 1, 1, 2, 2, -1, -1, 0, 0, 1, 1, 2, 2, -1, -1, //
            2, 2, 2, 2, 2, 2, 0, 0, 2, 2, 2, 2, 2, 2, 0, 1
          });

  @Test
  void shouldKeepMaskAndDenseAnswer() throws IOException {
    // given
    float[] row = numbers(GRID.size());
    TrainingExample view = example(answer(row, GRID, OptionalInt.empty()), file(MASK));

    // when
    TrainingExample read = read(written(view));

    // then: multiples of a half are exact in half precision
    assertThat(read.mask()).isEqualTo(MASK);
    assertThat(read.logits()).containsExactly(row);
    assertThat(read.answer().shape()).isEqualTo(GRID);
    assertThat(read.teacher()).isEqualTo(7);
    assertThat(read.image()).isEqualTo(8);
    assertThat(read.partner()).isEqualTo(9);
    assertThat(written(read)).isEqualTo(written(view));
    assertThat(read.bytes()).isEqualTo(view.bytes());
  }

  @Test
  void shouldKeepAnEmbedding() throws IOException {
    // given
    OutputShape shape = OutputShape.embedding(5);
    float[] row = numbers(shape.size());

    // when
    TrainingExample read =
        read(written(example(answer(row, shape, OptionalInt.empty()), (byte[]) null)));

    // then
    assertThat(read.logits()).containsExactly(row);
    assertThat(read.answer().shape()).isEqualTo(shape);
    assertThat(read.hasMask()).isFalse();
    assertThat(read.mask()).isNull();
    assertThat(read.category()).isEqualTo(-1);
  }

  @Test
  void shouldKeepTheLargestLogitsAndTheSoftmaxOfTheirClasses() throws IOException {
    // given
    float[] row = {1, -2, 5, 0.5f, 3, -1};
    OutputShape shape = OutputShape.classification(row.length);

    // when
    TrainingExample read = read(written(example(answer(row, shape, OptionalInt.of(2)), null)));

    // then
    double[] expected = Logits.probabilities(row);
    double[] actual = Logits.probabilities(read.logits());
    assertThat(read.category()).isEqualTo(2);
    assertThat(actual[2]).isCloseTo(expected[2], within(1e-6));
    assertThat(actual[4]).isCloseTo(expected[4], within(1e-6));
    assertThat(actual[0]).isCloseTo((1 - expected[2] - expected[4]) / 4, within(1e-6));
  }

  /** As format 3 of checkpoints has it. */
  @Test
  void shouldWriteAViewOfAClassificationAsBefore() throws IOException {
    // given
    TrainingExample view =
        new TrainingExample(
            PixelEncoding.RAW,
            new byte[] {5},
            new float[] {1},
            LabelTarget.of(0),
            true,
            0,
            ViewIdentity.UNKNOWN);

    // then
    assertThat(written(view))
        .containsExactly(
            7, 0, 0, 0, 0, 1, 5, 0, 0, 0, 1, 0x3f, 0x80, 0, 0, //
            0, 0, 0, 0, 0, 0, 0, 0, 0x3f, 0x80, 0, 0);
    assertThat(view.bytes()).isEqualTo(136 + 1 + 40 + 4);
  }

  @Test
  void shouldKeepTheShareOfAMixedViewWithoutALabel() throws IOException {
    // given
    TrainingExample unlabelled = mixed(null, 0.3f);

    // when
    TrainingExample read = read(written(unlabelled));

    // then: a label says it itself, and takes as many bytes as before format 6
    assertThat(read.identity()).isEqualTo(new ViewIdentity(8, 9, 0, 0, 0.3f));
    assertThat(written(read)).isEqualTo(written(unlabelled));
    LabelTarget target = new LabelTarget(1, 0, 0.3f);
    assertThat(written(mixed(target, 0.3f))).isEqualTo(written(mixed(target, Float.NaN)));
    assertThat(read(written(mixed(target, 0.3f))).target()).hasValue(target);
    assertThat(read(written(mixed(null, Float.NaN))).identity().share()).isNaN();
    assertThat(read(written(example(null, null))).identity().share()).isNaN();
  }

  @Test
  void shouldKeepThatAViewIsCropped() throws IOException {
    // given
    TrainingExample view = example(null, file(MASK));

    // then
    assertThat(read(written(view.asCropped())).isCropped()).isTrue();
    assertThat(read(written(view)).isCropped()).isFalse();
    assertThat(written(read(written(view.asCropped())))).isEqualTo(written(view.asCropped()));
    assertThat(view.asCropped().mirror().asAugmentation().released().isCropped()).isTrue();
  }

  @Test
  void shouldChangeTheTruthAlone() {
    // given
    SegmentationMask other = new SegmentationMask(4, 8, new byte[32]);
    TrainingExample view =
        example(answer(numbers(GRID.size()), GRID, OptionalInt.empty()), file(MASK))
            .withDecoded(new DecodedView(new byte[32], MASK, numbers(GRID.size())))
            .mirror();

    // when
    TrainingExample changed = view.withMask(file(other)).withTarget(LabelTarget.of(2));

    // then: the mask that was decoded is another one
    assertThat(changed.mask()).isEqualTo(other.mirrored());
    assertThat(changed.target()).hasValue(LabelTarget.of(2));
    assertThat(changed.pixels()).isSameAs(view.pixels());
    assertThat(changed.logits()).containsExactly(view.logits());
    assertThat(changed.isMirrored()).isTrue();
    assertThat(changed.isOriginal()).isTrue();
    assertThat(changed.identity()).isEqualTo(view.identity());
    assertThat(view.mask()).isEqualTo(MASK.mirrored());
    assertThat(view.target()).isEmpty();
    byte[] same = view.maskFile();
    assertThat(view.withMask(same)).isSameAs(view);
  }

  private static TrainingExample mixed(LabelTarget target, float share) {
    return new TrainingExample(
        PixelEncoding.PNG,
        new byte[3],
        null,
        target,
        null,
        false,
        0,
        new ViewIdentity(8, 9, 2, 4, share));
  }

  @Test
  void shouldCountMaskAndAnswer() throws IOException {
    // given
    PackedAnswer answer = answer(numbers(GRID.size()), GRID, OptionalInt.empty());
    TrainingExample bare = example(null, null);

    // then
    assertThat(example(answer, null).bytes()).isEqualTo(bare.bytes() + 40 + 32 + 2L * GRID.size());
    assertThat(example(null, file(MASK)).bytes()).isEqualTo(bare.bytes() + 16 + file(MASK).length);
  }

  @Test
  void shouldMirrorMaskAndAnswerWithTheView() {
    // given
    float[] row = numbers(GRID.size());
    TrainingExample view = example(answer(row, GRID, OptionalInt.empty()), file(MASK));

    // when
    TrainingExample mirrored = view.mirror();

    // then
    assertThat(mirrored.mask()).isEqualTo(MASK.mirrored());
    for (int i = 0; i < row.length; i++) {
      int column = i % GRID.width();
      assertThat(mirrored.logits()[i]).isEqualTo(row[i - column + GRID.width() - 1 - column]);
    }
    assertThat(mirrored.mirror().logits()).containsExactly(row);
    assertThat(mirrored.mirror().mask()).isEqualTo(MASK);
  }

  @Test
  void shouldSayThatAViewEndsEarly() throws IOException {
    // given
    byte[] bytes =
        written(example(answer(numbers(GRID.size()), GRID, OptionalInt.empty()), file(MASK)));

    // when
    assertThatThrownBy(() -> read(Arrays.copyOf(bytes, bytes.length - 1)))
        // then
        .isInstanceOf(EOFException.class);
  }

  private static float[] numbers(int count) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = i / 2f - 3;
    }
    return numbers;
  }

  private static byte[] file(SegmentationMask mask) {
    return ByteArrays.copyOf(MaskCodec.encode(mask));
  }

  private static PackedAnswer answer(float[] row, OutputShape shape, OptionalInt topLogits) {
    LabeledView view = LabeledViewFixtures.view(1);
    return PackedAnswer.of(
        LabeledAnswers.labeled(
            view.getView(), view.getTeachers(), row, shape, topLogits, view.getLabeledAt()),
        shape);
  }

  private static TrainingExample example(PackedAnswer answer, byte[] mask) {
    return new TrainingExample(
        PixelEncoding.RAW, new byte[32], answer, null, mask, true, 7, ViewIdentity.of(8, 9));
  }

  private static byte[] written(TrainingExample view) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    TrainingExampleCodec.write(view, new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  private static TrainingExample read(byte[] bytes) throws IOException {
    return TrainingExampleCodec.read(new DataInputStream(new ByteArrayInputStream(bytes)));
  }
}
