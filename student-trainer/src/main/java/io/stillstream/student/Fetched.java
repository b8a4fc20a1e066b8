package io.stillstream.student;

import io.stillstream.student.checkpoint.TrainerState.TeacherId;
import io.stillstream.student.training.View;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A record that has been read and waits for its batch.
 *
 * @param view null if there is nothing to train on: dead-lettered, or it teaches nothing
 * @param trace id of its trace, if somebody records that
 */
record Fetched(
    int partition,
    long offset,
    View view,
    Instant capturedAt,
    List<TeacherId> teachers,
    String policyHash,
    Optional<String> trace) {

  static Fetched nothing(int partition, long offset) {
    return new Fetched(partition, offset, null, Instant.EPOCH, List.of(), null, Optional.empty());
  }
}
