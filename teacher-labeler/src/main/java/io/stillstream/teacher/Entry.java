package io.stillstream.teacher;

import io.stillstream.schemas.AugmentedView;
import io.stillstream.teacher.labels.Answer;
import io.stillstream.teacher.labels.Pixels;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * A record on its way to its outcome.
 *
 * @param view null if the record is none
 * @param pixels what the teacher is to be asked; null if it need not be
 * @param answer null until it is known
 */
record Entry(
    ConsumerRecord<byte[], byte[]> record, AugmentedView view, Pixels pixels, Answer answer) {

  Entry answered(Answer known) {
    return new Entry(record, view, null, known);
  }
}
