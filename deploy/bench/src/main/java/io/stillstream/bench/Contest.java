package io.stillstream.bench;

import io.stillstream.labeler.TorchScriptModel;
import io.stillstream.schemas.LabeledView;
import io.stillstream.trainer.OfflineTrainer;
import io.stillstream.trainer.TrainerConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The trainer and eager PyTorch, which train the same student on the same views: who takes more
 * steps a second.
 */
final class Contest implements AutoCloseable {
  /** Fresh batches that both go through, round and round. */
  static final int BATCHES = 50;

  private static final Target TARGET = Target.atLeast(0.8);

  private final String name;
  private final StudentPeer peer;
  private final OfflineTrainer rehearsal;
  private final List<List<LabeledView>> batches = new ArrayList<>();
  private final Processors processors = new Processors();
  private int turn;

  /**
   * @param python the interpreter; it must have torch and numpy
   * @param models script that defines the students
   * @param directory for what is written
   */
  Contest(Lesson lesson, String python, Path models, Path directory) {
    TrainerConfig config = lesson.config(directory.resolve("trainer"));
    int size = config.batch().size();
    name = lesson.student().name();
    List<LabeledView> views = views(lesson, size);
    for (int from = 0; from + size <= views.size(); from += size) {
      batches.add(views.subList(from, from + size));
    }
    peer = StudentPeer.start(python, directory, models, lesson.student(), config, views);
    try {
      rehearsal = lesson.rehearsal(config);
    } catch (RuntimeException e) {
      peer.close();
      throw e;
    }
  }

  private static List<LabeledView> views(Lesson lesson, int size) {
    List<LabeledView> views = new ArrayList<>();
    int images = Math.min(lesson.train().size(), BATCHES * size / lesson.views() + 1);
    Course course = Course.straight(images, lesson.classes());
    try (TorchScriptModel teacher = TorchScriptModel.load(lesson.teacher());
        Conveyor conveyor = lesson.conveyor(course, teacher, size).start()) {
      for (Conveyor.Lot lot = conveyor.next();
          lot.views().size() == size && views.size() < BATCHES * size;
          lot = conveyor.next()) {
        views.addAll(lot.views());
      }
    }
    return views;
  }

  StudentPeer peer() {
    return peer;
  }

  /** Trains on the next fresh batch; the loss of each update, before it. */
  List<Double> train() {
    return rehearsal.train(batches.get(turn++ % batches.size())).stream()
        .map(report -> report.loss())
        .toList();
  }

  /** Steps per second, then steps per second of processor time. */
  List<Outcome> fight(Duration time, int rounds) {
    return new TimedDuel(name + "-steps", Optional.of(TARGET), this::work, peer.side())
        .fight(time, rounds);
  }

  private Spell work(Duration time) {
    long cpu = processors.nanos();
    long start = System.nanoTime();
    long steps = 0;
    do {
      steps += train().size();
    } while (System.nanoTime() - start < time.toNanos());
    return new Spell(steps, processors.nanos() - cpu, System.nanoTime() - start);
  }

  @Override
  public void close() {
    rehearsal.close();
    peer.close();
  }
}
