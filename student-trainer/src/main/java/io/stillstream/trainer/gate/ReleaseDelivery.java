package io.stillstream.trainer.gate;

import io.stillstream.schemas.StudentEventKind;
import io.stillstream.trainer.checkpoint.store.TrainerState;
import io.stillstream.trainer.publish.ReleasePublisher;
import io.stillstream.trainer.publish.StudentEventPublisher;
import io.stillstream.trainer.release.ReleaseWriter;
import io.stillstream.trainer.training.comparison.GateDecision;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes the release of a durable checkpoint and publishes it and the gate's decision. Belongs to
 * the loop's thread.
 */
public final class ReleaseDelivery {
  private final ReleaseWriter writer;
  private final ReleasePublisher publisher;
  private final StudentEventPublisher events;

  /** The release of the last checkpoint; null if there is none, or its files are written. */
  private UnwrittenRelease unwritten;

  public ReleaseDelivery(
      ReleaseWriter writer, ReleasePublisher publisher, StudentEventPublisher events) {
    this.writer = writer;
    this.publisher = publisher;
    this.events = events;
  }

  @SuppressWarnings("ArrayRecordComponent") // made here, read once
  private record UnwrittenRelease(
      TrainerState checkpoint, byte[] model, Map<String, Double> measurements) {}

  /** A checkpoint with a release is durable: {@link #write} is to follow. */
  void add(TrainerState checkpoint, byte[] model, Map<String, Double> measurements) {
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

  /** Publishes a champion, if that has not been done. */
  void publishChampion(long version) throws IOException {
    publisher.publish(version);
  }
}
