package io.stillstream.labeler.preprocess;

import io.stillstream.labeler.model.Pixels;
import io.stillstream.labeler.result.ViewResult;
import io.stillstream.schemas.AugmentedView;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * A record on its way to its outcome.
 *
 * @param view null if the record is none
 * @param pixels what the teacher is to be asked; null if it need not be
 * @param answer null until it is known
 */
public record PreprocessedView(
    ConsumerRecord<byte[], byte[]> record, AugmentedView view, Pixels pixels, ViewResult result) {

  public PreprocessedView withResult(ViewResult known) {
    return new PreprocessedView(record, view, null, known);
  }
}
