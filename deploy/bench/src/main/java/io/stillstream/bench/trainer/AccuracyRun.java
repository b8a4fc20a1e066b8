package io.stillstream.bench.trainer;

import io.stillstream.bench.trainer.TestSetEvaluation.TestScore;
import io.stillstream.labeler.engine.EngineTeacherLoader;
import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.runtime.config.Scalars;
import io.stillstream.schemas.LabeledView;
import io.stillstream.trainer.config.TrainerConfig;
import io.stillstream.trainer.offline.OfflineTrainer;
import io.stillstream.trainer.training.StepReport;
import io.stillstream.trainer.training.TrainingEvent;
import io.stillstream.trainer.training.accuracy.Measure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/** One pass of a student over a sequence, and an evaluation after each task. */
final class AccuracyRun {
  private static final long PROGRESS_EVERY = 5_000_000_000L;

  private final TrainingScenario scenario;
  private final TaskSequence sequence;
  private final Consumer<String> progress;
  private final List<Map<String, Object>> tasks = new ArrayList<>();
  private final List<Integer> classesSoFar = new ArrayList<>();
  private long trainingNanos;
  private long evaluationNanos;
  private long shownAt;
  private double loss;
  private int printedEvents;

  /**
   * @param progress gets a line now and then
   */
  AccuracyRun(TrainingScenario scenario, TaskSequence sequence, Consumer<String> progress) {
    this.scenario = scenario;
    this.sequence = sequence;
    this.progress = progress;
  }

  /**
   * What came of it, for programs; accuracies from 0 to 1.
   *
   * @param directory of the training
   * @param views gets each batch that was trained on
   */
  Map<String, Object> run(Path directory, Consumer<List<LabeledView>> views) {
    TrainerConfig config = scenario.config(directory);
    try (TeacherModel teacher =
            EngineTeacherLoader.loadOne(scenario.teacher(), scenario.threads());
        OfflineTrainer student = scenario.trainer(config);
        LabeledViewGenerator generator =
            scenario.generator(sequence, teacher, config.batch().size()).start()) {
      long start = System.nanoTime();
      train(student, generator, new TestSetEvaluation(scenario, teacher), start, views);
      double seconds = (System.nanoTime() - start - evaluationNanos) / 1e9;
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("student", scenario.student().name());
      result.put("task", scenario.task().key());
      result.put(scenario.measure(), tasks.get(tasks.size() - 1).get(scenario.measure()));
      result.put("steps", student.steps());
      result.put("steps_per_second", rounded(student.steps() / (trainingNanos / 1e9)));
      result.put("seconds", rounded(seconds));
      result.put("images", sequence.images());
      result.put("views", scenario.views());
      result.put("seed", scenario.seed());
      result.put("threads", scenario.threads());
      result.put("batch", config.batch().size());
      result.put("updates", config.updates().min());
      result.put("buffer", config.buffer().views());
      result.put("policy", scenario.seededPolicy().hash());
      result.put("optimiser", Scalars.name(config.optimiser().kind()));
      result.put("temperature", config.loss().temperature());
      config.loss().minConfidence().ifPresent(least -> result.put("min_confidence", least.byKey()));
      result.put("learning_rate", config.optimiser().learningRate());
      result.put("test_images", scenario.test().size());
      Map<Measure, Double> measures = student.window().measures();
      for (Measure measure :
          List.of(Measure.prequential(scenario.task()), Measure.agreement(scenario.task()))) {
        if (measures.containsKey(measure)) {
          result.put(measure.key(), rounded(measures.get(measure)));
        }
      }
      result.put("loss", rounded(loss));
      result.put("drifts", count(student, TrainingEvent.Kind.DRIFT));
      result.put("rollbacks", count(student, TrainingEvent.Kind.ROLLBACK));
      if (sequence.tasks().size() > 1) {
        result.put("tasks", tasks);
      }
      return result;
    }
  }

  private void train(
      OfflineTrainer student,
      LabeledViewGenerator generator,
      TestSetEvaluation evaluation,
      long start,
      Consumer<List<LabeledView>> views) {
    shownAt = start;
    for (LabeledViewGenerator.Batch batch = generator.next(); ; batch = generator.next()) {
      if (!batch.views().isEmpty()) {
        long before = System.nanoTime();
        List<StepReport> steps = student.train(batch.views());
        trainingNanos += System.nanoTime() - before;
        loss = steps.get(0).loss();
        views.accept(batch.views());
        printEvents(student.incidents());
        printProgress(student, batch.images(), start);
      }
      while (tasks.size() < sequence.tasks().size()
          && batch.images() >= sequence.tasks().get(tasks.size()).end()) {
        long before = System.nanoTime();
        finish(sequence.tasks().get(tasks.size()), evaluation.evaluate(student), student.steps());
        evaluationNanos += System.nanoTime() - before;
      }
      if (batch.views().isEmpty()) {
        return;
      }
    }
  }

  /** The evaluation after a task: on all classes, and on those that were taught so far. */
  private void finish(TaskSequence.Task task, TestScore score, long steps) {
    classesSoFar.addAll(task.classes());
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("classes", task.classes());
    result.put("images", task.end());
    result.put("steps", steps);
    result.put(scenario.measure(), score.total());
    result.put("accuracy_on_classes_so_far", rounded(score.of(classesSoFar)));
    tasks.add(result);
    if (sequence.tasks().size() > 1) {
      progress.accept(
          String.format(
              Locale.ROOT,
              "task %d of %d done: %.2f %% of the classes so far, %.2f %% of all",
              tasks.size(),
              sequence.tasks().size(),
              100 * score.of(classesSoFar),
              100 * score.total()));
    }
  }

  private void printEvents(List<TrainingEvent> incidents) {
    for (TrainingEvent incident : incidents.subList(printedEvents, incidents.size())) {
      progress.accept(
          String.format(
              Locale.ROOT,
              "step %,d: %s %s",
              incident.step(),
              incident.kind().name().toLowerCase(Locale.ROOT),
              incident.details()));
    }
    printedEvents = incidents.size();
  }

  private void printProgress(OfflineTrainer student, int images, long start) {
    long now = System.nanoTime();
    if (now - shownAt < PROGRESS_EVERY) {
      return;
    }
    shownAt = now;
    progress.accept(
        String.format(
            Locale.ROOT,
            "images %,d of %,d  steps %,d (%.1f/s)  %.0f images/s  loss %.3f  prequential %.1f %%",
            images,
            sequence.images(),
            student.steps(),
            student.steps() / (trainingNanos / 1e9),
            images / ((now - start - evaluationNanos) / 1e9),
            loss,
            100
                * student
                    .window()
                    .measures()
                    .getOrDefault(Measure.prequential(scenario.task()), 0.0)));
  }

  private static long count(OfflineTrainer student, TrainingEvent.Kind kind) {
    return student.incidents().stream().filter(incident -> incident.kind() == kind).count();
  }

  private static double rounded(double value) {
    return Math.round(value * 1e4) / 1e4;
  }
}
