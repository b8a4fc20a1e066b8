package io.stillstream.labeler.inference;

import io.stillstream.labeler.output.ResultEncoder;
import io.stillstream.labeler.preprocess.ViewPreprocessor;
import io.stillstream.labeler.quarantine.CrashQuarantine;
import io.stillstream.labeler.teachers.TeacherPool;
import io.stillstream.runtime.records.UnexpectedFailurePolicy;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Batches from records to records: decode, ask the teachers of one term, encode. */
public final class TeacherBatchLabeler implements BatchLabeler {
  private final TeacherPool faculty;
  private final ViewPreprocessor triage;
  private final BatchInferencer examiner;
  private final ResultEncoder outcomes;
  private final UnexpectedFailurePolicy failures;
  private final CrashQuarantine suspects;
  private final BooleanSupplier registryKnowsViews;

  /**
   * @param registryKnowsViews whether the registry has schemas for what is read
   */
  public TeacherBatchLabeler(
      TeacherPool faculty,
      ViewPreprocessor triage,
      BatchInferencer examiner,
      ResultEncoder outcomes,
      UnexpectedFailurePolicy failures,
      CrashQuarantine suspects,
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
  public Task begin(List<ConsumerRecord<byte[], byte[]>> records) {
    return new TeacherBatchTask(
        records,
        suspects.suspectsIn(records),
        faculty.acquire(),
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
      outcomes.registerSchema();
    }
  }
}
