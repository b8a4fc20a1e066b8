package io.stillstream.page.progress;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.page.topic.PageTopics;
import io.stillstream.page.trainer.ReleaseSummary;
import io.stillstream.page.trainer.TrainingStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class PipelineStagesTest {
  private static final PageTopics TOPICS =
      new PageTopics("", "i", "v", "l", "labels", "reviews", "releases", "events", "d", "l");

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final PipelineStages stages = new PipelineStages(TOPICS, meters);

  @Test
  void shouldCountByOffsetsWhatOthersWrite() {
    // when
    stages.update(0, ends(10, 40, 30), standing(0, 0, 0));
    stages.update(2000, ends(30, 120, 70), standing(64, 0, 0));

    // then
    assertThat(json(2000, standing(64, 0, 0)))
        .isEqualTo(
            """
            [{"id":"images","records":60,"perSecond":20.0,"ageMillis":null},\
            {"id":"views","records":120,"perSecond":40.0,"ageMillis":null},\
            {"id":"labeled-views","records":70,"perSecond":20.0,"ageMillis":null},\
            {"id":"trained","records":64,"perSecond":32.0,"ageMillis":null},\
            {"id":"released","records":0,"perSecond":null,"ageMillis":null}]""");
    assertThat(stages.deadLetters().records()).isEqualTo(5);
  }

  @Test
  void shouldCountExactlyWhatThisProcessWrites() {
    // given: topics that hold something, and counters that begin anew
    meters.counter("augmenter.views").increment(8);
    meters.counter("stillstream.dead.letters", "service", "augmenter-service").increment(0);
    stages.update(0, ends(10, 40, 30), standing(0, 0, 0));

    // when: with every transaction comes a mark, which is no view
    meters.counter("augmenter.views").increment(80);
    meters.counter("stillstream.dead.letters", "service", "augmenter-service").increment();
    stages.update(1000, ends(30, 125, 70), standing(0, 0, 0));

    // then
    StageProgress.Snapshot views = stages.facts(1000, standing(0, 0, 0), Optional.empty()).get(1);
    assertThat(views).isEqualTo(new StageProgress.Snapshot("views", 120L, 80.0, null));
    assertThat(stages.deadLetters().records()).isEqualTo(6);
  }

  @Test
  void shouldCountExactlyWhatAServiceWritesThatStartsAfterThePage() {
    // given: the page looks at the topics before the services have registered their counters
    stages.update(0, ends(10, 40, 30), standing(0, 0, 0));

    // when: the page is not read until the end
    meters.counter("augmenter.views").increment(80);
    meters.counter("stillstream.dead.letters", "service", "augmenter-service").increment(3);
    stages.update(1000, ends(30, 125, 70), standing(0, 0, 0));

    // then: without the transaction markers
    assertThat(stages.facts(1000, standing(0, 0, 0), Optional.empty()).get(1).records())
        .isEqualTo(120);
    assertThat(stages.deadLetters().records()).isEqualTo(8);
  }

  @Test
  void shouldCountFromTheBeginningInATopicThatDidNotExist() {
    // given: no broker, then no topic
    stages.update(0, Optional.empty(), standing(0, 0, 0));
    stages.update(0, Optional.of(Map.of()), standing(0, 0, 0));

    // when
    meters.counter("augmenter.views").increment(80);
    stages.update(1000, ends(30, 85, 70), standing(0, 0, 0));

    // then
    assertThat(stages.facts(1000, standing(0, 0, 0), Optional.empty()).get(1).records())
        .isEqualTo(80);
  }

  @Test
  void shouldKnowNothingWithoutABroker() {
    // given
    meters.counter("augmenter.views").increment(8);
    stages.update(0, ends(10, 40, 30), standing(0, 0, 0));

    // when
    stages.update(1000, Optional.empty(), standing(64, 2, 300));

    // then: but what the trainer says
    assertThat(stages.facts(1000, standing(64, 2, 300), Optional.empty()))
        .extracting(StageProgress.Snapshot::records)
        .containsExactly(null, null, null, 64L, 0L);
    assertThat(stages.facts(1000, standing(64, 2, 300), Optional.empty()).get(3).ageMillis())
        .isEqualTo(150);
  }

  @Test
  void shouldShowNoRateWhileTheTrainerIsAway() {
    // given
    stages.update(0, ends(10, 40, 30), standing(1_000, 2, 300));

    // when
    stages.update(1000, ends(10, 40, 30), standing(1_000, 2, 300).withoutValues());
    stages.update(2000, ends(10, 40, 30), standing(9_000, 4, 700));

    // then: what was trained meanwhile is no rate of this second
    StageProgress.Snapshot trained =
        stages.facts(2000, standing(9_000, 4, 700), Optional.empty()).get(3);
    assertThat(trained).isEqualTo(new StageProgress.Snapshot("trained", 9_000L, null, 200L));
  }

  @Test
  void shouldTellTheAgeOfTheChampion() {
    // given
    ReleaseSummary champion =
        new ReleaseSummary(3, "champion", 3000, 10_000, 0.9, 0.9, 0.8, "passed", "ab", true);

    // when
    StageProgress.Snapshot released =
        stages.facts(70_000, standing(0, 0, 0), Optional.of(champion)).get(4);

    // then
    assertThat(released).isEqualTo(new StageProgress.Snapshot("released", 3L, null, 60_000L));
  }

  private String json(long millis, TrainingStatus standing) {
    return JsonText.of(stages.facts(millis, standing, Optional.empty()));
  }

  /** Images are in two partitions, as many in each; there are five dead letters. */
  private static Optional<Map<TopicPartition, Long>> ends(long images, long views, long labels) {
    return Optional.of(
        Map.of(
            new TopicPartition("i", 0),
            images,
            new TopicPartition("i", 1),
            images,
            new TopicPartition("v", 0),
            views,
            new TopicPartition("l", 0),
            labels,
            new TopicPartition("d", 0),
            5L));
  }

  static TrainingStatus standing(long views, long aged, double ageMillis) {
    return new TrainingStatus(
        "s", null, List.of(), 0L, views, null, null, null, null, null, null, null, aged, ageMillis,
        null, null, null);
  }
}
