package io.stillstream.faults.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.faults.audit.TopicContents.ViewChecksum;
import io.stillstream.faults.input.RecordKind;
import io.stillstream.faults.input.RecordPosition;
import io.stillstream.runtime.records.DeadLetter;
import io.stillstream.runtime.records.RecordCoordinates;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The audit notices what must not happen. */
class DeliveryAuditTest {
  private static final RecordPosition GOOD = new RecordPosition(0, 0);
  private static final RecordPosition OTHER = new RecordPosition(1, 0);
  private static final RecordPosition BAD = new RecordPosition(0, 1);

  private final Map<RecordPosition, RecordKind> sent =
      new TreeMap<>(Map.of(GOOD, RecordKind.GOOD, OTHER, RecordKind.GOOD, BAD, RecordKind.GARBAGE));
  private final Map<RecordPosition, List<ViewChecksum>> views =
      new TreeMap<>(Map.of(GOOD, four(), OTHER, four()));
  private final Map<RecordPosition, List<ViewChecksum>> labeled =
      new TreeMap<>(Map.of(GOOD, four(), OTHER, four()));
  private final TreeSet<RecordPosition> labeledAt = new TreeSet<>();
  private final List<DeadLetter> letters = new ArrayList<>(List.of(letter(BAD, "malformed")));
  private final List<CheckpointAndLedger.LedgerLine> lines = new ArrayList<>();
  private long viewsSeen = 8;

  DeliveryAuditTest() {
    // With transaction markers between them.
    IntStream.of(0, 1, 3, 4, 6, 7, 9, 10)
        .forEach(offset -> labeledAt.add(new RecordPosition(0, offset)));
    lines.add(line(1, 3, 0, 3));
    lines.add(line(2, 3, 4, 7));
    lines.add(line(3, 2, 9, 10));
  }

  @Test
  void shouldFindNothingWrong() {
    // when
    DeliveryAudit.Result result = audit();
    // then
    assertThat(result.violations()).isEmpty();
    assertThat(result)
        .extracting(
            DeliveryAudit.Result::good,
            DeliveryAudit.Result::bad,
            DeliveryAudit.Result::views,
            DeliveryAudit.Result::labeled,
            DeliveryAudit.Result::letters,
            DeliveryAudit.Result::trained)
        .containsExactly(2L, 1L, 8L, 8L, 1L, 8L);
  }

  @Test
  void shouldFindAMissingView() {
    views.get(GOOD).remove(0);
    assertThat(audit().violations())
        .anyMatch(violations -> violations.startsWith("views of an image: GOOD"));
  }

  @Test
  void shouldFindAViewThatWasLabelledTwice() {
    labeled.get(GOOD).add(new ViewChecksum(3, 103));
    assertThat(audit().violations())
        .contains("labelled views of an image: GOOD at 0/0 has [0, 1, 2, 3, 3]");
  }

  @Test
  void shouldFindViewsOfABadImage() {
    views.put(BAD, four());
    assertThat(audit().violations()).contains("views of an image: GARBAGE at 0/1 has [0, 1, 2, 3]");
  }

  @Test
  void shouldFindViewsOfAnImageThatWasNotSent() {
    views.put(new RecordPosition(3, 7), four());
    assertThat(audit().violations()).contains("views of no image: at 3/7");
  }

  @Test
  void shouldFindOtherPixels() {
    labeled.get(GOOD).set(0, new ViewChecksum(0, -1));
    assertThat(audit().violations())
        .contains("pixels: of the image at 0/0 are not those of its views");
  }

  @Test
  void shouldFindALetterTooManyOneTooFewAndAnotherReason() {
    letters.add(letter(BAD, "malformed"));
    assertThat(audit().violations())
        .contains("letters of an image: GARBAGE at 0/1 has [malformed, malformed]");
    letters.clear();
    assertThat(audit().violations()).contains("letters of an image: GARBAGE at 0/1 has []");
    letters.add(letter(BAD, "failed"));
    assertThat(audit().violations()).contains("letters of an image: GARBAGE at 0/1 has [failed]");
  }

  @Test
  void shouldFindALetterFromElsewhere() {
    letters.add(letter("views", GOOD, "pixels"));
    assertThat(audit().violations())
        .anyMatch(violations -> violations.startsWith("letters from elsewhere"));
  }

  @Test
  void shouldFindAViewThatWasTrainedTwice() {
    lines.set(1, line(2, 4, 3, 7));
    assertThat(audit().violations()).contains("ranges: offset 3 was trained before");
  }

  @Test
  void shouldFindAViewThatWasLeftOut() {
    lines.set(1, line(2, 2, 6, 7));
    viewsSeen = 7;
    assertThat(audit().violations())
        .contains(
            "gaps: 1 labelled views were left out at 6",
            "views trained: 7 in the ledger, 7 in the checkpoint, 8 labelled");
  }

  @Test
  void shouldFindALineThatHoldsOtherThanItSays() {
    lines.set(2, line(3, 3, 9, 10));
    assertThat(audit().violations()).contains("lines: 3 views in a line whose offsets hold 2");
  }

  @Test
  void shouldFindAStepThatIsMissing() {
    lines.set(2, line(4, 2, 9, 10));
    assertThat(audit().violations())
        .contains("steps: 4 comes after 2", "steps: 4 in the ledger, not 3");
  }

  private DeliveryAudit.Result audit() {
    return DeliveryAudit.of(
        sent,
        new TopicContents(views, labeled, labeledAt, letters),
        new CheckpointAndLedger(Map.of(0, 12L), 3, viewsSeen, lines, List.of()));
  }

  private static List<ViewChecksum> four() {
    return new ArrayList<>(
        IntStream.range(0, 4).mapToObj(index -> new ViewChecksum(index, 100 + index)).toList());
  }

  private static CheckpointAndLedger.LedgerLine line(long step, int views, long first, long last) {
    return new CheckpointAndLedger.LedgerLine(
        step, step, views, Map.of(0, new long[] {first, last}));
  }

  private static DeadLetter letter(RecordPosition place, String reason) {
    return letter("images", place, reason);
  }

  private static DeadLetter letter(String topic, RecordPosition place, String reason) {
    RecordCoordinates source = new RecordCoordinates(topic, place.partition(), place.offset());
    return new DeadLetter(
        new RecordCoordinates("dead-letters", 0, 0),
        Optional.empty(),
        0,
        "augmenter",
        "decode",
        reason,
        "",
        1,
        false,
        Optional.of(source),
        Optional.of(source));
  }
}
