package io.stillstream.faults.injection;

import io.stillstream.embedded.process.JavaProcess;
import io.stillstream.faults.experiment.Fault;
import io.stillstream.faults.experiment.FaultExperiment;
import io.stillstream.faults.experiment.RandomSeed;
import io.stillstream.faults.pipeline.PipelineUnderTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** Processes are killed at random while images come as fast as they can be worked on. */
final class RandomKillFaults {
  private static final int RATE = 100;
  private static final int LEAST_MILLIS = 1_000;
  private static final int MOST_MILLIS = 8_000;

  private RandomKillFaults() {}

  static List<Fault> all() {
    return List.of(
        new Fault(
            "random-kills",
            "10,000 images, 2 % of them bad, while broker, registry and services are killed at"
                + " random",
            true,
            RandomKillFaults::happen));
  }

  private static String happen(FaultExperiment experiment) {
    long seed = RandomSeed.next();
    Random random = new Random(seed);
    PipelineUnderTest pipeline = experiment.pipeline();
    experiment.sender().stop();
    long first = experiment.sender().count();
    experiment.sender().start(RATE);
    Map<String, Integer> kills = new TreeMap<>();
    List<JavaProcess> parts = pipeline.parts();
    // Each is killed once at least, in an order of chance; after that it is chance alone.
    List<JavaProcess> order = new ArrayList<>(parts);
    Collections.shuffle(order, random);
    for (int i = 0;
        i < order.size() || experiment.sender().count() - first < experiment.scale().images();
        i++) {
      JavaProcess victim =
          i < order.size() ? order.get(i) : parts.get(random.nextInt(parts.size()));
      if (victim.isAlive()) {
        victim.kill();
        victim.start();
        kills.merge(victim.name(), 1, Integer::sum);
      }
      Duration pause = Duration.ofMillis(LEAST_MILLIS + random.nextInt(MOST_MILLIS - LEAST_MILLIS));
      pipeline.trainer().process().runFor(pause);
      pipeline.restartDead();
    }
    return "%d images; killed: %s (seed %d)"
        .formatted(experiment.sender().count() - first, kills, seed);
  }
}
