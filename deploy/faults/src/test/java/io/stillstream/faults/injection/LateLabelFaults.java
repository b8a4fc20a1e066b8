package io.stillstream.faults.injection;

import static io.stillstream.faults.pipeline.PipelineUnderTest.await;

import io.stillstream.embedded.process.JavaProcess;
import io.stillstream.faults.audit.CheckpointLabels;
import io.stillstream.faults.experiment.Fault;
import io.stillstream.faults.experiment.FaultExperiment;
import io.stillstream.faults.experiment.RandomSeed;
import io.stillstream.faults.input.LateLabelSender;
import io.stillstream.faults.pipeline.PipelineUnderTest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Labels come later than their images, and something happens to the trainer. */
final class LateLabelFaults {
  private static final int EVERY_STEPS = 500;
  private static final double SHARE = 0.5;
  private static final int LEAST_MILLIS = 2_000;
  private static final int MOST_MILLIS = 9_000;

  private LateLabelFaults() {}

  static List<Fault> all() {
    return List.of(
        new Fault(
            "labels-kill",
            "labels of a tenth of the images come later, out of order, every third twice, while the"
                + " trainer is killed at random",
            true,
            LateLabelFaults::kill));
  }

  private static String kill(FaultExperiment experiment) {
    long seed = RandomSeed.next();
    Random random = new Random(seed);
    PipelineUnderTest pipeline = experiment.pipeline();
    JavaProcess trainer = pipeline.trainer().process();
    restart(pipeline, "labels: {enabled: true}\n");
    int kills = 0;
    try (LateLabelSender labels =
        new LateLabelSender(pipeline.clients(), experiment.sender().count(), random)) {
      long end = System.nanoTime() + experiment.scale().storm().toNanos();
      while (System.nanoTime() < end || kills < 3) {
        int millis = LEAST_MILLIS + random.nextInt(MOST_MILLIS - LEAST_MILLIS);
        trainer.runFor(Duration.ofMillis(millis));
        labels.send(experiment.sender().count(), SHARE);
        pipeline.restartDead();
        trainer.kill();
        trainer.start();
        kills++;
      }
      experiment.markRecovered();
      experiment.sender().stop();
      labels.send(experiment.sender().count(), 1);
      experiment.awaitSaved();
      await("all labels are in a checkpoint").until(() -> isApplied(pipeline, labels.ends()));
      requireLabels(CheckpointLabels.read(pipeline.trainerDirectory()), labels.expected());
      restart(pipeline, "");
      experiment.sender().start(experiment.scale().rate());
      return "killed %d times (seed %d); %d labels of %d images, the last of each in the checkpoint"
          .formatted(kills, seed, labels.count(), labels.expected().size());
    }
  }

  private static void restart(PipelineUnderTest pipeline, String settings) {
    pipeline.trainer().process().terminate();
    pipeline.files().trainer(EVERY_STEPS, settings);
    pipeline.trainer().process().start();
    pipeline.awaitReady();
  }

  private static boolean isApplied(PipelineUnderTest pipeline, Map<Integer, Long> ends) {
    pipeline.restartDead();
    Map<Integer, Long> applied = CheckpointLabels.read(pipeline.trainerDirectory()).applied();
    return ends.entrySet().stream()
        .allMatch(end -> applied.getOrDefault(end.getKey(), 0L) >= end.getValue());
  }

  private static void requireLabels(CheckpointLabels found, Map<Long, Integer> expected) {
    if (!found.classes().equals(expected)) {
      throw new AssertionError(
          "the checkpoint has labels of %d images, sent were those of %d; the same: %b"
              .formatted(
                  found.classes().size(),
                  expected.size(),
                  found.classes().keySet().equals(expected.keySet())));
    }
  }
}
