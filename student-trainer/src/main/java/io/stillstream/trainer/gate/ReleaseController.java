package io.stillstream.trainer.gate;

import io.stillstream.trainer.checkpoint.store.PromotionState;
import io.stillstream.trainer.checkpoint.store.TrainerState;
import io.stillstream.trainer.config.TrainerConfig;
import io.stillstream.trainer.kafka.TopicChange;
import io.stillstream.trainer.release.ReleaseMeasurements;
import io.stillstream.trainer.release.ReleaseWriter;
import io.stillstream.trainer.training.TrainerMetrics;
import io.stillstream.trainer.training.comparison.GateDecision;
import io.stillstream.trainer.training.comparison.PairedComparison;
import java.io.IOException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides when a release is due and whether it becomes champion. The gate's decision is part of the
 * checkpoint that the release is made from, and counts when that is durable. Another champion can
 * be chosen manually at any time: the link to it is followed. Belongs to the loop's thread.
 */
public final class ReleaseController {
  private static final Logger LOG = LoggerFactory.getLogger(ReleaseController.class);

  private final ReleaseWriter writer;
  private final ReleaseDelivery delivery;
  private final TrainerMetrics metrics;
  private final BaselineEvaluator baseline;
  private final ReleaseSchedule schedule;
  private final CoveredOffsets offsets = new CoveredOffsets();
  private PromotionState promotion = PromotionState.begin(0);
  private long version;

  /** The champion as far as its files are written. */
  private long champion;

  /**
   * @param baseline what challengers are compared with
   * @param nanos a clock for durations
   */
  public ReleaseController(
      TrainerConfig.ReleaseSettings settings,
      ReleaseWriter writer,
      ReleaseDelivery delivery,
      TrainerMetrics metrics,
      BaselineEvaluator baseline,
      LongSupplier nanos) {
    this.writer = writer;
    this.delivery = delivery;
    this.metrics = metrics;
    this.baseline = baseline;
    this.schedule = new ReleaseSchedule(settings, nanos);
  }

  /**
   * Continues from a checkpoint, and makes its release if a crash prevented that. If it must not be
   * made, training goes on without it. A champion that was chosen manually in the meantime stays.
   *
   * @param model the student in the checkpoint
   * @param measurements for the model card; called only if the release has to be made
   */
  public void begin(TrainerState saved, byte[] model, Supplier<ReleaseMeasurements> measurements)
      throws IOException {
    boolean isMissing = writer.isMissing(saved, model);
    begin(saved, isMissing && !delivery.writeMissing(saved, model, measurements));
  }

  /** Begins without a checkpoint, or continues from one whose release is there. */
  public void begin(TrainerState saved) throws IOException {
    begin(saved, false);
  }

  /** The same where the release of this checkpoint may have been refused. */
  private void begin(TrainerState saved, boolean isRefused) throws IOException {
    version = saved.releaseVersion();
    promotion = saved.promotion();
    if (isRefused && promotion.champion() == version) {
      promotion = promotion.withChosen(writer.champion().orElse(0), promotion.from());
    } else {
      writer.repairCurrentLink(saved);
    }
    schedule.begin(saved.releaseStep(), promotion.postponed());
    boolean isRelease = version > 0 && saved.releaseStep() == saved.steps() && !isRefused;
    offsets.covered(isRelease ? saved.offsets() : promotion.from());
    if (isRelease) {
      // Possibly once more: no later checkpoint says whether a broker has it.
      delivery.publishDecision(saved);
    }
    baseline.setBaseline(promotion.baseline());
    baseline.restore(promotion.comparison());
    adoptChampion(saved.steps());
    report();
  }

  /** Notes where reading a partition began. */
  public void partitionStarted(int partition, long offset) {
    offsets.partitionStarted(partition, offset);
  }

  /** Notes that partitions are read from other offsets than where the last release ended. */
  public void topicChanged(TopicChange change) {
    offsets.topicChanged(change);
  }

  /** Version of the champion; 0 before the first release. */
  public long champion() {
    return champion;
  }

  /** Compares the student with the baseline on originals that it has not trained on. */
  public PairedComparison comparison() {
    return baseline.comparison();
  }

