package io.stillstream.faults.audit;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.containers.inference.LinearClassifier;
import io.stillstream.containers.inference.RepositoryModel;
import io.stillstream.runtime.lookup.TopicReader;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.Teacher;
import io.stillstream.schemas.topics.Topics;
import io.stillstream.schemas.values.FloatArrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * Holds the labels of a model on a server against what it computes: each label must name the
 * version whose logits it has. It reads the topic, read committed and from the beginning.
 */
public final class RemoteLabelAudit {
  private static final float TOLERANCE = 1e-4f;

  private RemoteLabelAudit() {}

  /**
   * How many views each version has labelled.
   *
   * @param model without an ONNX file, for raw views
   * @throws AssertionError if a label has not the logits of the version that it names
   */
  public static Map<Integer, Long> labels(Map<String, String> clients, RepositoryModel model) {
    Map<Integer, Long> labels = new TreeMap<>();
    try (TopicReader reader = new TopicReader(clients, Topics.LABELED_VIEWS);
        RecordValueDeserializer<LabeledView> values =
            new RecordValueDeserializer<>(LabeledView.class, clients, new SimpleMeterRegistry())) {
      reader.readAll(
          record -> {
            LabeledView view =
                values.deserialize(Topics.LABELED_VIEWS, record.headers(), record.value());
            Teacher teacher = view.getTeachers().get(0);
            if (teacher.getName().equals(model.name())) {
              int version = Integer.parseInt(teacher.getVersion());
              requireLogits(view, version);
              labels.merge(version, 1L, Long::sum);
            }
          });
    }
    return labels;
  }

  private static void requireLogits(LabeledView labeled, int version) {
    AugmentedView view = labeled.getView();
    if (view.getEncoding() != PixelEncoding.RAW) {
      throw new AssertionError("a view is " + view.getEncoding());
    }
    byte[] pixels = new byte[view.getPixels().remaining()];
    view.getPixels().duplicate().get(pixels);
    float[] expected =
        LinearClassifier.logits(
            pixels, view.getHeight(), view.getWidth(), view.getChannels(), version);
    float[] found = FloatArrays.toArray(labeled.getLogits());
    for (int label = 0; label < expected.length; label++) {
      if (!(Math.abs(found[label] - expected[label]) <= TOLERANCE)) {
        throw new AssertionError(
            "a label names version %d, whose logit %d is %f, and has %f: %s"
                .formatted(version, label, expected[label], found[label], view.getLineage()));
      }
    }
  }
}
