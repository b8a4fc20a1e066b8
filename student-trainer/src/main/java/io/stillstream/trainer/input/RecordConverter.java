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
import io.stillstream.trainer.publish.DeadLetterProducer;
import io.stillstream.trainer.training.TrainerMetrics;
import io.stillstream.trainer.training.decode.DecodePool;
import io.stillstream.trainer.training.example.TrainingExample;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Converts records to views; a bad record becomes a dead letter. */
public final class RecordConverter {
  private static final Logger LOG = LoggerFactory.getLogger(RecordConverter.class);

  /** All reasons for which a record can become a dead letter. */
  public static final List<String> REASONS =
      Stream.of(
              RecordValueDeserializer.REASONS.stream(),
              LabeledViewValidator.REASONS.stream(),
              Stream.of(UnexpectedFailurePolicy.REASON))
          .flatMap(Function.identity())
          .toList();

  private final ViewRecordReader reader;
  private final LabeledViewValidator validator;
  private final DecodePool pool;
  private final DeadLetterProducer deadLetters;
  private final UnexpectedFailurePolicy failures;
  private final TrainerMetrics metrics;
  private final Predicate<TrainingExample> erased;
  private final ViewAugmentationReader augmentations = new ViewAugmentationReader();
  private List<TeacherId> latestTeachers = List.of();
  private boolean teacherFits;

  /**
   * @param erased whether a view must not be learned from, as its image is to be erased
   * @param teacherFits whether it is known that the teacher's answers have the student's shape
   */
  public RecordConverter(
      ViewRecordReader reader,
      LabeledViewValidator validator,
      DecodePool pool,
      DeadLetterProducer deadLetters,
      UnexpectedFailurePolicy failures,
      TrainerMetrics metrics,
      Predicate<TrainingExample> erased,
      boolean teacherFits) {
    this.erased = erased;
    this.teacherFits = teacherFits;
    this.reader = reader;
    this.validator = validator;
    this.pool = pool;
    this.deadLetters = deadLetters;
    this.failures = failures;
    this.metrics = metrics;
  }

  /** Has a record read, checked and decoded ahead. */
  public PendingRecord begin(ConsumerRecord<byte[], byte[]> record) {
    return new PendingRecord(record, pool, reader, validator);
  }

  /**
   * Converts the record whose turn it is.
   *
   * @throws RegistryUnavailableException if the registry is away: try the same record again later
   * @throws IllegalStateException if the answer has another shape than the student's, and no record
   *     before had the student's: then the teacher is wrong, not the record
   */
  public ConsumedView convert(PendingRecord pending) {
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
      LOG.atWarn()
          .addKeyValue("partition", record.partition())
          .addKeyValue("offset", record.offset())
          .addKeyValue("reason", e.reason())
          .addKeyValue("cause", e.getMessage())
          .log("Record goes to dead letters");
      // Counted after sending: if that fails, the same record comes again.
      deadLetters.deadLetter(record, pending.stage(), e);
      metrics.rejected(e.reason());
      return ConsumedView.nothing(record.partition(), record.offset());
    }
  }

  private ConsumedView accept(PendingRecord pending) {
    ConsumerRecord<byte[], byte[]> record = pending.record();
    PendingRecord.DecodedRecord decoded = pending.take();
    LabeledView labelled = decoded.labelled();
    TrainingExample view = validator.ordered(decoded.view(), labelled);
    teacherFits |= view.hasAnswer();
    if (erased.test(view)) {
      return ConsumedView.nothing(record.partition(), record.offset());
    }
    if (!validator.hasTrainingSignal(view)) {
      metrics.skipped();
      return ConsumedView.nothing(record.partition(), record.offset());
    }
    return new ConsumedView(
        record.partition(),
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
