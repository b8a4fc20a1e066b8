package io.stillstream.faults.audit;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.faults.input.RecordPosition;
import io.stillstream.runtime.lookup.TopicReader;
import io.stillstream.runtime.records.DeadLetter;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.Lineage;
import io.stillstream.schemas.topics.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

/**
 * What stands in the topics, read committed and from the beginning.
 *
 * @param views of each image, by where the image stands
 * @param labeled the same with a label
 * @param labeledAt where labelled views stand
 * @param letters every dead letter
 */
public record TopicContents(
    Map<RecordPosition, List<ViewChecksum>> views,
    Map<RecordPosition, List<ViewChecksum>> labeled,
    SortedSet<RecordPosition> labeledAt,
    List<DeadLetter> letters) {

  /**
   * A view.
   *
   * @param pixels checksum of them
   */
  record ViewChecksum(int index, long pixels) {}

  public static TopicContents read(Map<String, String> clients) {
    Map<RecordPosition, List<ViewChecksum>> views = new TreeMap<>();
    read(clients, Topics.VIEWS, AugmentedView.class, new TreeSet<>(), view -> note(view, views));
    Map<RecordPosition, List<ViewChecksum>> labeled = new TreeMap<>();
    SortedSet<RecordPosition> labeledAt = new TreeSet<>();
    read(
        clients,
        Topics.LABELED_VIEWS,
        LabeledView.class,
        labeledAt,
        view -> {
          if (view.getLogits() == null) {
            throw new AssertionError("a view has no logits: " + view.getView().getLineage());
          }
          if (view.getTeachers().isEmpty()
              || view.getTeachers().stream().anyMatch(teacher -> teacher.getVersion().isBlank())) {
            throw new AssertionError("a label has no version: " + view.getView().getLineage());
          }
          note(view.getView(), labeled);
        });
    List<DeadLetter> letters = new ArrayList<>();
    try (TopicReader reader = new TopicReader(clients, Topics.DEAD_LETTERS)) {
      reader.readAll(record -> letters.add(DeadLetter.of(record)));
    }
    return new TopicContents(views, labeled, labeledAt, letters);
  }

  private static <T> void read(
      Map<String, String> clients,
      String topic,
      Class<T> type,
      SortedSet<RecordPosition> places,
      Consumer<T> each) {
    try (TopicReader topics = new TopicReader(clients, topic);
        RecordValueDeserializer<T> values =
            new RecordValueDeserializer<>(type, clients, new SimpleMeterRegistry())) {
      topics.readAll(
          record -> {
            places.add(new RecordPosition(record.partition(), record.offset()));
            each.accept(values.deserialize(topic, record.headers(), record.value()));
          });
    }
  }

  private static void note(AugmentedView view, Map<RecordPosition, List<ViewChecksum>> views) {
    Lineage lineage = view.getLineage();
    CRC32C pixels = new CRC32C();
    pixels.update(view.getPixels().duplicate());
    views
        .computeIfAbsent(
            new RecordPosition(lineage.getOriginPartition(), lineage.getOriginOffset()),
            place -> new ArrayList<>())
        .add(new ViewChecksum(lineage.getViewIndex(), pixels.getValue()));
  }
}
