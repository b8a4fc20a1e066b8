package io.stillstream.teacher;

import io.stillstream.runtime.BadRecordException;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.teacher.labels.Answer;
import io.stillstream.teacher.labels.Answer.PassedOver;
import io.stillstream.teacher.labels.Answer.Reason;
import io.stillstream.teacher.labels.Answer.Refused;
import io.stillstream.teacher.labels.LabelBudget;
import io.stillstream.teacher.labels.Pixels;
import io.stillstream.teacher.labels.Teacher;
import java.util.Arrays;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Finds what a teacher is to be asked about a record, or that it need not be asked. Of views that
 * the budget does not cover the pixels are not decoded. Safe for several threads.
 */
final class Triage {
  private static final Answer PASSED_OVER = new PassedOver();

  private final LabelBudget budget;
  private final ViewDecoder decoder;

  Triage(LabelBudget budget, ViewDecoder decoder) {
    this.budget = budget;
    this.decoder = decoder;
  }

  /**
   * Decodes.
   *
   * @throws io.stillstream.schemas.wire.RegistryUnavailableException if that cannot be done now
   */
  Entry of(ConsumerRecord<byte[], byte[]> record, Teacher teacher) {
    try {
      AugmentedView view = decoder.view(record);
      if (!budget.includes(view.getLineage().getImageId())) {
        return new Entry(record, view, null, PASSED_OVER);
      }
      Pixels pixels = decoder.pixels(view);
      Optional<String> refusal = teacher.refusal(pixels);
      return refusal.isPresent()
          ? new Entry(record, view, null, new Refused(Reason.SHAPE, refusal.get()))
          : new Entry(record, view, pixels, null);
    } catch (BadRecordException e) {
      return new Entry(record, null, null, refused(e));
    }
  }

  static Refused refused(BadRecordException cause) {
    Reason reason =
        Arrays.stream(Reason.values())
            .filter(known -> known.tag().equals(cause.reason()))
            .findFirst()
            .orElse(Reason.MALFORMED);
    return new Refused(reason, cause.getMessage());
  }
}
