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
import io.stillstream.trainer.training.example.TrainingExample;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns records into views; what is no view goes to dead letters. */
public final class RecordConverter {
  private static final Logger LOG = LoggerFactory.getLogger(RecordConverter.class);

  /** All reasons for which a record can be put aside. */
  public static final List<String> REASONS =
      Stream.of(
              RecordValueDeserializer.REASONS.stream(),
              LabeledViewValidator.REASONS.stream(),
              Stream.of(UnexpectedFailurePolicy.REASON))
          .flatMap(Function.identity())
          .toList();

  private final ViewRecordReader source;
  private final LabeledViewValidator examiner;
  private final DeadLetterProducer outbox;
  private final UnexpectedFailurePolicy failures;
  private final TrainerMetrics metrics;
  private final Predicate<TrainingExample> refuses;
  private boolean teacherFits;

  /**
   * @param refuses says of which views nothing may be learned, as their images are to be forgotten
   * @param teacherFits whether it is known that the teacher has the student's width
   */
  public RecordConverter(
      ViewRecordReader source,
      LabeledViewValidator examiner,
      DeadLetterProducer outbox,
      UnexpectedFailurePolicy failures,
      TrainerMetrics metrics,
      Predicate<TrainingExample> refuses,
      boolean teacherFits) {
    this.refuses = refuses;
    this.teacherFits = teacherFits;
    this.source = source;
    this.examiner = examiner;
    this.outbox = outbox;
    this.failures = failures;
    this.metrics = metrics;
  }

  /**
   * Reads one record.
   *
   * @throws RegistryUnavailableException if the registry is away: try the same record again later
   * @throws IllegalStateException if the logits have a wrong width, and none ever had the right
   *     one: then it is not the record that is wrong
   */
  public ConsumedView accept(ConsumerRecord<byte[], byte[]> record) {
    ConversionStage step = new ConversionStage();
    try {
      ConsumedView fetched = failures.run(RecordCoordinates.of(record), () -> read(record, step));
      if (fetched.view() == null) {
        failures.succeeded();
      }
      return fetched;
    } catch (BadRecordException e) {
      if (e.reason().equals(LabeledViewValidator.LOGITS_WIDTH) && !teacherFits) {
        throw new IllegalStateException(
            "student and teacher do not fit: "
                + e.getMessage()
                + " (first record with logits, "
                + record.topic()
                + "-"
                + record.partition()
                + " offset "
                + record.offset()
                + "); nothing was put aside",
            e);
      }
      LOG.atWarn()
          .addKeyValue("partition", record.partition())
          .addKeyValue("offset", record.offset())
          .addKeyValue("reason", e.reason())
          .addKeyValue("cause", e.getMessage())
          .log("Record goes to dead letters");
      // Counted when it is under way: a failure to send it brings the same record here again.
      outbox.deadLetter(record, step.name, e);
      metrics.rejected(e.reason());
      return ConsumedView.nothing(record.partition(), record.offset());
    }
  }

  /** What is being done. */
  private static final class ConversionStage {
    private String name = "deserialize";
  }

  private ConsumedView read(ConsumerRecord<byte[], byte[]> record, ConversionStage step) {
    step.name = "deserialize";
    LabeledView labelled = source.read(record);
    step.name = "examine";
    TrainingExample view = examiner.validate(labelled);
    teacherFits |= labelled.getLogits() != null;
    if (refuses.test(view)) {
      return ConsumedView.nothing(record.partition(), record.offset());
    }
    if (!examiner.hasTrainingSignal(view)) {
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
        TraceContext.of(record.headers()).filter(TraceContext::sampled).map(TraceContext::traceId),
        ConsumedView.letterhead(record));
  }

  private static List<TeacherId> teachers(LabeledView labelled) {
    return labelled.getTeachers().stream()
        .map(teacher -> new TeacherId(teacher.getName(), teacher.getVersion(), teacher.getSha256()))
        .toList();
  }
}
