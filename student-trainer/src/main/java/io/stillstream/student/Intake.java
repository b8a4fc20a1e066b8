package io.stillstream.student;

import io.stillstream.runtime.BadRecordException;
import io.stillstream.runtime.RecordCoordinates;
import io.stillstream.runtime.RecordValueDeserializer;
import io.stillstream.runtime.TraceContext;
import io.stillstream.runtime.UnexpectedFailurePolicy;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.wire.RegistryUnavailableException;
import io.stillstream.student.checkpoint.TrainerState.TeacherId;
import io.stillstream.student.training.TrainerMetrics;
import io.stillstream.student.training.View;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns records into views; what is no view goes to dead letters. */
final class Intake {
  private static final Logger LOG = LoggerFactory.getLogger(Intake.class);

  /** All reasons for which a record can be put aside. */
  static final List<String> REASONS =
      Stream.of(
              RecordValueDeserializer.REASONS.stream(),
              Examiner.REASONS.stream(),
              Stream.of(UnexpectedFailurePolicy.REASON))
          .flatMap(Function.identity())
          .toList();

  private final ViewSource source;
  private final Examiner examiner;
  private final Outbox outbox;
  private final UnexpectedFailurePolicy failures;
  private final TrainerMetrics metrics;
  private final Predicate<View> refuses;
  private boolean teacherFits;

  /**
   * @param refuses says of which views nothing may be learned, as their images are to be forgotten
   * @param teacherFits whether it is known that the teacher has the student's width
   */
  Intake(
      ViewSource source,
      Examiner examiner,
      Outbox outbox,
      UnexpectedFailurePolicy failures,
      TrainerMetrics metrics,
      Predicate<View> refuses,
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
  Fetched accept(ConsumerRecord<byte[], byte[]> record) {
    Step step = new Step();
    try {
      Fetched fetched = failures.run(RecordCoordinates.of(record), () -> read(record, step));
      if (fetched.view() == null) {
        failures.succeeded();
      }
      return fetched;
    } catch (BadRecordException e) {
      if (e.reason().equals(Examiner.LOGITS_WIDTH) && !teacherFits) {
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
      return Fetched.nothing(record.partition(), record.offset());
    }
  }

  /** What is being done. */
  private static final class Step {
    private String name = "deserialize";
  }

  private Fetched read(ConsumerRecord<byte[], byte[]> record, Step step) {
    step.name = "deserialize";
    LabeledView labelled = source.read(record);
    step.name = "examine";
    View view = examiner.examine(labelled);
    teacherFits |= labelled.getLogits() != null;
    if (refuses.test(view)) {
      return Fetched.nothing(record.partition(), record.offset());
    }
    if (!examiner.teaches(view)) {
      metrics.skipped();
      return Fetched.nothing(record.partition(), record.offset());
    }
    return new Fetched(
        record.partition(),
        record.offset(),
        view,
        labelled.getView().getCapturedAt(),
        teachers(labelled),
        labelled.getView().getLineage().getPolicyHash(),
        TraceContext.of(record.headers()).filter(TraceContext::sampled).map(TraceContext::traceId),
        Fetched.letterhead(record));
  }

  private static List<TeacherId> teachers(LabeledView labelled) {
    return labelled.getTeachers().stream()
        .map(teacher -> new TeacherId(teacher.getName(), teacher.getVersion(), teacher.getSha256()))
        .toList();
  }
}
