package io.stillstream.labeler.inference;

import io.stillstream.labeler.inference.BatchInferencer.InferenceInput;
import io.stillstream.labeler.model.Pixels;
import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.labeler.model.TeacherUnavailableException;
import io.stillstream.labeler.output.ResultEncoder;
import io.stillstream.labeler.preprocess.PreprocessedView;
import io.stillstream.labeler.preprocess.ViewPreprocessor;
import io.stillstream.labeler.quarantine.CrashQuarantine;
import io.stillstream.labeler.quarantine.CrashQuarantine.InFlightMark;
import io.stillstream.labeler.result.EncodedResult;
import io.stillstream.labeler.result.ViewResult;
import io.stillstream.labeler.result.ViewResult.Reason;
import io.stillstream.labeler.result.ViewResult.Rejected;
import io.stillstream.labeler.teachers.TeacherLease;
import io.stillstream.runtime.records.BadRecordException;
import io.stillstream.runtime.records.RecordCoordinates;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One batch of views on its way through the steps, with one lease of the teachers. From the first
 * native call to the last its records are marked in flight in the quarantine. Records that were in
 * flight when a process died are kept out of the batch and inferred one by one after it; those that
 * the quarantine has rejected are not inferred.
 *
 * <p>An unexpected failure rejects only the record that causes it: where a batch fails as a whole,
 * its views are inferred one by one.
 */
final class LabelingTask implements BatchTaskFactory.Task {
  private static final Logger log = LoggerFactory.getLogger(LabelingTask.class);

  private final LabelingTaskFactory shared;
  private final List<ConsumerRecord<byte[], byte[]>> records;

  /** Those of the records that must be inferred alone, if at all. */
  private final Set<ConsumerRecord<byte[], byte[]>> suspected;

  private final TeacherLease lease;

  private TeacherModel teacher;
  private InFlightMark mark = InFlightMark.NONE;
  private InferenceInput prepared;
  private List<PreprocessedView> views;

  /**
   * @param shared what all tasks have in common
   */
  LabelingTask(LabelingTaskFactory shared, List<ConsumerRecord<byte[], byte[]>> records) {
    this.shared = shared;
    this.records = records;
    this.suspected = shared.quarantine().suspectsIn(records);
    this.lease = shared.teachers().get();
  }

  /** With other batches in flight a crash would not tell which record caused it. */
  @Override
  public boolean isExclusive() {
    return !suspected.isEmpty();
  }

  @Override
  public void preprocess(int lane) {
    teacher = lease.lane(lane);
    mark =
        shared
            .quarantine()
            .markInFlight(
                suspected.isEmpty()
                    ? records
                    : records.stream().filter(record -> !suspected.contains(record)).toList());
    views = new ArrayList<>(records.size());
    List<Pixels> pixels = new ArrayList<>(records.size());
    for (ConsumerRecord<byte[], byte[]> record : records) {
      PreprocessedView view =
          suspected.contains(record)
              ? new PreprocessedView(record, null, null, null)
              : preprocessed(record);
      views.add(view);
      if (view.pixels() != null) {
        pixels.add(view.pixels());
      }
    }
    try {
      prepared = shared.inferencer().prepare(teacher, pixels);
    } catch (RuntimeException | Error e) {
      requireRecordFailure(e);
    }
  }

  @Override
  public void infer() {
    Optional<Iterator<ViewResult>> results =
        prepared == null ? Optional.empty() : inferredTogether();
    // From here on the pixels are not referenced any more.
    views.replaceAll(
        view ->
            view.pixels() == null
                ? view
                : results
                    .map(all -> view.withResult(all.next()))
                    .orElseGet(() -> inferredAlone(view)));
    mark.close();
    if (isExclusive()) {
      views.replaceAll(
          view -> suspected.contains(view.record()) ? inferredInQuarantine(view) : view);
    }
  }

  /** The results of all prepared views; empty if they must be inferred one by one. */
  private Optional<Iterator<ViewResult>> inferredTogether() {
    try {
      return Optional.of(shared.inferencer().infer(prepared).iterator());
    } catch (RuntimeException | Error e) {
      requireRecordFailure(e);
      return Optional.empty();
    } finally {
      prepared.close();
    }
  }

  /** Throws a failure that is not one of a record. */
  private void requireRecordFailure(Throwable failure) {
    if (shared.failures().isOfRecord(failure)) {
      log.atWarn()
          .addKeyValue("error", failure)
          .addKeyValue("views", records.size())
          .log("a batch failed unexpectedly: its views are inferred one by one");
    } else if (failure instanceof Error error) {
      throw error;
    } else {
      throw (RuntimeException) failure;
    }
  }

  @Override
  public List<EncodedResult> encode() {
    List<io.stillstream.schemas.Teacher> teachers =
        ResultEncoder.toTeacherRecords(lease.contributions());
    return views.stream().map(view -> encoded(view, teachers)).toList();
  }

  private EncodedResult encoded(
      PreprocessedView view, List<io.stillstream.schemas.Teacher> teachers) {
    try {
      EncodedResult result =
          shared
              .failures()
              .run(
                  RecordCoordinates.of(view.record()),
                  () -> shared.encoder().encode(view, teachers));
      if (!(view.result() instanceof Rejected)) {
        shared.failures().succeeded();
      }
      return result;
    } catch (BadRecordException e) {
      return shared.encoder().encode(view.withResult(ViewPreprocessor.rejected(e)), teachers);
    }
  }

  @Override
  public void close() {
    if (prepared != null) {
      prepared.close();
    }
    mark.close();
    lease.close();
  }

  private PreprocessedView inferredInQuarantine(PreprocessedView suspect) {
    ConsumerRecord<byte[], byte[]> record = suspect.record();
    if (shared.quarantine().isRejected(record)) {
      return suspect.withResult(
          new Rejected(
              Reason.CRASH,
              "the process died %d times while the teacher inferred this view alone"
                  .formatted(CrashQuarantine.DEATHS)));
    }
    try (InFlightMark alone = shared.quarantine().markAlone(record)) {
      PreprocessedView view = preprocessed(record);
      if (view.pixels() != null) {
        view = inferredAlone(view);
      }
      alone.clear();
      return view;
    }
  }

  private PreprocessedView preprocessed(ConsumerRecord<byte[], byte[]> record) {
    try {
      return shared
          .failures()
          .run(
              RecordCoordinates.of(record),
              () -> shared.preprocessor().preprocess(record, teacher));
    } catch (BadRecordException e) {
      return new PreprocessedView(record, null, null, ViewPreprocessor.rejected(e));
    }
  }

  /** Infers one view alone. */
  private PreprocessedView inferredAlone(PreprocessedView view) {
    try {
      return view.withResult(
          shared
              .failures()
              .run(
                  RecordCoordinates.of(view.record()),
                  () -> {
                    try (InferenceInput single =
                        shared.inferencer().prepare(teacher, List.of(view.pixels()))) {
                      return shared.inferencer().infer(single).get(0);
                    }
                  }));
    } catch (BadRecordException e) {
      requireWorking(e);
      return view.withResult(ViewPreprocessor.rejected(e));
    }
  }

  /** Throws if the teacher fails on a view too that it has inferred before. */
  private void requireWorking(BadRecordException failure) {
    try {
      shared.inferencer().requireWorking(teacher, failure);
    } catch (BrokenTeacherException | TeacherUnavailableException e) {
      throw e;
    } catch (RuntimeException | Error e) {
      e.addSuppressed(failure);
      throw new BrokenTeacherException(
          "the teacher fails on a view that it has inferred before: " + e, e);
    }
  }
}
