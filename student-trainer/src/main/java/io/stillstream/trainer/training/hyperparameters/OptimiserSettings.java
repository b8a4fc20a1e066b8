package io.stillstream.trainer.training.hyperparameters;

import io.stillstream.runtime.config.Default;
import io.stillstream.runtime.config.SettingRanges;

/**
 * How weights follow gradients.
 *
 * @param learningRate base of the schedule; with Muon, of the weights that follow AdamW
 * @param weightDecay decoupled, on weights only
 * @param clip largest global norm of the gradients; 0 for no clipping
 * @param momentum of SGD
 * @param nesterov of SGD: whether it looks ahead along its momentum
 * @param schedule of the rate
 * @param muon of Muon
 */
public record OptimiserSettings(
    @Default("muon") Kind kind,
    @Default("0.004") double learningRate,
    @Default("0.0001") double weightDecay,
    @Default("5.0") double clip,
    @Default("0.9") double momentum,
    @Default("true") boolean nesterov,
    ScheduleSettings schedule,
    MuonSettings muon) {

  public OptimiserSettings {
    SettingRanges.requirePositive("learning-rate", learningRate);
    SettingRanges.requireNotNegative("weight-decay", weightDecay);
    if (!(clip >= 0 && Double.isFinite(clip))) {
      throw new IllegalArgumentException("clip must be positive, or 0 for none, was " + clip);
    }
    SettingRanges.requireShareBelowOne("momentum", momentum);
  }

  /** The rule by which a gradient becomes a step. */
  public enum Kind {
    /** Loshchilov and Hutter 2019. */
    ADAMW,
    /**
     * Jordan et al. 2024, for hidden weights of two or more dimensions; AdamW for output layer,
     * biases and norms.
     */
    MUON,
    /** With momentum: Sutskever et al. 2013. */
    SGD
  }

  /**
   * Muon's own settings.
   *
   * @param learningRate of the weights that follow Muon; it has the schedule of the other rate
   */
  public record MuonSettings(@Default("0.02") double learningRate) {
    public MuonSettings {
      SettingRanges.requirePositive("learning-rate", learningRate);
    }
  }

  /**
   * How the rate changes with the steps.
   *
   * @param warmUp steps in which the rate rises to its base, in a straight line
   * @param period of cosine: steps of the first cycle
   * @param growth of cosine: how many times longer each cycle is than the one before
   * @param floor of cosine: the lowest rate, as a share of the base
   */
  public record ScheduleSettings(
      @Default("constant") ScheduleKind kind,
      @Default("0") long warmUp,
      @Default("10000") long period,
      @Default("1") int growth,
      @Default("0.0") double floor) {

    public ScheduleSettings {
      SettingRanges.requireNotNegative("warm-up", warmUp);
      if (kind == ScheduleKind.INVERSE_SQUARE_ROOT && warmUp == 0) {
        throw new IllegalArgumentException(
            "warm-up must be at least 1 with kind inverse-square-root, was 0");
      }
      SettingRanges.requireAtLeast(1, "period", period);
      SettingRanges.requireAtLeast(1, "growth", growth);
      SettingRanges.requireShare("floor", floor);
    }
  }

  /** The curve behind the warm-up. */
  public enum ScheduleKind {
    /** Always the base. */
    CONSTANT,
    /** Falls and starts again: Loshchilov and Hutter 2017. */
    COSINE,
    /** Falls with the root of the steps: Vaswani et al. 2017. */
    INVERSE_SQUARE_ROOT
  }
}
