package io.stillstream.student;

import io.stillstream.runtime.Default;
import io.stillstream.runtime.ManagementSettings;
import io.stillstream.student.training.Recipe;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Settings of the trainer; the README describes each.
 *
 * @param kafka passed to clients, serialisers and registry client verbatim
 * @param topics names of topics
 * @param groupId under which offsets are committed, for dashboards only
 * @param student model directory, or its .pt file
 * @param directory where checkpoints and releases are
 * @param batch when a batch closes
 * @param updates optimiser steps per batch of fresh views
 * @param buffer the reservoir
 * @param loss the distillation loss
 * @param optimiser AdamW
 * @param ema the moving average
 * @param evaluation the prequential window
 * @param checkpoint when, and how many
 * @param release when, and how many
 * @param onOffsetGap what to do when records are gone that have not been read
 * @param seed of replay and dropout
 * @param threads libtorch's threads within an operator
 * @param management where the management endpoint listens
 */
public record TrainerConfig(
    Map<String, String> kafka,
    TopicNames topics,
    @Default("student-trainer") String groupId,
    Path student,
    Path directory,
    BatchSettings batch,
    @Default("4") int updates,
    BufferSettings buffer,
    LossSettings loss,
    OptimiserSettings optimiser,
    EmaSettings ema,
    EvaluationSettings evaluation,
    CheckpointSettings checkpoint,
    ReleaseSettings release,
    @Default("stop") OnOffsetGap onOffsetGap,
    @Default("42") long seed,
    @Default("1") int threads,
    @Default("{port: 9403}") ManagementSettings management) {

  public TrainerConfig {
    kafka = Map.copyOf(kafka);
    if (groupId.isBlank()) {
      throw new IllegalArgumentException("group-id must not be empty");
    }
    atLeastOne("updates", updates);
    atLeastOne("threads", threads);
  }

  Recipe recipe() {
    return new Recipe(
        optimiser.learningRate,
        optimiser.weightDecay,
        optimiser.clip,
        ema.maxDecay,
        loss.temperature,
        loss.alpha,
        seed);
  }

  /** What a model card should say of the training. */
  Map<String, Object> trainingSettings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("batch.size", batch.size);
    settings.put("updates", updates);
    settings.put("buffer.views", buffer.views);
    settings.put("loss.temperature", loss.temperature);
    settings.put("loss.alpha", loss.alpha);
    settings.put("optimiser.learning-rate", optimiser.learningRate);
    settings.put("optimiser.weight-decay", optimiser.weightDecay);
    settings.put("optimiser.clip", optimiser.clip);
    settings.put("ema.max-decay", ema.maxDecay);
    settings.put("seed", seed);
    return settings;
  }

  /** Names of the topics that the trainer reads and writes. */
  public record TopicNames(
      @Default("labeled-views") String labeledViews,
      @Default("student-releases") String studentReleases,
      @Default("student-progress") String studentProgress,
      @Default("dead-letters") String deadLetters) {}

  /** A batch closes at this size, or when its oldest view has waited this long. */
  public record BatchSettings(@Default("128") int size, @Default("30s") Duration maxDelay) {
    public BatchSettings {
      if (size < 2) {
        throw new IllegalArgumentException("size must be at least 2, was " + size);
      }
      positive("max-delay", maxDelay);
    }
  }

  /** How many views the reservoir holds. */
  public record BufferSettings(@Default("100000") int views) {
    public BufferSettings {
      atLeastOne("views", views);
    }
  }

  /** Temperature, and the weight of the teacher where there is a label too. */
  public record LossSettings(@Default("4.0") double temperature, @Default("0.9") double alpha) {
    public LossSettings {
      positive("temperature", temperature);
      if (!(alpha >= 0 && alpha <= 1)) {
        throw new IllegalArgumentException("alpha must be within 0 and 1, was " + alpha);
      }
    }
  }

  /** AdamW behind clipping by global norm. */
  public record OptimiserSettings(
      @Default("0.004") double learningRate,
      @Default("0.0001") double weightDecay,
      @Default("5.0") double clip) {
    public OptimiserSettings {
      positive("learning-rate", learningRate);
      positive("clip", clip);
      if (!(weightDecay >= 0 && Double.isFinite(weightDecay))) {
        throw new IllegalArgumentException("weight-decay must not be negative, was " + weightDecay);
      }
    }
  }

  /** The largest decay of the moving average. */
  public record EmaSettings(@Default("0.999") double maxDecay) {
    public EmaSettings {
      if (!(maxDecay >= 0 && maxDecay < 1)) {
        throw new IllegalArgumentException(
            "max-decay must be at least 0 and below 1, was " + maxDecay);
      }
    }
  }

  /** How many of the latest images the prequential accuracy is about. */
  public record EvaluationSettings(@Default("2000") int images) {
    public EvaluationSettings {
      atLeastOne("images", images);
    }
  }

  /** When checkpoints are made, and how many are kept. */
  public record CheckpointSettings(@Default("30s") Duration every, @Default("3") int keep) {
    public CheckpointSettings {
      positive("every", every);
      atLeastOne("keep", keep);
    }
  }

  /** When releases are made, and how many are kept. */
  public record ReleaseSettings(
      @Default("1000") long everySteps, @Default("true") boolean onStop, @Default("10") int keep) {
    public ReleaseSettings {
      if (everySteps < 1) {
        throw new IllegalArgumentException("every-steps must be at least 1, was " + everySteps);
      }
      atLeastOne("keep", keep);
    }
  }

  /** What to do when records are gone that have not been read. */
  public enum OnOffsetGap {
    /** A person decides. */
    STOP,
    /** Count them, and go on with what is there. */
    SKIP
  }

  private static void atLeastOne(String key, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(key + " must be at least 1, was " + value);
    }
  }

  private static void positive(String key, double value) {
    if (!(value > 0 && Double.isFinite(value))) {
      throw new IllegalArgumentException(key + " must be positive, was " + value);
    }
  }

  private static void positive(String key, Duration value) {
    if (value.isZero() || value.isNegative()) {
      throw new IllegalArgumentException(key + " must be positive, was " + value.toMillis() + "ms");
    }
  }
}
