package io.stillstream.faults.injection;

import io.stillstream.embedded.process.JavaProcess;
import io.stillstream.embedded.process.ServiceProcess;
import io.stillstream.faults.experiment.Fault;
import io.stillstream.faults.experiment.FaultExperiment;
import io.stillstream.faults.experiment.RandomSeed;
import io.stillstream.faults.pipeline.PipelineUnderTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/** A service is slow, or instances join and leave. */
final class SlownessAndRebalanceFaults {
  private static final int HASTE = 4;
  private static final long MEGABYTE = 1 << 20;

  /** By which a process may grow while it has too much to do; its heap is there from the start. */
  private static final long ROOM = 200 * MEGABYTE;

  private static final Duration STANDING = Duration.ofMillis(2_900);
  private static final Duration RUNNING = Duration.ofMillis(100);

  private SlownessAndRebalanceFaults() {}

  static List<Fault> all() {
    return List.of(
        new Fault(
            "trainer-slow",
            "the trainer runs for a thirtieth of the time only, while four times as much comes",
            false,
            experiment -> slow(experiment, PipelineUnderTest::trainer)),
        new Fault(
            "labeler-slow",
            "the labeler runs for a thirtieth of the time only, while four times as much comes",
            false,
            experiment -> slow(experiment, PipelineUnderTest::labeler)),
        new Fault(
            "rebalance-storm",
            "a second augmenter and a second labeler come and go without end, by SIGTERM and by"
                + " kill -9, and the first ones are killed now and then",
            false,
            SlownessAndRebalanceFaults::storm));
  }

  private static String slow(
      FaultExperiment experiment, Function<PipelineUnderTest, ServiceProcess> which) {
    JavaProcess slow = which.apply(experiment.pipeline()).process();
    List<JavaProcess> all =
        experiment.pipeline().services().stream().map(ServiceProcess::process).toList();
    List<Long> before = all.stream().map(JavaProcess::residentBytes).toList();
    List<Long> most = new ArrayList<>(before);
    experiment.sender().stop();
    long first = experiment.sender().count();
    experiment.sender().start(experiment.scale().rate() * HASTE);
    long end = System.nanoTime() + experiment.scale().storm().toNanos();
    while (System.nanoTime() < end) {
      slow.suspend();
      slow.runFor(STANDING);
      slow.resume();
      slow.runFor(RUNNING);
      for (int i = 0; i < all.size(); i++) {
        most.set(i, Math.max(most.get(i), all.get(i).residentBytes()));
      }
    }
    experiment.sender().stop();
    long came = experiment.sender().count() - first;
    experiment.sender().start(experiment.scale().rate());
    List<String> growth = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      long grown = most.get(i) - before.get(i);
      growth.add("%s +%d MB".formatted(all.get(i).name(), Math.max(0, grown) / MEGABYTE));
      if (grown > ROOM) {
        throw new AssertionError(all.get(i).name() + " has grown by " + grown / MEGABYTE + " MB");
      }
    }
    return "%d images came; memory: %s".formatted(came, String.join(", ", growth));
  }

  private static String storm(FaultExperiment experiment) {
    PipelineUnderTest pipeline = experiment.pipeline();
    long seed = RandomSeed.next();
    Random random = new Random(seed);
    List<JavaProcess> extras =
        List.of(pipeline.extraAugmenter(1).process(), pipeline.extraLabeler(1).process());
    List<JavaProcess> hosts = List.of(pipeline.augmenter().process(), pipeline.labeler().process());
    int events = 0;
    long end = System.nanoTime() + experiment.scale().storm().toNanos();
    while (System.nanoTime() < end) {
      int which = random.nextInt(2);
      JavaProcess extra = extras.get(which);
      if (!extra.isAlive()) {
        extra.start();
      } else if (random.nextInt(4) == 0) {
        hosts.get(which).kill();
        hosts.get(which).start();
      } else if (random.nextBoolean()) {
        extra.terminate();
      } else {
        extra.kill();
      }
      events++;
      pipeline.trainer().process().runFor(Duration.ofMillis(500 + random.nextInt(4_000)));
    }
    extras.forEach(JavaProcess::close);
    return "%d events (seed %d)".formatted(events, seed);
  }
}
