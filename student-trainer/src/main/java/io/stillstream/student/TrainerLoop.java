package io.stillstream.student;

import io.stillstream.schemas.wire.RegistryUnavailableException;
import io.stillstream.student.checkpoint.CheckpointStore;
import io.stillstream.student.checkpoint.Ledger;
import io.stillstream.student.checkpoint.TrainerState;
import io.stillstream.student.release.Releases;
import io.stillstream.student.training.OnlineTraining;
import io.stillstream.student.training.PrequentialWindow;
import io.stillstream.student.training.StepReport;
import io.stillstream.student.training.TrainerMetrics;
import io.stillstream.student.training.View;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads, trains, saves and releases, in one thread: with {@code assign()} nobody waits for the next
 * poll, so a step may take as long as it takes, and what is not polled is not fetched.
 */
final class TrainerLoop {
  private static final Logger LOG = LoggerFactory.getLogger(TrainerLoop.class);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration DISCOVERY = Duration.ofSeconds(10);
  private static final Duration RETRY = Duration.ofMillis(500);

  private final TrainerConfig config;
  private final Trainee trainee;
  private final LabeledStream stream;
  private final Intake intake;
  private final Outbox outbox;
  private final CheckpointStore checkpoints;
  private final long epoch;
  private final Ledger ledger;
  private final Releases releases;
  private final Announcer announcer;
  private final TrainerMetrics metrics;
  private final Progress progress;
  private final CountDownLatch stopping;

  private final OnlineTraining training;
  private final Pending pending = new Pending();
  private final Lineage lineage;
  private TrainerState saved;
  private long lastCheckpoint;
  private long lastDiscovery;
  private double loss;
  private boolean abandoned;

  /** Makes a release that its checkpoint knows of, and whose files are not written yet. */
  private Write unpublished;

  private interface Write {
    void run() throws IOException, InterruptedException;
  }

  TrainerLoop(
      TrainerConfig config,
      Trainee trainee,
      LabeledStream stream,
      Intake intake,
      Outbox outbox,
      CheckpointStore checkpoints,
      long epoch,
      Ledger ledger,
      Releases releases,
      Announcer announcer,
      TrainerMetrics metrics,
      Progress progress,
      CountDownLatch stopping) {
    this.config = config;
    this.trainee = trainee;
    this.stream = stream;
    this.intake = intake;
    this.outbox = outbox;
    this.checkpoints = checkpoints;
    this.epoch = epoch;
    this.ledger = ledger;
    this.releases = releases;
    this.announcer = announcer;
    this.metrics = metrics;
    this.progress = progress;
    this.stopping = stopping;
    this.training = trainee.training();
    this.saved = trainee.begin();
    this.loss = saved.loss();
    this.lineage = new Lineage(saved);
  }

  /**
   * Finishes what a crash interrupted, and takes up the stream.
   *
   * @throws OffsetGapException if records are gone, and that is to stop it
   */
  void begin() throws IOException {
    progress.opened(trainee.isResumed());
    progress.trained(training.steps(), training.viewsSeen());
    if (trainee.isResumed()) {
      byte[] average = trainee.savedAverage();
      if (releases.isDue(saved, average)) {
        releases.publish(saved, average, measurements());
      }
    }
    releases.settle(saved.releaseVersion());
    reportRelease(saved.releaseVersion());
    takeUp(saved.offsets());
    lastCheckpoint = System.nanoTime();
  }

  /** Works until it is told to stop, and then saves. */
  void run() throws InterruptedException {
    progress.reading();
    attempt(() -> announcer.announce(saved.releaseVersion()));
    while (!isStopping()) {
      long now = System.nanoTime();
      progress.turn(now);
      discover(now);
      fetch();
      trainWhatIsDue();
      checkpointIfDue();
    }
    boolean release = config.release().onStop() && training.steps() > saved.releaseStep();
    if (release || isUnsaved()) {
      attempt(() -> checkpoint(release));
    }
  }

  private void takeUp(Map<Integer, Long> known) {
    stream.takeUp(known).forEach(pending::begin);
    lastDiscovery = System.nanoTime();
  }

  private void discover(long now) {
    if (now - lastDiscovery < DISCOVERY.toNanos()) {
      return;
    }
    lastDiscovery = now;
    try {
      takeUp(Map.of());
    } catch (RetriableException e) {
      LOG.atDebug().addKeyValue("cause", e.toString()).log("Brokers are away");
    }
  }

  private void fetch() throws InterruptedException {
    if (pending.views() >= config.batch().size()) {
      return;
    }
    for (ConsumerRecord<byte[], byte[]> record : stream.poll(POLL)) {
      Fetched fetched = accept(record);
      if (fetched == null) {
        // Stopping: nothing that follows has a place without this one.
        abandoned = true;
        return;
      }
      pending.add(fetched, System.nanoTime());
    }
  }

  /**
   * Waits for the registry if it is away, and for brokers if too many dead letters are under way;
   * null if the service stops meanwhile.
   */
  private Fetched accept(ConsumerRecord<byte[], byte[]> record) throws InterruptedException {
    while (true) {
      try {
        if (!outbox.isFull() || outbox.confirm()) {
          return intake.accept(record);
        }
      } catch (RegistryUnavailableException e) {
        LOG.atDebug().addKeyValue("cause", e.getMessage()).log("Registry is away");
      }
      progress.turn(System.nanoTime());
      if (stopping.await(RETRY.toMillis(), TimeUnit.MILLISECONDS)) {
        return null;
      }
    }
  }

