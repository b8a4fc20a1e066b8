package io.stillstream.trainer.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.schemas.ReviewReason;
import io.stillstream.trainer.config.TrainerConfig.Input;
import io.stillstream.trainer.config.TrainerConfig.OnOffsetGap;
import io.stillstream.trainer.config.TrainerConfig.OnTopicChange;
import io.stillstream.trainer.ledger.LedgerSettings;
import io.stillstream.trainer.training.accuracy.GateMetric;
import io.stillstream.trainer.training.buffer.BufferKind;
import io.stillstream.trainer.training.buffer.BufferLimits;
import io.stillstream.trainer.training.buffer.ReplaySampling;
import io.stillstream.trainer.training.buffer.TeacherChangePolicy;
import io.stillstream.trainer.training.hyperparameters.Hyperparameters;
import io.stillstream.trainer.training.hyperparameters.LossSettings;
import io.stillstream.trainer.training.hyperparameters.LossSettings.DistSettings;
import io.stillstream.trainer.training.hyperparameters.LossSettings.DkdSettings;
import io.stillstream.trainer.training.hyperparameters.LossSettings.Kind;
import io.stillstream.trainer.training.hyperparameters.MinConfidenceSettings;
import io.stillstream.trainer.training.hyperparameters.OptimiserSettings;
import io.stillstream.trainer.training.hyperparameters.OptimiserSettings.MuonSettings;
import io.stillstream.trainer.training.hyperparameters.OptimiserSettings.ScheduleKind;
import io.stillstream.trainer.training.hyperparameters.OptimiserSettings.ScheduleSettings;
import io.stillstream.trainer.training.hyperparameters.Precision;
import io.stillstream.trainer.training.hyperparameters.TorchOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainerConfigTest {
  private static final String MINIMAL =
      """
      kafka: {bootstrap.servers: localhost:9092}
      student: models/cnn
      directory: data
      """;

  @Test
  void shouldPutThePrefixBeforeEveryDefaultName() {
    // when
    TrainerConfig config =
        parse(
            MINIMAL
                + """
                topics: {prefix: team-a.}
                labels: {enabled: true}
                review: {per-minute: 1}
                """);

    // then
    assertThat(config.topics())
        .isEqualTo(
            new TrainerTopics(
                "team-a.",
                "team-a.images",
                "team-a.views",
                "team-a.labeled-views",
                "team-a.labels",
                "team-a.review-requests",
                "team-a.student-releases",
                "team-a.student-progress",
                "team-a.student-events",
                "team-a.dead-letters",
                "team-a.forgotten"));
    assertThat(config.groupId()).isEqualTo("team-a.student-trainer");
    assertThat(config.privileges()).allMatch(acl -> acl.name().startsWith("team-a."));
    // Files are not of the cluster.
    assertThat(config.directory()).isEqualTo(Path.of("data"));
  }

  @Test
  void shouldShowTheNamesThatFollowFromThePrefix() {
    // when
    String shown = YamlSettings.effective(parse(MINIMAL + "topics: {prefix: team-a.}\n"));

    // then
    assertThat(shown).contains("prefix: team-a.", "group-id: team-a.student-trainer");
    assertThat(parse(shown)).isEqualTo(parse(MINIMAL + "topics: {prefix: team-a.}\n"));
  }

  @Test
  void shouldHaveTheDefaultsThatWereMeasured() {
    // when
    TrainerConfig config = parse(MINIMAL);

    // then
    assertThat(config.hyperparameters())
        .isEqualTo(
            new Hyperparameters(
                new LossSettings(Kind.KD, 2, 0.9, 0, new DkdSettings(1, 8), new DistSettings(2, 2)),
                new OptimiserSettings(
                    OptimiserSettings.Kind.MUON,
                    4e-3,
                    1e-4,
                    5,
                    0.9,
                    true,
                    new ScheduleSettings(ScheduleKind.CONSTANT, 0, 10_000, 1, 0),
                    new MuonSettings(0.02)),
                0.999,
                1,
                42));
    assertThat(config.input()).isEqualTo(Input.LABELED_VIEWS);
    assertThat(config.source()).isEqualTo("labeled-views");
    assertThat(config.batch().size()).isEqualTo(128);
    assertThat(config.batch().maxDelay()).isEqualTo(Duration.ofSeconds(30));
    assertThat(config.updates()).isEqualTo(new UpdateSettings(4, Optional.empty()));
    assertThat(config.buffer().kind()).isEqualTo(BufferKind.RESERVOIR);
    assertThat(config.buffer().views()).isEqualTo(100_000);
    assertThat(config.buffer().limits(1000)).isEqualTo(new BufferLimits(100_000, 500));
    assertThat(config.buffer().onTeacherChange()).isEqualTo(TeacherChangePolicy.AGE_OUT);
    assertThat(config.decode()).isEqualTo(new DecodeSettings(Optional.empty(), 2));
    assertThat(config.merge().maxWait()).isEqualTo(Duration.ofSeconds(2));
    assertThat(config.merge().maxBytes()).isEqualTo(64 << 20);
    assertThat(config.labels()).isEqualTo(new LabelSettings(false, 100_000, 64 << 20));
    assertThat(config.topics().labels()).isEqualTo("labels");
    assertThat(config.evaluation().images()).isEqualTo(2000);
    assertThat(config.checkpoint().every()).isEqualTo(Duration.ofSeconds(30));
    assertThat(config.checkpoint().keep()).isEqualTo(3);
    assertThat(config.ledger()).isEqualTo(new LedgerSettings(32 << 20, Optional.empty()));
    assertThat(config.health().maxStall()).isEqualTo(Duration.ofMinutes(5));
    assertThat(config.release().everySteps()).isEqualTo(1000);
    assertThat(config.release().onStop()).isTrue();
    assertThat(config.release().keep()).isEqualTo(10);
    assertThat(config.release().every()).isEmpty();
    assertThat(config.release().gate())
        .isEqualTo(new TrainerConfig.GateSettings(true, 2000, 0.01, GateMetric.AUTO));
    assertThat(config.predict()).isEqualTo(new PredictSettings(8 * 1024 * 1024, 16_000_000));
    assertThat(config.topics().studentEvents()).isEqualTo("student-events");
    assertThat(config.topics().images()).isEqualTo("images");
    assertThat(config.onOffsetGap()).isEqualTo(OnOffsetGap.STOP);
    assertThat(config.onTopicChange()).isEqualTo(OnTopicChange.STOP);
    assertThat(config.torch()).isEqualTo(new TorchOptions("auto", Precision.FLOAT32, 1));
    assertThat(config.groupId()).isEqualTo("student-trainer");
    assertThat(config.topics().labeledViews()).isEqualTo("labeled-views");
    assertThat(config.management().port()).isEqualTo(9403);
  }

  @Test
  void shouldDecodeWithSomeOfTheProcessors() {
    // given
    DecodeSettings settings = parse(MINIMAL).decode();

    // then
    assertThat(IntStream.of(1, 2, 4, 7, 8, 12, 16, 64).map(settings::threads))
        .containsExactly(1, 1, 1, 1, 2, 3, 4, 4);
    assertThat(parse(MINIMAL + "decode: {threads: 3, ahead: 5}").decode())
        .isEqualTo(new DecodeSettings(Optional.of(3), 5));
    assertThat(parse(MINIMAL + "decode: {threads: 0}").decode().threads(8)).isZero();
  }

  @Test
  void shouldRefuseToDecodeWithLessThanNothing() {
    assertThatThrownBy(() -> parse(MINIMAL + "decode: {threads: -1}"))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("decode.threads: must not be negative, was -1");
    assertThatThrownBy(() -> parse(MINIMAL + "decode: {ahead: 0}"))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("decode.ahead: must be at least 1, was 0");
  }

  @Test
  void shouldRefuseAStallThatEveryBatchWouldExceed() {
    assertThat(parse(MINIMAL + "health: {max-stall: 1s}").health().maxStall())
        .isEqualTo(Duration.ofSeconds(1));
    assertThatThrownBy(() -> parse(MINIMAL + "health: {max-stall: 999ms}"))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("health.max-stall: must be at least 1s, was 999ms");
  }

  @Test
  void shouldReadTheSample() {
    // when
    TrainerConfig config =
        YamlSettings.load(Path.of("../deploy/config/trainer.yaml"), TrainerConfig.class, Map.of());

    // then: all else has its default
    TrainerConfig defaults = parse(MINIMAL + "labels: {enabled: true}");
    assertThat(config)
        .usingRecursiveComparison()
        .ignoringFields("kafka", "student", "directory")
        .isEqualTo(defaults);
    assertThat(config.kafka()).containsKeys("bootstrap.servers", "schema.registry.url");
  }

  @Test
  void shouldTakeUpdatesAsANumberOrAsBounds() {
    assertThat(parse(MINIMAL + "updates: 2").updates())
        .isEqualTo(new UpdateSettings(2, Optional.empty()));
    assertThat(parse(MINIMAL + "updates: {min: 1, max: 8}").updates())
        .isEqualTo(new UpdateSettings(1, Optional.of(8)));
  }

  @Test
  void shouldSayWhereAndHowLibtorchComputes() {
    // when
    TrainerConfig config = parse(MINIMAL + "device: gpu12\nprecision: bfloat16\nthreads: 3");

    // then
    assertThat(config.torch()).isEqualTo(new TorchOptions("gpu12", Precision.BFLOAT16, 3));
    assertThat(parse(YamlSettings.effective(config))).isEqualTo(config);
    assertThat(config.trainingSettings()).containsEntry("precision", "bfloat16");
    assertThat(parse(MINIMAL + "device: cpu").torch().device()).isEqualTo("cpu");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "device: cuda:0 | device: must be auto, cpu or a GPU such as gpu0, was cuda:0",
        "device: 'gpu0,gpu1' | device: must be auto, cpu or a GPU such as gpu0, was gpu0,gpu1",
        "threads: 0 | threads: must be at least 1, was 0",
        "precision: float16 | precision: must be one of float32, bfloat16"
      })
  void shouldRefuseOtherDevicesAndPrecisions(String setting, String message) {
    assertThatThrownBy(() -> parse(MINIMAL + setting))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining(message);
  }

  @Test
  void shouldTakeEveryKindOfBuffer() {
    // when
    TrainerConfig config =
        parse(
            MINIMAL
                + "buffer: {kind: class-balanced, views: 7, bytes: 9, views-per-image: 2,"
                + " on-teacher-change: drop}\nreplay: {horizontal-flip: true}\nseed: 5");

    // then
    assertThat(config.buffer())
        .isEqualTo(
            new BufferSettings(
                BufferKind.CLASS_BALANCED,
                7,
                Optional.of(9L),
                Optional.of(2),
                TeacherChangePolicy.DROP));
    assertThat(config.replaySampling()).isEqualTo(new ReplaySampling(Optional.of(2), true, 5));
    assertThat(config.buffer().limits(1000)).isEqualTo(new BufferLimits(7, 9));
    assertThat(parse(YamlSettings.effective(config))).isEqualTo(config);
  }

  @Test
  void shouldTellAllErrorsAtOnce() {
    assertThatThrownBy(
            () ->
                parse(
                    MINIMAL
                        + """
                        batch: {size: 1}
                        loss: {alpha: 2}
                        optimiser: {learning-rate: -1}
                        ema: {max-decay: 1}
                        checkpoint: {every: 0s}
                        updates: {min: 3, max: 2}
                        buffer: {views: 0}
                        merge: {max-wait: -1s}
                        release: {every-steps: 0}
                        predict: {max-bytes: 0}
                        bufer: {views: 1}
                        """))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("batch.size: must be at least 2, was 1")
        .hasMessageContaining("loss.alpha: must be within 0 and 1, was 2.0")
        .hasMessageContaining("optimiser.learning-rate: must be positive, was -1.0")
        .hasMessageContaining("ema.max-decay: must be at least 0 and below 1, was 1.0")
        .hasMessageContaining("checkpoint.every: must be positive, was 0ms")
        .hasMessageContaining("updates.max: must be at least min, which is 3, was 2")
        .hasMessageContaining("buffer.views: must be at least 1, was 0")
        .hasMessageContaining("merge.max-wait: must not be negative, was -1000ms")
        .hasMessageContaining("release.every-steps: must be at least 1, was 0")
        .hasMessageContaining("predict.max-bytes: must be at least 1, was 0")
        .hasMessageContaining("bufer: unknown key; did you mean buffer?");
  }

  @Test
  void shouldReadHowLongTheLedgerIsKept() {
    // when
    TrainerConfig config = parse(MINIMAL + "ledger: {retention: 365d, segment-bytes: 1000000}");

    // then
    assertThat(config.ledger())
        .isEqualTo(new LedgerSettings(1_000_000, Optional.of(Duration.ofDays(365))));
    assertThat(parse(YamlSettings.effective(config))).isEqualTo(config);
    assertThatThrownBy(() -> parse(MINIMAL + "ledger: {retention: 10m}"))
        .hasMessageContaining("ledger.retention: must be at least 3600s, was 600000ms");
    assertThatThrownBy(() -> parse(MINIMAL + "ledger: {segment-bytes: 1}"))
        .hasMessageContaining("ledger.segment-bytes: must be within 4096 and 134217728, was 1");
  }

  @Test
  void shouldRefuseABudgetOfNothing() {
    assertThatThrownBy(() -> parse(MINIMAL + "merge: {max-bytes: 0}"))
        .hasMessageContaining("merge.max-bytes: must be at least 1, was 0");
  }

  @Test
  void shouldReadLabelsOnlyWhereThatIsSet() {
    // given
    TrainerConfig without = parse(MINIMAL + "topics: {labels: truths}");

    // when
    TrainerConfig config =
        parse(
            MINIMAL
                + "topics: {labels: truths}\nlabels: {enabled: true, images: 500, mask-bytes: 7}");

    // then
    assertThat(config.labels()).isEqualTo(new LabelSettings(true, 500, 7));
    assertThat(parse(YamlSettings.effective(config))).isEqualTo(config);
    assertThat(config.privileges()).hasSize(without.privileges().size() + 1);
    assertThat(config.privileges().toString()).contains("truths");
    assertThat(without.privileges().toString()).doesNotContain("truths");
  }

  @Test
  void shouldRefuseSettingsOfLabelsThatDoNotFitOthers() {
    assertThatThrownBy(
            () -> parse(MINIMAL + "batch: {size: 64}\nlabels: {enabled: true, images: 128}"))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("labels.images: must be more than twice batch.size, 64, was 128");
    assertThatThrownBy(
            () -> parse(MINIMAL + "topics: {labels: labeled-views}\nlabels: {enabled: true}"))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("topics.labels: must not be the topic of views, was labeled-views");
    assertThat(parse(MINIMAL + "batch: {size: 64}\nlabels: {images: 128}").labels().enabled())
        .isFalse();
    assertThatThrownBy(() -> parse(MINIMAL + "labels: {images: 0, mask-bytes: -1}"))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("labels.images: must be at least 1, was 0");
  }

  @Test
  void shouldCheckTheGate() {
    assertThatThrownBy(() -> parse(MINIMAL + "release: {gate: {images: 0}}"))
        .hasMessageContaining("release.gate.images: must be at least 1, was 0");
    assertThatThrownBy(() -> parse(MINIMAL + "release: {gate: {tolerance: 2}}"))
        .hasMessageContaining("release.gate.tolerance: must be within 0 and 1, was 2.0");
    assertThatThrownBy(() -> parse(MINIMAL + "release: {every: 0s}"))
        .hasMessageContaining("release.every: must be positive, was 0ms");
    assertThat(parse(MINIMAL + "release: {every: 10m}").release().every())
        .hasValue(Duration.ofMinutes(10));
  }

  @Test
  void shouldCheckLossAndOptimiser() {
    assertThatThrownBy(
            () ->
                parse(
                    MINIMAL
                        + """
                        batch: {size: 8, accumulate: 5}
                        loss: {label-smoothing: 1, dkd: {beta: -1}, dist: {gamma: -1}}
                        optimiser:
                          clip: -1
                          schedule: {kind: inverse-square-root}
                        """))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining(
            "batch.accumulate: must be at least 1 and at most half of size, 4, was 5")
        .hasMessageContaining("loss.dkd.beta: must not be negative, was -1.0")
        .hasMessageContaining("loss.dist.gamma: must not be negative, was -1.0")
        .hasMessageContaining(
            "optimiser.schedule.warm-up: must be at least 1 with kind inverse-square-root, was 0");
    assertThatThrownBy(() -> parse(MINIMAL + "optimiser: {clip: -1}"))
        .hasMessageContaining("optimiser.clip: must be positive, or 0 for none, was -1.0");
    assertThatThrownBy(() -> parse(MINIMAL + "optimiser: {momentum: 1}"))
        .hasMessageContaining("optimiser.momentum: must be at least 0 and below 1, was 1.0");
    assertThatThrownBy(() -> parse(MINIMAL + "optimiser: {muon: {learning-rate: 0}}"))
        .hasMessageContaining("optimiser.muon.learning-rate: must be positive, was 0.0");
    assertThatThrownBy(() -> parse(MINIMAL + "loss: {label-smoothing: 1}"))
        .hasMessageContaining("loss.label-smoothing: must be at least 0 and below 1, was 1.0");
    assertThatThrownBy(() -> parse(MINIMAL + "loss: {kind: hinton}"))
        .hasMessageContaining(
            "loss.kind: must be one of kd, standardised, dkd, dist, mse, cosine, cross-entropy");
    assertThatThrownBy(() -> parse(MINIMAL + "optimiser: {schedule: {kind: cosine, growth: 0}}"))
        .hasMessageContaining("optimiser.schedule.growth: must be at least 1, was 0");
  }

  @Test
  void shouldTakeTheConfidenceOfATeacherInThreeForms() {
    // when
    TrainerConfig number = parse(MINIMAL + "loss: {min-confidence: 0.6}");
    TrainerConfig margin = parse(MINIMAL + "loss: {min-confidence: {margin: 0.2}}");
    TrainerConfig entropy = parse(MINIMAL + "loss: {min-confidence: {entropy: 0.5}}");

    // then
    assertThat(parse(MINIMAL).loss().minConfidence()).isEmpty();
    assertThat(number.loss().minConfidence())
        .hasValue(new MinConfidenceSettings(Optional.of(0.6), Optional.empty(), Optional.empty()));
    assertThat(margin.trainingSettings())
        .containsEntry("loss.min-confidence.margin", 0.2)
        .doesNotContainKey("loss.min-confidence.probability");
    assertThat(parse(YamlSettings.effective(entropy))).isEqualTo(entropy);
    assertThat(parse(YamlSettings.effective(number))).isEqualTo(number);
    assertThat(parse(MINIMAL).trainingSettings().toString()).doesNotContain("min-confidence");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{min-confidence: 2} | loss.min-confidence.probability: must be within 0 and 1, was 2.0",
        "{min-confidence: {margin: -1}} | loss.min-confidence.margin: must be within 0 and 1",
        "{min-confidence: {}} | exactly one of probability, margin and entropy must be set, were 0",
        "{min-confidence: {margin: 0.1, entropy: 0.1}} | entropy must be set, were 2",
        "{kind: cross-entropy, min-confidence: 0.5} | must not be set with kind cross-entropy"
      })
  void shouldRefuseAConfidenceThatSaysNothing(String loss, String message) {
    assertThatThrownBy(() -> parse(MINIMAL + "loss: " + loss))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining(message);
  }

  @Test
  void shouldRequestReviewsOnlyWhenTold() {
    // given
    TrainerConfig off = parse(MINIMAL);
    List<ReviewReason> all =
        List.of(
            ReviewReason.DISAGREEMENT, ReviewReason.UNSURE_TEACHER, ReviewReason.UNSURE_STUDENT);

    // when
    TrainerConfig on =
        parse(
            MINIMAL
                + "review: {per-minute: 5, reasons: [unsure-student], min-disagreement: 0.5,"
                + " unsure-below: 0.7, max-waiting: 9, remembered-images: 11}");

    // then
    assertThat(off.review()).isEqualTo(new ReviewSettings(0, all, 0.25, 0.5, 500, 100_000));
    assertThat(on.review())
        .isEqualTo(new ReviewSettings(5, List.of(ReviewReason.UNSURE_STUDENT), 0.5, 0.7, 9, 11));
    assertThat(parse(YamlSettings.effective(on))).isEqualTo(on);
    assertThat(off.privileges().toString()).doesNotContain("review-requests");
    assertThat(on.privileges())
        .filteredOn(acl -> acl.toString().contains("review-requests"))
        .hasSize(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "per-minute: -1 | review.per-minute: must be within 0 and 1000, was -1",
        "reasons: [] | review.reasons: must be some of disagreement, unsure-teacher and",
        "reasons: [unknown] | review.reasons: must be some of disagreement, unsure-teacher and",
        "unsure-below: 2 | review.unsure-below: must be within 0 and 1, was 2.0",
        "max-waiting: 0 | review.max-waiting: must be within 1 and 10000, was 0",
        "remembered-images: 0 | review.remembered-images: must be at least 1, was 0"
      })
  void shouldCheckReviews(String review, String message) {
    assertThatThrownBy(() -> parse(MINIMAL + "review: {" + review + "}"))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining(message);
  }

  @Test
  void shouldLearnFromLabelsAloneWhereThereIsNoTeacher() {
    // when
    TrainerConfig config = parse(MINIMAL + "input: views\nloss: {kind: cross-entropy}");

    // then
    assertThat(config.source()).isEqualTo("views");
    assertThatThrownBy(() -> parse(MINIMAL + "input: views"))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining(
            "input: views has no teacher: loss.kind must be cross-entropy then, was kd");
  }

  private static TrainerConfig parse(String yaml) {
    return YamlSettings.parse(yaml, TrainerConfig.class, Map.of());
  }
}
