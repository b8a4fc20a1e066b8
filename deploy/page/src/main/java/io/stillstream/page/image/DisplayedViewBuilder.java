package io.stillstream.page.image;

import io.stillstream.page.image.DisplayedImage.DisplayedMask;
import io.stillstream.page.image.DisplayedImage.DisplayedView;
import io.stillstream.page.trainer.ClassProbability;
import io.stillstream.page.trainer.PredictedView;
import io.stillstream.page.trainer.TrainerClient;
import io.stillstream.page.trainer.TrainerUnavailableException;
import io.stillstream.page.trainer.TrainingStatus;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.answer.CosineSimilarity;
import io.stillstream.schemas.answer.LabeledAnswers;
import io.stillstream.schemas.answer.ModelTask;
import io.stillstream.schemas.answer.OutputShape;
import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.schemas.image.InvalidImageException;
import io.stillstream.schemas.image.MaskCodec;
import io.stillstream.schemas.image.MaskOverlay;
import io.stillstream.schemas.image.PixelCodec;
import io.stillstream.schemas.values.RecipeFormatter;
import java.util.List;
import java.util.Optional;

/** Makes views as the page shows them, and asks the champion about them. For one thread. */
final class DisplayedViewBuilder {
  private static final PredictedView NO_PREDICTION = new PredictedView(null, null, null);

  private final TrainerClient trainer;
  private long predictNanos;
  private boolean answers;

  DisplayedViewBuilder(TrainerClient trainer) {
    this.trainer = trainer;
  }

  /**
   * Begins a sample.
   *
   * @param training if it is not known, the champion is not asked
   */
  void begin(TrainingStatus training) {
    answers = training.isKnown();
  }

  /** How long it has waited for the champion in all. */
  long predictNanos() {
    return predictNanos;
  }

  /** Empty if its pixels are not what it says. */
  Optional<DisplayedView> build(SampledView sample, List<String> classes)
      throws InterruptedException {
    AugmentedView view = sample.view();
    byte[] pixels;
    try {
      pixels = PixelCodec.decode(view);
    } catch (InvalidImageException e) {
      return Optional.empty();
    }
    Optional<ModelTask> teacher = task(sample.labels());
    PredictedView student = predict(pixels, view).orElse(NO_PREDICTION);
    MaskPainter painter = new MaskPainter(view, pixels, classes);
    return Optional.of(
        new DisplayedView(
            sample.index(),
            sample.index() == 0
                ? "original"
                : String.join(", ", RecipeFormatter.lines(view.getRecipe())),
            ImageSampler.PICTURES.of(pixels, view.getHeight(), view.getWidth(), view.getChannels()),
            teacher
                .filter(ModelTask.CLASSIFICATION::equals)
                .map(task -> LabeledAnswers.row(sample.labels()))
                .map(row -> ClassProbability.ofLogits(row, classes))
                .orElse(null),
            student.top(),
            truth(view).flatMap(painter::paint).orElse(null),
            teacher
                .flatMap(task -> LabeledAnswers.mask(sample.labels()))
                .flatMap(painter::paint)
                .orElse(null),
            Optional.ofNullable(student.mask()).flatMap(painter::paint).orElse(null),
            teacher
                .filter(ModelTask.EMBEDDING::equals)
                .flatMap(task -> cosine(LabeledAnswers.row(sample.labels()), student.embedding()))
                .orElse(null)));
  }

  /** Of the teacher's answer; empty without one, and if the record is malformed. */
  private static Optional<ModelTask> task(LabeledView labels) {
    try {
      return Optional.ofNullable(labels).flatMap(LabeledAnswers::shape).map(OutputShape::task);
    } catch (IllegalArgumentException e) {
      // The trainer sends it to dead letters.
      return Optional.empty();
    }
  }

  private static Optional<SegmentationMask> truth(AugmentedView view) {
    try {
      return MaskCodec.of(view);
    } catch (InvalidImageException e) {
      return Optional.empty();
    }
  }

  private static Optional<Double> cosine(float[] teacher, float[] student) {
    if (student == null || student.length != teacher.length) {
      return Optional.empty();
    }
    double cosine = CosineSimilarity.of(teacher, student);
    return Double.isNaN(cosine) ? Optional.empty() : Optional.of(cosine);
  }

  /** Empty if the champion does not answer; then it is not asked again for this sample. */
  private Optional<PredictedView> predict(byte[] pixels, AugmentedView view)
      throws InterruptedException {
    if (!answers) {
      return Optional.empty();
    }
    long start = System.nanoTime();
    try {
      return trainer.predict(pixels, view.getHeight(), view.getWidth(), view.getChannels());
    } catch (TrainerUnavailableException e) {
      answers = false;
      return Optional.empty();
    } finally {
      predictNanos += System.nanoTime() - start;
    }
  }

  /** Draws masks over one view. */
  @SuppressWarnings("ArrayRecordComponent") // made once, read once
  private record MaskPainter(AugmentedView view, byte[] pixels, List<String> classes) {
    /** Empty if the mask is of another size. */
    Optional<DisplayedMask> paint(SegmentationMask mask) {
      int height = view.getHeight();
      int width = view.getWidth();
      if (mask.height() != height || mask.width() != width) {
        return Optional.empty();
      }
      byte[] rgb = MaskOverlay.rgb(pixels, height, width, view.getChannels(), mask);
      return Optional.of(
          new DisplayedMask(
              ImageSampler.PICTURES.of(rgb, height, width, 3),
              ClassProbability.ofMask(mask, classes)));
    }
  }
}
