package io.stillstream.trainer.trace;

import io.stillstream.schemas.ImageLabel;
import io.stillstream.schemas.answer.ModelTask;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The labels of an image that came apart from it. */
final class LabelLookup {
  private final ImageTraceSettings settings;
  private final TopClasses top;
  private final List<ImageTrace.LabelInfo> infos = new ArrayList<>();

  /** Timestamps of those that say something to the student. */
  private final List<Long> timestamps = new ArrayList<>();

  private LabelLookup(ImageTraceSettings settings, TopClasses top) {
    this.settings = settings;
    this.top = top;
  }

  /** Finds none if the trainer reads none. */
  static LabelLookup find(
      ImageRecordFinder finder, ImageTraceSettings settings, TopClasses top, String imageId) {
    LabelLookup labels = new LabelLookup(settings, top);
    settings
        .topics()
        .labels()
        .ifPresent(
            topic -> finder.labels(topic, imageId).forEach(record -> labels.add(record, finder)));
    return labels;
  }

  private void add(ConsumerRecord<byte[], byte[]> record, ImageRecordFinder finder) {
    if (record.value() != null && finder.read(record).orElse(null) instanceof ImageLabel label) {
      infos.add(
          new ImageTrace.LabelInfo(
              record.topic(),
              record.partition(),
              record.offset(),
              label.getLabel() == null ? null : top.name(label.getLabel()),
              label.getSource(),
              label.getLabeledAt().toEpochMilli()));
      if (teaches(label)) {
        timestamps.add(record.timestamp());
      }
    }
  }

  private boolean teaches(ImageLabel label) {
    return switch (settings.task()) {
      case CLASSIFICATION ->
          label.getLabel() != null
              && label.getLabel() >= 0
              && label.getLabel() < settings.classes().size();
      case SEGMENTATION -> label.getMask() != null;
      case EMBEDDING -> false;
    };
  }

  /** As the trace shows them, newest first. */
  List<ImageTrace.LabelInfo> infos() {
    return List.copyOf(infos);
  }

  /**
   * Whether a label came before a view, which then took it along: its record has a lower timestamp.
   * A mask is for the original only. A mixed view needs the label of its partner, too, and that is
   * not looked up.
   */
  boolean isBefore(FoundView view) {
    boolean takesIt =
        view.view().getRecipe().getMix() == null
            && (settings.task() != ModelTask.SEGMENTATION || view.index() == 0);
    return takesIt && timestamps.stream().anyMatch(timestamp -> timestamp < view.timestamp());
  }
}
