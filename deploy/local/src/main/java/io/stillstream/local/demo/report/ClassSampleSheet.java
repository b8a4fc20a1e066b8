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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * One image of each class with all its views, and what the teacher answered; some images, if none
 * has a label.
 */
public final class ClassSampleSheet {
  /** More of them would make a picture too large to view. */
  static final int MOST = 20;

  /** Masks are drawn beside each other, so these are wider. */
  private static final int MOST_UNLABELED = 8;

  private final List<String> classes;
  private final int views;

  /** Views of images that are not whole yet; whole ones are kept only if they are to be drawn. */
  private final Map<String, List<LabeledView>> incomplete = new HashMap<>();

  private final Map<Integer, List<LabeledView>> byClass = new TreeMap<>();
  private final List<List<LabeledView>> unlabeled = new ArrayList<>();

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
    String id = view.getView().getLineage().getImageId();
    List<LabeledView> image = incomplete.computeIfAbsent(id, name -> new ArrayList<>());
    image.add(view);
    if (image.size() == views) {
      incomplete.remove(id);
      keep(sorted(image));
    }
  }

  private void keep(List<LabeledView> image) {
    Label label = image.get(0).getView().getLabel();
    if (label != null) {
      byClass.putIfAbsent(label.getPrimary(), image);
    } else if (unlabeled.size() < MOST_UNLABELED) {
      unlabeled.add(image);
    }
  }

  /**
   * One image for each class, as far as there is a whole one, of many the first; its views in
   * order. Without any label the first whole images.
   */
  List<List<LabeledView>> images() {
    return byClass.isEmpty() ? unlabeled : byClass.values().stream().limit(MOST).toList();
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
