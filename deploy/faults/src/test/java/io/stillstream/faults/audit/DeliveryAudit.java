package io.stillstream.faults.audit;

import io.stillstream.faults.audit.TopicContents.ViewChecksum;
import io.stillstream.faults.input.RecordKind;
import io.stillstream.faults.input.RecordPosition;
import io.stillstream.faults.pipeline.FaultSettingsFiles;
import io.stillstream.runtime.records.DeadLetter;
import io.stillstream.schemas.topics.Topics;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Holds what stands in the topics and in the trainer's checkpoint and ledger against what was sent.
 * It knows nothing of what was done to whom, and uses none of the services' bookkeeping.
 */
public final class DeliveryAudit {
  /** Of each kind of error so many are told. */
  private static final int EXAMPLES = 5;

  private final Map<String, Integer> errors = new HashMap<>();
  private final List<String> violations = new ArrayList<>();

  /**
   * What was found.
   *
   * @param good images sent that are sound
   * @param bad the others
   * @param violations in words; empty if all is right
   */
  public record Result(
      long good,
      long bad,
      long views,
      long labeled,
      long letters,
      long trained,
      List<String> violations) {}

  public static Result of(
      Map<RecordPosition, RecordKind> sent, TopicContents found, CheckpointAndLedger trainer) {
    DeliveryAudit audit = new DeliveryAudit();
    long bad = sent.values().stream().filter(kind -> kind != RecordKind.GOOD).count();
    audit.views("views", sent, found.views());
    audit.views("labelled views", sent, found.labeled());
    audit.pixels(found);
    audit.letters(sent, found.letters());
    audit.ledger(found, trainer);
    return new Result(
        sent.size() - bad,
        bad,
        count(found.views()),
        count(found.labeled()),
        found.letters().size(),
        trainer.viewsSeen(),
        List.copyOf(audit.violations));
  }

  /** Each sound image has each of its views once, and no other image has any. */
  private void views(
      String what,
      Map<RecordPosition, RecordKind> sent,
      Map<RecordPosition, List<ViewChecksum>> views) {
    List<Integer> whole = IntStream.range(0, FaultSettingsFiles.VIEWS).boxed().toList();
    sent.forEach(
        (place, kind) -> {
          List<Integer> seen =
              views.getOrDefault(place, List.of()).stream()
                  .map(ViewChecksum::index)
                  .sorted()
                  .toList();
          require(
              seen.equals(kind == RecordKind.GOOD ? whole : List.of()),
              what + " of an image",
              kind + " at " + place + " has " + seen);
        });
    views.keySet().stream()
        .filter(place -> !sent.containsKey(place))
        .forEach(place -> require(false, what + " of no image", "at " + place));
  }

  /** The student sees the very pixels that the teacher saw. */
  private void pixels(TopicContents found) {
    found
        .labeled()
        .forEach(
            (place, labeled) ->
                require(
                    sorted(labeled).equals(sorted(found.views().getOrDefault(place, List.of()))),
                    "pixels",
                    "of the image at " + place + " are not those of its views"));
  }

  /** Each bad image has one letter with its reason, and nothing else has any. */
  private void letters(Map<RecordPosition, RecordKind> sent, List<DeadLetter> letters) {
    Map<RecordPosition, List<DeadLetter>> byPlace = new HashMap<>();
    for (DeadLetter letter : letters) {
      String topic = letter.source().map(source -> source.topic()).orElse("");
      require(topic.equals(Topics.IMAGES), "letters from elsewhere", letter.toString());
      letter
          .source()
          .ifPresent(
              source ->
                  byPlace
                      .computeIfAbsent(
                          new RecordPosition(source.partition(), source.offset()),
                          at -> new ArrayList<>())
                      .add(letter));
    }
    sent.forEach(
        (place, kind) -> {
          List<String> reasons =
              byPlace.getOrDefault(place, List.of()).stream().map(DeadLetter::reason).toList();
          require(
              reasons.equals(kind.reason().stream().toList()),
              "letters of an image",
              kind + " at " + place + " has " + reasons);
        });
  }

  /** Each labelled view stands in one line of the ledger, and lines follow one another. */
  private void ledger(TopicContents found, CheckpointAndLedger trainer) {
    Map<Integer, Long> next = new HashMap<>();
    long step = 0;
    long trained = 0;
    for (CheckpointAndLedger.LedgerLine line : trainer.lines()) {
      require(line.firstStep() == step + 1, "steps", line.firstStep() + " comes after " + step);
      step = line.lastStep();
      long inside = 0;
      for (Map.Entry<Integer, long[]> range : line.ranges().entrySet()) {
        int partition = range.getKey();
        long first = range.getValue()[0];
        long last = range.getValue()[1];
        long from = next.getOrDefault(partition, 0L);
        require(first >= from, "ranges", "offset " + first + " was trained before");
        long between = between(found, partition, from, first);
        require(between == 0, "gaps", between + " labelled views were left out at " + first);
        inside += between(found, partition, first, last + 1);
        next.put(partition, last + 1);
      }
      String lines = line.views() + " views in a line whose offsets hold " + inside;
      require(inside == line.views(), "lines", lines);
      trained += line.views();
    }
    require(step == trainer.steps(), "steps", step + " in the ledger, not " + trainer.steps());
    require(
        trained == trainer.viewsSeen() && trained == found.labeledAt().size(),
        "views trained",
        "%d in the ledger, %d in the checkpoint, %d labelled"
            .formatted(trained, trainer.viewsSeen(), found.labeledAt().size()));
    found
        .labeledAt()
        .forEach(
            place ->
                require(
                    place.offset() < trainer.offsets().getOrDefault(place.partition(), 0L),
                    "positions",
                    "of the checkpoint are before " + place));
  }

  private static long between(TopicContents found, int partition, long from, long to) {
    return from >= to
        ? 0
        : found
            .labeledAt()
            .subSet(new RecordPosition(partition, from), new RecordPosition(partition, to))
            .size();
  }

  private static List<ViewChecksum> sorted(List<ViewChecksum> seen) {
    return seen.stream()
        .sorted(
            Comparator.comparingInt(ViewChecksum::index).thenComparingLong(ViewChecksum::pixels))
        .toList();
  }

  private static long count(Map<RecordPosition, List<ViewChecksum>> views) {
    return views.values().stream().mapToLong(List::size).sum();
  }

  private void require(boolean right, String what, String details) {
    if (!right && errors.merge(what, 1, Integer::sum) <= EXAMPLES) {
      violations.add(what + ": " + details);
    }
  }
}
