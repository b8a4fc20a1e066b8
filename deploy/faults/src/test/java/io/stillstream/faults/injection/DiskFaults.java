package io.stillstream.faults.injection;

import static io.stillstream.faults.pipeline.PipelineUnderTest.await;

import io.stillstream.embedded.process.JavaProcess;
import io.stillstream.embedded.process.ServiceProcess;
import io.stillstream.faults.audit.CheckpointAndLedger;
import io.stillstream.faults.experiment.Fault;
import io.stillstream.faults.experiment.FaultExperiment;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** The trainer's disk is full, or has damaged what was on it. */
final class DiskFaults {
  private static final int BAD_START = 2;

  private DiskFaults() {}

  static List<Fault> all() {
    return List.of(
        new Fault("disk-full", "the disk under the checkpoints is full", true, DiskFaults::full),
        new Fault(
            "checkpoint-truncated",
            "kill -9 of the trainer, half of the newest checkpoint's weights gone, started again",
            false,
            experiment ->
                damageNewest(
                    experiment,
                    checkpoints -> checkpoints.get(0).resolve("weights.pt"),
                    DiskFaults::truncate)),
        new Fault(
            "checkpoint-flipped",
            "kill -9 of the trainer, one bit of the newest checkpoint's buffer flipped, started"
                + " again",
            false,
            experiment ->
                damageNewest(experiment, CheckpointAndLedger::newestOfBuffer, DiskFaults::flip)),
        new Fault(
            "checkpoints-all-damaged",
            "kill -9 of the trainer, all checkpoints damaged, started again, which it must refuse;"
                + " then mended",
            false,
            DiskFaults::damageAll));
  }

  private interface Corruption {
    void to(RandomAccessFile file) throws IOException;
  }

  private static String full(FaultExperiment experiment) {
    ServiceProcess trainer = experiment.pipeline().trainer();
    String how = experiment.pipeline().disk().fill(trainer.process());
    double failed;
    try {
      await("a checkpoint fails and readiness with it")
          .until(
              () ->
                  trainer.metrics().sum("student_checkpoint_failures_total") > 0
                      && !trainer.isReady());
      experiment.awaitTraining();
      trainer.process().runFor(experiment.scale().away());
      experiment.awaitTraining();
      failed = trainer.metrics().sum("student_checkpoint_failures_total");
    } finally {
      experiment.pipeline().disk().free(trainer.process());
    }
    return how
        + "; training went on, %.0f checkpoints failed, not ready meanwhile".formatted(failed);
  }

  private static String damageNewest(
      FaultExperiment experiment, Function<List<Path>, Path> which, Corruption damage) {
    JavaProcess trainer = experiment.pipeline().trainer().process();
    trainer.kill();
    Path file = which.apply(checkpoints(experiment));
    apply(file, damage);
    trainer.start();
    experiment.markRecovered();
    experiment.pipeline().awaitReady();
    if (!trainer.output().contains("Checkpoint is damaged, the one before is used")) {
      throw new AssertionError("the damage of " + file + " was not noticed");
    }
    return "the one before was used, with a warning";
  }

  private static String damageAll(FaultExperiment experiment) {
    JavaProcess trainer = experiment.pipeline().trainer().process();
    trainer.kill();
    Map<Path, byte[]> sound = new TreeMap<>();
    for (Path checkpoint : checkpoints(experiment)) {
      Path file = checkpoint.resolve("state.json");
      sound.put(file, read(file));
      apply(file, DiskFaults::truncate);
    }
    trainer.start();
    int code = trainer.awaitEnd();
    String said = trainer.output();
    if (code != BAD_START || !said.contains("checkpoints") || !said.contains("are damaged")) {
      throw new AssertionError("the trainer ended with " + code + ": " + said.strip());
    }
    sound.forEach(DiskFaults::write);
    trainer.start();
    return "exit code 2, \"all %d checkpoints … are damaged\"".formatted(sound.size());
  }

  private static List<Path> checkpoints(FaultExperiment experiment) {
    List<Path> checkpoints =
        CheckpointAndLedger.checkpoints(experiment.pipeline().trainerDirectory());
    if (checkpoints.size() < 2) {
      throw new IllegalStateException("there are fewer than two checkpoints: " + checkpoints);
    }
    return checkpoints;
  }

  private static void truncate(RandomAccessFile file) throws IOException {
    file.setLength(file.length() / 2);
  }

  private static void flip(RandomAccessFile file) throws IOException {
    long middle = file.length() / 2;
    file.seek(middle);
    int value = file.read();
    file.seek(middle);
    file.write(value ^ 1);
  }

  private static void apply(Path file, Corruption damage) {
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      damage.to(open);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(Path file, byte[] content) {
    try {
      Files.write(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
