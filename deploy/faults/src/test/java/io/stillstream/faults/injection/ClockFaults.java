package io.stillstream.faults.injection;

import io.stillstream.containers.tools.ExternalTool;
import io.stillstream.embedded.process.JavaProcess;
import io.stillstream.embedded.process.ServiceProcess;
import io.stillstream.faults.experiment.Fault;
import io.stillstream.faults.experiment.FaultExperiment;
import io.stillstream.faults.pipeline.PipelineUnderTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The clock on the wall jumps while processes run. libfaketime tells a process another time of day
 * and leaves alone the clock that only counts on, as setting a machine's clock does.
 */
final class ClockFaults {
  private static final int CLOCK_SET_BACK = 1;

  // A broker refuses records that are an hour ahead of it (message.timestamp.after.max.ms).
  private static final List<String> JUMPS = List.of("+50m", "-6h", "+0");
  private static final List<String> BROKER_JUMPS = List.of("+3h", "-30m", "+0");

  private ClockFaults() {}

  static List<Fault> all() {
    return List.of(
        new Fault(
            "clock-jump",
            "the clock of all three services jumps 50 minutes ahead, 7 hours back, and is right again",
            false,
            Optional.of(CLOCK_SET_BACK),
            Optional.of(ExternalTool.FAKETIME),
            experiment ->
                jump(
                    experiment,
                    experiment.pipeline().services().stream().map(ServiceProcess::process).toList(),
                    JUMPS)),
        new Fault(
            "broker-clock-jump",
            "the broker's clock jumps 3 hours ahead, 3½ hours back, and is right again",
            false,
            Optional.empty(),
            Optional.of(ExternalTool.FAKETIME),
            experiment -> jump(experiment, List.of(experiment.pipeline().kafka()), BROKER_JUMPS)));
  }

  private static String jump(
      FaultExperiment experiment, List<JavaProcess> parts, List<String> jumps) {
    Path library = ExternalTool.faketimeLibrary().orElseThrow();
    Path clock = experiment.pipeline().trainerDirectory().resolveSibling("clock");
    set(clock, "+0");
    Map<String, String> environment =
        Map.of(
            "LD_PRELOAD",
            library.toString(),
            "FAKETIME_TIMESTAMP_FILE",
            clock.toString(),
            "FAKETIME_CACHE_DURATION",
            "1",
            "FAKETIME_DONT_FAKE_MONOTONIC",
            "1",
            // Else it shortens timed waits of the JVM to nothing, and every waiting thread takes
            // what processor there is.
            "FAKETIME_FORCE_MONOTONIC_FIX",
            "0");
    restart(experiment, parts, environment);
    for (String jump : jumps) {
      set(clock, jump);
      experiment.awaitTraining();
      experiment.pipeline().awaitReady();
      experiment.pipeline().trainer().process().runFor(experiment.scale().freeze().dividedBy(2));
      experiment.awaitTraining();
    }
    restart(experiment, parts, Map.of());
    return "training went on after each jump";
  }

  private static void restart(
      FaultExperiment experiment, List<JavaProcess> parts, Map<String, String> environment) {
    for (JavaProcess part : parts) {
      part.terminate();
      part.start(environment);
      if (part == experiment.pipeline().kafka()) {
        PipelineUnderTest.awaitUp(part);
      }
    }
    experiment.pipeline().awaitReady();
  }

  private static void set(Path clock, String offset) {
    try {
      Path aside = clock.resolveSibling("clock.new");
      Files.writeString(aside, offset);
      Files.move(aside, clock, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
