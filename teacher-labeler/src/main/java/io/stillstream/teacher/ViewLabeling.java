package io.stillstream.teacher;

import io.stillstream.runtime.UnexpectedFailurePolicy;
import io.stillstream.teacher.labels.Examiner;
import io.stillstream.teacher.labels.Faculty;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Batches from records to records: decode, ask the teachers of one term, encode. */
final class ViewLabeling implements Labeling {
  private final Faculty faculty;
  private final Triage triage;
  private final Examiner examiner;
  private final Outcomes outcomes;
  private final UnexpectedFailurePolicy failures;
  private final Suspects suspects;
  private final BooleanSupplier registryKnowsViews;

  /**
   * @param registryKnowsViews whether the registry has schemas for what is read
   */
  ViewLabeling(
      Faculty faculty,
      Triage triage,
      Examiner examiner,
      Outcomes outcomes,
      UnexpectedFailurePolicy failures,
      Suspects suspects,
      BooleanSupplier registryKnowsViews) {
    this.faculty = faculty;
    this.triage = triage;
    this.examiner = examiner;
    this.outcomes = outcomes;
    this.failures = failures;
    this.suspects = suspects;
    this.registryKnowsViews = registryKnowsViews;
  }

  @Override
  public Work begin(List<ConsumerRecord<byte[], byte[]>> records) {
    return new ViewWork(
        records,
        suspects.among(records),
        faculty.enter(),
        triage,
        examiner,
        outcomes,
        failures,
        suspects);
  }

  @Override
  public void prepare() {
    // A registry that has lost its data must not look to readers of labels as if it had not. If
    // no view has been written yet, the first label registers its schema.
    if (registryKnowsViews.getAsBoolean()) {
      outcomes.prepare();
    }
  }
}
