package io.stillstream.local.sizing;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.augmenter.config.AugmenterConfig;
import io.stillstream.augmenter.fetch.ObjectReference;
import io.stillstream.augmenter.fetch.ObjectSource;
import io.stillstream.augmenter.topology.OfflineAugmenter;
import io.stillstream.runtime.records.RecordCoordinates;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.runtime.records.RecordValueSerializer;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.ImageEvent;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.Teacher;
import io.stillstream.schemas.answer.LabeledAnswers;
import io.stillstream.schemas.answer.OutputShape;
import io.stillstream.schemas.topics.Topics;
import io.stillstream.schemas.values.Sha256;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * The records of a few images as the services write them: serialised events, the views that the
 * augmenter makes, and those views with answers.
 */
@SuppressWarnings("ArrayRecordComponent") // made once, then only read
record SampleRecords(List<ImageRecords> images) {
  /** An offset as it is after some months. */
  private static final long OFFSET = 100_000_000;

  private static final Instant LABELED_AT = Instant.parse("2026-11-30T12:00:01Z");

  /** The records of one image. */
  record ImageRecords(
      String id,
      RecordCoordinates origin,
      byte[] event,
      List<byte[]> views,
      List<byte[]> labeledViews,
      List<LabeledView> decoded) {}

  /**
   * Makes the records.
   *
   * @param clients of the registry
   * @param output the shape of the answers
   * @param topLogits as {@code labels.top-k}
   */
  static SampleRecords of(
      SampleImages images,
      AugmenterConfig config,
      OutputShape output,
      OptionalInt topLogits,
      Map<String, String> clients) {
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    SplittableRandom random = new SplittableRandom(1);
    List<ImageRecords> all = new ArrayList<>();
    try (RecordValueSerializer<ImageEvent> events = new RecordValueSerializer<>(clients, meters);
        RecordValueDeserializer<AugmentedView> views =
            new RecordValueDeserializer<>(AugmentedView.class, clients, meters);
        RecordValueSerializer<LabeledView> labels = new RecordValueSerializer<>(clients, meters);
        OfflineAugmenter augmenter =
            new OfflineAugmenter(config, meters, new Objects(images.objects()))) {
      for (ImageEvent image : images.events()) {
        RecordCoordinates at = origin(all.size());
        byte[] event = events.serialize(Topics.IMAGES, image);
        List<byte[]> made = augmenter.augment(event, at);
        List<LabeledView> labeled = new ArrayList<>();
        for (byte[] view : made) {
          labeled.add(
              LabeledAnswers.labeled(
                  views.deserialize(Topics.VIEWS, new RecordHeaders(), view),
                  List.of(teacher()),
                  answer(output, random),
                  output,
                  topLogits,
                  LABELED_AT));
        }
        all.add(
            new ImageRecords(
                image.getImageId(),
                at,
                event,
                made,
                labeled.stream().map(view -> labels.serialize(Topics.LABELED_VIEWS, view)).toList(),
                labeled));
      }
    }
    return new SampleRecords(List.copyOf(all));
  }

  /** Where the record of an image stands. */
  static RecordCoordinates origin(int number) {
    return new RecordCoordinates(Topics.IMAGES, 0, OFFSET + number);
  }

  List<LabeledView> labeledViews() {
    return images.stream().flatMap(image -> image.decoded().stream()).toList();
  }

  long meanPixelBytes() {
    return Math.round(
        labeledViews().stream()
            .mapToLong(view -> view.getView().getPixels().remaining())
            .average()
            .orElseThrow());
  }

  /** 0 without masks. */
  long meanMaskBytes() {
    return Math.round(
        labeledViews().stream()
            .filter(view -> view.getView().getMask() != null)
            .mapToLong(view -> view.getView().getMask().remaining())
            .average()
            .orElse(0));
  }

  private static Teacher teacher() {
    return new Teacher("photo-teacher-22", "1", Sha256.hex(new byte[1]), 1.0, "pytorch_libtorch");
  }

  private static float[] answer(OutputShape output, SplittableRandom random) {
    float[] row = new float[output.size()];
    for (int i = 0; i < row.length; i++) {
      row[i] = (float) random.nextDouble(-10, 10);
    }
    return row;
  }

  /** Files by their addresses. */
  private record Objects(Map<String, byte[]> files) implements ObjectSource {
    @Override
    public byte[] read(ObjectReference reference) {
      return files.get(reference.uri());
    }

    @Override
    public void close() {
      // Nothing is open.
    }
  }
}
