package io.stillstream.trainer.trace;

import io.stillstream.runtime.records.RecordCoordinates;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.answer.LabeledAnswers;
import io.stillstream.schemas.answer.ModelTask;
import io.stillstream.trainer.ledger.LedgerEntry;
import io.stillstream.trainer.ledger.LedgerRange;
import io.stillstream.trainer.ledger.LedgerSearch;
import io.stillstream.trainer.ledger.LedgerSearch.RecordOffset;
import io.stillstream.trainer.ledger.LedgerSearch.RecordStatus;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What became of views in training, as far as ledger, dead letters and the views tell. */
final class TrainingHistory {
  private static final String LEDGER = "ledger.jsonl";

  private final ImageTraceSettings settings;
  private final Function<RecordCoordinates, Optional<String>> rejection;
  private final Predicate<FoundView> isLabeledBefore;
  private final Map<RecordOffset, RecordStatus> statuses;
  private final List<String> notes;
  private final List<RecordOffset> trained = new ArrayList<>();

  /** What happened to one view: its step, or why it was not trained on; the other is null. */
  record TrainingOutcome(ImageTrace.TrainedBatch step, String why) {}

  /**
   * @param rejection why a record went to dead letters, if it did
   * @param isLabeledBefore whether a label came before a view, apart from its image
   */
  TrainingHistory(
      ImageTraceSettings settings,
      Collection<FoundView> views,
      Function<RecordCoordinates, Optional<String>> rejection,
      Predicate<FoundView> isLabeledBefore) {
    this.settings = settings;
    this.rejection = rejection;
    this.isLabeledBefore = isLabeledBefore;
    Set<RecordOffset> offsets =
        views.stream()
            .filter(this::isInSource)
            .map(view -> offset(view.at()))
            .collect(Collectors.toSet());
    Path ledger = settings.directory().resolve(LEDGER);
    if (offsets.isEmpty()) {
      statuses = Map.of();
      notes = List.of();
    } else {
      LedgerSearch.Result result = LedgerSearch.search(ledger, offsets);
      statuses = result.statuses();
      notes = result.problems();
    }
  }

  /** What is to be known of the ledger. */
  List<String> notes() {
    return notes;
  }

  /** The views, of those that were asked for, that are in the weights. */
  List<RecordOffset> trained() {
    return List.copyOf(trained);
  }

  /** What became of a view. */
  TrainingOutcome find(FoundView view) {
    Optional<String> why = rejection.apply(view.at());
    if (why.isPresent()) {
      return new TrainingOutcome(null, why.get());
    }
    if (!isInSource(view)) {
      return new TrainingOutcome(null, "not labelled yet");
    }
    if (!teaches(view) && !isLabeledBefore.test(view)) {
      return new TrainingOutcome(null, "passed over: " + lack());
    }
    RecordStatus status = statuses.get(offset(view.at()));
    return switch (status.kind()) {
      case NOT_YET ->
          new TrainingOutcome(
              null, "not trained yet, or since the last checkpoint: the ledger says then");
      case BEFORE -> new TrainingOutcome(null, "before the ledger");
      case PASSED -> new TrainingOutcome(null, "dealt with and not trained on, by the ledger");
      case RETIRED -> retired(view, status);
      case TRAINED -> trained(view, status);
    };
  }

  /** The line is gone, so nothing is known of its own step. */
  private TrainingOutcome retired(FoundView view, RecordStatus status) {
    LedgerRange range = status.retired().orElseThrow();
    String why =
        "trained before the ledger's retention, between steps %d and %d"
            .formatted(range.firstStep(), range.lastStep());
    if (status.undoneAt().isPresent()) {
      return new TrainingOutcome(
          null,
          why + "; a rollback after step %d may have undone it".formatted(status.undoneAt().get()));
    }
    trained.add(offset(view.at()));
    return new TrainingOutcome(null, why);
  }

  private TrainingOutcome trained(FoundView view, RecordStatus status) {
    LedgerEntry entry = status.entry().orElseThrow();
    ImageTrace.TrainedBatch step =
        new ImageTrace.TrainedBatch(
            entry.firstStep(),
            entry.lastStep(),
            entry.epoch(),
            entry.rate(),
            entry.loss(),
            entry.views());
    if (status.undoneAt().isPresent()) {
      return new TrainingOutcome(
          step,
          "undone: training was rolled back after step %d to one before it; the buffer may still have the view"
              .formatted(status.undoneAt().get()));
    }
    if (entry.skipped().contains(entry.firstStep())) {
      return new TrainingOutcome(
          step, "skipped: loss or gradient of step %d were not finite".formatted(step.first()));
    }
    trained.add(offset(view.at()));
    return new TrainingOutcome(step, null);
  }

  private boolean teaches(FoundView view) {
    boolean isAnswered = view.labels() != null && LabeledAnswers.isAnswered(view.labels());
    return hasTruth(view.view()) || (settings.usesTeacher() && isAnswered);
  }

  private boolean hasTruth(AugmentedView view) {
    return switch (settings.task()) {
      case CLASSIFICATION -> view.getLabel() != null;
      case SEGMENTATION -> view.getMask() != null;
      case EMBEDDING -> false;
    };
  }

  private String lack() {
    if (settings.task() == ModelTask.EMBEDDING) {
      return "no embedding";
    }
    String truth = settings.task() == ModelTask.SEGMENTATION ? "mask" : "label";
    return settings.usesTeacher()
        ? "neither logits nor a " + truth
        : "no " + truth + ", and the loss knows no teacher";
  }

  private boolean isInSource(FoundView view) {
    return view.at().topic().equals(settings.topics().source());
  }

  private static RecordOffset offset(RecordCoordinates at) {
    return new RecordOffset(at.partition(), at.offset());
  }
}
