package io.stillstream.labeler.inference;

import io.stillstream.labeler.output.ResultEncoder;
import io.stillstream.labeler.preprocess.ViewPreprocessor;
import io.stillstream.labeler.quarantine.CrashQuarantine;
import io.stillstream.labeler.teachers.TeacherLease;
import io.stillstream.runtime.records.UnexpectedFailurePolicy;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Labels batches with the teachers that the pool has when a batch begins.
 *
 * @param teachers gives a lease on the current teachers, which the task closes
 * @param registryKnowsViews whether the registry has schemas for what is read
 */
public record LabelingTaskFactory(
    Supplier<TeacherLease> teachers,
    ViewPreprocessor preprocessor,
    BatchInferencer inferencer,
    ResultEncoder encoder,
    UnexpectedFailurePolicy failures,
    CrashQuarantine quarantine,
    BooleanSupplier registryKnowsViews)
    implements BatchTaskFactory {
  @Override
  public Task begin(List<ConsumerRecord<byte[], byte[]>> records) {
    return new LabelingTask(this, records);
  }

  @Override
  public void registerSchema() {
    // In a registry that has lost its data the schema of labels must stay missing, so that readers
    // notice. If no view has been written yet, the first label registers the schema.
    if (registryKnowsViews.getAsBoolean()) {
      encoder.registerSchema();
    }
  }
}
