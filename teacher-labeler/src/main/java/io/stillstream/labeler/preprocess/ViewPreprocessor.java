package io.stillstream.labeler.preprocess;

import io.stillstream.labeler.budget.LabelBudget;
import io.stillstream.labeler.model.Pixels;
import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.labeler.result.ViewResult;
import io.stillstream.labeler.result.ViewResult.OverBudget;
import io.stillstream.labeler.result.ViewResult.Reason;
import io.stillstream.labeler.result.ViewResult.Rejected;
import io.stillstream.runtime.records.BadRecordException;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.image.InvalidImageException;
import io.stillstream.schemas.image.PixelCodec;
import java.util.Arrays;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Decodes a record and decides whether the teacher is to infer it. Pixels of views that the budget
 * does not cover are not decoded. Safe for several threads.
 */
public final class ViewPreprocessor {
  private static final ViewResult OVER_BUDGET = new OverBudget();

  private final LabelBudget budget;
  private final RecordValueDeserializer<AugmentedView> reader;

  public ViewPreprocessor(LabelBudget budget, RecordValueDeserializer<AugmentedView> reader) {
    this.budget = budget;
    this.reader = reader;
  }

  /**
   * Preprocesses a record; one that cannot be decoded or has the wrong size is rejected.
   *
   * @throws io.stillstream.schemas.registry.RegistryUnavailableException if its schema cannot be
   *     fetched now
   */
  public PreprocessedView preprocess(ConsumerRecord<byte[], byte[]> record, TeacherModel teacher) {
    try {
      AugmentedView view = reader.deserialize(record.topic(), record.headers(), record.value());
      if (!budget.includes(view.getLineage().getImageId())) {
        return new PreprocessedView(record, view, null, OVER_BUDGET);
      }
      Pixels pixels = decode(view);
      Optional<String> rejection = teacher.rejectionReason(pixels);
      return rejection.isPresent()
          ? new PreprocessedView(record, view, null, new Rejected(Reason.SHAPE, rejection.get()))
          : new PreprocessedView(record, view, pixels, null);
    } catch (BadRecordException e) {
      return new PreprocessedView(record, null, null, rejected(e));
    }
  }

  private static Pixels decode(AugmentedView view) {
    try {
      return new Pixels(
          view.getHeight(), view.getWidth(), view.getChannels(), PixelCodec.decode(view));
    } catch (InvalidImageException e) {
      throw new BadRecordException(Reason.PIXELS.tag(), e.getMessage(), e);
    }
  }

  public static Rejected rejected(BadRecordException cause) {
    Reason reason =
        Arrays.stream(Reason.values())
            .filter(known -> known.tag().equals(cause.reason()))
            .findFirst()
            .orElse(Reason.MALFORMED);
    return new Rejected(reason, cause.getMessage());
  }
}
