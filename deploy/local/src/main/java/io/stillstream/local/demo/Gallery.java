package io.stillstream.local.demo;

import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.local.topics.TopicReader;
import io.stillstream.runtime.RecordReader;
import io.stillstream.schemas.Label;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A first look: one image of each class with all its views, and what the teacher says of them. */
final class Gallery {
  private final List<String> classes;
  private final int views;
  private final Map<String, List<LabeledView>> images = new LinkedHashMap<>();

  /**
   * @param classes class names in the order of the logits
   * @param views of each image
   */
  Gallery(List<String> classes, int views) {
    this.classes = classes;
    this.views = views;
  }

  /** Takes what {@code labeled-views} holds by now. */
  void read(Map<String, String> clients, MeterRegistry meters) {
    try (TopicReader topic = new TopicReader(clients, Topics.LABELED_VIEWS);
        RecordReader<LabeledView> values = new RecordReader<>(LabeledView.class, clients, meters)) {
      topic.readAll(record -> add(values.read(record.topic(), record.headers(), record.value())));
    }
  }

  void add(LabeledView view) {
    String image = view.getView().getLineage().getImageId();
    images.computeIfAbsent(image, name -> new ArrayList<>()).add(view);
  }

  /** One row for each class, as far as there is a whole image of it; view 0 first. */
  List<List<LabeledView>> rows() {
    Map<Integer, List<LabeledView>> rows = new TreeMap<>();
    for (List<LabeledView> image : images.values()) {
      Label label = image.get(0).getView().getLabel();
      if (label != null && image.size() == views) {
        rows.computeIfAbsent(label.getPrimary(), name -> sorted(image));
      }
    }
    return List.copyOf(rows.values());
  }

  /** Draws the rows into a PNG file; without any there is nothing to draw, and no file. */
  void draw(Path file) throws IOException {
    List<List<LabeledView>> rows = rows();
    if (!rows.isEmpty()) {
      Files.write(file, new ContactSheet(classes).png(rows));
    }
  }

  private static List<LabeledView> sorted(List<LabeledView> image) {
    return image.stream()
        .sorted(Comparator.comparingInt(view -> view.getView().getLineage().getViewIndex()))
        .toList();
  }
}
