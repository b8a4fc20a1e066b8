package io.stillstream.trainer.gate;

import io.stillstream.trainer.config.TrainerConfig;
import io.stillstream.trainer.evaluation.HeldOutEvaluator;
import io.stillstream.trainer.release.ReleaseWriter;
import io.stillstream.trainer.torch.InferenceStudent;
import io.stillstream.trainer.training.gate.GateDecision;
import io.stillstream.trainer.training.gate.PairedComparison;
import io.stillstream.trainer.training.gate.ReleaseGate;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The best champion so far, in memory, and how the student compares with it: on a held-out set if
 * there is one, else on the latest originals. Belongs to the loop's thread.
 */
public final class BaselineEvaluator implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BaselineEvaluator.class);

  private final boolean enabled;
  private final int threads;
  private final ReleaseWriter releases;
  private final Optional<HeldOutEvaluator> examination;
  private final ReleaseGate gate;
  private final PairedComparison trial;
  private InferenceStudent baseline;

  /**
   * @param examination on a held-out set; without one the latest originals decide
   */
  public BaselineEvaluator(
      TrainerConfig config, ReleaseWriter releases, Optional<HeldOutEvaluator> examination) {
    TrainerConfig.GateSettings settings = config.release().gate();
    this.enabled = settings.enabled();
    this.threads = config.threads();
    this.releases = releases;
    this.examination = examination;
    this.gate = new ReleaseGate(settings.images(), settings.tolerance());
    this.trial = new PairedComparison(settings.metric(), settings.images());
  }

  /** Hears what the student says of originals. */
  public PairedComparison trial() {
    return trial;
  }

  /** Measures against a version from now on, and begins anew; 0 for none. */
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
      baseline = InferenceStudent.load(model == null ? releases.model(version) : model, threads);
      if (examination.isEmpty()) {
        trial.reset(baseline);
      } else {
        examination.get().baseline(baseline::predict, step);
      }
    } catch (IOException | IllegalArgumentException e) {
      // Nothing to measure against: better a release that is not compared than none ever again.
      LOG.atWarn()
          .addKeyValue("version", version)
          .addKeyValue("cause", e.getMessage())
          .log("Baseline cannot be loaded, the next release passes");
    }
  }

  /**
   * What the gate says of the student as it is now; null if there is nothing to pass.
   *
   * @param version of the baseline
   */
  GateDecision decide(long version) {
    if (baseline == null) {
      return null;
    }
    if (examination.isEmpty()) {
      return gate.decide(version, trial.tally());
    }
    // What was not examined before is examined now, in one pass.
    prepare(true);
    return gate.decide(version, examination.get().current(), examination.get().best());
  }

  /** Whether a release can be judged, and measured, at once. */
  boolean isReady() {
    return examination.isEmpty() || examination.get().isReady();
  }

  /**
   * Examines what it takes to judge a release.
   *
   * @param toTheEnd whether the examination is not given up when the service stops
   * @return false if it was given up
   */
  boolean prepare(boolean toTheEnd) {
    return examination.isEmpty() || examination.get().prepare(toTheEnd);
  }

  /** The trial so far. */
  String save() {
    return trial.save();
  }

  void restore(String saved) {
    trial.restore(saved);
  }

  @Override
  public void close() {
    trial.reset(null);
    examination.ifPresent(held -> held.baseline(null, -1));
    if (baseline != null) {
      baseline.close();
      baseline = null;
    }
  }
}
