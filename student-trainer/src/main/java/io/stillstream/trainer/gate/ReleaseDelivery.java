package io.stillstream.trainer.gate;

import io.stillstream.schemas.StudentEventKind;
import io.stillstream.trainer.checkpoint.store.TrainerState;
import io.stillstream.trainer.publish.ReleasePublisher;
import io.stillstream.trainer.publish.ReleaseRunReporter;
import io.stillstream.trainer.publish.StudentEventPublisher;
import io.stillstream.trainer.release.OnnxMismatchException;
import io.stillstream.trainer.release.PromotionRequests;
import io.stillstream.trainer.release.PromotionRequests.Promotion;
import io.stillstream.trainer.release.ReleaseMeasurements;
import io.stillstream.trainer.release.ReleaseWriter;
import io.stillstream.trainer.training.TrainerMetrics;
import io.stillstream.trainer.training.comparison.GateDecision;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the release of a durable checkpoint and publishes it and the gate's decision, and makes
 * the promotions that a person asks for. Belongs to the loop's thread, except {@link #refusal} and
 * {@link #refusals}.
 */
public final class ReleaseDelivery {
  private static final Logger LOG = LoggerFactory.getLogger(ReleaseDelivery.class);

  private final ReleaseWriter writer;
  private final ReleasePublisher publisher;
  private final StudentEventPublisher events;
  private final ReleaseRunReporter runs;
  private final TrainerMetrics metrics;
  private final PromotionRequests requests;
  private final AtomicLong refusals = new AtomicLong();
  private volatile String refusal;

  /** The release of the last checkpoint; null if there is none, or its files are written. */
  private UnwrittenRelease unwritten;

  /**
   * @param requests promotions that the management port asks for
   */
  public ReleaseDelivery(
      ReleaseWriter writer,
      ReleasePublisher publisher,
      StudentEventPublisher events,
      ReleaseRunReporter runs,
      TrainerMetrics metrics,
      PromotionRequests requests) {
    this.writer = writer;
    this.publisher = publisher;
    this.events = events;
    this.runs = runs;
    this.metrics = metrics;
    this.requests = requests;
  }

  @SuppressWarnings("ArrayRecordComponent") // made here, read once
  private record UnwrittenRelease(
      TrainerState checkpoint, byte[] model, ReleaseMeasurements measurements) {}

  /**
   * Makes the ONNX file of a student that is to be released.
   *
   * @return false if it does not answer as the student does: then this is counted and shown, and
   *     the student must not be released
   */
  boolean prepare(byte[] model, long step) {
    try {
      writer.prepare(model);
      refusal = null;
      return true;
    } catch (OnnxMismatchException e) {
      refusal = "step %d was not released, student.onnx: %s".formatted(step, e.getMessage());
      refusals.incrementAndGet();
      runs.notMade(step, refusal);
      LOG.atError()
          .addKeyValue("step", step)
          .addKeyValue("file", "student.onnx")
          .addKeyValue("cause", e.getMessage())
          .log("Release refused, training goes on");
      return false;
    }
  }

  /**
   * Makes the release of a checkpoint that a crash prevented.
   *
   * @param measurements called only if it is made
   * @return false if the student must not be released, as {@link #prepare}
   */
  boolean writeMissing(
      TrainerState checkpoint, byte[] model, Supplier<ReleaseMeasurements> measurements)
      throws IOException {
    boolean releases = prepare(model, checkpoint.steps());
    if (releases) {
      runs.started(checkpoint);
      writer.write(checkpoint, model, measurements.get());
    }
    return releases;
  }

  /** Why the last release was refused; empty if it was not. Safe for all threads. */
  public Optional<String> refusal() {
    return Optional.ofNullable(refusal);
  }

  /** How many releases were refused. Safe for all threads. */
  public long refusals() {
    return refusals.get();
  }

  /** A checkpoint with a release is durable: {@link #write} is to follow. */
  void add(TrainerState checkpoint, byte[] model, ReleaseMeasurements measurements) {
    runs.started(checkpoint);
    if (!checkpoint.promotion().passed()) {
      metrics.gateFailed();
      runs.refused(checkpoint, "the gate refused it: " + checkpoint.promotion().verdict().facts());
      LOG.atWarn()
          .addKeyValue("version", checkpoint.releaseVersion())
          .addKeyValue("verdict", checkpoint.promotion().verdict())
          .log("Challenger did not pass the gate");
    }
    unwritten = new UnwrittenRelease(checkpoint, model, measurements);
  }

  boolean hasUnwritten() {
    return unwritten != null;
  }

  /** Writes the files of the release that was added, and publishes the gate's decision. */
  void write() throws IOException {
    writer.write(unwritten.checkpoint(), unwritten.model(), unwritten.measurements());
    publishDecision(unwritten.checkpoint());
    unwritten = null;
  }

  /** Publishes the gate's decision on the release of a checkpoint, if the gate was asked. */
  void publishDecision(TrainerState checkpoint) {
    GateDecision decision = checkpoint.promotion().verdict();
    if (decision != null) {
      Map<String, String> details = new TreeMap<>(decision.facts());
      details.put("version", Long.toString(checkpoint.releaseVersion()));
      events.publish(
          decision.passed() ? StudentEventKind.GATE_PASSED : StudentEventKind.GATE_FAILED,
          checkpoint.steps(),
          checkpoint.viewsSeen(),
          details);
    }
  }

  /** Makes the promotions that the management port asks for; whether there were any. */
  boolean servePromotions() {
    return requests.serve(this::promote);
  }

  private Promotion promote(OptionalLong version) throws IOException {
    long before = writer.champion().orElse(0);
    long chosen = version.isPresent() ? version.getAsLong() : writer.before();
    // Who asks once more, as the answer was lost, shall not cause a second event.
    if (chosen != before) {
      writer.promote(chosen);
      publisher.promoted();
    }
    return new Promotion(chosen, before);
  }

  /** Publishes a champion, if that has not been done. */
  void publishChampion(long version) throws IOException {
    publisher.publish(version);
  }
}
