package io.stillstream.faults.injection;

import static io.stillstream.faults.pipeline.PipelineUnderTest.await;

import io.stillstream.embedded.process.JavaProcess;
import io.stillstream.embedded.process.ServiceProcess;
import io.stillstream.faults.audit.CheckpointAndLedger;
import io.stillstream.faults.experiment.Fault;
import io.stillstream.faults.experiment.FaultExperiment;
import io.stillstream.faults.pipeline.PipelineUnderTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A trainer is taken for dead, and is not. */
final class FencingFaults {
  private static final int DIED = 1;

  private FencingFaults() {}

  static List<Fault> all() {
    return List.of(
        new Fault(
            "trainer-fenced",
            "SIGSTOP of the trainer, whose lock is lost meanwhile, as on a network file system; a"
                + " second one takes its directory over and trains; then SIGCONT of the first",
            false,
            FencingFaults::takeOver));
  }

  private static String takeOver(FaultExperiment experiment) {
    PipelineUnderTest pipeline = experiment.pipeline();
    Path directory = pipeline.trainerDirectory();
    JavaProcess first = pipeline.trainer().process();
    ServiceProcess second = pipeline.extraTrainer("trainer-2", directory, "");
    first.suspend();
    try {
      // The lock goes with the file that it is on.
      Files.delete(directory.resolve("lock"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    second.process().start();
    awaitGrown(second.process(), directory, CheckpointAndLedger.viewsSeen(directory));
    first.resume();
    int code = first.awaitEnd();
    String said = first.output();
    if (code != DIED || !said.contains("another trainer took over " + directory)) {
      throw new AssertionError("the first trainer ended with " + code + ": " + said.strip());
    }
    awaitGrown(second.process(), directory, CheckpointAndLedger.viewsSeen(directory));
    second.process().terminate();
    first.start();
    return "the first ended with 1, \"another trainer took over …\"; the second trained on";
  }

  private static void awaitGrown(JavaProcess trainer, Path directory, long before) {
    await("the second trainer trains and saves")
        .failFast("the second trainer has ended, see its log", () -> !trainer.isAlive())
        .until(() -> CheckpointAndLedger.viewsSeen(directory) > before);
  }
}
