package io.stillstream.local.policy.report;

import io.stillstream.labeler.result.GroundTruth;
import io.stillstream.local.policy.report.PolicyReport.SkippedRecords;
import io.stillstream.runtime.augmentation.AnswerShift;
import io.stillstream.runtime.augmentation.AugmentationStatistics;
import io.stillstream.runtime.augmentation.AugmentationStatistics.ViewAnswers;
import io.stillstream.runtime.augmentation.OperationStrength;
import io.stillstream.runtime.augmentation.OriginalAnswers;
import io.stillstream.runtime.records.BadRecordException;
import io.stillstream.runtime.records.RecordCoordinates;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.Label;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.answer.LabeledAnswers;
import io.stillstream.schemas.answer.ModelTask;
import io.stillstream.schemas.values.Logits;
import io.stillstream.trainer.training.example.TrainingExample;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Counts the records of a topic, which come in the order of their offsets in each partition. To be
 * used by the thread that made the student.
 */
public final class PolicyReportBuilder {
  private static final String LOGITS = "logits";
  private static final String TASK = "task";
  private static final String STUDENT_NOT_FINITE = "student_not_finite";

  /** Views that the student answers at once. */
  private static final int BATCH = 128;

  /** Policies that are counted apart. */
  private static final int MOST_POLICIES = 1_000;

  private final String topic;
  private final Function<ConsumerRecord<byte[], byte[]>, LabeledView> decoder;
  private final String policy;
  private final Optional<StudentAnswers> student;

  private final OriginalAnswers originals = new OriginalAnswers();
  private final AugmentationStatistics statistics = new AugmentationStatistics();
  private final SortedMap<String, Long> policies = new TreeMap<>();
  private final SortedMap<String, SkippedRecords> unreadable = new TreeMap<>();
  private final SortedMap<String, SkippedRecords> refused = new TreeMap<>();
  private final List<PendingView> batch = new ArrayList<>(BATCH);
  private long unanswered;

  /** A view that waits for the student's answer. */
  private record PendingView(
      RecordCoordinates at,
      List<OperationStrength> keys,
      Optional<AnswerShift> teacher,
      Optional<Boolean> correct,
      TrainingExample example) {
    void count(AugmentationStatistics statistics, Optional<AnswerShift> shift) {
      statistics.add(keys, new ViewAnswers(teacher, correct, shift));
    }
  }

  /**
   * @param decoder throws a {@link BadRecordException} for what is no labelled view
   * @param policy beginning of the hash of the policies that count; empty for all
   * @param student whose answers are compared, too
   */
  public PolicyReportBuilder(
      String topic,
      Function<ConsumerRecord<byte[], byte[]>, LabeledView> decoder,
      String policy,
      Optional<StudentAnswers> student) {
    this.topic = topic;
    this.decoder = decoder;
    this.policy = policy;
    this.student = student;
  }

  /** Counts a record; throws what the decoder throws, except for a bad record. */
  public void add(ConsumerRecord<byte[], byte[]> record) {
    RecordCoordinates at = RecordCoordinates.of(record);
    try {
      add(at, decoder.apply(record));
    } catch (BadRecordException e) {
      skip(unreadable, at, e);
    }
  }

  private void add(RecordCoordinates at, LabeledView labelled) {
    AugmentedView view = labelled.getView();
    String hash = view.getLineage().getPolicyHash();
    Optional<float[]> logits = logits(labelled);
    logits.ifPresent(PolicyReportBuilder::requireAnswer);
    boolean listed = policies.size() < MOST_POLICIES || policies.containsKey(hash);
    policies.merge(listed ? hash : "others", 1L, Long::sum);
    if (!hash.startsWith(policy)) {
      return;
    }
    if (logits.isEmpty()) {
      unanswered++;
      return;
    }
    Optional<AnswerShift> teacher =
        originals.compare(view.getLineage(), labelled.getTeachers(), logits.get());
    Optional<Boolean> correct = isCorrect(view.getLabel(), logits.get());
    PendingView pending =
        new PendingView(
            at, OperationStrength.of(view), teacher, correct, example(at, labelled).orElse(null));
    if (pending.example == null) {
      pending.count(statistics, Optional.empty());
      return;
    }
    batch.add(pending);
    if (batch.size() == BATCH) {
      askStudent();
    }
  }

  /** Empty for a view that the label budget passed over. */
  private static Optional<float[]> logits(LabeledView labelled) {
    try {
      LabeledAnswers.shape(labelled)
          .filter(shape -> shape.task() != ModelTask.CLASSIFICATION)
          .ifPresent(
              shape -> {
                throw new BadRecordException(TASK, "the report compares classes, not " + shape);
              });
      return Optional.ofNullable(LabeledAnswers.row(labelled));
    } catch (IllegalArgumentException e) {
      throw new BadRecordException(LOGITS, e.getMessage(), e);
    }
  }

  private static void requireAnswer(float[] logits) {
    if (logits.length == 0 || !Logits.areFinite(logits)) {
      throw new BadRecordException(LOGITS, "a logit is not finite, or there is none");
    }
  }

  /** Empty without a label of one class that the teacher knows. */
  private static Optional<Boolean> isCorrect(Label label, float[] logits) {
    if (label == null
        || (label.getSecondary() != null && !label.getSecondary().equals(label.getPrimary()))) {
      return Optional.empty();
    }
    return GroundTruth.of(label.getPrimary())
        .evaluate(logits)
        .flatMap(GroundTruth.Evaluation::correct);
  }

  /** The view for the student; empty if there is no student, or it cannot take the view. */
  private Optional<TrainingExample> example(RecordCoordinates at, LabeledView labelled) {
    try {
      return student.map(asked -> asked.example(labelled));
    } catch (BadRecordException e) {
      skip(refused, at, e);
      return Optional.empty();
    }
  }

  private void askStudent() {
    List<Optional<AnswerShift>> shifts =
        student.orElseThrow().compare(batch.stream().map(PendingView::example).toList());
    for (int i = 0; i < batch.size(); i++) {
      PendingView view = batch.get(i);
      view.count(statistics, shifts.get(i));
      if (shifts.get(i).isEmpty()) {
        skip(
            refused,
            view.at,
            new BadRecordException(STUDENT_NOT_FINITE, "a logit of the student is not finite"));
      }
    }
    batch.clear();
  }

  private static void skip(
      Map<String, SkippedRecords> skipped, RecordCoordinates at, BadRecordException why) {
    skipped.merge(
        why.reason(),
        new SkippedRecords(1, at + ": " + why.getMessage()),
        (before, one) -> new SkippedRecords(before.records() + 1, before.first()));
  }

  /** What was counted so far. */
  public PolicyReport build() {
    if (!batch.isEmpty()) {
      askStudent();
    }
    return new PolicyReport(
        topic,
        student.map(StudentAnswers::description).orElse(null),
        policies,
        statistics.rows(),
        unanswered,
        unreadable,
        refused);
  }
}
