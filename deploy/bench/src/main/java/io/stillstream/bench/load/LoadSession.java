package io.stillstream.bench.load;

import io.stillstream.bench.load.delivery.ArrivalSchedule;
import io.stillstream.bench.load.delivery.DeliveryStage;
import io.stillstream.bench.load.delivery.DeliveryTracker;
import io.stillstream.bench.load.delivery.KafkaDeliveryConsumer;
import io.stillstream.bench.load.delivery.LoadGenerator;
import io.stillstream.bench.load.delivery.RecordAccounting;
import io.stillstream.bench.load.deployment.Deployment;
import io.stillstream.bench.load.deployment.LoadSettings;
import io.stillstream.bench.load.deployment.ProcessProbe;
import io.stillstream.bench.load.deployment.ProcessRole;
import io.stillstream.bench.load.image.ImageSupplier;
import io.stillstream.bench.load.image.RunId;
import io.stillstream.bench.load.measurement.LoadMeasurement;
import io.stillstream.bench.load.measurement.PipelineSnapshot;
import io.stillstream.runtime.config.StartupException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;

/** One run of images through a pipeline that runs already: sends, watches, and counts. */
final class LoadSession implements AutoCloseable {
  /** Images under way in a closed loop: some seconds of work, so that no stage ever waits. */
  private static final int AHEAD = 1024;

  private static final int SLICES = 10;
  private static final Duration LOOK = Duration.ofSeconds(2);
  private static final int MOST_LOOKS = 200;
  private static final Duration STANDSTILL = Duration.ofSeconds(90);
  private static final long PAUSE_MILLIS = 200;

  private final Deployment deployment;
  private final int views;
  private final DeliveryTracker tracker;
  private final KafkaDeliveryConsumer reader;
  private final LoadGenerator generator;
  private final ProcessProbe self =
      new ProcessProbe(
          ProcessRole.LOAD, "load", Optional.empty(), Optional.of(ProcessHandle.current()));

  /** What trainers had done before the first image of this run. */
  private final Map<ProcessProbe, Double> trainedBefore = new LinkedHashMap<>();

  private long trainedAt;
  private long trained;

  LoadSession(Deployment deployment, LoadSettings settings, ImageSupplier supplier) {
    this.deployment = deployment;
    this.views = settings.images().views();
    this.tracker = new DeliveryTracker(views);
    RunId run = RunId.at(System.currentTimeMillis());
    for (ProcessProbe process : trainers()) {
      trainedBefore.put(process, process.snapshot(views).images());
    }
    this.reader = new KafkaDeliveryConsumer(deployment.clients(), run, tracker);
    this.generator = new LoadGenerator(deployment.clients(), run, supplier, tracker);
  }

  /** Sends at a rate, whatever becomes of it. */
  LoadMeasurement openLoop(String name, double rate, Duration warmUp, Duration time) {
    ArrivalSchedule schedule = new ArrivalSchedule(rate);
    return measure(name, rate, () -> generator.openLoop(schedule, warmUp.plus(time)), warmUp, time);
  }

  /** Sends as fast as the pipeline deals with it. */
  LoadMeasurement closedLoop(String name, Duration warmUp, Duration time) {
    return measure(
        name, 0, () -> generator.closedLoop(warmUp.plus(time), AHEAD, this::settled), warmUp, time);
  }

  /** What was sent in this run against what came of it; call it when nothing is under way. */
  RecordAccounting balance() {
    return tracker.balance();
  }

  /** Good images that have been trained on in this run; none where no trainer can be asked. */
  OptionalDouble trained() {
    return trainers().stream()
        .mapToDouble(process -> process.snapshot(views).images() - trainedBefore.get(process))
        .min();
  }

  @Override
  public void close() {
    generator.close();
    reader.close();
  }

