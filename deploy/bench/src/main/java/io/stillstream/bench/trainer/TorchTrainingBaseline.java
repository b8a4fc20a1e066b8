package io.stillstream.bench.trainer;

import com.fasterxml.jackson.databind.JsonNode;
import io.stillstream.bench.comparison.Workload;
import io.stillstream.bench.comparison.WorkloadResult;
import io.stillstream.bench.python.PythonProcess;
import io.stillstream.runtime.config.Scalars;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.answer.ModelTask;
import io.stillstream.trainer.config.TrainerConfig;
import io.stillstream.trainer.training.buffer.BufferKind;
import io.stillstream.trainer.training.hyperparameters.LossSettings;
import io.stillstream.trainer.training.hyperparameters.OptimiserSettings;
import io.stillstream.trainer.training.hyperparameters.OptimiserSettings.ScheduleKind;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The Python process that trains the same student with eager PyTorch; {@code
 * torch_training_baseline.py}.
 */
final class TorchTrainingBaseline implements AutoCloseable {
  private final PythonProcess process;
  private final Map<String, Object> request;

  /**
   * @param request loads model, settings and views
   */
  private TorchTrainingBaseline(PythonProcess process, Map<String, Object> request) {
    this.process = process;
    this.request = request;
  }

  /**
   * Starts it with model, settings and views.
   *
   * @param python the interpreter; it must have torch and numpy
   * @param directory for its program
   * @param models script that defines the students
   * @param views as {@link LabeledViewFiles} writes them
   * @throws StartupException if it does not have these settings, does not come up, or does not know
   *     the student
   */
  static TorchTrainingBaseline start(
      String python,
      Path directory,
      Path models,
      ModelSpec student,
      TrainerConfig config,
      Map<String, Path> views) {
    requireKnownSettings(student.task(), config);
    // Told to PyTorch alone, OpenBLAS takes all cores.
    Map<String, String> threads =
        Map.of("OPENBLAS_NUM_THREADS", Integer.toString(config.threads()));
    Map<String, Object> request = settings(student, config);
    request.put("models", models.toString());
    views.forEach((name, file) -> request.put(name, file.toString()));
    TorchTrainingBaseline peer =
        new TorchTrainingBaseline(
            PythonProcess.start(python, "torch_training_baseline.py", directory, threads), request);
    try {
      peer.restart(config.seed());
      return peer;
    } catch (RuntimeException e) {
      peer.close();
      throw e;
    }
  }

  /**
   * Checks that the training in PyTorch has these settings.
   *
   * @throws StartupException naming one that it has not
   */
  static void requireKnownSettings(ModelTask task, TrainerConfig config) {
    requireKnown(
        "loss.kind",
        config.loss().kind(),
        task == ModelTask.EMBEDDING ? LossSettings.Kind.COSINE : LossSettings.Kind.KD);
    requireKnown("loss.label-smoothing", config.loss().labelSmoothing(), 0.0);
    requireKnown("loss.min-confidence", config.loss().minConfidence(), Optional.empty());
    requireKnown("buffer.kind", config.buffer().kind(), BufferKind.RESERVOIR);
    requireKnown("batch.accumulate", config.batch().accumulate(), 1);
    OptimiserSettings optimiser = config.optimiser();
    requireKnown(
        "optimiser.kind",
        optimiser.kind(),
        OptimiserSettings.Kind.MUON,
        OptimiserSettings.Kind.ADAMW);
    requireKnown("optimiser.schedule.kind", optimiser.schedule().kind(), ScheduleKind.CONSTANT);
    requireKnown("optimiser.schedule.warm-up", optimiser.schedule().warmUp(), 0L);
  }

  private static void requireKnown(String key, Object value, Object... known) {
    if (!List.of(known).contains(value)) {
      throw new StartupException(
          "%s: the training in PyTorch has %s only, was %s"
              .formatted(
                  key,
                  Stream.of(known)
                      .map(TorchTrainingBaseline::text)
                      .collect(Collectors.joining(", ")),
                  text(value)));
    }
  }

  private static String text(Object value) {
    return value instanceof Enum<?> name ? Scalars.name(name) : value.toString();
  }

  /** Versions of Python, PyTorch and numpy by name. */
  JsonNode versions() {
    return process.ask(Map.of("do", "versions"));
  }

  /** Trains on the next fresh batch; the loss of each update, before it. */
  List<Double> train() {
    return process
        .ask(Map.of("do", "step"))
        .path("losses")
        .valueStream()
        .map(JsonNode::asDouble)
        .toList();
  }

  /** Begins again with the untrained student, and draws by this seed. */
  void restart(long seed) {
    Map<String, Object> again = new HashMap<>(request);
    again.put("seed", seed);
    JsonNode unused = process.ask(again);
  }

  /** Trains once through all views. */
  void trainOnce() {
    JsonNode unused = process.ask(Map.of("do", "pass"));
  }

  /**
   * Evaluates the moving average.
   *
   * @param views images with labels, masks or the teacher's answers, as {@link LabeledViewFiles}
   *     writes them
   * @return share of right answers, mean IoU or mean cosine
   */
  double evaluate(Map<String, Path> views) {
    Map<String, Object> question = new HashMap<>();
    question.put("do", "evaluate");
    views.forEach((name, file) -> question.put(name, file.toString()));
    return process.ask(question).path("score").asDouble();
  }

  /** Its turn; what it gets done are steps. */
  Workload workload() {
    return time -> {
      JsonNode done = process.ask(Map.of("do", "run", "seconds", time.toNanos() / 1e9));
      return new WorkloadResult(
          done.path("steps").asLong(),
          Math.round(done.path("cpu").asDouble() * 1e9),
          Math.round(done.path("wall").asDouble() * 1e9));
    };
  }

  private static Map<String, Object> settings(ModelSpec student, TrainerConfig config) {
    Map<String, Object> request = new HashMap<>();
    request.put("do", "load");
    request.put("student", student.name());
    request.put("file", student.file().toString());
    request.put("threads", config.threads());
    request.put("batch", config.batch().size());
    request.put("updates", config.updates().min());
    request.put("buffer", config.buffer().views());
    request.put("seed", config.seed());
    request.put("views_per_image", config.buffer().viewsPerImage().orElse(0));
    request.put("horizontal_flip", config.replay().horizontalFlip());
    request.put("shape", List.of(student.height(), student.width(), student.channels()));
    request.put("task", student.task().key());
    request.put("answer", Arrays.stream(student.output().batch(1)).skip(1).boxed().toList());
    request.put("stride", student.output().stride());
    request.put("mean", student.mean());
    request.put("std", student.std());
    request.put("temperature", config.loss().temperature());
    request.put("alpha", config.loss().alpha());
    request.put("optimiser", Scalars.name(config.optimiser().kind()));
    request.put("muon_rate", config.optimiser().muon().learningRate());
    request.put("rate", config.optimiser().learningRate());
    request.put("decay", config.optimiser().weightDecay());
    request.put("clip", config.optimiser().clip());
    request.put("max_decay", config.ema().maxDecay());
    return request;
  }

  @Override
  public void close() {
    process.close();
  }
}
