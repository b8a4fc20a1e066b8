package io.stillstream.labeler.preprocess;

import io.stillstream.labeler.model.Pixels;
import io.stillstream.labeler.result.ViewResult;
import io.stillstream.schemas.AugmentedView;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * A record with what is known of it after preprocessing, and after inference with its result.
 *
 * @param view null if the record is not a view
 * @param pixels to infer; null if there is nothing to infer, or it has been done
 * @param result null before inference
 */
public record PreprocessedView(
    ConsumerRecord<byte[], byte[]> record, AugmentedView view, Pixels pixels, ViewResult result) {

  public PreprocessedView withResult(ViewResult inferred) {
    return new PreprocessedView(record, view, null, inferred);
  }
}
