package io.stillstream.faults.injection;

import static io.stillstream.faults.pipeline.PipelineUnderTest.await;

import io.stillstream.embedded.process.JavaProcess;
import io.stillstream.embedded.process.ServiceProcess;
import io.stillstream.faults.experiment.Fault;
import io.stillstream.faults.experiment.FaultExperiment;
import io.stillstream.faults.pipeline.PipelineUnderTest;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** A service is killed, asked to end, or stands still: each service, each way. */
final class ProcessStopFaults {
  private static final int TERMINATED = 143;

  private ProcessStopFaults() {}

  static List<Fault> all() {
    return Stream.of(
            of("augmenter", PipelineUnderTest::augmenter, "augmenter"),
            of("labeler", PipelineUnderTest::labeler, "teacher-labeler"),
            of("trainer", PipelineUnderTest::trainer, ""))
        .flatMap(List::stream)
        .toList();
  }

  /**
   * The three of one service.
   *
   * @param group that gives a frozen one up; empty for a service that is in none
   */
  private static List<Fault> of(
      String name, Function<PipelineUnderTest, ServiceProcess> which, String group) {
    return List.of(
        new Fault(
            name + "-kill",
            "kill -9 of the " + name + ", started again at once",
            false,
            experiment -> kill(which.apply(experiment.pipeline()).process())),
        new Fault(
            name + "-term",
            "SIGTERM to the " + name + ", started again when it has ended",
            false,
            experiment -> terminate(which.apply(experiment.pipeline()).process())),
        new Fault(
            name + "-freeze",
            group.isEmpty()
                ? "SIGSTOP of the " + name + " for longer than sessions and transactions last"
                : "SIGSTOP of the "
                    + name
                    + " until its group has given it up and its transaction has been ended, then"
                    + " SIGCONT",
            false,
            experiment -> freeze(experiment, which.apply(experiment.pipeline()).process(), group)));
  }

  private static String kill(JavaProcess part) {
    part.kill();
    part.start();
    return "";
  }

  private static String terminate(JavaProcess part) {
    int code = part.terminate();
    if (code != TERMINATED) {
      throw new AssertionError("%s ended with %d, not 143".formatted(part.name(), code));
    }
    part.start();
    return "exit code " + code;
  }

  private static String freeze(FaultExperiment experiment, JavaProcess part, String group) {
    long begin = System.nanoTime();
    part.suspend();
    if (group.isEmpty()) {
      part.runFor(experiment.scale().freeze());
    } else {
      await("the group gives it up")
          .until(
              () ->
                  experiment.cluster().members(group) == 0
                      && experiment.cluster().open().isEmpty());
    }
    part.resume();
    Duration stood = Duration.ofNanos(System.nanoTime() - begin);
    return "stood for " + stood.toSeconds() + " s";
  }
}
