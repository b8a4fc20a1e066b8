package io.stillstream.local.demo;

import io.micrometer.core.instrument.Timer;
import io.stillstream.local.broker.StateDirectory;
import io.stillstream.local.data.LabeledImages;
import io.stillstream.local.demo.pipeline.CompletionTracker;
import io.stillstream.local.demo.pipeline.DeadLetterCounter;
import io.stillstream.local.demo.pipeline.DemoPipeline;
import io.stillstream.local.demo.pipeline.ImageFeeder;
import io.stillstream.local.demo.report.ClassSampleSheet;
import io.stillstream.local.demo.report.DemoSummary;
import io.stillstream.local.demo.report.HistogramPercentile;
import io.stillstream.local.demo.report.LatestReleaseLookup;
import io.stillstream.local.demo.report.PipelineProgress;
import io.stillstream.local.demo.report.RecordCounts;
import io.stillstream.local.demo.report.TaskEvaluation;
import io.stillstream.local.demo.settings.DemoInputs;
import io.stillstream.local.demo.settings.DemoSettings;
import io.stillstream.local.demo.settings.TeacherEngine;
import io.stillstream.local.exit.CommandFailedException;
import io.stillstream.local.terminal.TerminalProgress;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.StudentRelease;
import io.stillstream.schemas.answer.ModelTask;
import io.stillstream.schemas.topics.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** One run of the demo: starts the pipeline, feeds it, watches it, sums up. */
public final class Demo {
  private static final Duration TICK = Duration.ofMillis(100);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(60);

  private final DemoSettings settings;
  private final StateDirectory directory;
  private final TerminalProgress terminal;
  private final LongSupplier millisSinceLaunch;
  private final AtomicBoolean stopped = new AtomicBoolean();
  private final CountDownLatch ended = new CountDownLatch(1);

  /**
   * @param millisSinceLaunch age of the process, for the time to the first step
   */
  public Demo(
      DemoSettings settings,
      StateDirectory directory,
      TerminalProgress terminal,
      LongSupplier millisSinceLaunch) {
    this.settings = settings;
    this.directory = directory;
    this.terminal = terminal;
    this.millisSinceLaunch = millisSinceLaunch;
  }

  /**
   * Runs until stopped, or with {@code --exit} until all images are trained and summed up.
   *
   * @throws StartupException when it cannot begin as asked
   * @throws CommandFailedException when a service fails
   */
  public void run() {
    try {
      DemoInputs inputs = DemoInputs.load(settings);
      settings.run().save(directory.root());
      try (DemoPipeline pipeline = DemoPipeline.start(settings, directory)) {
        run(pipeline, inputs);
      }
    } finally {
      ended.countDown();
    }
  }

