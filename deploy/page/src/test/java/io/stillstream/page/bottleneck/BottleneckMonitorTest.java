package io.stillstream.page.bottleneck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.page.bottleneck.Bottleneck.Kind;
import io.stillstream.page.bottleneck.BottleneckReport.StageEvidence;
import io.stillstream.page.progress.JsonText;
import io.stillstream.page.topic.PageGroups;
import io.stillstream.page.topic.PageTopics;
import io.stillstream.page.trainer.TrainerThreadTime;
import io.stillstream.page.trainer.TrainingStatus;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class BottleneckMonitorTest {
  private static final TopicPartition IMAGES = new TopicPartition("i", 0);
  private static final TopicPartition VIEWS = new TopicPartition("v", 0);
  private static final TopicPartition LABELED = new TopicPartition("l", 0);

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Map<String, Map<TopicPartition, Long>> offsets = new HashMap<>();
  private final Map<String, KafkaException> refused = new HashMap<>();
  private BottleneckMonitor monitor = monitor("l");

  /** Records per second: of images, of views made, of views labelled, of views trained. */
  private long images = 100;

  private long augmented = 100;
  private long labeled = 100;
  private long trained = 100;

  private long second;
  private long imagesEnd;
  private long viewsEnd;
  private long labeledEnd;
  private long seen;
  private long heldBack;
  private boolean isEarlier;
  private boolean trainerAway;

  @Test
  void shouldNameTheSourceWhileNothingWaits() {
    // when
    BottleneckReport report = run(40);

    // then
    assertThat(report.kind()).isEqualTo(Kind.SOURCE);
    assertThat(report.window()).isEqualTo(20);
    assertThat(report.stages())
        .extracting(StageEvidence::id)
        .containsExactly("augmenter", "labeler", "trainer");
    assertThat(report.stages()).allMatch(stage -> stage.state() == StageState.KEEPS_UP);
  }

  @Test
  void shouldBeIdleWithoutImages() {
    // given
    images = 0;
    augmented = 0;
    labeled = 0;
    trained = 0;

    // then
    assertThat(run(40).kind()).isEqualTo(Kind.IDLE);
  }

  @Test
  void shouldNameTheAugmenterAndHowLongItsBacklogTakes() {
    // given
    augmented = 25;
    labeled = 25;
    trained = 25;

    // when
    BottleneckReport report = run(40);

    // then
    assertThat(report.kind()).isEqualTo(Kind.STAGE);
    assertThat(report.stage()).isEqualTo("augmenter");
    StageEvidence augmenter = report.stages().get(0);
    assertThat(augmenter.backlog()).isEqualTo(3_000);
    assertThat(augmenter.inPerSecond()).isEqualTo(100);
    assertThat(augmenter.outPerSecond()).isEqualTo(25);
    assertThat(augmenter.backlogSeconds()).isEqualTo(120);
    assertThat(augmenter.trend()).isEqualTo(BacklogTrend.GROWING);
    assertThat(augmenter.parts()).isNull();
  }

  @Test
  void shouldNameTheLabelerAndWhatItIsBusyWith() {
    // given
    labeled = 25;
    trained = 25;

    // when
    BottleneckReport report =
        run(
            40,
            () -> {
              meters.timer("teacher.inference.duration").record(Duration.ofMillis(1_800));
              meters.timer("teacher.commit.duration").record(Duration.ofMillis(100));
            });

    // then
    assertThat(report.stage()).isEqualTo("labeler");
    assertThat(report.part()).isEqualTo("inference");
    List<BusyPart> parts = report.stages().get(1).parts();
    assertThat(parts)
        .extracting(BusyPart::name)
        .containsExactly("inference", "sending", "reading and waiting");
    assertThat(parts.get(0).share()).isCloseTo(0.9, within(0.01));
    assertThat(parts.get(1).share()).isCloseTo(0.05, within(0.01));
    assertThat(parts.get(2).share()).isCloseTo(0.1, within(0.01));
  }

  @Test
  void shouldNotGuessWhatALabelerElsewhereIsBusyWith() {
    // given
    labeled = 25;
    trained = 25;

    // when
    BottleneckReport report = run(40);

    // then
    assertThat(report.stage()).isEqualTo("labeler");
    assertThat(report.part()).isNull();
    assertThat(report.stages().get(1).parts()).isNull();
  }

  @Test
  void shouldNameTheTrainerAndWhatItIsBusyWith() {
    // given
    trained = 25;

    // when
    BottleneckReport report = run(40);

    // then
    assertThat(report.stage()).isEqualTo("trainer");
    assertThat(report.part()).isEqualTo("training steps");
    assertThat(report.next()).isNull();
    List<BusyPart> parts = report.stages().get(2).parts();
    assertThat(parts)
        .extracting(BusyPart::name)
        .containsExactly(
            "training steps", "decoding", "evaluation and release", "reading and waiting");
    assertThat(parts)
        .extracting(part -> Math.round(100 * part.share()))
        .containsExactly(60L, 10L, 15L, 15L);
  }

  @Test
  void shouldNotCountViewsThatTheTrainerHoldsBackForTheirOrder() {
    // given: records of another partition might come before them
    heldBack = 400;

    // then
    assertThat(run(40).kind()).isEqualTo(Kind.SOURCE);
  }

  @Test
  void shouldNotGuessByTheLagOfATrainerOfAnEarlierVersion() {
    // given
    isEarlier = true;
    heldBack = 400;

    // when
    BottleneckReport report = run(40);

    // then
    assertThat(report.kind()).isEqualTo(Kind.UNKNOWN);
    assertThat(report.stages().get(2).reason())
        .isEqualTo("the trainer is of an earlier version, which does not tell its backlog");
  }

  @Test
  void shouldNotKnowWhileTheTrainerIsAway() {
    // given
    labeled = 25;
    run(40);

    // when
    trainerAway = true;
    BottleneckReport report = run(2);

    // then: at once
    assertThat(report.kind()).isEqualTo(Kind.UNKNOWN);
    assertThat(report.stage()).isEqualTo("trainer");
    assertThat(report.stages().get(2).reason()).isEqualTo("the trainer does not answer");
    assertThat(report.stages().get(2).backlog()).isNull();
    assertThat(report.stages().get(1).state()).isEqualTo(StageState.BEHIND);
  }

  @Test
  void shouldNotKnowWhileNoBrokerAnswers() {
    // given
    run(40);

    // when
    BottleneckReport report = monitor.observe(42_000, Optional.empty(), training());

    // then
    assertThat(report.kind()).isEqualTo(Kind.UNKNOWN);
    assertThat(report.stages()).allMatch(stage -> stage.reason().equals("no broker answers"));
  }

  @Test
  void shouldSayWhyAGroupIsNotKnown() {
    // given
    refused.put("labelers", new GroupAuthorizationException("labelers"));
    refused.put("augmenters", new TimeoutException("late"));

    // when
    BottleneckReport report = run(40);

    // then
    assertThat(report.kind()).isEqualTo(Kind.UNKNOWN);
    assertThat(report.stage()).isEqualTo("labeler");
    assertThat(report.stages().get(0).reason())
        .isEqualTo("brokers do not tell the offsets of group augmenters");
    assertThat(report.stages().get(1).reason())
        .isEqualTo("the page may not see the offsets of group labelers");
  }

  @Test
  void shouldNotKnowAGroupThatHasCommittedNothing() {
    // given: another name than the labeler's
    labeled = 0;
    trained = 0;
    offsets.put("labelers", Map.of());
    imagesEnd = 10;

    // when
    BottleneckReport report = run(40);

    // then
    assertThat(report.kind()).isEqualTo(Kind.UNKNOWN);
    assertThat(report.stages().get(1).reason())
        .isEqualTo("group labelers has committed nothing of v-0");
  }

  @Test
  void shouldNameAServiceThatHasStopped() {
    // given
    run(40);

    // when: the labeler is away
    labeled = 0;
    trained = 0;
    BottleneckReport report = run(40);

    // then
    assertThat(report.kind()).isEqualTo(Kind.STOPPED);
    assertThat(report.stage()).isEqualTo("labeler");
    assertThat(report.part()).isNull();
  }

  @Test
  void shouldLeaveTheLabelerOutWhereTheStudentLearnsFromViews() {
    // given
    monitor = monitor("v");

    // then
    assertThat(run(40).stages())
        .extracting(StageEvidence::id)
        .containsExactly("augmenter", "trainer");
  }

  @Test
  void shouldBeWrittenAsThePageTakesIt() {
    // given
    trained = 25;
    monitor = monitor("v");

    // then
    assertThat(JsonText.of(run(40)))
        .startsWith(
            "{\"window\":20,\"kind\":\"stage\",\"stage\":\"trainer\",\"next\":null,"
                + "\"part\":\"training steps\",\"stages\":[{\"id\":\"augmenter\","
                + "\"state\":\"keeps_up\",\"reason\":null,\"inPerSecond\":100.0,"
                + "\"outPerSecond\":100.0,\"backlog\":0,\"backlogSeconds\":0.0,"
                + "\"trend\":\"steady\",\"parts\":null}");
  }

  private BottleneckMonitor monitor(String source) {
    return new BottleneckMonitor(
        new PageTopics("", "i", "v", "l", "t", "reviews", "releases", "events", "d", source),
        new PageGroups("augmenters", "labelers"),
        this::committed,
        meters);
  }

  private Map<TopicPartition, Long> committed(String group) {
    if (refused.containsKey(group)) {
      throw refused.get(group);
    }
    return offsets.get(group);
  }

  private BottleneckReport run(int seconds) {
    return run(seconds, () -> {});
  }

  /** Each stage takes what there is, up to its rate; a look every two seconds. */
  private BottleneckReport run(int seconds, Runnable work) {
    BottleneckReport report = null;
    boolean isFixed = offsets.containsKey("labelers") && offsets.get("labelers").isEmpty();
    for (int i = 0; i < seconds; i += 2) {
      second += 2;
      imagesEnd += 2 * images;
      viewsEnd = Math.min(imagesEnd, viewsEnd + 2 * augmented);
      labeledEnd = Math.min(viewsEnd, labeledEnd + 2 * labeled);
      seen = Math.min(labeledEnd, seen + 2 * trained);
      work.run();
      offsets.put("augmenters", Map.of(IMAGES, viewsEnd));
      if (!isFixed) {
        offsets.put("labelers", Map.of(VIEWS, labeledEnd));
      }
      report =
          monitor.observe(
              1_000 * second,
              Optional.of(Map.of(IMAGES, imagesEnd, VIEWS, viewsEnd, LABELED, labeledEnd)),
              training());
    }
    return report;
  }

  private TrainingStatus training() {
    TrainingStatus known =
        new TrainingStatus(
            "s",
            null,
            List.of(),
            0L,
            seen,
            null,
            null,
            null,
            null,
            null,
            null,
            (double) labeledEnd - seen + heldBack,
            0,
            0,
            isEarlier ? null : labeledEnd - seen,
            32,
            new TrainerThreadTime(0.7 * second, 0.1 * second, 0.1 * second, 0.05 * second));
    return trainerAway ? known.withoutValues() : known;
  }
}
