package io.stillstream.trainer.gate;

import io.stillstream.trainer.config.TrainerConfig;
import io.stillstream.trainer.evaluation.HeldOutEvaluator;
import io.stillstream.trainer.release.ReleaseWriter;
import io.stillstream.trainer.training.accuracy.TaskScorer;
import io.stillstream.trainer.training.comparison.GateDecision;
import io.stillstream.trainer.training.comparison.PairedComparison;
import io.stillstream.trainer.training.comparison.ReleaseGate;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The best champion so far, in memory, and how the student compares with it: on a held-out set if
 * there is one, else on the latest originals. Belongs to the loop's thread.
 */
public final class BaselineEvaluator implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BaselineEvaluator.class);

  private final boolean enabled;
  private final ReleaseWriter writer;
  private final Optional<HeldOutEvaluator> heldOut;
  private final Function<byte[], PairedComparison.BaselineModel> loader;
  private final ReleaseGate gate;
  private final PairedComparison comparison;
  private PairedComparison.BaselineModel baseline;

  /**
   * @param scorer scores the answers for the latest originals
   * @param heldOut evaluates on a held-out set; without one the latest originals decide
   * @param loader loads the bytes of a release's {@code .pt} file, to compare the student with it;
   *     throws {@link IllegalArgumentException} if it is not a model
   */
  public BaselineEvaluator(
      TrainerConfig.GateSettings settings,
      TaskScorer scorer,
      ReleaseWriter writer,
      Optional<HeldOutEvaluator> heldOut,
      Function<byte[], PairedComparison.BaselineModel> loader) {
    this.enabled = settings.enabled();
    this.writer = writer;
    this.heldOut = heldOut;
    this.loader = loader;
    this.gate = new ReleaseGate(settings.images(), settings.tolerance());
    this.comparison = new PairedComparison(scorer, settings.metric(), settings.images());
  }

  /** Compares the student with the baseline on originals. */
  PairedComparison comparison() {
    return comparison;
  }

  /** Compares with a version from now on, and discards all scores; 0 for none. */
  void setBaseline(long version) {
    setBaseline(version, null, -1);
  }

  /**
   * The same.
   *
   * @param model bytes of the version; null to read them
   * @param step at which the student was this model; −1 if it is not known
   */
  void setBaseline(long version, byte[] model, long step) {
    close();
    if (version == 0 || !enabled) {
      return;
    }
    try {
      baseline = loader.apply(model == null ? writer.model(version) : model);
      if (heldOut.isEmpty()) {
        comparison.reset(baseline);
      } else {
        heldOut.get().baseline(baseline::predict, step);
      }
    } catch (IOException | IllegalArgumentException e) {
      // Without a baseline the next release passes: better than no release ever again.
      LOG.atWarn()
          .addKeyValue("version", version)
          .addKeyValue("cause", e.getMessage())
          .log("Baseline cannot be loaded, the next release passes");
    }
  }

  /**
   * The gate's decision on the student as it is now; null without a baseline.
   *
   * @param version of the baseline
   */
  GateDecision decide(long version) {
    if (baseline == null) {
      return null;
    }
    if (heldOut.isEmpty()) {
      return gate.decide(version, comparison.totals());
    }
    prepare(true);
    return gate.decide(version, heldOut.get().current(), heldOut.get().best());
  }

  /** Whether {@link #decide} needs no evaluation. */
  boolean isReady() {
    return heldOut.isEmpty() || heldOut.get().isReady();
  }

  /**
   * Evaluates what {@link #decide} needs.
   *
   * @param toTheEnd whether the evaluation continues when the service stops
   * @return false if it was given up
   */
  boolean prepare(boolean toTheEnd) {
    return heldOut.isEmpty() || heldOut.get().prepare(toTheEnd);
  }

  /** The scores so far. */
  String save() {
    return comparison.save();
  }

  void restore(String saved) {
    comparison.restore(saved);
  }

  @Override
  public void close() {
    comparison.reset(null);
    heldOut.ifPresent(evaluator -> evaluator.baseline(null, -1));
    if (baseline != null) {
      baseline.close();
      baseline = null;
    }
  }
}
