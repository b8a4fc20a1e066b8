package io.stillstream.faults.experiment;

import static org.awaitility.Awaitility.await;

import io.stillstream.embedded.EmbeddedException;
import io.stillstream.faults.audit.CheckpointAndLedger;
import io.stillstream.faults.audit.DeliveryAudit;
import io.stillstream.faults.audit.ServiceCounterAudit;
import io.stillstream.faults.audit.TopicContents;
import io.stillstream.faults.input.ImageRecordSender;
import io.stillstream.faults.input.RecordKind;
import io.stillstream.faults.input.RecordPosition;
import io.stillstream.faults.pipeline.ClusterInspector;
import io.stillstream.faults.pipeline.FaultSettingsFiles;
import io.stillstream.faults.pipeline.PipelineUnderTest;
import io.stillstream.faults.process.UnexpectedExit;
import io.stillstream.schemas.topics.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.awaitility.core.ConditionTimeoutException;

/**
 * One fault on a pipeline through which images flow: it is done, work has to go on, all that was
 * sent has to come through, and then everything since the beginning is audited.
 */
public final class FaultExperiment {
  private static final Duration POLL = Duration.ofMillis(250);

  private final PipelineUnderTest site;
  private final ImageRecordSender feed;
  private final ClusterInspector cluster;
  private final ExperimentScale scale;
  private boolean well;
  private long wellNanos;
  private double trainedWhenWell;
  private Map<RecordPosition, RecordKind> sentWhenWell;

  FaultExperiment(
      PipelineUnderTest site,
      ImageRecordSender feed,
      ClusterInspector cluster,
      ExperimentScale scale) {
    this.site = site;
    this.feed = feed;
    this.cluster = cluster;
    this.scale = scale;
  }

  /**
   * How long each took, since the world was well again.
   *
   * @param wentOn until the trainer trained
   * @param caughtUp until all that had been sent by then was trained and saved
   */
  record Times(Duration wentOn, Duration caughtUp) {}

  public PipelineUnderTest site() {
    return site;
  }

  public ImageRecordSender feed() {
    return feed;
  }

  public ClusterInspector cluster() {
    return cluster;
  }

  public ExperimentScale scale() {
    return scale;
  }

  /** Runs it. */
  public ExperimentResult run(Fault fault) {
    List<String> wrong = new ArrayList<>();
    String seen = "";
    Optional<Times> times = Optional.empty();
    feed.start(scale.rate());
    try {
      awaitTraining();
      seen = fault.deed().inject(this);
      times = Optional.of(awaitRecovery());
    } catch (AssertionError | ConditionTimeoutException | EmbeddedException e) {
      wrong.add(e.getMessage());
    } finally {
      feed.stop();
    }
    List<UnexpectedExit> deaths = site.drainUnexpectedExits();
    deaths.stream()
        .filter(death -> !fault.documentedEnd().equals(Optional.of(death.exitCode())))
        .map(UnexpectedExit::toString)
        .forEach(wrong::add);
    DeliveryAudit.Result result =
        DeliveryAudit.of(
            feed.sent(),
            TopicContents.read(site.clients()),
            CheckpointAndLedger.read(site.trainerDirectory()).orElseThrow());
    wrong.addAll(result.wrong());
    wrong.addAll(ServiceCounterAudit.wrong(site));
    return new ExperimentResult(
        fault,
        seen + UnexpectedExit.summary(deaths),
        times,
        Optional.of(result),
        List.copyOf(wrong));
  }

  /**
   * To be said when everybody is back, though not at work yet: times count from here. Otherwise
   * they count from the end of the deed.
   */
  public void markRecovered() {
    well = true;
    wellNanos = System.nanoTime();
    trainedWhenWell = trained();
    sentWhenWell = feed.sent();
  }

  /** Waits until the trainer trains something that it had not trained when this was called. */
  public void awaitTraining() {
    awaitTraining(trained());
  }

  private void awaitTraining(double before) {
    await("training goes on")
        .atMost(PipelineUnderTest.PATIENCE)
        .pollInterval(POLL)
        .until(
            () -> {
              site.restartDead();
              double now = trained();
              // A trainer that was started anew counts from 0.
              return now > before || (now > 0 && now < before);
            });
  }

  private Times awaitRecovery() {
    if (!well) {
      markRecovered();
    }
    awaitTraining(trainedWhenWell);
    Duration wentOn = Duration.ofNanos(System.nanoTime() - wellNanos);
    awaitSaved(sentWhenWell);
    Duration caughtUp = Duration.ofNanos(System.nanoTime() - wellNanos);
    feed.stop();
    awaitRead(feed.sent());
    awaitSaved(feed.sent());
    site.awaitReady();
    await("no transaction is open")
        .atMost(PipelineUnderTest.PATIENCE)
        .pollInterval(POLL)
        .until(cluster::open, open -> open.isEmpty());
    return new Times(wentOn, caughtUp);
  }

  /** Waits until the augmenter has dealt with these, bad ones included. */
  private void awaitRead(Map<RecordPosition, RecordKind> sent) {
    Map<Integer, Long> last =
        sent.keySet().stream()
            .collect(
                Collectors.toMap(RecordPosition::partition, RecordPosition::offset, Math::max));
    await("all images are read")
        .atMost(PipelineUnderTest.PATIENCE)
        .pollInterval(POLL)
        .until(
            () -> {
              site.restartDead();
              return cluster.committed("augmenter", Topics.IMAGES);
            },
            committed ->
                last.entrySet().stream()
                    .allMatch(e -> committed.getOrDefault(e.getKey(), 0L) > e.getValue()));
  }

  /** Waits until as many views are trained and saved as the good ones among these have. */
  private void awaitSaved(Map<RecordPosition, RecordKind> sent) {
    long views =
        FaultSettingsFiles.VIEWS
            * sent.values().stream().filter(kind -> kind == RecordKind.GOOD).count();
    await("all " + views + " views are trained and saved")
        .atMost(PipelineUnderTest.PATIENCE)
        .pollInterval(POLL)
        .until(
            () -> {
              site.restartDead();
              return CheckpointAndLedger.read(site.trainerDirectory())
                  .map(CheckpointAndLedger::viewsSeen)
                  .orElse(0L);
            },
            trained -> trained >= views);
  }

  /** Fresh views that the trainer has trained since it was started. */
  public double trained() {
    return site.trainer().metrics().sum("student_views_total", "origin=\"fresh\"");
  }
}
