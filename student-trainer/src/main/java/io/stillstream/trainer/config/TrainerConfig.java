package io.stillstream.trainer.config;

import io.stillstream.runtime.access.RequiredAcl;
import io.stillstream.runtime.config.Default;
import io.stillstream.runtime.config.Scalars;
import io.stillstream.runtime.config.SettingRanges;
import io.stillstream.runtime.http.ManagementSettings;
import io.stillstream.runtime.kafka.ClientIds;
import io.stillstream.runtime.metrics.MetricsSettings;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.runtime.openlineage.OpenLineageSettings;
import io.stillstream.runtime.records.UnexpectedFailurePolicy;
import io.stillstream.runtime.startup.StartSettings;
import io.stillstream.trainer.ledger.LedgerSettings;
import io.stillstream.trainer.replica.objectstore.ObjectStoreSettings;
import io.stillstream.trainer.trace.ImageTraceSettings;
import io.stillstream.trainer.training.accuracy.GateMetric;
import io.stillstream.trainer.training.buffer.ReplaySampling;
import io.stillstream.trainer.training.divergence.DivergenceSettings;
import io.stillstream.trainer.training.drift.DriftSettings;
import io.stillstream.trainer.training.hyperparameters.Hyperparameters;
import io.stillstream.trainer.training.hyperparameters.LossSettings;
import io.stillstream.trainer.training.hyperparameters.OptimiserSettings;
import io.stillstream.trainer.training.hyperparameters.Precision;
import io.stillstream.trainer.training.hyperparameters.TorchOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Settings of the trainer; docs/settings.md describes each.
 *
 * @param kafka passed to clients, serialisers and registry client verbatim
 * @param topics names of topics
 * @param groupId under which offsets are committed, for dashboards only
 * @param student model directory, or its .pt file
 * @param directory where checkpoints and releases are
 * @param input what is learned from
 * @param batch when a batch closes
 * @param updates optimiser steps per batch of fresh views
 * @param buffer what is kept for replay
 * @param replay what is done to views that are drawn again
 * @param decode who decodes views
 * @param merge how several partitions become one stream
 * @param labels that come apart from their images
 * @param loss what is minimised
 * @param optimiser how
 * @param ema the moving average
 * @param guard when training is set back
 * @param evaluation the prequential window, and held-out examples
 * @param drift when the stream has drifted, and what then
 * @param review which images a person is asked about
 * @param progress reported to the labeler
 * @param checkpoint when, and how many
 * @param ledger how it is divided, and how long lines are kept
 * @param release when, how many, and what they have to pass
 * @param store where copies of both go
 * @param predict what the prediction endpoint takes
 * @param health when the trainer counts as dead
 * @param onOffsetGap what to do when records are gone that have not been read
 * @param onTopicChange what to do when the topic is not the one that the offsets are of
 * @param maxConsecutiveFailures unexpected failures in a row until the service ends; 0: no limit
 * @param start how long the start waits for what is away
 * @param seed of replay and dropout
 * @param device {@code auto}, {@code cpu}, or a GPU as {@code gpu0}
 * @param precision of convolutions and matrix products in training
 * @param threads libtorch's threads within an operator
 * @param management where the management endpoint listens
 * @param metrics where metrics go beside it
 * @param openlineage where releases are reported; nothing is reported unless it is given
 */
