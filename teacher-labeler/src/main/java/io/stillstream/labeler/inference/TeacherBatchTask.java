package io.stillstream.labeler.inference;

import io.stillstream.labeler.inference.BatchInferencer.PreparedViews;
import io.stillstream.labeler.model.Pixels;
import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.labeler.output.LabeledViewWriter;
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
import io.stillstream.runtime.records.UnexpectedFailurePolicy;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One batch of views under one term. From the first native call to the last it is noted as the one
 * to suspect should the process die. Records that are suspects already are kept out of the batch
 * and tried one by one behind it; those on which the process has died alone are not tried.
 *
 * <p>What no code foresees is kept to the record that brings it about: where a batch fails as a
 * whole, its views are asked about one by one.
 */
final class TeacherBatchTask implements BatchLabeler.Task {
  private static final Logger log = LoggerFactory.getLogger(TeacherBatchTask.class);

  private final List<ConsumerRecord<byte[], byte[]>> records;
  private final Set<ConsumerRecord<byte[], byte[]>> suspected;
  private final TeacherLease term;
  private final ViewPreprocessor triage;
  private final BatchInferencer examiner;
  private final ResultEncoder outcomes;
  private final UnexpectedFailurePolicy failures;
  private final CrashQuarantine suspects;

  private TeacherModel teacher;
  private InFlightMark note = InFlightMark.NONE;
  private PreparedViews paper;
  private List<PreprocessedView> entries;

  /**
   * @param suspected those of the records that must be tried alone, if at all
   * @param term closed with this work
   */
  TeacherBatchTask(
      List<ConsumerRecord<byte[], byte[]>> records,
      Set<ConsumerRecord<byte[], byte[]>> suspected,
      TeacherLease term,
      ViewPreprocessor triage,
      BatchInferencer examiner,
      ResultEncoder outcomes,
      UnexpectedFailurePolicy failures,
      CrashQuarantine suspects) {
    this.records = records;
    this.suspected = suspected;
    this.term = term;
    this.triage = triage;
    this.examiner = examiner;
    this.outcomes = outcomes;
    this.failures = failures;
    this.suspects = suspects;
  }

  /** Otherwise it would not be known who is to blame. */
  @Override
  public boolean isExclusive() {
    return !suspected.isEmpty();
  }

  @Override
  public void decode(int lane) {
    teacher = term.lane(lane);
    note =
        suspects.markInFlight(
            suspected.isEmpty()
                ? records
                : records.stream().filter(record -> !suspected.contains(record)).toList());
    entries = new ArrayList<>(records.size());
    List<Pixels> asked = new ArrayList<>(records.size());
    for (ConsumerRecord<byte[], byte[]> record : records) {
      PreprocessedView entry =
          suspected.contains(record)
              ? new PreprocessedView(record, null, null, null)
              : preprocessed(record);
      entries.add(entry);
      if (entry.pixels() != null) {
        asked.add(entry.pixels());
      }
    }
    try {
      paper = examiner.prepare(teacher, asked);
    } catch (RuntimeException | Error e) {
      requireRecordFailure(e);
    }
  }

  @Override
  public void infer() {
    Optional<Iterator<ViewResult>> answers = paper == null ? Optional.empty() : examined();
    // The pixels are let go here.
    entries.replaceAll(
        entry ->
            entry.pixels() == null
                ? entry
                : answers
                    .map(all -> entry.withResult(all.next()))
                    .orElseGet(() -> inferredAlone(entry)));
    note.close();
    if (isExclusive()) {
      entries.replaceAll(entry -> suspected.contains(entry.record()) ? tryAlone(entry) : entry);
    }
  }

  /** The answers to all that was laid out; empty if its views must be asked about one by one. */
  private Optional<Iterator<ViewResult>> examined() {
    try {
      return Optional.of(examiner.infer(paper).iterator());
    } catch (RuntimeException | Error e) {
      requireRecordFailure(e);
      return Optional.empty();
    } finally {
      paper.close();
    }
  }

  /** Throws what says nothing about any view of the batch. */
  private void requireRecordFailure(Throwable failure) {
    if (failures.isOfRecord(failure)) {
      log.atWarn()
          .addKeyValue("error", failure)
          .addKeyValue("views", records.size())
          .log("a batch fails unexpectedly: its views are asked about one by one");
    } else if (failure instanceof Error error) {
      throw error;
    } else {
      throw (RuntimeException) failure;
    }
  }

  @Override
  public List<EncodedResult> encode() {
    List<io.stillstream.schemas.Teacher> credited =
        LabeledViewWriter.toTeacherRecords(term.contributions());
    return entries.stream().map(entry -> encoded(entry, credited)).toList();
  }

  private EncodedResult encoded(
      PreprocessedView entry, List<io.stillstream.schemas.Teacher> credited) {
    try {
      EncodedResult outcome =
          failures.run(
              RecordCoordinates.of(entry.record()), () -> outcomes.encode(entry, credited));
      if (!(entry.result() instanceof Rejected)) {
        failures.succeeded();
      }
      return outcome;
    } catch (BadRecordException e) {
      return outcomes.encode(entry.withResult(ViewPreprocessor.rejected(e)), credited);
    }
  }

  @Override
  public void close() {
    if (paper != null) {
      paper.close();
    }
    note.close();
    term.close();
  }

  private PreprocessedView tryAlone(PreprocessedView suspect) {
    ConsumerRecord<byte[], byte[]> record = suspect.record();
    if (suspects.isRejected(record)) {
      return suspect.withResult(
          new Rejected(
              Reason.CRASH,
              "the process died %d times with this view alone in the teacher's hands"
                  .formatted(CrashQuarantine.DEATHS)));
    }
    try (InFlightMark alone = suspects.markAlone(record)) {
      PreprocessedView entry = preprocessed(record);
      if (entry.pixels() != null) {
        entry = inferredAlone(entry);
      }
      alone.clear();
      return entry;
    }
  }

  private PreprocessedView preprocessed(ConsumerRecord<byte[], byte[]> record) {
    try {
      return failures.run(RecordCoordinates.of(record), () -> triage.preprocess(record, teacher));
    } catch (BadRecordException e) {
      return new PreprocessedView(record, null, null, ViewPreprocessor.rejected(e));
    }
  }

  /** Asks about one view alone. */
  private PreprocessedView inferredAlone(PreprocessedView entry) {
    try {
      return entry.withResult(
          failures.run(
              RecordCoordinates.of(entry.record()),
              () -> {
                try (PreparedViews single = examiner.prepare(teacher, List.of(entry.pixels()))) {
                  return examiner.infer(single).get(0);
                }
              }));
    } catch (BadRecordException e) {
      requireWorking(e);
      return entry.withResult(ViewPreprocessor.rejected(e));
    }
  }

  /** A teacher that does not answer what it has answered before fails on everything. */
  private void requireWorking(BadRecordException failure) {
    ViewResult answer;
    try (PreparedViews known = examiner.prepare(teacher, List.of(teacher.knownGood()))) {
      answer = examiner.infer(known).get(0);
    } catch (RuntimeException | Error e) {
      e.addSuppressed(failure);
      throw new BrokenTeacherException(
          "the teacher fails on a view that it has answered before: " + e, e);
    }
    if (answer instanceof Rejected refused) {
      throw new BrokenTeacherException(
          "the teacher fails on a view (%s), and of one that it has answered before %s"
              .formatted(failure.getMessage(), refused.message()),
          failure);
    }
  }
}
