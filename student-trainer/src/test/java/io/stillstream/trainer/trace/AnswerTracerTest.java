package io.stillstream.trainer.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.Lineage;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.Recipe;
import io.stillstream.schemas.answer.LabeledAnswers;
import io.stillstream.schemas.answer.OutputShape;
import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.schemas.image.MaskCodec;
import io.stillstream.schemas.image.MaskOverlay;
import io.stillstream.schemas.image.PixelCodec;
import io.stillstream.schemas.image.PngDataUrl;
import io.stillstream.trainer.trace.AnswerTracer.TracedAnswer;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class AnswerTracerTest {
  private static final PngDataUrl PICTURES = new PngDataUrl(100, PixelCodec.MAX_PIXELS);
  private static final byte[] PIXELS = {0, 50, 100, -1};

  private final AnswerTracer answers =
      new AnswerTracer(new TopClasses(List.of("sky", "cat", "dog")), PICTURES);

  @Test
  void shouldReadAllLogitsAndTheLargest() {
    // given
    float[] row = {1, 3, 2};

    // then
    assertThat(answers.answer(labeled(OutputShape.classification(3), OptionalInt.empty(), row)))
        .isEqualTo(new TracedAnswer(List.of(1f, 3f, 2f), null, null));
    List<Float> logits =
        answers.answer(labeled(OutputShape.classification(3), OptionalInt.of(1), row)).logits();
    assertThat(logits.get(1)).isEqualTo(3f);
    assertThat(logits.get(0)).isEqualTo(logits.get(2)).isBetween(1f, 2f);
  }

  @Test
  void shouldDrawTheTeachersMaskOverTheView() {
    // given: classes 1 and 2 on the two cells of the lower row
    float[] row = {5, 5, 0, 0, 0, 0, 4, 0, 0, 0, 0, 4};
    SegmentationMask mask = new SegmentationMask(2, 2, new byte[] {0, 0, 1, 2});

    // when
    TracedAnswer answer =
        answers.answer(labeled(OutputShape.segmentation(3, 2, 2, 1), OptionalInt.empty(), row));

    // then
    assertThat(answer.logits()).isNull();
    assertThat(answer.mask().png())
        .isEqualTo(PICTURES.of(MaskOverlay.rgb(PIXELS, 2, 2, 1, mask), 2, 2, 3));
    assertThat(answer.mask().shares())
        .containsExactly(
            new ImageTrace.ClassScore("sky", 0.5),
            new ImageTrace.ClassScore("cat", 0.25),
            new ImageTrace.ClassScore("dog", 0.25));
  }

  @Test
  void shouldTellSizeAndNormOfAnEmbedding() {
    assertThat(answers.answer(labeled(OutputShape.embedding(2), OptionalInt.empty(), 3, -4)))
        .isEqualTo(new TracedAnswer(null, null, new ImageTrace.EmbeddingTrace(2, 5)));
  }

  @Test
  void shouldShowNothingOfWhatDoesNotFit() {
    // given: a grid that is no grid of the view, and a record that states another size than it has
    LabeledView wide =
        labeled(OutputShape.segmentation(2, 2, 1, 1), OptionalInt.empty(), 1, 2, 3, 4);
    LabeledView malformed = labeled(OutputShape.embedding(2), OptionalInt.empty(), 1, 2);
    malformed.getEmbedding().setDimensions(3);

    // then
    assertThat(answers.answer(wide)).isEqualTo(TracedAnswer.NONE);
    assertThat(answers.answer(malformed)).isEqualTo(TracedAnswer.NONE);
    assertThat(answers.answer(LabeledAnswers.passedOver(view(), Instant.EPOCH)))
        .isEqualTo(TracedAnswer.NONE);
  }

  @Test
  void shouldDrawTheTruthUnlessItIsDamaged() {
    // given
    SegmentationMask mask = new SegmentationMask(2, 2, new byte[] {-1, 1, 1, 1});
    AugmentedView view = view();
    assertThat(answers.truth(view)).isEmpty();

    // when
    view.setMask(MaskCodec.encode(mask));

    // then
    ImageTrace.MaskTrace truth = answers.truth(view).orElseThrow();
    assertThat(truth.png()).isEqualTo(PICTURES.of(MaskOverlay.rgb(PIXELS, 2, 2, 1, mask), 2, 2, 3));
    assertThat(truth.shares())
        .containsExactly(
            new ImageTrace.ClassScore("cat", 0.75), new ImageTrace.ClassScore("ignore", 0.25));

    // when
    view.setMask(ByteBuffer.allocate(3));

    // then
    assertThat(answers.truth(view)).isEmpty();
  }

  private static LabeledView labeled(OutputShape output, OptionalInt top, float... row) {
    return LabeledAnswers.labeled(view(), List.of(), row, output, top, Instant.EPOCH);
  }

  private static AugmentedView view() {
    return AugmentedView.newBuilder()
        .setLineage(new Lineage("images", 0, 0L, "cat", 1, 4, 7L, "policy", null, null))
        .setRecipe(new Recipe(1, List.of(), null))
        .setEncoding(PixelEncoding.RAW)
        .setHeight(2)
        .setWidth(2)
        .setChannels(1)
        .setPixels(ByteBuffer.wrap(PIXELS))
        .setCapturedAt(Instant.EPOCH)
        .setAugmentedAt(Instant.EPOCH)
        .build();
  }
}
