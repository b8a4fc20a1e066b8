package io.stillstream.local.demo.report;

import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.local.topics.TopicValueReader;
import io.stillstream.runtime.lookup.TopicReader;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.Lineage;
import io.stillstream.schemas.Teacher;
import io.stillstream.schemas.answer.LabeledAnswers;
import io.stillstream.schemas.topics.Topics;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * What topics hold, counted by reading every committed record.
 *
 * @param records how many there are
 * @param unique how many different lineages: origin coordinates and view index
 * @param passedOver how many of the records are labelled views without an answer
 * @param platforms what computed the answers, as the labels say; empty where they do not
 */
public record RecordCounts(
    long records, long unique, long passedOver, NavigableSet<String> platforms) {

  private record Identity(String topic, int partition, long offset, int view) {
    static Identity of(Lineage lineage) {
      return new Identity(
          lineage.getOriginTopic(),
          lineage.getOriginPartition(),
          lineage.getOriginOffset(),
          lineage.getViewIndex());
    }
  }

  public static RecordCounts ofViews(Map<String, String> clients, MeterRegistry meters) {
    return count(
        clients,
        meters,
        Topics.VIEWS,
        AugmentedView.class,
        view -> view.getLineage(),
        view -> false,
        view -> List.of());
  }

  public static RecordCounts ofLabeledViews(Map<String, String> clients, MeterRegistry meters) {
    return count(
        clients,
        meters,
        Topics.LABELED_VIEWS,
        LabeledView.class,
        labeled -> labeled.getView().getLineage(),
        labeled -> !LabeledAnswers.isAnswered(labeled),
        LabeledView::getTeachers);
  }

  /** Records of a topic, whatever they are. */
  public static long records(Map<String, String> clients, String topic) {
    AtomicLong records = new AtomicLong();
    try (TopicReader reader = new TopicReader(clients, topic)) {
      reader.readAll(record -> records.incrementAndGet());
    }
    return records.get();
  }

  private static <T> RecordCounts count(
      Map<String, String> clients,
      MeterRegistry meters,
      String topic,
      Class<T> type,
      Function<T, Lineage> lineage,
      Predicate<T> isPassedOver,
      Function<T, List<Teacher>> teachers) {
    Set<Identity> identities = new HashSet<>();
    AtomicLong passedOver = new AtomicLong();
    NavigableSet<String> platforms = new TreeSet<>();
    long records =
        TopicValueReader.readAll(
            clients,
            meters,
            topic,
            type,
            value -> {
              identities.add(Identity.of(lineage.apply(value)));
              passedOver.addAndGet(isPassedOver.test(value) ? 1 : 0);
              teachers.apply(value).stream()
                  .map(Teacher::getPlatform)
                  .filter(Objects::nonNull)
                  .forEach(platforms::add);
            });
    return new RecordCounts(
        records,
        identities.size(),
        passedOver.get(),
        Collections.unmodifiableNavigableSet(platforms));
  }
}
