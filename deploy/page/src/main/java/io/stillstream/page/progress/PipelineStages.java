package io.stillstream.page.progress;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.page.topic.PageTopics;
import io.stillstream.page.trainer.ReleaseSummary;
import io.stillstream.page.trainer.TrainingStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;

/** How much passes which stage, and how old it is then. For one thread. */
public final class PipelineStages {
  private final PageTopics topics;
  private final StageProgress images = new StageProgress("images", () -> Double.NaN);
  private final StageProgress views;
  private final StageProgress labeledViews;
  private final StageProgress letters;
  private final RateMeter trained = new RateMeter();
  private TrainingStatus before;
  private double trainedAge = Double.NaN;

  /**
   * @param meters of the process: those of augmenter and labeler are among them if they run here
   */
  public PipelineStages(PageTopics topics, MeterRegistry meters) {
    this.topics = topics;
    views = new StageProgress("views", () -> count(meters, "augmenter.views"));
    labeledViews =
        new StageProgress(
            "labeled-views", () -> count(meters, "teacher.labeled", "teacher.passed.over"));
    // Dead letters of other services are counted in their own processes.
    letters =
        new StageProgress(
            "dead-letters",
            () ->
                Double.isNaN(count(meters, "augmenter.views"))
                    ? Double.NaN
                    : count(meters, "stillstream.dead.letters"));
  }

  private static double count(MeterRegistry meters, String... names) {
    List<Counter> counters =
        Stream.of(names).flatMap(name -> meters.find(name).counters().stream()).toList();
    return counters.isEmpty() ? Double.NaN : counters.stream().mapToDouble(Counter::count).sum();
  }

  /**
   * Takes what is known now.
   *
   * @param ends of the topics; empty if no broker says
   */
  public void update(
      long millis, Optional<Map<TopicPartition, Long>> ends, TrainingStatus training) {
    images.update(millis, ends.isPresent(), sum(ends, topics.images()));
    views.update(millis, ends.isPresent(), sum(ends, topics.views()));
    labeledViews.update(millis, ends.isPresent(), sum(ends, topics.labeledViews()));
    letters.update(millis, ends.isPresent(), sum(ends, topics.deadLetters()));
    trained.add(millis, training.isKnown() ? (double) training.viewsSeen() : Double.NaN);
    if (before != null && training.aged() > before.aged()) {
      trainedAge = (training.ageMillis() - before.ageMillis()) / (training.aged() - before.aged());
    }
    if (training.isKnown()) {
      before = training;
    }
  }

  /** NaN for a topic whose ends are unknown. */
  private static double sum(Optional<Map<TopicPartition, Long>> ends, String topic) {
    return ends.stream()
        .flatMap(all -> all.entrySet().stream())
        .filter(end -> end.getKey().topic().equals(topic))
        .mapToDouble(end -> (double) end.getValue())
        .reduce(Double.NaN, (sum, end) -> Double.isNaN(sum) ? end : sum + end);
  }

  /** Ages of an image, of its views and of their labels, when they came to their topics. */
  public void ages(StageAges ages) {
    images.age(ages.image());
    views.age(ages.views());
    labeledViews.age(ages.labels());
  }

  /** Ages in milliseconds; NaN is not known. */
  public record StageAges(double image, double views, double labels) {}

  /** In the order of the data. */
  public List<StageProgress.Snapshot> facts(
      long millis, TrainingStatus training, Optional<ReleaseSummary> champion) {
    return List.of(
        images.facts(),
        views.facts(),
        labeledViews.facts(),
        new StageProgress.Snapshot(
            "trained",
            training.viewsSeen(),
            JsonText.number(trained.perSecond()),
            JsonText.whole(trainedAge)),
        new StageProgress.Snapshot(
            "released",
            champion.map(ReleaseSummary::version).orElse(0L),
            null,
            champion.map(release -> Math.max(0, millis - release.created())).orElse(null)));
  }

  public StageProgress.Snapshot deadLetters() {
    return letters.facts();
  }
}