  private void trainWhatIsDue() throws InterruptedException {
    int size = config.batch().size();
    while (pending.views() >= size && !isStopping()) {
      train(size);
      checkpointIfDue();
    }
    boolean late =
        pending.views() > 0
            && System.nanoTime() - pending.oldestNanos() >= config.batch().maxDelay().toNanos();
    if (late && !isStopping()) {
      train(pending.views());
    }
  }

  private void train(int count) {
    List<Fetched> batch = pending.next(count);
    List<View> views = batch.stream().map(Fetched::view).toList();
    long firstStep = training.steps() + 1;
    List<StepReport> reports = training.train(views);
    lineage.add(batch);
    pending.done(batch.size(), System.nanoTime());
    loss = reports.get(0).loss();
    ledger.append(
        epoch,
        firstStep,
        Lineage.offsets(batch),
        batch.size(),
        Lineage.teachers(batch),
        config.optimiser().learningRate(),
        reports);
    batch.forEach(fetched -> metrics.trained(fetched.capturedAt()));
    progress.trained(training.steps(), training.viewsSeen());
    progress.turn(System.nanoTime());
  }

  private void checkpointIfDue() throws InterruptedException {
    boolean release =
        training.steps() / config.release().everySteps()
            > saved.releaseStep() / config.release().everySteps();
    boolean due = System.nanoTime() - lastCheckpoint >= config.checkpoint().every().toNanos();
    // What failed is not tried again after every batch.
    boolean turn = due || progress.trouble().isEmpty();
    if ((release && turn) || (due && isUnsaved())) {
      attempt(() -> checkpoint(release));
    } else if (due) {
      attempt(() -> announcer.announce(saved.releaseVersion()));
      announcer.retryProgress();
    }
  }

  /** Writes; what fails now is tried again later, and nothing in memory is lost by it. */
  private void attempt(Write write) throws InterruptedException {
    try {
      write.run();
      progress.trouble(null);
    } catch (IOException | UncheckedIOException e) {
      metrics.checkpointFailed();
      progress.trouble(e.toString());
      LOG.atError().addKeyValue("cause", e.toString()).log("Saving failed, training goes on");
    }
    lastCheckpoint = System.nanoTime();
    progress.turn(lastCheckpoint);
  }

  private boolean isUnsaved() {
    return unpublished != null
        || training.steps() > saved.steps()
        || !positions().equals(saved.offsets());
  }

  /** With nothing waiting, what only moved past transaction markers counts as dealt with, too. */
  private Map<Integer, Long> positions() {
    return pending.isEmpty() && !abandoned ? stream.positions() : pending.positions();
  }

  private void checkpoint(boolean release) throws IOException, InterruptedException {
    long start = System.nanoTime();
    finishRelease();
    if (!outbox.confirm()) {
      throw new IOException("brokers have not taken the dead letters before the checkpoint");
    }
    byte[] average = trainee.average();
    TrainerState state = state(release);
    checkpoints.write(trainee.files(state, average));
    saved = state;
    Map<String, Double> measured = measurements();
    unpublished = release ? () -> publish(state, average, measured) : null;
    metrics.checkpointed(Duration.ofNanos(System.nanoTime() - start));
    stream.commit(state.offsets());
    announcer.progress(state.student(), state.steps(), state.viewsSeen(), trainee.window());
    finishRelease();
    announcer.announce(state.releaseVersion());
  }

  /**
   * Makes the release of the last checkpoint, if it could not be made at once. No checkpoint comes
   * before it: after a crash, only the newest is looked at for a release that is not there.
   */
  private void finishRelease() throws IOException, InterruptedException {
    if (unpublished != null) {
      unpublished.run();
      unpublished = null;
    }
  }

  private void publish(TrainerState state, byte[] average, Map<String, Double> measured)
      throws IOException {
    releases.publish(state, average, measured);
    reportRelease(state.releaseVersion());
  }

  private TrainerState state(boolean release) throws IOException {
    TrainerState begin = trainee.begin();
    return new TrainerState(
        begin.student(),
        begin.modelSha256(),
        begin.topic(),
        positions(),
        training.steps(),
        training.viewsSeen(),
        begin.missed() + stream.missed(),
        lineage.teachers(),
        lineage.policyHashes(),
        loss,
        trainee.window().save(),
        saved.releaseVersion() + (release ? 1 : 0),
        release ? training.steps() : saved.releaseStep(),
        ledger.sync());
  }

  private void reportRelease(long version) {
    progress.released(version);
    metrics.released(version);
  }

  private Map<String, Double> measurements() {
    Map<String, Double> measurements = new TreeMap<>();
    PrequentialWindow window = trainee.window();
    measurements.put("loss", loss);
    window.studentAccuracy().ifPresent(value -> measurements.put("prequential_accuracy", value));
    window.teacherAccuracy().ifPresent(value -> measurements.put("teacher_accuracy", value));
    window.agreement().ifPresent(value -> measurements.put("teacher_agreement", value));
    return measurements;
  }

  private boolean isStopping() {
    return stopping.getCount() == 0;
  }
}