  /** Asks a run to end and waits, for a bounded time, until it has. */
  public void stop() {
    stopped.set(true);
    try {
      if (!ended.await(STOP_PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        terminal.printLine("it did not stop in time; leaving it");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run(DemoPipeline pipeline, DemoInputs inputs) {
    Map<String, String> clients = pipeline.clients();
    LabeledImages train = inputs.train();
    String dataName = settings.dataName();
    long wanted = settings.images().orElse(settings.exit() ? train.size() : Long.MAX_VALUE);
    boolean complete;
    long before;
    double imagesPerSecond;
    try (DeadLetterCounter deadLetters = new DeadLetterCounter(clients, dataName + "/")) {
      CompletionTracker tracker =
          new CompletionTracker(
              pipeline.trainer(), deadLetters, settings.run().views(), System::nanoTime);
      try (ImageFeeder feeder =
          new ImageFeeder(
              train,
              dataName,
              clients,
              pipeline.meters(),
              wanted,
              // A view without label and answer is never trained.
              settings.run().labelFraction() < 1
                  || inputs.teacher().task() != ModelTask.CLASSIFICATION,
              tracker::completedImages)) {
        before = feeder.before();
        new DemoAnnouncement(settings, directory, terminal)
            .print(pipeline, inputs, before, tracker.steps());
        feeder.start();
        complete = watch(pipeline, inputs.teacher(), feeder, deadLetters, tracker);
        imagesPerSecond = tracker.imagesPerSecond();
      }
    }
    terminal.endProgress();
    pipeline.closeServices();
    if (complete && !stopped.get()) {
      printSummary(pipeline, inputs, imagesPerSecond, before > 0);
    } else {
      terminal.printLine("stopped; go on with --dir " + directory.root());
    }
  }

  /** Returns true when all is trained that was to be trained, and the demo is to end then. */
  private boolean watch(
      DemoPipeline pipeline,
      ModelSpec teacher,
      ImageFeeder feeder,
      DeadLetterCounter deadLetters,
      CompletionTracker tracker) {
    boolean firstStep = false;
    while (!stopped.get()) {
      deadLetters.poll(TICK);
      requireHealthy(pipeline, feeder);
      if (!firstStep && tracker.hasStepped()) {
        firstStep = true;
        terminal.printLine(
            "first step after %.1f s".formatted(millisSinceLaunch.getAsLong() / 1000.0));
        draw(pipeline, teacher);
      }
      Supplier<String> line =
          () ->
              PipelineProgress.of(
                      settings.task(),
                      feeder.present(),
                      tracker.steps(),
                      tracker.imagesPerSecond(),
                      pipeline.meters())
                  .line(feeder.before() > 0);
      if (settings.exit() && feeder.complete() && tracker.isCompleted(feeder.present())) {
        terminal.printLine(line.get());
        return true;
      }
      terminal.progress(line);
    }
    return false;
  }

  /** A picture of what the topics hold; without one the demo is still a demo. */
  private void draw(DemoPipeline pipeline, ModelSpec teacher) {
    Path file = directory.root().resolve("views.png");
    ClassSampleSheet sheet = new ClassSampleSheet(teacher.classes(), settings.run().views());
    try {
      sheet.read(pipeline.clients(), pipeline.meters());
      sheet.draw(file);
      terminal.printLine("picture   " + file);
    } catch (IOException | IllegalArgumentException e) {
      terminal.printLine("no picture: " + e.getMessage());
    }
  }

  private static void requireHealthy(DemoPipeline pipeline, ImageFeeder feeder) {
    pipeline
        .failure()
        .ifPresent(
            message -> {
              throw new CommandFailedException(message);
            });
    if (feeder.failure() != null) {
      throw new CommandFailedException(feeder.failure().getMessage(), feeder.failure());
    }
  }

  private void printSummary(
      DemoPipeline pipeline, DemoInputs inputs, double imagesPerSecond, boolean resumed) {
    Map<String, String> clients = pipeline.clients();
    StudentRelease release =
        LatestReleaseLookup.in(clients, pipeline.meters())
            .orElseThrow(() -> new CommandFailedException("the trainer has released nothing"));
    long images = RecordCounts.records(clients, Topics.IMAGES);
    DemoSummary summary =
        new DemoSummary(
            inputs.student().name(),
            inputs.teacher().name(),
            TeacherEngine.of(inputs.teacher().format()),
            images,
            RecordCounts.ofViews(clients, pipeline.meters()),
            RecordCounts.ofLabeledViews(clients, pipeline.meters()),
            new DemoSummary.Release(
                release.getVersion(), release.getStep(), release.getViewsSeen(), release.getUri()),
            RecordCounts.records(clients, Topics.DEAD_LETTERS),
            TaskEvaluation.of(
                ModelSpec.load(LatestReleaseLookup.directory(release), "student"),
                inputs,
                images,
                terminal::printLine),
            imagesPerSecond,
            age(pipeline, 0.5),
            age(pipeline, 0.99),
            resumed);
    summary.table().lines().forEach(terminal::printLine);
    terminal.printLine("SUMMARY " + summary.json());
  }

  private static OptionalDouble age(DemoPipeline pipeline, double share) {
    Timer timer =
        pipeline.meters().find("stillstream.pipeline.age").tag("stage", "trained").timer();
    return timer == null ? OptionalDouble.empty() : HistogramPercentile.millis(timer, share);
  }
}
