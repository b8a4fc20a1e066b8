package io.stillstream.trainer.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.trainer.ledger.LedgerSearch.RecordOffset;
import io.stillstream.trainer.ledger.LedgerSearch.RecordStatus;
import io.stillstream.trainer.ledger.LedgerSearch.RecordStatusKind;
import io.stillstream.trainer.ledger.LedgerSegmentFile.Kind;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LedgerMaintenanceTest {
  private static final int STEPS = 80;

  @TempDir private Path directory;

  @Test
  void shouldCompressWithoutALoss() throws IOException {
    try (LedgerDirectoryFixture fixture = new LedgerDirectoryFixture(directory).start(0)) {
      // given
      fixture.steps(1, STEPS);
      String before = fixture.content();
      long plain = fixture.files.bytes();

      // when
      fixture.maintain();

      // then
      assertThat(fixture.content()).isEqualTo(before);
      assertThat(fixture.files.list().segments()).allMatch(one -> one.kind() == Kind.COMPRESSED);
      assertThat(fixture.lastBytes).isEqualTo(fixture.files.bytes()).isLessThan(plain / 2);
    }
  }

  @Test
  void shouldTakeTheFileOfAnEarlierVersionOver() throws IOException {
    // given
    LedgerDirectoryFixture fixture = new LedgerDirectoryFixture(directory);
    long length = fixture.writeFileOfAnEarlierVersion(STEPS);
    Object inode = Files.getAttribute(fixture.file, "unix:ino");
    Files.writeString(fixture.file, Files.readString(fixture.file) + "of no account");

    // when
    fixture.start(length);

    // then: it is the same file, so it was not read
    LedgerSegmentFile taken = fixture.files.list().segments().get(0);
    assertThat(taken.kind()).isEqualTo(Kind.UNSPLIT);
    assertThat(taken.firstStep()).isEqualTo(1);
    assertThat(Files.getAttribute(taken.path(), "unix:ino")).isEqualTo(inode);
    assertThat(fixture.file).isEmptyFile();
    assertThat(status(fixture, 10 * 40).entry().orElseThrow().firstStep()).isEqualTo(40);

    // when
    fixture.steps(STEPS + 1, STEPS + 20);
    fixture.maintain();

    // then
    assertThat(fixture.files.list().unsplit()).isEmpty();
    assertThat(fixture.files.list().segments()).hasSizeGreaterThan(2);
    assertThat(fixture.stepsInContent()).isEqualTo(upTo(STEPS + 20));
    assertThat(status(fixture, 10 * 40).entry().orElseThrow().firstStep()).isEqualTo(40);
    fixture.close();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shouldBeWholeAfterACrashWhileItIsDivided(boolean done) throws IOException {
    boolean hasFailed = true;
    for (int operations = 0; hasFailed; operations++) {
      Path place = Files.createDirectory(directory.resolve("crash-" + operations));
      try (LedgerDirectoryFixture fixture = new LedgerDirectoryFixture(place)) {
        // given
        long length = fixture.writeFileOfAnEarlierVersion(STEPS);
        fixture.disk.failAfter(operations, done);
        try {
          fixture.start(length);
          fixture.maintain();
        } catch (IOException e) {
          assertThat(e).hasMessage("no space left on device");
        }
        hasFailed = fixture.disk.hasFailed();

        // when
        fixture.start(length);

        // then
        assertThat(fixture.stepsInContent()).isEqualTo(upTo(STEPS));
        fixture.maintain();
        assertThat(fixture.files.list().unsplit()).isEmpty();
        assertThat(fixture.content()).hasSize((int) length);
        assertThat(fixture.stepsInContent()).isEqualTo(upTo(STEPS));
      }
    }
  }

  @Test
  void shouldCutTheFileOfAnEarlierVersion() throws IOException {
    try (LedgerDirectoryFixture fixture = new LedgerDirectoryFixture(directory)) {
      // given
      long length = fixture.writeFileOfAnEarlierVersion(STEPS);
      int line = fixture.content().indexOf('\n', (int) length / 2) + 1;
      fixture.start(length);
      try (LedgerMaintenance maintenance = fixture.maintenance()) {
        assertThat(maintenance.run()).isTrue();
        assertThat(maintenance.run()).isTrue();
      }

      // when: the newest checkpoint was damaged
      fixture.start(line);

      // then
      assertThat(fixture.content()).hasSize(line);
      fixture.maintain();
      assertThat(fixture.content()).hasSize(line);
      assertThat(fixture.stepsInContent()).isEqualTo(upTo(fixture.stepsInContent().size()));
    }
  }

  @Test
  void shouldSayThatTheFileOfAnEarlierVersionWasCut() throws IOException {
    try (LedgerDirectoryFixture fixture = new LedgerDirectoryFixture(directory)) {
      // given
      fixture.start(fixture.writeFileOfAnEarlierVersion(STEPS));
      Path unsplit = fixture.files.list().unsplit().orElseThrow().path();
      Files.write(unsplit, new byte[0]);

      // then
      try (LedgerMaintenance maintenance = fixture.maintenance()) {
        assertThatThrownBy(maintenance::run)
            .isInstanceOf(EOFException.class)
            .hasMessage(unsplit + " is shorter than its name says");
      }
      assertThat(fixture.files.list().segments()).hasSize(1);
    }
  }

  @Test
  void shouldKeepSummariesAndEventsOfWhatIsOld() throws IOException {
    try (LedgerDirectoryFixture fixture = new LedgerDirectoryFixture(directory).start(0)) {
      // given
      fixture.steps(1, 5);
      fixture.ledger.append(1, "drift", 5, Map.of("kind", "loss"));
      fixture.steps(6, STEPS);
      fixture.now = fixture.now.plus(LedgerDirectoryFixture.RETENTION);
      fixture.maintain();
      assertThat(fixture.stepsInContent()).isEqualTo(upTo(STEPS));
      List<LedgerSegmentFile> before = fixture.files.list().segments();

      // when
      fixture.now = fixture.now.plusSeconds(1);
      fixture.maintain();

      // then
      List<LedgerSegmentFile> segments = fixture.files.list().segments();
      assertThat(segments).hasSize(1);
      assertThat(segments.get(0).kind()).isEqualTo(Kind.COMPACTED);
      assertThat(segments.get(0).to()).isEqualTo(before.get(before.size() - 1).to());
      List<String> lines = lines(segments.get(0));
      assertThat(lines).hasSize(before.size() + 1);
      assertThat(lines.get(0)).startsWith("{\"removed\":{");
      assertThat(lines.get(1)).contains("\"event\":\"drift\"");
      LedgerRange range = LedgerSegmentReader.summary(segments.get(0)).orElseThrow();
      assertThat(range.batches() + openSteps(fixture)).isEqualTo(STEPS);
      assertThat(range.views()).isEqualTo(6 * range.batches());
      assertThat(range.events()).isEqualTo(1);
      assertThat(range.teachers()).containsEntry("t@1", range.batches());

      // and a later one comes to it
      fixture.steps(STEPS + 1, STEPS + 30);
      fixture.now = fixture.now.plus(LedgerDirectoryFixture.RETENTION).plusSeconds(1);
      fixture.maintain();
      assertThat(fixture.files.list().segments()).hasSize(1);
      assertThat(lines(fixture.files.list().segments().get(0))).hasSizeGreaterThan(lines.size());
      assertThat(fixture.files.list().end()).isGreaterThan(segments.get(0).to());
    }
  }

  @Test
  void shouldSayBetweenWhichStepsARecordWasTrained() throws IOException {
    try (LedgerDirectoryFixture fixture = new LedgerDirectoryFixture(directory).start(0)) {
      // given
      fixture.steps(1, 60);
      fixture.ledger.append(1, "rollback", 60, Map.of("to_step", "50", "reason", "loss_spike"));
      fixture.steps(61, STEPS + 20);
      List<LedgerSegmentFile> before = fixture.files.list().segments();
      fixture.now = fixture.now.plus(LedgerDirectoryFixture.RETENTION.plusSeconds(1));
      fixture.maintain();
      long length = fixture.steps(STEPS + 21, STEPS + 21);
      fixture.start(length);

      // then
      RecordStatus old = status(fixture, 10 * 2);
      assertThat(old.kind()).isEqualTo(RecordStatusKind.RETIRED);
      assertThat(old.retired().orElseThrow().firstStep()).isEqualTo(1);
      assertThat(old.retired().orElseThrow().lastStep()).isEqualTo(before.get(1).firstStep() - 1);
      assertThat(old.undoneAt()).isEmpty();
      assertThat(status(fixture, 10 * 60).kind()).isEqualTo(RecordStatusKind.RETIRED);
      assertThat(status(fixture, 10 * 60).undoneAt()).contains(60L);
      assertThat(status(fixture, 10 * (STEPS + 21)).kind()).isEqualTo(RecordStatusKind.TRAINED);
      assertThat(status(fixture, 3).kind()).isEqualTo(RecordStatusKind.BEFORE);
    }
  }

  /** The same offsets are of one topic before the event, and of another one behind it. */
  @Test
  void shouldTellTopicsApartInWhatIsOld() throws IOException {
    try (LedgerDirectoryFixture fixture = new LedgerDirectoryFixture(directory).start(0)) {
      fixture.steps(1, 3);
      fixture.ledger.append(
          1,
          "topic_changed",
          3,
          Map.of("reason", "topic_id", "went_on", "earliest", "offsets", "0@0"));
      for (long step = 4; step <= STEPS; step++) {
        fixture.ledger.append(
            1, step, Map.of(0, new long[] {step, step}), 1, List.of(), List.of(), 0.1, List.of());
      }
      long unused = fixture.ledger.sync();
      fixture.now = fixture.now.plus(LedgerDirectoryFixture.RETENTION.plusSeconds(1));
      fixture.maintain();

      // then
      assertThat(fixture.files.list().segments())
          .extracting(LedgerSegmentFile::kind)
          .contains(Kind.COMPACTED);
      RecordStatus second = status(fixture, 5);
      assertThat(second.kind()).isEqualTo(RecordStatusKind.RETIRED);
      assertThat(second.retired().orElseThrow().firstStep()).isEqualTo(4);
      assertThat(status(fixture, 2).kind()).isEqualTo(RecordStatusKind.BEFORE);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shouldBeWholeAfterACrashWhileItIsCompacted(boolean done) throws IOException {
    boolean hasFailed = true;
    for (int operations = 0; hasFailed; operations++) {
      Path place = Files.createDirectory(directory.resolve("crash-" + operations));
      try (LedgerDirectoryFixture fixture = new LedgerDirectoryFixture(place).start(0)) {
        // given
        long length = fixture.steps(1, STEPS);
        fixture.now = fixture.now.plus(LedgerDirectoryFixture.RETENTION.minus(Duration.ofDays(1)));
        length = fixture.steps(STEPS + 1, STEPS + 20);
        fixture.now = fixture.now.plus(Duration.ofDays(2));
        fixture.disk.failAfter(operations, done);
        try {
          fixture.maintain();
        } catch (IOException e) {
          assertThat(e).hasMessage("no space left on device");
        }
        hasFailed = fixture.disk.hasFailed();

        // then
        assertThat(summedSteps(fixture)).isEqualTo(STEPS + 20);
        fixture.start(length);
        assertThat(summedSteps(fixture)).isEqualTo(STEPS + 20);
        assertThat(fixture.files.list().superseded()).isEmpty();
        fixture.maintain();
        assertThat(summedSteps(fixture)).isEqualTo(STEPS + 20);
        assertThat(fixture.files.list().problems()).isEmpty();
        assertThat(fixture.files.list().segments().get(0).kind()).isEqualTo(Kind.COMPACTED);
      }
    }
  }

  @Test
  void shouldGoOnFromAnOldCheckpointWhoseLinesAreGone() throws IOException {
    try (LedgerDirectoryFixture fixture = new LedgerDirectoryFixture(directory).start(0)) {
      long known = fixture.steps(1, 5);
      fixture.steps(6, STEPS);
      fixture.now = fixture.now.plus(LedgerDirectoryFixture.RETENTION.plusSeconds(1));
      fixture.maintain();
      long end = fixture.files.list().end();

      // when
      fixture.start(known);
      long length = fixture.steps(6, 6);

      // then
      assertThat(fixture.files.list().end()).isEqualTo(end);
      assertThat(length).isGreaterThan(end);
      fixture.start(length);
      assertThat(Files.readAllLines(fixture.file))
          .singleElement()
          .asString()
          .contains("\"first_step\":6,");
    }
  }

  @Test
  void shouldNameADamagedSegmentOnceAndGoOn() throws IOException {
    try (LedgerDirectoryFixture fixture = new LedgerDirectoryFixture(directory).start(0)) {
      // given
      long length = fixture.steps(1, STEPS);
      fixture.maintain();
      LedgerSegmentFile second = fixture.files.list().segments().get(1);
      byte[] bytes = Files.readAllBytes(second.path());
      bytes[bytes.length / 2] ^= 1;
      Files.write(second.path(), bytes);
      Files.setLastModifiedTime(second.path(), FileTime.from(fixture.now));
      fixture.now = fixture.now.plus(LedgerDirectoryFixture.RETENTION.plusSeconds(1));

      // when
      fixture.start(length);
      try (LedgerMaintenance maintenance = fixture.maintenance()) {
        for (int i = 0; i < 10; i++) {
          boolean unused = maintenance.run();
        }
      }

      // then
      assertThat(fixture.failures).containsExactly(LedgerMetrics.Operation.MAINTENANCE);
      assertThat(second.path()).hasBinaryContent(bytes);
      assertThat(fixture.files.list().segments().get(0).kind()).isEqualTo(Kind.COMPACTED);
      LedgerSearch.Result result =
          LedgerSearch.search(
              fixture.file, Set.of(new RecordOffset(0, 10 * second.firstStep() + 10)));
      assertThat(result.problems())
          .singleElement()
          .asString()
          .startsWith(second.path() + " cannot be read further: ");
    }
  }

  @Test
  void shouldNotCompressASegmentWithAFlippedBit() throws IOException {
    try (LedgerDirectoryFixture fixture = new LedgerDirectoryFixture(directory).start(0)) {
      // given: in a line, so its length stays
      fixture.steps(1, STEPS);
      Path first = fixture.files.list().segments().get(0).path();
      byte[] bytes = Files.readAllBytes(first);
      bytes[bytes.length / 2] ^= 1;
      Files.write(first, bytes);

      // when
      fixture.maintain();

      // then
      assertThat(first).hasBinaryContent(bytes);
      assertThat(fixture.failures).containsExactly(LedgerMetrics.Operation.MAINTENANCE);
      assertThat(fixture.files.list().segments().get(1).kind()).isEqualTo(Kind.COMPRESSED);
    }
  }

  @Test
  void shouldFindARecordWhoseSegmentIsReplacedMeanwhile() throws IOException {
    try (LedgerDirectoryFixture fixture = new LedgerDirectoryFixture(directory).start(0)) {
      // given
      fixture.steps(1, STEPS);
      RecordOffset record = new RecordOffset(0, 10 * 3);
      AtomicBoolean isFirst = new AtomicBoolean(true);

      // when: the maintenance works after the first listing
      LedgerSearch.Result result =
          LedgerSearch.search(
              fixture.files,
              () -> {
                LedgerFiles.Listing listing = fixture.files.list();
                if (isFirst.getAndSet(false)) {
                  fixture.maintain();
                }
                return listing;
              },
              Set.of(record));

      // then
      assertThat(result.problems()).isEmpty();
      assertThat(result.statuses().get(record).kind()).isEqualTo(RecordStatusKind.TRAINED);
    }
  }

  @Test
  void shouldNotCompressASegmentThatWasCut() throws IOException {
    try (LedgerDirectoryFixture fixture = new LedgerDirectoryFixture(directory).start(0)) {
      // given
      fixture.steps(1, STEPS);
      Path first = fixture.files.list().segments().get(0).path();
      Files.write(first, Arrays.copyOf(Files.readAllBytes(first), 2000));

      // when
      fixture.maintain();

      // then
      assertThat(first).hasSize(2000);
      assertThat(fixture.failures).containsExactly(LedgerMetrics.Operation.MAINTENANCE);
      assertThat(fixture.files.list().segments().get(1).kind()).isEqualTo(Kind.COMPRESSED);
    }
  }

  @Test
  void shouldKeepAllWithoutRetention() throws IOException {
    LedgerCompaction compaction = new LedgerCompaction(Optional.empty(), () -> Instant.MAX);
    try (LedgerDirectoryFixture fixture = new LedgerDirectoryFixture(directory).start(0)) {
      fixture.steps(1, STEPS);

      assertThat(compaction.next(fixture.files.list().segments())).isEmpty();
    }
  }

  /** Segments that cannot hold the record are not read, but for their summaries. */
  @Test
  void shouldReadOnlyTheSegmentThatARecordIsIn() throws IOException {
    try (LedgerDirectoryFixture fixture = new LedgerDirectoryFixture(directory).start(0)) {
      // given
      fixture.steps(1, 200);
      List<LedgerSegmentFile> segments = fixture.files.list().segments();
      LedgerSegmentFile third = segments.get(2);
      for (LedgerSegmentFile segment : segments) {
        if (!segment.equals(third)) {
          List<String> lines = Files.readAllLines(segment.path());
          Files.writeString(segment.path(), lines.get(0) + "\nnot a line\n");
        }
      }

      // when
      LedgerSearch.Result result =
          LedgerSearch.search(
              fixture.file, Set.of(new RecordOffset(0, 10 * third.firstStep() + 13)));

      // then
      assertThat(result.problems()).isEmpty();
      assertThat(result.statuses().values().iterator().next().entry().orElseThrow().firstStep())
          .isEqualTo(third.firstStep() + 1);
    }
  }

  private static long openSteps(LedgerDirectoryFixture fixture) throws IOException {
    return Files.readAllLines(fixture.file).size();
  }

  private static long summedSteps(LedgerDirectoryFixture fixture) throws IOException {
    long sum = openSteps(fixture);
    for (LedgerSegmentFile segment : fixture.files.list().segments()) {
      sum += LedgerSegmentReader.range(segment).batches();
    }
    return sum;
  }

  private static List<String> lines(LedgerSegmentFile segment) throws IOException {
    List<String> lines = new ArrayList<>();
    try (InputStream in = LedgerSegmentReader.open(segment)) {
      LedgerSegmentReader.forEachLine(in, line -> lines.add(new String(line, UTF_8)));
    }
    return lines;
  }

  private static RecordStatus status(LedgerDirectoryFixture fixture, long offset) {
    RecordOffset record = new RecordOffset(0, offset);
    return LedgerSearch.search(fixture.file, Set.of(record)).statuses().get(record);
  }

  private static List<Long> upTo(long steps) {
    return LongStream.rangeClosed(1, steps).boxed().toList();
  }
}
