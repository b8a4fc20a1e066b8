package io.stillstream.bench.trainer;

import io.stillstream.bench.machine.ProcessMemory;
import io.stillstream.bench.report.BenchmarkReport;
import io.stillstream.bench.report.MemoryReport;
import io.stillstream.labeler.torch.TorchScriptModel;
import io.stillstream.trainer.config.TrainerConfig;
import io.stillstream.trainer.offline.OfflineTrainer;
import java.io.PrintWriter;
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

  private final TrainingScenario lesson;
  private final PrintWriter out;
  private final BenchmarkReport report;

  TrainerMemoryBenchmark(TrainingScenario lesson, PrintWriter out, BenchmarkReport report) {
    this.lesson = lesson;
    this.out = out;
    this.report = report;
  }

  /**
   * Takes so many steps, and prints what it saw.
   *
   * @param steps more than {@link #WARM_UP}
   */
  void run(int steps, Path directory) {
    TrainerConfig config = lesson.config(directory);
    int batch = config.batch().size();
    long batches = -Math.floorDiv(-steps, config.updates().min());
    int images = Math.toIntExact(-Math.floorDiv(-batches * batch, lesson.views()));
    TaskSequence course = TaskSequence.repeated(images, lesson.train().size(), lesson.classes());
    List<ProcessMemory> samples = new ArrayList<>();
    try (TorchScriptModel teacher = TorchScriptModel.load(lesson.teacher());
        OfflineTrainer student = lesson.rehearsal(config);
        LabeledViewGenerator conveyor = lesson.conveyor(course, teacher, batch).start()) {
      for (LabeledViewGenerator.Batch lot = conveyor.next();
          !lot.views().isEmpty();
          lot = conveyor.next()) {
        student.train(lot.views());
        long watched = (long) (steps - WARM_UP) * samples.size() / SAMPLES;
        if (student.steps() >= WARM_UP + watched) {
          samples.add(ProcessMemory.now());
        }
      }
      new MemoryReport(out, report)
          .print(
              "steps of %s from step %,d on".formatted(lesson.student().name(), WARM_UP),
              student.steps(),
              samples,
              List.of(),
              Map.of("first", WARM_UP));
    }
  }
}
