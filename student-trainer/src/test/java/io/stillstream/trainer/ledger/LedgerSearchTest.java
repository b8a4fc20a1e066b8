package io.stillstream.trainer.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.trainer.files.DirectoryLock;
import io.stillstream.trainer.files.DurableFiles;
import io.stillstream.trainer.ledger.LedgerSearch.RecordOffset;
import io.stillstream.trainer.ledger.LedgerSearch.RecordStatus;
import io.stillstream.trainer.ledger.LedgerSearch.RecordStatusKind;
import io.stillstream.trainer.ledger.LedgerSearch.Result;
import io.stillstream.trainer.training.StepReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerSearchTest {
  private static final StepReport GOOD = new StepReport(2, 2, 0, 1, 0.004, false, new float[0]);
  private static final StepReport BAD =
      new StepReport(Double.NaN, 2, 0, 1, 0.004, true, new float[0]);

  @TempDir Path directory;
  private Path file;
  private Ledger ledger;

  @BeforeEach
  void open() throws IOException {
    file = directory.resolve("ledger.jsonl");
    DurableFiles disk = new DurableFiles();
    ledger =
        new Ledger(
            file,
            0,
            DirectoryLock.acquire(directory, disk),
            disk,
            new LedgerSettings(4 << 20, Optional.empty()),
            InstantSource.system(),
            LedgerMetrics.NONE);
  }

  @Test
  void shouldFindTheStepsOfARecord() throws IOException {
    // given
    batch(1, Map.of(0, range(10, 19), 1, range(5, 6)), GOOD, GOOD);
    ledger.append(1, 3, Map.of(), 0, List.of(), List.of(), 0.004, List.of(GOOD));
    batch(4, Map.of(0, range(22, 29)), BAD, GOOD);
    ledger.sync();

    // when
    Result result = search(place(0, 19), place(1, 5), place(0, 22));

    // then
    assertThat(result.problems()).isEmpty();
    assertThat(entry(result, 0, 19).firstStep()).isEqualTo(1);
    assertThat(entry(result, 0, 19).lastStep()).isEqualTo(2);
    assertThat(entry(result, 1, 5)).isEqualTo(entry(result, 0, 19));
    assertThat(entry(result, 0, 22).skipped()).containsExactly(4L);
    assertThat(entry(result, 0, 22).loss()).containsExactly(Double.NaN, 2.0);
    assertThat(entry(result, 0, 22).teachers()).containsExactly("t@1");
  }

  @Test
  void shouldSayWhyThereAreNone() throws IOException {
    // given
    batch(1, Map.of(0, range(10, 19)), GOOD);
    batch(2, Map.of(0, range(22, 29)), GOOD);
    ledger.sync();

    // when
    Result result = search(place(0, 9), place(0, 20), place(0, 30), place(7, 0));

    // then
    assertThat(result.statuses())
        .extractingFromEntries(entry -> entry.getKey(), entry -> entry.getValue().kind())
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple(place(0, 9), RecordStatusKind.BEFORE),
            org.assertj.core.groups.Tuple.tuple(place(0, 20), RecordStatusKind.PASSED),
            org.assertj.core.groups.Tuple.tuple(place(0, 30), RecordStatusKind.NOT_YET),
            org.assertj.core.groups.Tuple.tuple(place(7, 0), RecordStatusKind.NOT_YET));
  }

  @Test
  void shouldTellWhatARollbackUndid() throws IOException {
    // given
    batch(1, Map.of(0, range(0, 9)), GOOD);
    batch(2, Map.of(0, range(10, 19)), GOOD);
    ledger.append(1, "rollback", 2, Map.of("to_step", "1", "reason", "loss_spike"));
    batch(3, Map.of(0, range(20, 29)), GOOD);
    ledger.sync();

    // when
    Result result = search(place(0, 0), place(0, 10), place(0, 20));

    // then
    assertThat(fate(result, 0, 0).undoneAt()).isEmpty();
    assertThat(fate(result, 0, 10).undoneAt()).contains(2L);
    assertThat(fate(result, 0, 20).undoneAt()).isEmpty();
  }

  @Test
  void shouldReadALongLedgerFromItsEnd() throws IOException {
    // given: many blocks
    for (int step = 1; step <= 5_000; step++) {
      batch(step, Map.of(0, range(10L * step, 10L * step + 9)), GOOD);
    }
    ledger.sync();

    // when
    Result result = search(place(0, 10), place(0, 25_003), place(0, 50_009), place(0, 50_010));

    // then
    assertThat(Files.size(file)).isGreaterThan(500_000);
    assertThat(entry(result, 0, 10).firstStep()).isEqualTo(1);
    assertThat(entry(result, 0, 25_003).firstStep()).isEqualTo(2_500);
    assertThat(entry(result, 0, 50_009).firstStep()).isEqualTo(5_000);
    assertThat(fate(result, 0, 50_010).kind()).isEqualTo(RecordStatusKind.NOT_YET);
  }

  @Test
  void shouldGetOverDamage() throws IOException {
    // given
    batch(1, Map.of(0, range(0, 9)), GOOD);
    ledger.sync();
    append("{\"epoch\":1,\"offsets\":{\"0\":[1\n{\"offsets\":{\"0\":[9,3]}}\n\n");
    long damaged = Files.size(file);
    append("{\"epoch\":1,\"first_st");

    // when
    Result result = search(place(0, 5));

    // then
    assertThat(entry(result, 0, 5).firstStep()).isEqualTo(1);
    assertThat(result.problems()).hasSize(2);
    assertThat(result.problems().get(0))
        .isEqualTo(
            "the last line of %s is not complete (20 bytes): it is being written, or a crash cut it"
                .formatted(file));
    assertThat(result.problems().get(1))
        .startsWith(
            "2 lines of %s cannot be read, the last of them ends at byte %d: "
                .formatted(file, damaged - 1))
        .contains("offsets of partition 0 are [9, 3]");
  }

  @Test
  void shouldNotBelieveALineThatIsNotWhatWasWritten() throws IOException {
    // given
    batch(1, Map.of(0, range(0, 9)), GOOD);
    batch(2, Map.of(0, range(10, 19)), GOOD);
    ledger.sync();
    Files.writeString(file, Files.readString(file).replace("[10,19]", "[10,18]"));

    // when
    Result result = search(place(0, 5), place(0, 15));

    // then
    assertThat(entry(result, 0, 5).firstStep()).isEqualTo(1);
    assertThat(fate(result, 0, 15).kind()).isEqualTo(RecordStatusKind.NOT_YET);
    assertThat(result.problems())
        .singleElement()
        .asString()
        .contains("1 lines of", "it is not what was written");
  }

  /** The same numbers were offsets of another topic before. */
  @Test
  void shouldNotLookBehindAChangeOfTheTopic() throws IOException {
    // given
    batch(1, Map.of(0, range(0, 9), 1, range(0, 9)), GOOD);
    ledger.append(
        1,
        "topic_changed",
        1,
        Map.of("reason", "topic_id", "went_on", "earliest", "offsets", "0@3 1@0"));
    batch(2, Map.of(0, range(3, 5)), GOOD);
    ledger.sync();

    // when
    Result result = search(place(0, 1), place(0, 4), place(1, 4));

    // then
    assertThat(fate(result, 0, 1).kind()).isEqualTo(RecordStatusKind.BEFORE);
    assertThat(entry(result, 0, 4).firstStep()).isEqualTo(2);
    assertThat(fate(result, 1, 4).kind()).isEqualTo(RecordStatusKind.NOT_YET);
  }

  @Test
  void shouldLookBehindAChangeThatKeptTheOffsets() throws IOException {
    // given
    batch(1, Map.of(0, range(0, 9)), GOOD);
    ledger.append(
        1,
        "topic_changed",
        1,
        Map.of("reason", "cluster_id", "went_on", "keep", "offsets", "0@10"));
    ledger.sync();

    // then
    assertThat(entry(search(place(0, 4)), 0, 4).firstStep()).isEqualTo(1);
  }

  @Test
  void shouldLookBehindTheCutOfAnotherPartition() throws IOException {
    // given
    batch(1, Map.of(0, range(0, 9), 1, range(0, 9)), GOOD);
    ledger.append(
        1,
        "topic_changed",
        1,
        Map.of("reason", "beyond_end", "went_on", "earliest", "offsets", "0@0"));
    ledger.sync();

    // when
    Result result = search(place(0, 4), place(1, 4));

    // then
    assertThat(fate(result, 0, 4).kind()).isEqualTo(RecordStatusKind.NOT_YET);
    assertThat(entry(result, 1, 4).firstStep()).isEqualTo(1);
  }

  @Test
  void shouldSayThatThereIsNone() {
    // when
    Result result =
        LedgerSearch.search(directory.resolve("none.jsonl"), Set.of(new RecordOffset(0, 5)));

    // then
    assertThat(result.problems()).containsExactly("there is no " + directory.resolve("none.jsonl"));
    assertThat(fate(result, 0, 5).kind()).isEqualTo(RecordStatusKind.NOT_YET);
    assertThat(search(place(0, 5)).problems()).isEmpty();
  }

  private void batch(long firstStep, Map<Integer, long[]> offsets, StepReport... reports) {
    ledger.append(1, firstStep, offsets, 10, List.of("t@1"), List.of(), 0.004, List.of(reports));
  }

  private void append(String text) throws IOException {
    Files.writeString(file, text, StandardOpenOption.APPEND);
  }

  private Result search(RecordOffset... places) {
    return LedgerSearch.search(file, Set.of(places));
  }

  private static RecordStatus fate(Result result, int partition, long offset) {
    return result.statuses().get(place(partition, offset));
  }

  private static LedgerEntry entry(Result result, int partition, long offset) {
    assertThat(fate(result, partition, offset).kind()).isEqualTo(RecordStatusKind.TRAINED);
    return fate(result, partition, offset).entry().orElseThrow();
  }

  private static RecordOffset place(int partition, long offset) {
    return new RecordOffset(partition, offset);
  }

  private static long[] range(long first, long last) {
    return new long[] {first, last};
  }
}
