package io.stillstream.faults.injection;

import static io.stillstream.faults.pipeline.PipelineUnderTest.await;

import io.stillstream.containers.store.S3ProxyProcess;
import io.stillstream.embedded.process.JavaProcess;
import io.stillstream.embedded.process.ServiceProcess;
import io.stillstream.faults.audit.CheckpointAndLedger;
import io.stillstream.faults.experiment.Fault;
import io.stillstream.faults.experiment.FaultExperiment;
import io.stillstream.faults.pipeline.PipelineUnderTest;
import io.stillstream.faults.process.SystemCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The trainer's node is lost, and with it the directory; copies are in an object store. */
final class NodeLossFaults {
  private static final int DIED = 1;
  private static final int BAD_START = 2;
  private static final int EVERY_STEPS = 500;
  private static final Pattern COPIED = Pattern.compile("step [1-9]\\d* copied");
  private static final Duration LOOK = Duration.ofMillis(50);

  private NodeLossFaults() {}

  static List<Fault> all() {
    return List.of(
        new Fault(
            "node-loss",
            "kill -9 of the trainer, its directory deleted; a new one on an empty directory goes on"
                + " from the object store; the old one comes back with its directory; then SIGSTOP"
                + " of the trainer, another new one takes over, SIGCONT of the former",
            false,
            NodeLossFaults::lose));
  }

  private static String lose(FaultExperiment experiment) {
    Path work = experiment.pipeline().files().directory().resolve("node-loss");
    try (S3ProxyProcess store = S3ProxyProcess.start(work, work.resolve("data"), false)) {
      return lose(experiment.pipeline(), settings(store));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String lose(PipelineUnderTest pipeline, String store) {
    JavaProcess trainer = pipeline.trainer().process();
    Path directory = pipeline.trainerDirectory();
    Path former = directory.resolveSibling("trainer-former");
    trainer.terminate();
    pipeline.files().trainer(EVERY_STEPS, store);
    trainer.start();
    awaitCopied(pipeline.trainer());

    trainer.kill();
    final Instant lost = Instant.now();
    SystemCommand.run("mv", directory.toString(), former.toString());
    trainer.start();
    String recovery = recovery(pipeline.trainer(), lost);
    awaitCopied(pipeline.trainer());

    JavaProcess back = pipeline.extraTrainer("trainer-former", former, store).process();
    back.start();
    requireEnd(back, BAD_START, "belongs to the training in another directory");

    isolate(pipeline, directory, store);
    return recovery
        + "; the old one on its old directory was refused with exit code 2; the one that had stood"
        + " still ended with 1, \"another trainer took over …\"";
  }

  /** Another one takes over while the trainer stands still; afterwards all is as it was. */
  private static void isolate(PipelineUnderTest pipeline, Path directory, String store) {
    JavaProcess trainer = pipeline.trainer().process();
    Path next = directory.resolveSibling("trainer-next");
    ServiceProcess successor = pipeline.extraTrainer("trainer-next", next, store);
    trainer.suspend();
    successor.process().start();
    awaitGrown(successor.process(), next, 0);
    // What it has now is what it has restored.
    awaitGrown(successor.process(), next, CheckpointAndLedger.viewsSeen(next));
    trainer.resume();
    requireEnd(trainer, DIED, "another trainer took over s3://");
    awaitGrown(successor.process(), next, CheckpointAndLedger.viewsSeen(next));
    successor.process().terminate();
    SystemCommand.run("rm", "-rf", directory.toString());
    SystemCommand.run("mv", next.toString(), directory.toString());
    pipeline.files().trainer();
    trainer.start();
  }

  private static String settings(S3ProxyProcess store) {
    return """
        store:
          endpoint: %s
          bucket: %s
          credentials: {access-key: %s, secret-key: %s}
        """
        .formatted(
            store.endpoint(),
            S3ProxyProcess.BUCKET,
            S3ProxyProcess.ACCESS_KEY,
            S3ProxyProcess.SECRET_KEY);
  }

  private static void awaitCopied(ServiceProcess trainer) {
    await("a checkpoint is copied to the store")
        .failFast("the trainer has ended, see its log", () -> !trainer.process().isAlive())
        .until(() -> COPIED.matcher(trainer.health()).find());
  }

  /** How long it took from the loss to the first step, and what of it. */
  private static String recovery(ServiceProcess trainer, Instant lost) {
    await("the new trainer trains")
        .pollInterval(LOOK)
        .failFast("the new trainer has ended, see its log", () -> !trainer.process().isAlive())
        .until(() -> trainer.metrics().sum("student_views_total", "origin=\"fresh\"") > 0);
    Instant trained = Instant.now();
    String said = trainer.process().output();
    Matcher restored = line(said, "Restored from the store.*took\\.ms=\"?(\\d+)");
    Instant open = Instant.parse(line(said, "management endpoint listens").group(1));
    Instant ready = Instant.parse(line(said, "Trainer is ready").group(1));
    double restore = Integer.parseInt(restored.group(2)) / 1e3;
    return String.format(
        Locale.ROOT,
        "first new step %.1f s after the loss: %.1f s to start a process, %.1f s to restore,"
            + " 0.0 s to wait for the takeover, %.1f s to open model and clients, %.1f s to the step",
        seconds(lost, trained),
        seconds(lost, open),
        restore,
        seconds(open, ready) - restore,
        seconds(ready, trained));
  }

  private static Matcher line(String said, String words) {
    Matcher line = Pattern.compile("(?m)^(\\S+Z) .*" + words).matcher(said);
    if (!line.find()) {
      throw new AssertionError("the new trainer does not say \"" + words + "\"");
    }
    return line;
  }

  private static double seconds(Instant from, Instant to) {
    return Duration.between(from, to).toMillis() / 1e3;
  }

  private static void awaitGrown(JavaProcess trainer, Path directory, long before) {
    await("the trainer that took over trains and saves")
        .failFast("the trainer that took over has ended, see its log", () -> !trainer.isAlive())
        .until(() -> CheckpointAndLedger.viewsSeen(directory) > before);
  }

  private static void requireEnd(JavaProcess trainer, int code, String words) {
    int ended = trainer.awaitEnd();
    String said = trainer.output();
    if (ended != code || !said.contains(words)) {
      throw new AssertionError(trainer.name() + " ended with " + ended + ": " + said.strip());
    }
  }
}
