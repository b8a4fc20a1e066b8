package io.stillstream.bench.trainer;

import io.stillstream.bench.comparison.BenchmarkResult;
import io.stillstream.bench.comparison.PairedBenchmark;
import io.stillstream.bench.comparison.RatioTarget;
import io.stillstream.bench.comparison.WorkloadResult;
import io.stillstream.bench.machine.ProcessCpuTime;
import io.stillstream.labeler.engine.EngineTeacherLoader;
import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.schemas.LabeledView;
import io.stillstream.trainer.config.TrainerConfig;
import io.stillstream.trainer.offline.OfflineTrainer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The trainer and eager PyTorch, which train the same student on the same views: which takes more
 * steps a second.
 */
final class TrainerThroughputComparison implements AutoCloseable {
  /** Fresh batches that both go through, round and round. */
  static final int BATCHES = 50;

  private static final RatioTarget TARGET = RatioTarget.atLeast(0.8);

  private final String name;
  private final TorchTrainingBaseline peer;
  private final OfflineTrainer trainer;
  private final List<List<LabeledView>> batches = new ArrayList<>();
  private final ProcessCpuTime processors = new ProcessCpuTime();
  private int turn;

  /**
   * @param python the interpreter; it must have torch and numpy
   * @param models script that defines the students
   * @param directory for what is written
   */
  TrainerThroughputComparison(
      TrainingScenario scenario, String python, Path models, Path directory) {
    TrainerConfig config = scenario.config(directory.resolve("trainer"));
    int size = config.batch().size();
    name = scenario.student().name();
    List<LabeledView> views = views(scenario, size);
    for (int from = 0; from + size <= views.size(); from += size) {
      batches.add(views.subList(from, from + size));
    }
    LabeledViewFiles files = new LabeledViewFiles(directory);
    try (files) {
      files.add(views);
    }
    peer =
        TorchTrainingBaseline.start(
            python, directory, models, scenario.student(), config, files.files());
    try {
      trainer = scenario.trainer(config);
    } catch (RuntimeException e) {
      peer.close();
      throw e;
    }
  }

  private static List<LabeledView> views(TrainingScenario scenario, int size) {
    List<LabeledView> views = new ArrayList<>();
    int images = Math.min(scenario.train().size(), BATCHES * size / scenario.views() + 1);
    TaskSequence sequence = TaskSequence.inOrder(images, scenario.classes());
    try (TeacherModel teacher =
            EngineTeacherLoader.loadOne(scenario.teacher(), scenario.threads());
        LabeledViewGenerator generator = scenario.generator(sequence, teacher, size).start()) {
      for (LabeledViewGenerator.Batch batch = generator.next();
          batch.views().size() == size && views.size() < BATCHES * size;
          batch = generator.next()) {
        views.addAll(batch.views());
      }
    }
    return views;
  }

  TorchTrainingBaseline peer() {
    return peer;
  }

  /** Trains on the next fresh batch; the loss of each update, before it. */
  List<Double> train() {
    return trainer.train(batches.get(turn++ % batches.size())).stream()
        .map(report -> report.loss())
        .toList();
  }

  /** Steps per second, then steps per second of processor time. */
  List<BenchmarkResult> measure(Duration time, int rounds) {
    return new PairedBenchmark(name + "-steps", Optional.of(TARGET), this::work, peer.workload())
        .measureByBothClocks(time, rounds);
  }

  private WorkloadResult work(Duration time) {
    long cpu = processors.nanos();
    long start = System.nanoTime();
    long steps = 0;
    do {
      steps += train().size();
    } while (System.nanoTime() - start < time.toNanos());
    return new WorkloadResult(steps, processors.nanos() - cpu, System.nanoTime() - start);
  }

  @Override
  public void close() {
    trainer.close();
    peer.close();
  }
}
