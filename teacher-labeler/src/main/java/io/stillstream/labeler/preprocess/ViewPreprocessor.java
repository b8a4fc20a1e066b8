package io.stillstream.labeler.preprocess;

import io.stillstream.labeler.budget.LabelBudget;
import io.stillstream.labeler.model.Pixels;
import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.labeler.result.ViewResult;
import io.stillstream.labeler.result.ViewResult.OverBudget;
import io.stillstream.labeler.result.ViewResult.Reason;
import io.stillstream.labeler.result.ViewResult.Rejected;
import io.stillstream.runtime.records.BadRecordException;
import io.stillstream.schemas.AugmentedView;
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
  private final ViewDecoder decoder;

  public ViewPreprocessor(LabelBudget budget, ViewDecoder decoder) {
    this.budget = budget;
    this.decoder = decoder;
  }

  /**
   * Preprocesses a record; one that cannot be decoded or has the wrong size is rejected.
   *
   * @throws io.stillstream.schemas.registry.RegistryUnavailableException if its schema cannot be
   *     fetched now
   */
  public PreprocessedView preprocess(ConsumerRecord<byte[], byte[]> record, TeacherModel teacher) {
    try {
      AugmentedView view = decoder.view(record);
      if (!budget.includes(view.getLineage().getImageId())) {
        return new PreprocessedView(record, view, null, OVER_BUDGET);
      }
      Pixels pixels = decoder.pixels(view);
      Optional<String> rejection = teacher.rejectionReason(pixels);
      return rejection.isPresent()
          ? new PreprocessedView(record, view, null, new Rejected(Reason.SHAPE, rejection.get()))
          : new PreprocessedView(record, view, pixels, null);
    } catch (BadRecordException e) {
      return new PreprocessedView(record, null, null, rejected(e));
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