public record TrainerConfig(
    Map<String, String> kafka,
    TrainerTopics topics,
    @Default(value = "student-trainer", prefixed = true) String groupId,
    Path student,
    Path directory,
    @Default("labeled-views") Input input,
    BatchSettings batch,
    UpdateSettings updates,
    BufferSettings buffer,
    ReplaySettings replay,
    DecodeSettings decode,
    MergeSettings merge,
    LabelSettings labels,
    LossSettings loss,
    OptimiserSettings optimiser,
    EmaSettings ema,
    DivergenceSettings guard,
    EvaluationSettings evaluation,
    DriftSettings drift,
    ReviewSettings review,
    ProgressSettings progress,
    CheckpointSettings checkpoint,
    LedgerSettings ledger,
    ReleaseSettings release,
    Optional<ObjectStoreSettings> store,
    PredictSettings predict,
    HealthSettings health,
    @Default("stop") OnOffsetGap onOffsetGap,
    @Default("stop") OnTopicChange onTopicChange,
    @Default("100") int maxConsecutiveFailures,
    StartSettings start,
    @Default("42") long seed,
    @Default("auto") String device,
    @Default("float32") Precision precision,
    @Default("1") int threads,
    @Default("{port: 9403}") ManagementSettings management,
    MetricsSettings metrics,
    Optional<OpenLineageSettings> openlineage) {

  public TrainerConfig {
    kafka = ClientIds.withDefault(kafka, groupId);
    SettingRanges.requireText("group-id", groupId);
    TorchOptions.require(device, threads);
    labels.require(batch, topics, input);
    int unused = UnexpectedFailurePolicy.requireLimit(maxConsecutiveFailures);
    if (input == Input.VIEWS && loss.kind().usesTeacher()) {
      throw new IllegalArgumentException(
          "input views has no teacher: loss.kind must be cross-entropy then, was "
              + Scalars.name(loss.kind()));
    }
  }

  /** What the trainer must be allowed to do at the brokers. */
  public List<RequiredAcl> privileges() {
    return TrainerAcls.of(this);
  }

  public Hyperparameters hyperparameters() {
    return new Hyperparameters(loss, optimiser, ema.maxDecay(), batch.accumulate, seed);
  }

  /** Where and how the student computes. */
  public TorchOptions torch() {
    return new TorchOptions(device, precision, threads);
  }

  /** Which views are kept for replay, and how they are drawn. */
  public ReplaySampling replaySampling() {
    return new ReplaySampling(buffer.viewsPerImage(), replay.horizontalFlip(), seed);
  }

  /** The topic that is learned from. */
  public String source() {
    return input == Input.VIEWS ? topics.views() : topics.labeledViews();
  }

  /**
   * Where the traces of this trainer's images are.
   *
   * @param images topic of images, where neither a view nor a dead letter names it
   */
  public ImageTraceSettings trace(
      String images, ModelSpec student, ImageTraceSettings.Search search) {
    return new ImageTraceSettings(
        kafka,
        new ImageTraceSettings.TopicNames(
            images,
            topics.views(),
            source(),
            labels.enabled() ? Optional.of(topics.labels()) : Optional.empty(),
            topics.deadLetters()),
        directory,
        student.classes(),
        student.task(),
        loss.kind().usesTeacher(),
        search);
  }

  /** What a model card should say of the training. */
  public Map<String, Object> trainingSettings() {
    return RecordedSettings.of(this);
  }

  /** What is learned from. */
  public enum Input {
    /** Views with a teacher's answers, and with labels or masks where there are any. */
    LABELED_VIEWS,
    /** Views as the augmenter makes them: their labels or masks alone. */
    VIEWS
  }

  /** A batch closes at this size or after this delay; it is derived in so many parts. */
  public record BatchSettings(
      @Default("128") int size, @Default("30s") Duration maxDelay, @Default("1") int accumulate) {
    public BatchSettings {
      SettingRanges.requireAtLeast(2, "size", size);
      SettingRanges.requirePositive("max-delay", maxDelay);
      if (accumulate < 1 || accumulate > size / 2) {
        throw new IllegalArgumentException(
            "accumulate must be at least 1 and at most half of size, %d, was %d"
                .formatted(size / 2, accumulate));
      }
    }
  }

  /** When checkpoints are made, and how many are kept. */
  public record CheckpointSettings(@Default("30s") Duration every, @Default("3") int keep) {
    public CheckpointSettings {
      SettingRanges.requirePositive("every", every);
      SettingRanges.requireAtLeast(1, "keep", keep);
    }
  }

  /**
   * When releases are made, how many are kept, and what they have to pass.
   *
   * @param every a release is made when the last one is this old, too
   * @param keep of the newest, and of the newest champions
   */
  public record ReleaseSettings(
      @Default("1000") long everySteps,
      Optional<Duration> every,
      @Default("true") boolean onStop,
      @Default("10") int keep,
      GateSettings gate) {
    public ReleaseSettings {
      SettingRanges.requireAtLeast(1, "every-steps", everySteps);
      every.ifPresent(value -> SettingRanges.requirePositive("every", value));
      SettingRanges.requireAtLeast(1, "keep", keep);
    }
  }

  /**
   * What a challenger has to pass to become champion.
   *
   * @param images of a full trial
   * @param tolerance how far behind it may be, of the mean score
   * @param metric what answers are compared with
   */
  public record GateSettings(
      @Default("true") boolean enabled,
      @Default("2000") int images,
      @Default("0.01") double tolerance,
      @Default("auto") GateMetric metric) {
    public GateSettings {
      SettingRanges.requireAtLeast(1, "images", images);
      SettingRanges.requireShare("tolerance", tolerance);
    }
  }

  /** What to do when records are gone that have not been read. */
  public enum OnOffsetGap {
    /** A person decides. */
    STOP,
    /** Count them, and go on with what is there. */
    SKIP
  }

  /** What to do when the topic is not the one that the checkpoint's offsets are of. */
  public enum OnTopicChange {
    /** A person decides. */
    STOP,
    /** Go on with the first record of each partition. */
    EARLIEST,
    /** Go on with what comes from now on. */
    LATEST,
    /** Go on from the same offsets: it holds the same records. */
    KEEP
  }
}
