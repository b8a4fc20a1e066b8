package io.stillstream.page;

import io.stillstream.page.progress.CurveMarker;
import io.stillstream.page.trainer.AugmentationSummary;
import io.stillstream.page.trainer.ReleaseSummary;
import io.stillstream.page.trainer.TrainerClient;
import io.stillstream.page.trainer.TrainerUnavailableException;
import io.stillstream.page.trainer.TrainingStatus;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Asks the trainer, and shows what it answers. For one thread. */
final class TrainerPoller {
  private static final String AWAY = "the trainer does not answer";
  private static final Duration CONFUSION = Duration.ofSeconds(5);
  private static final Duration AUGMENTATION = Duration.ofSeconds(5);
  private static final Duration RELEASES = Duration.ofSeconds(2);

  private final TrainerClient trainer;
  private final PageBroadcaster board;
  private final FailureLog failures;
  private final DutyCycleLimiter confusions = new DutyCycleLimiter(CONFUSION.toNanos());
  private final DutyCycleLimiter augmentations = new DutyCycleLimiter(AUGMENTATION.toNanos());
  private final DutyCycleLimiter lists = new DutyCycleLimiter(RELEASES.toNanos());
  private Optional<TrainingStatus> greeted = Optional.empty();
  private TrainingStatus training = TrainingStatus.UNKNOWN;
  private List<ReleaseSummary> releases = List.of();

  TrainerPoller(TrainerClient trainer, PageBroadcaster board, FailureLog failures) {
    this.trainer = trainer;
    this.board = board;
    this.failures = failures;
  }

  /** The state of the training; without values if the trainer does not answer. */
  TrainingStatus poll() throws InterruptedException {
    try {
      training = trainer.training();
      failures.resolved(AWAY);
    } catch (TrainerUnavailableException e) {
      training = training.withoutValues();
      failures.log(AWAY, e);
    }
    Optional<TrainingStatus> student = Optional.of(training.withoutValues());
    if (!student.equals(greeted)) {
      greeted = student;
      board.greet(training);
    }
    return training;
  }

  /** The release that is served, as far as known. */
  Optional<ReleaseSummary> champion() {
    return releases.stream().filter(ReleaseSummary::current).findFirst();
  }

  /** Asks for releases, if it is time and the trainer answers. */
  void pollReleases() throws InterruptedException {
    long start = System.nanoTime();
    if (!training.isKnown() || !lists.isDue(start)) {
      return;
    }
    try {
      List<ReleaseSummary> found = trainer.releases();
      if (!found.equals(releases)) {
        releases = found;
        found.forEach(release -> board.mark(CurveMarker.of(release)));
        board.publish("releases", Map.of("releases", found));
      }
    } catch (TrainerUnavailableException e) {
      failures.log("the page cannot read the releases", e);
    }
    lists.record(start, 0);
  }

  /** Asks for the confusion matrix, if it is time and the trainer answers. */
  void pollConfusion() throws InterruptedException {
    long start = System.nanoTime();
    if (!training.isKnown() || !confusions.isDue(start)) {
      return;
    }
    try {
      Optional<long[][]> counts = trainer.confusion();
      if (counts.isPresent()) {
        board.publish("confusion", Map.of("classes", training.classes(), "counts", counts.get()));
        confusions.record(start, 0);
      }
    } catch (TrainerUnavailableException e) {
      failures.log("the page cannot read the confusion matrix", e);
    }
  }

  /** Asks what augmentation does to answers, if it is time and the trainer answers. */
  void pollAugmentation() throws InterruptedException {
    long start = System.nanoTime();
    if (!training.isKnown() || !augmentations.isDue(start)) {
      return;
    }
    try {
      List<AugmentationSummary> rows = trainer.augmentation();
      if (!rows.isEmpty()) {
        board.publish("augmentation", Map.of("rows", rows));
      }
    } catch (TrainerUnavailableException e) {
      failures.log("the page cannot read what augmentation does", e);
    }
    augmentations.record(start, 0);
  }
}
