package io.stillstream.trainer.resources;

import io.stillstream.trainer.evaluation.HeldOutEvaluator;
import io.stillstream.trainer.evaluation.HeldOutLoader;
import io.stillstream.trainer.kafka.KafkaClients;
import io.stillstream.trainer.loop.LoopControl;
import io.stillstream.trainer.session.TrainingSession;
import io.stillstream.trainer.status.LoopMonitor;
import io.stillstream.trainer.training.TrainerMetrics;
import io.stillstream.trainer.training.example.BatchBuilder;
import java.util.Optional;

/** The evaluation of one run. */
public final class EvaluationResources {
  private EvaluationResources() {}

  /** Evaluates on the held-out examples; empty without any. */
  public static Optional<HeldOutEvaluator> heldOut(
      TrainerContext context,
      KafkaClients clients,
      TrainingSession session,
      BatchBuilder batches,
      TrainerMetrics metrics,
      LoopMonitor monitor,
      LoopControl control) {
    return HeldOutLoader.read(
            context.config(), clients, context.model(), batches, context.registry())
        .map(
            set ->
                new HeldOutEvaluator(
                    set,
                    session.training()::steps,
                    session::predict,
                    context.config().evaluation().everySteps(),
                    metrics,
                    monitor.heartbeat()::beat,
                    control::isStopping,
                    System::nanoTime));
  }
}
