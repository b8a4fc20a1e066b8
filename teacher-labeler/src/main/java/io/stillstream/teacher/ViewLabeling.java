package io.stillstream.teacher;

import io.stillstream.runtime.UnexpectedFailures;
import io.stillstream.teacher.labels.Examiner;
import io.stillstream.teacher.labels.Faculty;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Batches from records to records: decode, ask the teachers of one term, encode. */
final class ViewLabeling implements Labeling {
  private final Faculty faculty;
  private final Triage triage;
  private final Examiner examiner;
  private final Outcomes outcomes;
  private final UnexpectedFailures failures;
  private final Suspects suspects;

  ViewLabeling(
      Faculty faculty,
      Triage triage,
      Examiner examiner,
      Outcomes outcomes,
      UnexpectedFailures failures,
      Suspects suspects) {
    this.faculty = faculty;
    this.triage = triage;
    this.examiner = examiner;
    this.outcomes = outcomes;
    this.failures = failures;
    this.suspects = suspects;
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
    outcomes.prepare();
  }
}
