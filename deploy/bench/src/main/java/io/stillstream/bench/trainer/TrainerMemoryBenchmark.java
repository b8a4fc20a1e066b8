package io.stillstream.bench.trainer;

import io.stillstream.bench.machine.ProcessMemory;
import io.stillstream.bench.report.BenchmarkReport;
import io.stillstream.labeler.engine.EngineTeacherLoader;
import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.trainer.config.TrainerConfig;
import io.stillstream.trainer.offline.OfflineTrainer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Takes many steps, the data set over and over, and watches the process's memory: a tensor that a
 * step leaves behind shows as growth.
 */
final class TrainerMemoryBenchmark {
  /** Steps until memory is watched: the first ones compile and fill pools. */
  static final int WARM_UP = 2_000;

  private static final int SAMPLES = 200;

  private final TrainingScenario scenario;
  private final BenchmarkReport report;

  TrainerMemoryBenchmark(TrainingScenario scenario, BenchmarkReport report) {
    this.scenario = scenario;
    this.report = report;
  }

  /**
   * Takes so many steps, and prints what it saw.
   *
   * @param steps more than {@link #WARM_UP}
   */
  void run(int steps, Path directory) {
    TrainerConfig config = scenario.config(directory);
    int batchSize = config.batch().size();
    long batches = -Math.floorDiv(-steps, config.updates().min());
    int images = Math.toIntExact(-Math.floorDiv(-batches * batchSize, scenario.views()));
    TaskSequence sequence =
        TaskSequence.repeated(images, scenario.train().size(), scenario.classes());
    List<ProcessMemory> samples = new ArrayList<>();
    try (TeacherModel teacher =
            EngineTeacherLoader.loadOne(scenario.teacher(), scenario.threads());
        OfflineTrainer student = scenario.trainer(config);
        LabeledViewGenerator generator = scenario.generator(sequence, teacher, batchSize).start()) {
      for (LabeledViewGenerator.Batch batch = generator.next();
          !batch.views().isEmpty();
          batch = generator.next()) {
        student.train(batch.views());
        long watched = (long) (steps - WARM_UP) * samples.size() / SAMPLES;
        if (student.steps() >= WARM_UP + watched) {
          samples.add(ProcessMemory.now());
        }
      }
      report.printMemory(
          "steps of %s from step %,d on".formatted(scenario.student().name(), WARM_UP),
          student.steps(),
          samples,
          List.of(),
          Map.of("first", WARM_UP));
    }
  }
}