  private LoadMeasurement measure(
      String name,
      double asked,
      Supplier<LoadGenerator.Sent> sending,
      Duration warmUp,
      Duration time) {
    CompletableFuture<LoadGenerator.Sent> sent = CompletableFuture.supplyAsync(sending);
    pause(warmUp);
    tracker.takeAges();
    List<PipelineSnapshot> snapshots = new ArrayList<>(List.of(snapshot()));
    List<Map<DeliveryStage, Histogram>> ages = new ArrayList<>();
    long start = snapshots.get(0).nanos();
    Duration between = Duration.ofNanos(Math.max(LOOK.toNanos(), time.toNanos() / MOST_LOOKS));
    while (System.nanoTime() - start < time.toNanos()) {
      long left = time.toNanos() - (System.nanoTime() - start);
      pause(Duration.ofNanos(Math.min(left, between.toNanos())));
      snapshots.add(snapshot());
      long elapsed = System.nanoTime() - start;
      if (elapsed >= (ages.size() + 1) * time.toNanos() / SLICES) {
        ages.add(tracker.takeAges());
      }
    }
    ages.add(tracker.takeAges());
    LoadMeasurement measurement = LoadMeasurement.of(name, asked, await(sent), snapshots, ages);
    awaitCompletion();
    return measurement;
  }

  private PipelineSnapshot snapshot() {
    deployment.requireHealthy();
    reader.requireHealthy();
    Map<ProcessProbe, ProcessProbe.Snapshot> snapshots = new LinkedHashMap<>();
    for (ProcessProbe process : deployment.processes()) {
      snapshots.put(process, process.snapshot(views));
    }
    snapshots.put(self, self.snapshot(views));
    Map<DeliveryStage, Long> done = new EnumMap<>(DeliveryStage.class);
    done.put(DeliveryStage.VIEWED, tracker.complete(DeliveryStage.VIEWED));
    done.put(DeliveryStage.LABELED, tracker.complete(DeliveryStage.LABELED));
    trainedBefore.entrySet().stream()
        .mapToDouble(entry -> snapshots.get(entry.getKey()).images() - entry.getValue())
        .min()
        .ifPresent(images -> done.put(DeliveryStage.TRAINED, (long) images));
    return new PipelineSnapshot(
        System.nanoTime(), snapshots, tracker.sent(), tracker.rejected(), done);
  }

  /** Asked for each image that is sent, so it is not quite new. */
  private long settled() {
    long now = System.nanoTime();
    if (trainedAt == 0 || now - trainedAt > TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS)) {
      trained = (long) trained().orElseGet(() -> tracker.complete(DeliveryStage.LABELED));
      trainedAt = now;
    }
    return trained + tracker.rejected();
  }

  /** Waits until nothing is under way any more, or nothing moves any more. */
  private void awaitCompletion() {
    long before = -1;
    long since = System.nanoTime();
    while (true) {
      PipelineSnapshot snapshot = snapshot();
      boolean labeled =
          snapshot.done().get(DeliveryStage.LABELED) + snapshot.rejected() >= snapshot.sent()
              && snapshot.done().get(DeliveryStage.VIEWED) + snapshot.rejected() >= snapshot.sent();
      if (labeled && snapshot.underWay() <= 0) {
        return;
      }
      long progress = snapshot.completed() + snapshot.done().get(DeliveryStage.LABELED);
      if (progress != before) {
        before = progress;
        since = System.nanoTime();
      } else if (System.nanoTime() - since > STANDSTILL.toNanos()) {
        return;
      }
      pause(Duration.ofMillis(PAUSE_MILLIS));
    }
  }

  private List<ProcessProbe> trainers() {
    return deployment.processes().stream()
        .filter(process -> process.role() == ProcessRole.TRAINER)
        .toList();
  }

  private static LoadGenerator.Sent await(CompletableFuture<LoadGenerator.Sent> sent) {
    try {
      return sent.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  static void pause(Duration time) {
    try {
      TimeUnit.NANOSECONDS.sleep(time.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartupException("interrupted", e);
    }
  }
}
