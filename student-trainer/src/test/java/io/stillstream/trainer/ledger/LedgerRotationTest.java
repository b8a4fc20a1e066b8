package io.stillstream.trainer.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.trainer.ledger.LedgerSegmentFile.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LedgerRotationTest {
  private static final int STEPS = 80;

  @TempDir private Path directory;

  @Test
  void shouldCloseSegmentsThatTogetherAreTheLedger() throws IOException {
    // given
    try (LedgerDirectoryFixture fixture = new LedgerDirectoryFixture(directory).start(0)) {
      // when
      long length = fixture.steps(1, STEPS);

      // then
      LedgerFiles.Listing listing = fixture.files.list();
      assertThat(listing.segments()).hasSizeGreaterThan(2);
      assertThat(listing.problems()).isEmpty();
      assertThat(listing.superseded()).isEmpty();
      assertThat(fixture.content()).hasSize((int) length);
      assertThat(fixture.stepsInContent()).isEqualTo(upTo(STEPS));
      LedgerSegmentFile second = listing.segments().get(1);
      assertThat(second.path().getFileName().toString())
          .matches("0{10}\\d\\d-\\d+-\\d+-[0-9a-f]{8}\\.jsonl");
      LedgerRange range = LedgerSegmentReader.summary(second).orElseThrow();
      assertThat(range.firstStep()).isEqualTo(second.firstStep());
      assertThat(range.offsets())
          .containsEntry(0, List.of(10 * range.firstStep(), 10 * range.lastStep() + 5));
      assertThat(range.batches()).isEqualTo(range.lastStep() - range.firstStep() + 1);
      assertThat(range.teachers()).containsEntry("t@1", range.batches());
      assertThat(range.firstTime()).isEqualTo("2026-01-01T00:00:00Z");
      assertThat(range.from()).isEqualTo(second.from());
    }
  }

  @Test
  void shouldNotReadClosedSegmentsAtAStart() throws IOException {
    // given
    try (LedgerDirectoryFixture fixture = new LedgerDirectoryFixture(directory).start(0)) {
      long length = fixture.steps(1, STEPS);
      Path first = fixture.files.list().segments().get(0).path();
      Files.write(first, new byte[] {1, 2, 3});

      // when
      fixture.start(length);
      fixture.steps(STEPS + 1, STEPS + 1);

      // then
      assertThat(first).hasBinaryContent(new byte[] {1, 2, 3});
      assertThat(Files.readAllLines(fixture.file)).last().asString().contains("\"first_step\":81,");
    }
  }

  /** A process that ends at any operation, before or after it was done. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shouldBeWholeAfterACrashAtAnyOperation(boolean done) throws IOException {
    boolean hasFailed = true;
    for (int operations = 0; hasFailed; operations++) {
      Path place = Files.createDirectory(directory.resolve("crash-" + operations));
      try (LedgerDirectoryFixture fixture = new LedgerDirectoryFixture(place).start(0)) {
        // given
        fixture.disk.failAfter(operations, done);
        long known = 0;
        long lastStep = 0;
        try {
          for (long step = 1; step <= STEPS; step++) {
            fixture.step(step);
            if (step % 4 == 0) {
              known = fixture.ledger.sync();
              lastStep = step;
            }
          }
        } catch (IOException e) {
          assertThat(e).hasMessage("no space left on device");
        }
        hasFailed = fixture.disk.hasFailed();

        // when
        fixture.start(known);
        long length = fixture.steps(lastStep + 1, STEPS + 20);

        // then
        assertThat(fixture.stepsInContent()).isEqualTo(upTo(STEPS + 20));
        assertThat(fixture.content()).hasSize((int) length);
        assertThat(fixture.files.list().problems()).isEmpty();
        assertThat(fixture.files.list().superseded()).isEmpty();
        try (var paths = Files.walk(place)) {
          assertThat(paths.map(Path::toString)).noneMatch(path -> path.endsWith(".new"));
        }
      }
    }
  }

  /** A disk that is full for a while. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shouldTryAgainWhatFailed(boolean done) throws IOException {
    boolean hasFailed = true;
    int rotations = 0;
    for (int operations = 0; hasFailed; operations++) {
      Path place = Files.createDirectory(directory.resolve("full-" + operations));
      try (LedgerDirectoryFixture fixture = new LedgerDirectoryFixture(place).start(0)) {
        // given
        fixture.disk.failAfter(operations, done);
        long length = 0;

        // when
        for (long step = 1; step <= STEPS; step++) {
          fixture.step(step);
          try {
            if (step % 4 == 0) {
              length = fixture.ledger.sync();
            }
          } catch (IOException e) {
            assertThat(e).hasMessage("no space left on device");
          }
        }
        hasFailed = fixture.disk.hasFailed();
        length = fixture.ledger.sync();

        // then
        assertThat(fixture.stepsInContent()).isEqualTo(upTo(STEPS));
        rotations += fixture.failures.size();
        fixture.start(length);
        assertThat(fixture.stepsInContent()).isEqualTo(upTo(STEPS));
        assertThat(fixture.content()).hasSize((int) length);
      }
    }
    assertThat(rotations).isPositive();
  }

  @Test
  void shouldCutWhatAnOlderCheckpointDoesNotKnow() throws IOException {
    try (LedgerDirectoryFixture fixture = new LedgerDirectoryFixture(directory).start(0)) {
      long[] lengths = new long[STEPS + 1];
      for (int step = 1; step <= STEPS; step++) {
        lengths[step] = fixture.steps(step, step);
      }
      for (int step = STEPS; step >= 0; step--) {
        // when
        fixture.start(lengths[step]);

        // then
        assertThat(fixture.stepsInContent()).isEqualTo(upTo(step));
        assertThat(fixture.content()).hasSize((int) lengths[step]);
      }
      fixture.steps(1, STEPS);
      assertThat(fixture.stepsInContent()).isEqualTo(upTo(STEPS));
    }
  }

  @Test
  void shouldReopenACompressedSegment() throws IOException {
    try (LedgerDirectoryFixture fixture = new LedgerDirectoryFixture(directory).start(0)) {
      // given
      long known = fixture.steps(1, 5);
      fixture.steps(6, STEPS);
      fixture.maintain();
      assertThat(fixture.files.list().segments()).allMatch(one -> one.kind() == Kind.COMPRESSED);

      // when
      fixture.start(known);

      // then
      assertThat(fixture.stepsInContent()).isEqualTo(upTo(5));
      assertThat(fixture.files.list().segments()).isEmpty();
    }
  }

  @Test
  void shouldRefuseALedgerWithoutItsLastSegment() throws IOException {
    try (LedgerDirectoryFixture fixture = new LedgerDirectoryFixture(directory).start(0)) {
      long length = fixture.steps(1, STEPS);
      List<LedgerSegmentFile> segments = fixture.files.list().segments();
      Files.delete(segments.get(segments.size() - 1).path());

      assertThatThrownBy(() -> fixture.start(length))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("and " + fixture.files.folder() + " those up to ")
          .hasMessageContaining("the checkpoint knows of " + length);
    }
  }

  @Test
  void shouldNameAMissingSegmentAndGoOn() throws IOException {
    try (LedgerDirectoryFixture fixture = new LedgerDirectoryFixture(directory).start(0)) {
      long length = fixture.steps(1, STEPS);
      LedgerSegmentFile second = fixture.files.list().segments().get(1);
      Files.delete(second.path());

      // when
      fixture.start(length);
      fixture.steps(STEPS + 1, STEPS + 1);

      // then
      assertThat(fixture.files.list().problems())
          .containsExactly(
              "bytes %d to %d of the ledger are missing in %s"
                  .formatted(second.from(), second.to(), fixture.files.folder()));
      assertThat(fixture.stepsInContent())
          .contains(1L, (long) STEPS + 1)
          .doesNotContain(second.firstStep());
    }
  }

  /** Frozen in the middle of a rotation, and woken after another has begun. */
  @Test
  void shouldNotCloseTheFileOfALaterStart() throws IOException {
    LedgerDirectoryFixture former = new LedgerDirectoryFixture(directory).start(0);
    long known = former.steps(1, 5);
    for (long step = 6; step <= STEPS; step++) {
      former.step(step);
    }

    // when
    try (LedgerDirectoryFixture later = new LedgerDirectoryFixture(directory).start(known)) {
      later.steps(6, 7);
      assertThatThrownBy(former.ledger::sync)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("another trainer took over " + directory);

      // then
      assertThat(later.stepsInContent()).isEqualTo(upTo(7));
      assertThat(later.files.list().segments()).isEmpty();
    }
    former.close();
  }

  private static List<Long> upTo(long steps) {
    return LongStream.rangeClosed(1, steps).boxed().toList();
  }
}
