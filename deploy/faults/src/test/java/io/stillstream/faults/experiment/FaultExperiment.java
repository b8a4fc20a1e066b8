package io.stillstream.faults.experiment;

import static io.stillstream.faults.pipeline.PipelineUnderTest.await;

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
 * One fault on a pipeline through which images flow: it is injected, training has to go on, all
 * images sent have to come through, and then everything since the beginning is audited.
 */
public final class FaultExperiment {
  private final PipelineUnderTest pipeline;
  private final ImageRecordSender sender;
  private final ClusterInspector cluster;
  private final ExperimentScale scale;
  private boolean recovered;
  private long recoveredNanos;
  private double trainedAtRecovery;
  private Map<RecordPosition, RecordKind> sentAtRecovery;

  FaultExperiment(
      PipelineUnderTest pipeline,
      ImageRecordSender sender,
      ClusterInspector cluster,
      ExperimentScale scale) {
    this.pipeline = pipeline;
    this.sender = sender;
    this.cluster = cluster;
    this.scale = scale;
  }

  /**
   * How long each took since the recovery.
   *
   * @param wentOn until the trainer trained
   * @param caughtUp until all that had been sent by then was trained and saved
   */
  record Times(Duration wentOn, Duration caughtUp) {}

  public PipelineUnderTest pipeline() {
    return pipeline;
  }

  public ImageRecordSender sender() {
    return sender;
  }

  public ClusterInspector cluster() {
    return cluster;
  }

  public ExperimentScale scale() {
    return scale;
  }

  /** Runs it. */
  public ExperimentResult run(Fault fault) {
    List<String> violations = new ArrayList<>();
    String seen = "";
    Optional<Times> times = Optional.empty();
    sender.start(scale.rate());
    try {
      awaitTraining();
      seen = fault.injection().inject(this);
      times = Optional.of(awaitRecovery());
    } catch (AssertionError | ConditionTimeoutException | EmbeddedException e) {
      violations.add(e.getMessage());
    } finally {
      sender.stop();
    }
    List<UnexpectedExit> unexpectedExits = pipeline.drainUnexpectedExits();
    unexpectedExits.stream()
        .filter(
            unexpectedExit -> !fault.documentedEnd().equals(Optional.of(unexpectedExit.exitCode())))
        .map(UnexpectedExit::toString)
        .forEach(violations::add);
    DeliveryAudit.Result result =
        DeliveryAudit.of(
            sender.sent(),
            TopicContents.read(pipeline.clients()),
            CheckpointAndLedger.read(pipeline.trainerDirectory()).orElseThrow());
    violations.addAll(result.violations());
    violations.addAll(ServiceCounterAudit.violations(pipeline));
    return new ExperimentResult(
        fault,
        seen + UnexpectedExit.summary(unexpectedExits),
        times,
        Optional.of(result),
        List.copyOf(violations));
  }

  /**
   * To be called when all processes are back, though not at work yet: times count from here.
   * Otherwise they count from the end of the injection.
   */
  public void markRecovered() {
    recovered = true;
    recoveredNanos = System.nanoTime();
    trainedAtRecovery = trained();
    sentAtRecovery = sender.sent();
  }

  /** Waits until the trainer trains something that it had not trained when this was called. */
  public void awaitTraining() {
    awaitTraining(trained());
  }

  private void awaitTraining(double before) {
    await("training goes on")
        .until(
            () -> {
              pipeline.restartDead();
              double now = trained();
              // A trainer that was started anew counts from 0.
              return now > before || (now > 0 && now < before);
            });
  }

  private Times awaitRecovery() {
    if (!recovered) {
      markRecovered();
    }
    awaitTraining(trainedAtRecovery);
    Duration wentOn = Duration.ofNanos(System.nanoTime() - recoveredNanos);
    awaitSaved(sentAtRecovery);
    Duration caughtUp = Duration.ofNanos(System.nanoTime() - recoveredNanos);
    sender.stop();
    awaitRead(sender.sent());
    awaitSaved(sender.sent());
    pipeline.awaitReady();
    await("no transaction is open").until(cluster::open, open -> open.isEmpty());
    return new Times(wentOn, caughtUp);
  }

  /** Waits until the augmenter has dealt with these, bad ones included. */
  private void awaitRead(Map<RecordPosition, RecordKind> sent) {
    Map<Integer, Long> last =
        sent.keySet().stream()
            .collect(
                Collectors.toMap(RecordPosition::partition, RecordPosition::offset, Math::max));
    await("all images are read")
        .until(
            () -> {
              pipeline.restartDead();
              return cluster.committed("augmenter", Topics.IMAGES);
            },
            committed ->
                last.entrySet().stream()
                    .allMatch(e -> committed.getOrDefault(e.getKey(), 0L) > e.getValue()));
  }

  /** Waits until the augmenter has dealt with all that was sent until now, bad ones included. */
  public void awaitRead() {
    awaitRead(sender.sent());
  }

  /** Waits until all that was sent until now is trained and saved. */
  public void awaitSaved() {
    awaitSaved(sender.sent());
  }

  /** Waits until as many views are trained and saved as the good ones among these have. */
  private void awaitSaved(Map<RecordPosition, RecordKind> sent) {
    long views =
        FaultSettingsFiles.VIEWS
            * sent.values().stream().filter(kind -> kind == RecordKind.GOOD).count();
    await("all " + views + " views are trained and saved")
        .until(
            () -> {
              pipeline.restartDead();
              return CheckpointAndLedger.viewsSeen(pipeline.trainerDirectory());
            },
            trained -> trained >= views);
  }

  /** Fresh views that the trainer has trained since it was started. */
  public double trained() {
    return pipeline.trainer().metrics().sum("student_views_total", "origin=\"fresh\"");
  }
}
