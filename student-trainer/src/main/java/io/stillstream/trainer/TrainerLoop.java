package io.stillstream.trainer;

import io.stillstream.trainer.batch.OffsetTrackingQueue;
import io.stillstream.trainer.checkpoint.CheckpointCoordinator;
import io.stillstream.trainer.checkpoint.CheckpointCoordinator.Due;
import io.stillstream.trainer.checkpoint.LoopPosition;
import io.stillstream.trainer.erasure.ErasureHandler;
import io.stillstream.trainer.kafka.OffsetGapException;
import io.stillstream.trainer.kafka.TopicChangedException;
import io.stillstream.trainer.loop.BatchTrainer;
import io.stillstream.trainer.loop.LoopControl;
import io.stillstream.trainer.loop.ViewFetcher;
import io.stillstream.trainer.session.TrainingSession;
import io.stillstream.trainer.status.LoopMonitor;
import io.stillstream.trainer.status.ProgressReporter;
import io.stillstream.trainer.status.TrainerStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The training loop: polls, trains, reports and makes checkpoints, in one thread. Partitions are
 * assigned without a consumer group, so a step may take any time, and what is not polled is not
 * fetched.
 */
final class TrainerLoop {
  private static final Logger LOG = LoggerFactory.getLogger(TrainerLoop.class);
  private static final Duration PARTITION_DISCOVERY = Duration.ofSeconds(10);

  private final TrainingSession session;
  private final ViewFetcher fetcher;
  private final ErasureHandler erasures;
  private final BatchTrainer batchTrainer;
  private final ProgressReporter reporter;
  private final CheckpointCoordinator checkpoints;
  private final LoopMonitor monitor;
  private final LoopControl control;
  private final OffsetTrackingQueue queue = new OffsetTrackingQueue();
  private long lastDiscovery;
  private boolean reading;
  private long lag;
  private long backlog;

  TrainerLoop(
      TrainingSession session,
      ViewFetcher fetcher,
      ErasureHandler erasures,
      BatchTrainer batchTrainer,
      ProgressReporter reporter,
      CheckpointCoordinator checkpoints,
      LoopMonitor monitor,
      LoopControl control) {
    this.session = session;
    this.fetcher = fetcher;
    this.erasures = erasures;
    this.batchTrainer = batchTrainer;
    this.reporter = reporter;
    this.checkpoints = checkpoints;
    this.monitor = monitor;
    this.control = control;
  }

  /**
   * Completes what a crash interrupted, and starts to read the topic.
   *
   * @throws OffsetGapException if records are gone that have not been read, and the settings say to
   *     stop then
   * @throws TopicChangedException if the topic is another one, and the settings say to stop then
   */
  void begin() throws IOException {
    publishStatus();
    checkpoints.begin();
    erasures.begin(
        session.initialState().forgotten(), session.isResumed(), queue, System.nanoTime());
    assignPartitions(session.initialState().offsets());
    publishStatus();
  }

  /** Trains until the service stops, and then saves. */
  void run() throws InterruptedException {
    reading = true;
    publishStatus();
    checkpoints.publishChampion();
    makePostponedRelease();
    while (!control.isStopping()) {
      pollBrokers();
      publishStatus();
      trainFullBatches();
      trainLateViews();
      replayInSpareTime();
      report();
      checkpointIfDue();
    }
    checkpoints.saveOnShutdown(position());
    publishStatus();
  }

  private void makePostponedRelease() throws InterruptedException {
    if (checkpoints.isReleasePostponed()) {
      checkpointIfDue();
    }
  }

  /** Each of these steps may wait a minute or more for brokers that do not answer. */
  private void pollBrokers() throws InterruptedException {
    long now = System.nanoTime();
    heartbeat();
    try {
      discoverPartitionsIfDue(now);
      heartbeat();
      erasures.takeCompleted().forEach(reporter::erased);
      erasures.pollIfDue(queue, now);
      heartbeat();
      fetcher.fetch(queue, batchTrainer.room(queue), !batchTrainer.mayReplay());
    } catch (KafkaException e) {
      control.pauseIfRefused(e);
    }
    lag = queue.views() + fetcher.lag();
    backlog = queue.views() + fetcher.backlog();
  }

  private void discoverPartitionsIfDue(long now) {
    if (now - lastDiscovery < PARTITION_DISCOVERY.toNanos()) {
      return;
    }
    lastDiscovery = now;
    try {
      assignPartitions(Map.of());
    } catch (RetriableException e) {
      LOG.atDebug().addKeyValue("cause", e.toString()).log("Brokers are away");
    }
  }

  private void assignPartitions(Map<Integer, Long> saved) {
    fetcher.assignPartitions(saved, queue).forEach(checkpoints::partitionStarted);
    fetcher
        .pollTopicChange()
        .ifPresent(
            change -> {
              reporter.topicChanged(change);
              checkpoints.topicChanged(change);
            });
    fetcher.assignLabels(queue);
    lastDiscovery = System.nanoTime();
  }

  private void trainFullBatches() throws InterruptedException {
    while (batchTrainer.hasFullBatch(queue) && !control.isStopping()) {
      train();
      report();
      checkpointIfDue();
    }
  }

  private void trainLateViews() {
    if (batchTrainer.hasLateViews(queue) && !control.isStopping()) {
      train();
    }
  }

  private void train() {
    batchTrainer.train(queue);
    heartbeat();
    publishStatus();
  }

  private void replayInSpareTime() {
    if (batchTrainer.mayReplay() && !control.isStopping()) {
      batchTrainer.replayIfIdle(queue.views() + fetcher.backlog());
      heartbeat();
      publishStatus();
    }
  }

  private void report() {
    long now = System.nanoTime();
    reporter.reportIfDue(now);
    batchTrainer.requestReviews(now);
  }

  private void checkpointIfDue() throws InterruptedException {
    Due due = checkpoints.advance();
    if (due != Due.NOTHING) {
      checkpoints.write(due, position());
    }
    publishStatus();
  }

  private LoopPosition position() {
    return batchTrainer.position(fetcher.positions(queue), fetcher.labelOffsets(queue));
  }

  private void heartbeat() {
    monitor.heartbeat().beat();
  }

  private void publishStatus() {
    monitor
        .status()
        .set(
            new TrainerStatus(
                session.training().steps(),
                session.training().viewsSeen(),
                checkpoints.champion(),
                session.isResumed(),
                reading,
                lag,
                backlog));
    monitor.confusion().updateIfRequested(session::confusion);
  }
}