  /** Whether a release was postponed, and has to be made before the student changes. */
  public boolean isPostponed() {
    return schedule.isPostponed();
  }

  /** Postpones a release: the next checkpoint says so, also after a restart. */
  public void postpone() {
    schedule.postpone();
  }

  /** Whether the gate can decide without an evaluation. */
  public boolean isReady() {
    return baseline.isReady();
  }

  /**
   * Evaluates what the gate needs. A release whose evaluation is given up, as the service stops, is
   * postponed.
   *
   * @param toTheEnd whether the evaluation continues when the service stops
   * @return false if it was given up
   */
  public boolean prepare(boolean toTheEnd) {
    boolean prepared = baseline.prepare(toTheEnd);
    if (!prepared) {
      schedule.postpone();
    }
    return prepared;
  }

  /** Whether a release is due: postponed, or after the time or the number of steps. */
  public boolean isDue(long steps) {
    return schedule.isDue(steps);
  }

  /** Whether a clean shutdown makes a release. */
  public boolean isDueOnShutdown(long steps) {
    return schedule.isDueOnShutdown(steps);
  }

  /** Makes the release's ONNX file; if it must not be released, the next one is due later. */
  public boolean export(byte[] model, long steps) {
    if (delivery.prepare(model, steps)) {
      return true;
    }
    schedule.refused(steps);
    return false;
  }

  /**
   * The state of promotion for a checkpoint.
   *
   * @param release whether the checkpoint is made for a release: then the gate decides, and the
   *     state is that after the release
   */
  public PromotionState promotion(boolean release) {
    if (!release) {
      return promotion.withoutRelease(baseline.save(), offsets.from(), schedule.isPostponed());
    }
    GateDecision decision = baseline.decide(promotion.baseline());
    return promotion.withRelease(version + 1, decision, baseline.save(), offsets.from());
  }

  /**
   * A checkpoint is durable: what it says of a release counts from now on.
   *
   * @param model the student in it
   * @param measurements for the model card, if the checkpoint is made for a release
   */
  public void checkpointDurable(
      TrainerState state, byte[] model, ReleaseMeasurements measurements) {
    if (state.releaseVersion() == version) {
      return;
    }
    delivery.add(state, model, measurements);
    version = state.releaseVersion();
    schedule.released(state.releaseStep());
    offsets.covered(state.offsets());
    long before = promotion.baseline();
    promotion = state.promotion();
    if (promotion.baseline() != before) {
      baseline.setBaseline(promotion.baseline(), model, state.steps());
    }
  }

  /** Whether the release of the last checkpoint has not been written. */
  public boolean hasUnwritten() {
    return delivery.hasUnwritten();
  }

  /** Writes the release of the last checkpoint. */
  public void write() throws IOException {
    delivery.write();
    report();
  }

  /** Publishes the champion, if that has not been done. */
  public void publishChampion() throws IOException {
    delivery.publishChampion(promotion.champion());
  }

  /**
   * Makes the promotions that the management port asks for, and adopts a champion that was chosen
   * manually: reads the link after those, once a second, and before a release. Must not be called
   * while a release is unwritten or being saved. Says whether there were promotions to publish.
   */
  public boolean pollChampion(long steps) {
    boolean isPromoted = delivery.servePromotions();
    if (!isPromoted && !schedule.isPollDue() && !isDue(steps)) {
      return false;
    }
    try {
      adoptChampion(steps);
    } catch (IOException e) {
      LOG.atDebug().addKeyValue("cause", e.toString()).log("Link to the champion is not readable");
    }
    return isPromoted;
  }

  private void adoptChampion(long steps) throws IOException {
    long chosen = writer.champion().orElse(promotion.champion());
    if (chosen == promotion.champion()) {
      return;
    }
    LOG.atInfo()
        .addKeyValue("version", chosen)
        .addKeyValue("before", promotion.champion())
        .log("Another champion was chosen");
    promotion = promotion.withChosen(chosen, offsets.from());
    baseline.setBaseline(chosen);
    schedule.championChosen(steps);
    report();
  }

  private void report() {
    champion = promotion.champion();
    metrics.released(champion);
  }
}
