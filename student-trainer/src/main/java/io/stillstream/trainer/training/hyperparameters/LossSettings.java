package io.stillstream.trainer.training.hyperparameters;

import io.stillstream.runtime.config.Default;
import io.stillstream.runtime.config.SettingRanges;
import io.stillstream.schemas.answer.ModelTask;
import io.stillstream.schemas.answer.OutputShape;
import java.util.Optional;

/**
 * What is minimised; docs/losses.md has the formulas.
 *
 * @param kind how the student is compared with the teacher
 * @param temperature T of the teacher's part
 * @param alpha weight of the teacher where a view has a label too; the label has 1 − alpha
 * @param labelSmoothing share of a label that goes to all classes alike
 * @param dkd of {@link Kind#DKD} alone
 * @param dist of {@link Kind#DIST} alone
 * @param projection dimensions of the teacher's embeddings, which the student's are projected to;
 *     empty where they are compared as they are
 * @param minConfidence how sure the teacher must be for its answer to count; empty for not at all
 */
public record LossSettings(
    @Default("kd") Kind kind,
    @Default("2.0") double temperature,
    @Default("0.9") double alpha,
    @Default("0.0") double labelSmoothing,
    DkdSettings dkd,
    DistSettings dist,
    Optional<Integer> projection,
    Optional<MinConfidenceSettings> minConfidence) {

  public LossSettings {
    SettingRanges.requirePositive("temperature", temperature);
    SettingRanges.requireShare("alpha", alpha);
    SettingRanges.requireShareBelowOne("label-smoothing", labelSmoothing);
    projection.ifPresent(value -> SettingRanges.requireAtLeast(1, "projection", value));
    if (minConfidence.isPresent() && !kind.usesTeacher()) {
      throw new IllegalArgumentException(
          "min-confidence must not be set with kind cross-entropy: it uses no teacher");
    }
  }

  /** Without a projection, and with every answer. */
  public LossSettings(
      Kind kind,
      double temperature,
      double alpha,
      double labelSmoothing,
      DkdSettings dkd,
      DistSettings dist) {
    this(kind, temperature, alpha, labelSmoothing, dkd, dist, Optional.empty(), Optional.empty());
  }

  /**
   * The shape of the answers that are compared: of the teacher, and of the student after its
   * projection.
   *
   * @param student the shape of the student's own answers
   */
  public OutputShape compared(OutputShape student) {
    return projection.map(OutputShape::embedding).orElse(student);
  }

  /** Soft targets at a temperature of 4, and labels as they are. */
  public static LossSettings hinton(double alpha) {
    return new LossSettings(Kind.KD, 4, alpha, 0, new DkdSettings(1, 8), new DistSettings(2, 2));
  }

  /** How the student is compared with the teacher. */
  public enum Kind {
    /** Divergence of softened probabilities: Hinton et al. 2015. */
    KD,
    /** The same of standardised logits: Sun et al. 2024. */
    STANDARDISED,
    /** Target class and other classes apart: Zhao et al. 2022. */
    DKD,
    /** Correlation within a view and within a class: Huang et al. 2022. */
    DIST,
    /** Squared differences of logits or embeddings: Ba and Caruana 2014. */
    MSE,
    /** The angle between embeddings. */
    COSINE,
    /** Not at all: labels only. */
    CROSS_ENTROPY;

    /** Whether a student of this task can be trained with it. */
    public boolean suits(ModelTask task) {
      return switch (this) {
        case KD, STANDARDISED, CROSS_ENTROPY -> task != ModelTask.EMBEDDING;
        case DKD, DIST -> task == ModelTask.CLASSIFICATION;
        case MSE -> true;
        case COSINE -> task == ModelTask.EMBEDDING;
      };
    }

    /** Whether the teacher's answer says anything to the student. */
    public boolean usesTeacher() {
      return this != CROSS_ENTROPY;
    }
  }

  /**
   * Weights of the two parts of decoupled distillation.
   *
   * @param alpha of target class against the rest
   * @param beta of the other classes among each other
   */
  public record DkdSettings(@Default("1.0") double alpha, @Default("8.0") double beta) {
    public DkdSettings {
      SettingRanges.requireNotNegative("alpha", alpha);
      SettingRanges.requireNotNegative("beta", beta);
    }
  }

  /**
   * Weights of the two relations.
   *
   * @param beta between the classes of a view
   * @param gamma between the views of a batch, class by class
   */
  public record DistSettings(@Default("2.0") double beta, @Default("2.0") double gamma) {
    public DistSettings {
      SettingRanges.requireNotNegative("beta", beta);
      SettingRanges.requireNotNegative("gamma", gamma);
    }
  }
}
