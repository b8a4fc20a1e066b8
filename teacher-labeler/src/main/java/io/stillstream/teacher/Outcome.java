package io.stillstream.teacher;

import io.stillstream.teacher.labels.Answer;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * What is to be sent for one view, a labelled view or a dead letter, and what is to be counted once
 * that is committed.
 */
record Outcome(ProducerRecord<byte[], byte[]> output, Settlement settlement) {

  /**
   * @param refused why there is no label; empty if there is one
   * @param capturedAt of the image behind a labelled view; null for a refused one
   * @param correct whether the teacher's top class is the true one; empty where that is not known
   */
  record Settlement(
      Optional<Answer.Reason> refused, Instant capturedAt, Optional<Boolean> correct) {}
}
