package io.stillstream.local.demo.report;

import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.local.sheet.LabeledViewSheet;
import io.stillstream.local.topics.TopicValueReader;
import io.stillstream.schemas.Label;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.topics.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * One image of each class with all its views, and what the teacher answered; of images without a
 * class, the first ones.
 */
public final class ClassSampleSheet {
  /** More of them would make a picture too large to view. */
  static final int MOST = 20;

  private static final int MOST_WITHOUT_CLASS = 8;

  private final List<String> classes;
  private final int views;
  private final Map<String, List<LabeledView>> seen = new LinkedHashMap<>();

  /**
   * @param classes class names in the order of the logits
   * @param views of each image
   */
  public ClassSampleSheet(List<String> classes, int views) {
    this.classes = classes;
    this.views = views;
  }

  /** Takes what {@code labeled-views} holds by now. */
  public void read(Map<String, String> clients, MeterRegistry meters) {
    TopicValueReader.readAll(clients, meters, Topics.LABELED_VIEWS, LabeledView.class, this::add);
  }

  void add(LabeledView view) {
    String image = view.getView().getLineage().getImageId();
    seen.computeIfAbsent(image, name -> new ArrayList<>()).add(view);
  }

  /**
   * One image for each class, as far as there is a whole one, of many the first; its views in
   * order.
   */
  List<List<LabeledView>> images() {
    List<List<LabeledView>> whole =
        seen.values().stream().filter(image -> image.size() == views).toList();
    Map<Integer, List<LabeledView>> chosen = new TreeMap<>();
    for (List<LabeledView> image : whole) {
      Label label = image.get(0).getView().getLabel();
      if (label != null) {
        chosen.computeIfAbsent(label.getPrimary(), name -> sorted(image));
      }
    }
    return chosen.isEmpty()
        ? whole.stream().limit(MOST_WITHOUT_CLASS).map(ClassSampleSheet::sorted).toList()
        : chosen.values().stream().limit(MOST).toList();
  }

  /** Draws a column for each image into a PNG file; without any there is no file. */
  public void draw(Path file) throws IOException {
    List<List<LabeledView>> columns = images();
    if (!columns.isEmpty()) {
      List<List<LabeledView>> rows =
          IntStream.range(0, views)
              .mapToObj(view -> columns.stream().map(column -> column.get(view)).toList())
              .toList();
      Files.write(file, new LabeledViewSheet(classes).png(rows));
    }
  }

  private static List<LabeledView> sorted(List<LabeledView> image) {
    return image.stream()
        .sorted(Comparator.comparingInt(view -> view.getView().getLineage().getViewIndex()))
        .toList();
  }
}
