package io.stillstream.trainer.resources;

import io.micrometer.core.instrument.FunctionCounter;
import io.stillstream.runtime.service.CloseableStack;
import io.stillstream.schemas.answer.OutputShape;
import io.stillstream.trainer.config.TrainerConfig;
import io.stillstream.trainer.evaluation.HeldOutEvaluator;
import io.stillstream.trainer.gate.BaselineEvaluator;
import io.stillstream.trainer.gate.ReleaseController;
import io.stillstream.trainer.gate.ReleaseDelivery;
import io.stillstream.trainer.torch.InferenceStudent;
import io.stillstream.trainer.training.TrainerMetrics;
import io.stillstream.trainer.training.accuracy.TaskScorer;
import java.util.Optional;

/**
 * The releases of one run.
 *
 * @param delivery makes and publishes them
 * @param controller decides when one is due, and which is champion
 */
public record ReleaseResources(ReleaseDelivery delivery, ReleaseController controller) {

  /**
   * Opens the releases.
   *
   * @param answer shape of what the student answers
   */
  public static ReleaseResources open(
      TrainerContext context,
      StorageResources storage,
      OutputResources output,
      Optional<HeldOutEvaluator> heldOut,
      OutputShape answer,
      TrainerMetrics metrics,
      CloseableStack open) {
    TrainerConfig config = context.config();
    BaselineEvaluator baseline =
        open.push(
            new BaselineEvaluator(
                config.release().gate(),
                TaskScorer.of(answer),
                storage.releases(),
                heldOut,
                model -> InferenceStudent.load(model, config.torch())));
    ReleaseDelivery delivery =
        new ReleaseDelivery(
            storage.releases(),
            output.releases(),
            output.events(),
            output.runs(),
            metrics,
            context.promotions());
    FunctionCounter.builder("student.release.refusals", delivery, ReleaseDelivery::refusals)
        .description("Releases not made, as their ONNX file does not answer as the student does")
        .register(context.registry());
    return new ReleaseResources(
        delivery,
        new ReleaseController(
            config.release(), storage.releases(), delivery, metrics, baseline, System::nanoTime));
  }
}
