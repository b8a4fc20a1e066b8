package io.stillstream.faults.injection;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stillstream.embedded.process.ServiceProcess;
import io.stillstream.faults.audit.CheckpointAndLedger;
import io.stillstream.faults.experiment.Fault;
import io.stillstream.faults.experiment.FaultExperiment;
import io.stillstream.faults.pipeline.PipelineUnderTest;
import io.stillstream.local.data.IdxLabeledImages;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

/** The trainer examines its student on so many held-out images that it takes long. */
final class EvaluationFaults {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int IMAGES = 40_000;
  private static final int EVERY_STEPS = 20;
  private static final Duration MAX_STALL = Duration.ofSeconds(3);

  /** It runs for a tenth of the time, whatever the machine can do. */
  private static final Duration STANDING = Duration.ofMillis(900);

  private static final Duration RUNNING = Duration.ofMillis(100);

  private EvaluationFaults() {}

  static List<Fault> all() {
    return List.of(
        new Fault(
            "examination-long",
            "examinations on held-out images take longer than the trainer may stall; SIGTERM in"
                + " the middle of one, kill -9 before its verdict, started again",
            false,
            EvaluationFaults::examine));
  }

  private static String examine(FaultExperiment experiment) {
    PipelineUnderTest pipeline = experiment.pipeline();
    ServiceProcess trainer = pipeline.trainer();
    Path heldOut = pipeline.files().directory().resolve("held-out");
    writeHeldOut(pipeline.files().home(), heldOut);
    trainer.process().terminate();
    pipeline
        .files()
        .trainer(
            EVERY_STEPS,
            """
            evaluation: {held-out: %s, held-out-images: %d}
            health: {max-stall: %ds}
            """
                .formatted(heldOut, IMAGES, MAX_STALL.toSeconds()));
    trainer.process().start();
    pipeline.awaitReady();
    experiment.awaitTraining();

    long first = newestRelease(experiment);
    slowly(trainer, "two releases", () -> newestRelease(experiment) >= first + 2);
    double longest = trainer.metrics().sum("student_held_out_duration_seconds_max");
    if (longest <= MAX_STALL.toSeconds()) {
      throw new AssertionError("an examination took %.1f s only".formatted(longest));
    }

    double[] before = {-1};
    slowly(
        trainer,
        "an examination",
        () -> {
          double steps = trainer.metrics().sum("student_steps_total");
          boolean stands = steps > 0 && steps == before[0];
          before[0] = steps;
          return stands;
        });
    trainer.process().requestTermination();
    slowly(trainer, "the checkpoint before the verdict", () -> isPostponed(experiment));
    long step = newestState(experiment).path("steps").asLong();
    long version = newestState(experiment).path("releaseVersion").asLong() + 1;
    trainer.process().kill();
    if (!isPostponed(experiment)) {
      throw new AssertionError("the verdict came before the kill");
    }

    trainer.process().start();
    experiment.markRecovered();
    pipeline.awaitReady();
    experiment.awaitTraining();
    // Its files are written while training goes on already.
    List<Long> versions =
        PipelineUnderTest.await("a release of step " + step)
            .until(() -> releasesOf(experiment, step), found -> !found.isEmpty());
    if (!versions.equals(List.of(version))) {
      throw new AssertionError(
          "step %d was to be release %d, and is %s".formatted(step, version, versions));
    }
    trainer.process().terminate();
    pipeline.files().trainer();
    trainer.process().start();
    return "the longest took %.1f s of the %d s, the trainer was live; release %d was made after the kill"
        .formatted(longest, MAX_STALL.toSeconds(), version);
  }

  /** Lets it run for a part of the time until something has come about; it must say it is alive. */
  private static void slowly(ServiceProcess trainer, String what, BooleanSupplier hasCome) {
    long deadline = System.nanoTime() + PipelineUnderTest.PATIENCE.toNanos();
    while (!hasCome.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError(what + " did not come about");
      }
      if (!trainer.process().isAlive()) {
        throw new AssertionError("the trainer ended before " + what);
      }
      trainer.process().suspend();
      trainer.process().runFor(STANDING);
      trainer.process().resume();
      trainer.process().runFor(RUNNING);
      if (trainer.isLive().filter(live -> !live).isPresent()) {
        throw new AssertionError("the trainer called itself dead: " + trainer.health());
      }
    }
  }

  private static void writeHeldOut(Path home, Path directory) {
    IdxLabeledImages set =
        IdxLabeledImages.load(
            home.resolve("deploy/data/fashion-mnist"), IdxLabeledImages.Split.TEST);
    try {
      Files.createDirectories(directory);
      try (DataOutputStream images = output(directory.resolve("many-images-idx3-ubyte"));
          DataOutputStream labels = output(directory.resolve("many-labels-idx1-ubyte"))) {
        images.writeInt(0x803);
        images.writeInt(IMAGES);
        images.writeInt(set.height());
        images.writeInt(set.width());
        labels.writeInt(0x801);
        labels.writeInt(IMAGES);
        for (int i = 0; i < IMAGES; i++) {
          images.write(set.pixels(i % set.size()));
          labels.writeByte(set.label(i % set.size()));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static DataOutputStream output(Path file) throws IOException {
    return new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), 1 << 16));
  }

  private static boolean isPostponed(FaultExperiment experiment) {
    return newestState(experiment).path("contest").path("postponed").asBoolean();
  }

  private static JsonNode newestState(FaultExperiment experiment) {
    try {
      Path newest =
          CheckpointAndLedger.checkpoints(experiment.pipeline().trainerDirectory()).get(0);
      return JSON.readTree(Files.readString(newest.resolve("state.json"), UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long newestRelease(FaultExperiment experiment) {
    return CheckpointAndLedger.newestRelease(experiment.pipeline().trainerDirectory());
  }

  private static List<Long> releasesOf(FaultExperiment experiment, long step) {
    return CheckpointAndLedger.modelCards(experiment.pipeline().trainerDirectory()).stream()
        .filter(card -> card.path("step").asLong() == step)
        .map(card -> card.path("version").asLong())
        .toList();
  }
}
