package io.stillstream.trainer.predict;

import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.answer.ModelTask;
import io.stillstream.schemas.answer.OutputShape;
import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.schemas.image.FixedShapeResizer;
import io.stillstream.schemas.values.Logits;
import io.stillstream.trainer.release.Release;
import io.stillstream.trainer.release.ReleaseException;
import io.stillstream.trainer.torch.InferenceStudent;
import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.example.TrainingBatch;
import io.stillstream.trainer.training.example.TrainingExample;
import java.util.List;

/** A release in memory. To be used by the thread that loaded it. */
final class ServedModel implements AutoCloseable {
  private final Release release;
  private final ModelSpec spec;
  private final InferenceStudent model;
  private final BatchBuilder batches;
  private final FixedShapeResizer fit;

  private ServedModel(Release release, ModelSpec spec, InferenceStudent model, long maxPixels) {
    this.release = release;
    this.spec = spec;
    this.model = model;
    this.batches = new BatchBuilder(spec, 0);
    this.fit = new FixedShapeResizer(spec.height(), spec.width(), spec.channels(), maxPixels);
  }

  /**
   * Loads a release, and tries it on a grey picture.
   *
   * @throws ReleaseException if its file is not the one that its card was made for
   * @throws IllegalArgumentException if it cannot answer
   * @throws io.stillstream.runtime.config.StartupException if its description is wrong
   */
  static ServedModel load(Release release, int threads, long maxPixels) throws ReleaseException {
    ModelSpec spec = ModelSpec.load(release.directory(), "student");
    InferenceStudent model = InferenceStudent.load(release.model(), threads);
    ServedModel served = new ServedModel(release, spec, model, maxPixels);
    try {
      served.requireAnswer(served.model.predict(served.batches.grey(1)));
      return served;
    } catch (RuntimeException e) {
      served.close();
      throw e instanceof IllegalArgumentException
          ? e
          : new IllegalArgumentException("it cannot take its own input: " + e.getMessage(), e);
    }
  }

  boolean isOf(Release other) {
    return release.card().version() == other.card().version()
        && release.card().sha256().equals(other.card().sha256());
  }

  ModelTask task() {
    return spec.task();
  }

  /** Brings images to the size that the model takes; safe for all threads. */
  FixedShapeResizer fit() {
    return fit;
  }

  /**
   * @param hwc unsigned bytes [H, W, C] of the model's size
   */
  Prediction predict(byte[] hwc) {
    TrainingBatch batch =
        batches.build(List.of(new TrainingExample(PixelEncoding.RAW, hwc, null, null, true)));
    float[] row = model.predict(batch);
    requireAnswer(row);
    return switch (spec.task()) {
      case CLASSIFICATION ->
          new ClassPrediction(release.card(), spec.classes(), Logits.probabilities(row));
      case SEGMENTATION ->
          new MaskPrediction(
              release.card(), spec.classes(), SegmentationMask.ofPixels(row, spec.output()));
      case EMBEDDING -> new VectorPrediction(release.card(), row);
    };
  }

  private void requireAnswer(float[] row) {
    OutputShape output = spec.output();
    if (row.length != output.size()) {
      throw new IllegalArgumentException(
          "it gives %d numbers, %s has %d".formatted(row.length, output, output.size()));
    }
    for (float number : row) {
      if (!Float.isFinite(number)) {
        throw new IllegalArgumentException("a number of its answer is " + number);
      }
    }
  }

  @Override
  public void close() {
    model.close();
  }
}
