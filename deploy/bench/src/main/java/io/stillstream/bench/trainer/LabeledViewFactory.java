package io.stillstream.bench.trainer;

import io.stillstream.augmenter.image.RenderedView;
import io.stillstream.augmenter.policy.Policy;
import io.stillstream.local.data.LabeledImages;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.Label;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.Lineage;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.Recipe;
import io.stillstream.schemas.answer.LabeledAnswers;
import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.schemas.image.MaskCodec;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;

/**
 * Views as the trainer gets them, with raw pixels and without logits yet. What no student looks at
 * is left empty: the recipe, the teachers, the times.
 */
final class LabeledViewFactory {
  private LabeledViewFactory() {}

  /** A view of image number {@code offset}. */
  static LabeledView view(Policy policy, String topic, long offset, RenderedView view, int label) {
    return labelled(
        new Lineage(
            topic,
            0,
            offset,
            Long.toString(offset),
            view.index(),
            policy.views(),
            view.seed(),
            policy.hash(),
            null,
            null),
        policy.output().size().height(),
        policy.output().size().width(),
        policy.output().channels(),
        view.pixels(),
        label,
        view.mask());
  }

  /** An image as it is, in the size that the models take. */
  static LabeledView original(TrainingScenario scenario, LabeledImages images, int number) {
    ModelSpec model = scenario.student();
    Lineage lineage =
        new Lineage("", 0, (long) number, Integer.toString(number), 0, 1, 0L, "", null, null);
    return labelled(
        lineage,
        model.height(),
        model.width(),
        model.channels(),
        images.pixels(number, scenario.fit()),
        images.label(number),
        images.mask(number).orElse(null));
  }

  private static LabeledView labelled(
      Lineage lineage,
      int height,
      int width,
      int channels,
      byte[] pixels,
      int label,
      SegmentationMask mask) {
    AugmentedView view =
        new AugmentedView(
            lineage,
            new Recipe(1, List.of(), null),
            PixelEncoding.RAW,
            height,
            width,
            channels,
            ByteBuffer.wrap(pixels),
            label == LabeledImages.NO_LABEL ? null : new Label(label, null, 1.0),
            mask == null ? null : MaskCodec.encode(mask),
            Instant.EPOCH,
            Instant.EPOCH);
    return LabeledAnswers.passedOver(view, Instant.EPOCH);
  }
}
