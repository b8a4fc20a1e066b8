package io.stillstream.trainer.status;

import io.stillstream.schemas.StudentEventKind;
import io.stillstream.trainer.checkpoint.store.TrainerState.TeacherId;
import io.stillstream.trainer.config.TrainerConfig;
import io.stillstream.trainer.erasure.ErasureHandler.ErasureResult;
import io.stillstream.trainer.erasure.ErasureRequests.ErasureRequest;
import io.stillstream.trainer.evaluation.HeldOutEvaluator;
import io.stillstream.trainer.input.TeacherChangeDetector;
import io.stillstream.trainer.kafka.TopicChange;
import io.stillstream.trainer.ledger.Ledger;
import io.stillstream.trainer.publish.ReleasePublisher;
import io.stillstream.trainer.publish.StudentEventPublisher;
import io.stillstream.trainer.session.TrainingSession;
import io.stillstream.trainer.training.TrainingEvent;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Reports what happens between checkpoints: progress, every few seconds, and training events, in
 * the ledger and as records. Belongs to the loop's thread.
 */
public final class ProgressReporter {
  private final TrainingSession session;
  private final ReleasePublisher publisher;
  private final StudentEventPublisher events;
  private final Ledger ledger;
  private final long epoch;
  private final Duration every;
  private final boolean raisesLabelBudget;
  private final Optional<HeldOutEvaluator> heldOut;
  private long lastTime;
  private long lastViews;

  /**
   * @param epoch of the trainer in the ledger
   * @param config says how often progress is reported, and whether at once after a drift
   * @param nanos the time
   */
  public ProgressReporter(
      TrainingSession session,
      ReleasePublisher publisher,
      StudentEventPublisher events,
      Ledger ledger,
      long epoch,
      TrainerConfig config,
      Optional<HeldOutEvaluator> heldOut,
      long nanos) {
    this.session = session;
    this.publisher = publisher;
    this.events = events;
    this.ledger = ledger;
    this.epoch = epoch;
    this.every = config.progress().every();
    this.raisesLabelBudget = config.drift().raiseLabelBudget();
    this.heldOut = heldOut;
    this.lastTime = nanos;
    this.lastViews = session.initialState().viewsSeen();
  }

  /** Reports the events of a batch. */
  public void trainingEvents(List<TrainingEvent> trainingEvents) {
    for (TrainingEvent event : trainingEvents) {
      StudentEventKind kind =
          switch (event.kind()) {
            case DRIFT -> StudentEventKind.DRIFT;
            case ROLLBACK -> StudentEventKind.ROLLBACK;
          };
      publish(kind, event.step(), event.details());
      if (kind == StudentEventKind.DRIFT && raisesLabelBudget) {
        publisher.progress(session);
      }
    }
  }

  /** Reports that the logits come from another teacher. */
  public void teacherChanged(TeacherChangeDetector.Change change) {
    publish(
        StudentEventKind.TEACHER_CHANGED,
        session.training().steps(),
        Map.of("from", names(change.from()), "to", names(change.to())));
  }

  /** Reports that the topic differs from the one in the checkpoint, and where reading continues. */
  public void topicChanged(TopicChange change) {
    publish(StudentEventKind.TOPIC_CHANGED, session.training().steps(), change.details());
  }

  /** Reports that the views of an image have been erased from memory and checkpoints. */
  public void erased(ErasureRequest request, ErasureResult result) {
    publish(
        StudentEventKind.FORGOTTEN,
        session.training().steps(),
        Map.of(
            "image",
            request.image().sha256(),
            "request",
            request.partition() + "@" + request.offset(),
            "views",
            Integer.toString(result.views()),
            "unknown_views",
            Integer.toString(result.unknown())));
  }

  private void publish(StudentEventKind kind, long step, Map<String, String> details) {
    ledger.append(epoch, kind.name().toLowerCase(Locale.ROOT), step, details);
    events.publish(kind, step, session.training().viewsSeen(), details);
  }

  private static String names(List<TeacherId> teachers) {
    return teachers.stream()
        .map(teacher -> teacher.name() + "@" + teacher.version() + " " + teacher.sha256())
        .collect(Collectors.joining(", "));
  }

  /**
   * Evaluates the student on held-out examples if that is due, reports progress if that is due and
   * there is any, and sends again what was not delivered.
   *
   * @param nanos the time
   */
  public void reportIfDue(long nanos) {
    heldOut.ifPresent(HeldOutEvaluator::evaluateIfDue);
    if (nanos - lastTime < every.toNanos()) {
      return;
    }
    lastTime = nanos;
    events.retry();
    if (session.training().viewsSeen() > lastViews) {
      lastViews = session.training().viewsSeen();
      publisher.progress(session);
    } else {
      publisher.retryProgress();
    }
  }
}
