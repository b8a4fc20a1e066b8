package io.stillstream.trainer.status;

import io.stillstream.schemas.StudentEventKind;
import io.stillstream.trainer.checkpoint.store.TrainerState.TeacherId;
import io.stillstream.trainer.erasure.ErasureHandler;
import io.stillstream.trainer.erasure.ErasureRequests;
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
 * Tells what happens between checkpoints: progress, every few seconds, and incidents, in the ledger
 * and as events. Belongs to the loop's thread.
 */
public final class ProgressReporter {
  private final TrainingSession trainee;
  private final ReleasePublisher announcer;
  private final StudentEventPublisher events;
  private final Ledger ledger;
  private final long epoch;
  private final Duration every;
  private final boolean raisesBudget;
  private final Optional<HeldOutEvaluator> examination;
  private long lastTime;
  private long lastViews;

  /**
   * @param every how often progress is told
   * @param raisesBudget whether it is told at once after a drift
   * @param nanos the time
   */
  public ProgressReporter(
      TrainingSession trainee,
      ReleasePublisher announcer,
      StudentEventPublisher events,
      Ledger ledger,
      long epoch,
      Duration every,
      boolean raisesBudget,
      Optional<HeldOutEvaluator> examination,
      long nanos) {
    this.trainee = trainee;
    this.announcer = announcer;
    this.events = events;
    this.ledger = ledger;
    this.epoch = epoch;
    this.every = every;
    this.raisesBudget = raisesBudget;
    this.examination = examination;
    this.lastTime = nanos;
    this.lastViews = trainee.begin().viewsSeen();
  }

  /** Tells of what came of a batch. */
  public void incidents(List<TrainingEvent> incidents) {
    for (TrainingEvent incident : incidents) {
      StudentEventKind kind =
          switch (incident.kind()) {
            case DRIFT -> StudentEventKind.DRIFT;
            case ROLLBACK -> StudentEventKind.ROLLBACK;
          };
      publish(kind, incident.step(), incident.details());
      if (kind == StudentEventKind.DRIFT && raisesBudget) {
        announcer.progress(trainee);
      }
    }
  }

  /** Tells that another teacher gives the logits. */
  public void teacherChanged(TeacherChangeDetector.Change change) {
    publish(
        StudentEventKind.TEACHER_CHANGED,
        trainee.training().steps(),
        Map.of("from", names(change.from()), "to", names(change.to())));
  }

  /** Tells that the topic is not what the checkpoint knows, and where training goes on. */
  public void topicChanged(TopicChange change) {
    publish(StudentEventKind.TOPIC_CHANGED, trainee.training().steps(), change.details());
  }

  /** Tells that an image is neither in memory nor in checkpoints any more. */
  public void forgotten(
      ErasureRequests.ErasureRequest request, ErasureHandler.ErasureResult removed) {
    publish(
        StudentEventKind.FORGOTTEN,
        trainee.training().steps(),
        Map.of(
            "image",
            request.image().sha256(),
            "request",
            request.partition() + "@" + request.offset(),
            "views",
            Integer.toString(removed.views()),
            "unknown_views",
            Integer.toString(removed.unknown())));
  }

  private void publish(StudentEventKind kind, long step, Map<String, String> details) {
    ledger.append(epoch, kind.name().toLowerCase(Locale.ROOT), step, details);
    events.publish(kind, step, trainee.training().viewsSeen(), details);
  }

  private static String names(List<TeacherId> teachers) {
    return teachers.stream()
        .map(teacher -> teacher.name() + "@" + teacher.version() + " " + teacher.sha256())
        .collect(Collectors.joining(", "));
  }

  /**
   * Examines the student, tells progress if its time has come and there is any, and sends again
   * what did not arrive.
   *
   * @param nanos the time
   */
  public void reportIfDue(long nanos) {
    examination.ifPresent(HeldOutEvaluator::evaluateIfDue);
    if (nanos - lastTime < every.toNanos()) {
      return;
    }
    lastTime = nanos;
    events.retry();
    if (trainee.training().viewsSeen() > lastViews) {
      lastViews = trainee.training().viewsSeen();
      announcer.progress(trainee);
    } else {
      announcer.retryProgress();
    }
  }
}
