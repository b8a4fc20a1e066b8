package io.stillstream.trainer.input;

import io.stillstream.runtime.records.BadRecordException;
import io.stillstream.runtime.records.RecordCoordinates;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.runtime.records.TraceContext;
import io.stillstream.runtime.records.UnexpectedFailurePolicy;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.registry.RegistryUnavailableException;
import io.stillstream.trainer.batch.ConsumedView;
import io.stillstream.trainer.checkpoint.store.TrainerState.TeacherId;
import io.stillstream.trainer.label.TruthValidator;
import io.stillstream.trainer.training.decode.DecodePool;
import io.stillstream.trainer.training.example.TrainingExample;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Converts records to views; a bad record becomes a dead letter. */
public final class RecordConverter {
  /** All reasons for which a record can become a dead letter. */
  public static final List<String> REASONS =
      Stream.of(
              RecordValueDeserializer.REASONS.stream(),
              LabeledViewValidator.REASONS.stream(),
              TruthValidator.REASONS.stream(),
              Stream.of(UnexpectedFailurePolicy.REASON))
          .flatMap(Function.identity())
          .distinct()
          .toList();

  private final ViewRecordReader reader;
  private final LabeledViewValidator validator;
  private final DecodePool pool;
  private final UnexpectedFailurePolicy failures;
  private final UnusedRecords unused;
  private final Predicate<TrainingExample> erased;
  private final UnaryOperator<TrainingExample> truths;
  private final ViewAugmentationReader augmentations = new ViewAugmentationReader();
  private List<TeacherId> latestTeachers = List.of();
  private boolean teacherFits;

  /**
   * @param erased whether a view must not be learned from, as its image is to be erased
   * @param truths adds what labels that came apart from their images say; called once for each
   *     view, in order
   * @param teacherFits whether it is known that the teacher's answers have the student's shape
   */
  public RecordConverter(
      ViewRecordReader reader,
      LabeledViewValidator validator,
      DecodePool pool,
      UnexpectedFailurePolicy failures,
      UnusedRecords unused,
      Predicate<TrainingExample> erased,
      UnaryOperator<TrainingExample> truths,
      boolean teacherFits) {
    this.erased = erased;
    this.teacherFits = teacherFits;
    this.reader = reader;
    this.validator = validator;
    this.pool = pool;
    this.failures = failures;
    this.unused = unused;
    this.truths = truths;
  }

  /** Has a record read, checked and decoded ahead. */
  public PendingView begin(ConsumerRecord<byte[], byte[]> record) {
    return new PendingView(record, pool, reader, validator);
  }

  /**
   * Converts the record whose turn it is.
   *
   * @throws RegistryUnavailableException if the registry is away: try the same record again later
   * @throws IllegalStateException if the answer has another shape than the student's, and no record
   *     before had the student's: then the teacher is wrong, not the record
   */
  public ConsumedView convert(PendingView pending) {
    ConsumerRecord<byte[], byte[]> record = pending.record();
    try {
      ConsumedView view = failures.run(RecordCoordinates.of(record), () -> accept(pending));
      if (view.view() == null) {
        failures.succeeded();
      }
      return view;
    } catch (BadRecordException e) {
      if (!teacherFits && LabeledViewValidator.REASONS_OF_TEACHERS.contains(e.reason())) {
        throw new IllegalStateException(
            "student and teacher do not fit: "
                + e.getMessage()
                + " (first record with an answer, "
                + record.topic()
                + "-"
                + record.partition()
                + " offset "
                + record.offset()
                + "); no record was sent to dead letters",
            e);
      }
      unused.reject(record, pending.stage(), e);
      return ConsumedView.nothing(partition(record), record.offset());
    }
  }

  private ConsumedView accept(PendingView pending) {
    ConsumerRecord<byte[], byte[]> record = pending.record();
    PendingView.DecodedRecord decoded = pending.take();
    LabeledView labelled = decoded.labelled();
    TrainingExample ordered = validator.ordered(decoded.view(), labelled);
    teacherFits |= ordered.hasAnswer();
    if (erased.test(ordered)) {
      return ConsumedView.nothing(partition(record), record.offset());
    }
    TrainingExample view = truths.apply(ordered);
    if (!validator.hasTrainingSignal(view)) {
      unused.skip();
      return ConsumedView.nothing(partition(record), record.offset());
    }
    return new ConsumedView(
        partition(record),
        record.offset(),
        view,
        labelled.getView().getCapturedAt(),
        teachers(labelled),
        labelled.getView().getLineage().getPolicyHash(),
        augmentations.read(labelled, view),
        TraceContext.of(record.headers()).filter(TraceContext::sampled).map(TraceContext::traceId),
        Optional.ofNullable(labelled.getView().getLineage().getPayloadUri()),
        ConsumedView.withoutValue(record));
  }

  private static TopicPartition partition(ConsumerRecord<byte[], byte[]> record) {
    return new TopicPartition(record.topic(), record.partition());
  }

  /** The same list as for the record before where the teachers are the same. */
  private List<TeacherId> teachers(LabeledView labelled) {
    List<TeacherId> teachers =
        labelled.getTeachers().stream()
            .map(
                teacher ->
                    new TeacherId(teacher.getName(), teacher.getVersion(), teacher.getSha256()))
            .toList();
    if (!teachers.equals(latestTeachers)) {
      latestTeachers = teachers;
    }
    return latestTeachers;
  }
}
