package io.stillstream.trainer.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.trainer.files.DirectoryLock;
import io.stillstream.trainer.files.DurableFiles;
import io.stillstream.trainer.training.StepReport;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTest {
  @TempDir Path directory;
  private final List<DirectoryLock> locks = new ArrayList<>();

  @Test
  void shouldForgetWhatTheCheckpointDoesNotKnow() throws IOException {
    // given
    Path file = directory.resolve("ledger.jsonl");
    long known;
    try (Ledger ledger = open(file, 0, new DurableFiles())) {
      append(ledger, 1);
      known = ledger.sync();
      append(ledger, 3);
      ledger.sync();
    }

    // when
    try (Ledger ledger = open(file, known, new DurableFiles())) {
      append(ledger, 5);
      ledger.sync();
    }

    // then
    assertThat(withoutChecksums(file))
        .isEqualTo(
            """
            {"epoch":1,"time":"2026-11-30T12:00:00Z","first_step":1,"last_step":2,"offsets":{"0":[10,12]},"views":3,\
            "teachers":["t@1"],"rate":0.004,"loss":[2.5,2.0]}
            {"epoch":1,"time":"2026-11-30T12:00:00Z","first_step":5,"last_step":6,"offsets":{"0":[10,12]},"views":3,\
            "teachers":["t@1"],"rate":0.004,"loss":[2.5,2.0]}
            """);
  }

  @Test
  void shouldKeepLinesUntilTheDiskTakesThem() throws IOException {
    // given
    Path file = directory.resolve("ledger.jsonl");
    FailingDisk disk = new FailingDisk();
    try (Ledger ledger = open(file, 0, disk)) {
      append(ledger, 1);
      disk.isFull = true;
      assertThatThrownBy(ledger::sync).hasMessage("disk full");
      append(ledger, 3);

      // when
      disk.isFull = false;
      long length = ledger.sync();

      // then
      assertThat(file).hasSize(length);
      assertThat(Files.readAllLines(file))
          .hasSize(2)
          .satisfies(
              lines -> {
                assertThat(lines.get(0)).contains("\"first_step\":1,");
                assertThat(lines.get(1)).contains("\"first_step\":3,");
              });
    }
  }

  @Test
  void shouldTellOfIncidentsTracesAndSkippedSteps() throws IOException {
    // given
    Path file = directory.resolve("ledger.jsonl");
    StepReport good = new StepReport(2, 2, 0, 1, 0.004, false, new float[0]);
    StepReport bad = new StepReport(Double.NaN, 2, 0, 1, 0.004, true, new float[0]);

    // when
    try (Ledger ledger = open(file, 0, new DurableFiles())) {
      ledger.append(
          2,
          9,
          Map.of(0, new long[] {1, 1}),
          1,
          List.of(),
          List.of("0af7651916cd43dd8448eb211c80319c"),
          0.004,
          List.of(good, bad, good));
      ledger.append(2, "rollback", 11, Map.of("to_step", "4", "reason", "loss_spike"));
      ledger.sync();
    }

    // then
    assertThat(withoutChecksums(file))
        .isEqualTo(
            """
            {"epoch":2,"time":"2026-11-30T12:00:00Z","first_step":9,"last_step":11,"offsets":{"0":[1,1]},"views":1,\
            "teachers":[],"rate":0.004,"loss":[2.0,"NaN",2.0],\
            "traces":["0af7651916cd43dd8448eb211c80319c"],"skipped":[10]}
            {"epoch":2,"time":"2026-11-30T12:00:00Z","event":"rollback","step":11,\
            "details":{"reason":"loss_spike","to_step":"4"}}
            """);
  }

  /** Frozen before it writes, and woken when another has begun and written. */
  @Test
  void shouldNotTouchTheLinesOfALaterStart() throws IOException {
    // given
    Path file = directory.resolve("ledger.jsonl");
    Ledger before = open(file, 0, new DurableFiles());
    append(before, 1);
    long known = before.sync();
    append(before, 3);

    // when
    Ledger later = open(file, known, new DurableFiles());
    append(later, 5);
    later.sync();
    String written = Files.readString(file);

    // then
    assertThatThrownBy(before::sync)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("another trainer took over " + directory);
    assertThat(file).hasContent(written);
    before.close();
    later.close();
  }

  /** Frozen between the look at its epoch and the write: there is no moment that is too late. */
  @Test
  void shouldNotTouchThemWhenItWritesAfterItsLastLook() throws IOException {
    // given
    Path file = directory.resolve("ledger.jsonl");
    Ledger before = open(file, 0, new DurableFiles());
    append(before, 1);
    long known = before.sync();
    Path inode = directory.resolve("still-open");
    Files.createLink(inode, file);

    // when
    Ledger later = open(file, known, new DurableFiles());
    append(later, 5);
    later.sync();
    String written = Files.readString(file);
    // What a write of the first one would go into.
    Files.writeString(inode, "of no account", StandardOpenOption.APPEND);

    // then
    assertThat(file).hasContent(written);
    before.close();
    later.close();
  }

  @Test
  void shouldNotTakeItsPlaceAfterALaterStart() throws IOException {
    // given
    Path file = directory.resolve("ledger.jsonl");
    InterruptedDisk disk = new InterruptedDisk();
    DirectoryLock slow = lock(disk);
    disk.beforeMove = () -> open(file, 0, new DurableFiles()).close();

    // when
    assertThatThrownBy(() -> open(file, 0, slow, disk))
        // then
        .isInstanceOf(NoSuchFileException.class);
    assertThat(file).isEmptyFile();
  }

  @Test
  void shouldTellOfDamageAndGoOn() throws IOException {
    // given
    Path file = directory.resolve("ledger.jsonl");
    long known;
    try (Ledger ledger = open(file, 0, new DurableFiles())) {
      append(ledger, 1);
      append(ledger, 3);
      known = ledger.sync();
    }
    byte[] bytes = Files.readAllBytes(file);
    bytes[30] ^= 1;
    Files.write(file, bytes);
    LedgerCopy copy = copy(file, known);

    // when: the second line is torn, too
    try (Ledger ledger = open(file, known - 20, new DurableFiles())) {
      append(ledger, 5);
      ledger.sync();
    }

    // then
    assertThat(copy.damaged()).isEqualTo(1);
    assertThat(copy.firstDamaged()).isZero();
    assertThat(copy.hasWholeLines()).isTrue();
    assertThat(directory.resolve("copy")).hasBinaryContent(bytes);
    LedgerCopy torn = copy(file, known - 20);
    assertThat(torn.damaged()).isEqualTo(2);
    assertThat(torn.hasWholeLines()).isFalse();
    List<String> lines = Files.readAllLines(file);
    assertThat(lines).hasSize(3);
    assertThat(LineChecksum.isDamaged(lines.get(0).getBytes(UTF_8))).isTrue();
    assertThat(LineChecksum.isDamaged(lines.get(1).getBytes(UTF_8))).isTrue();
    assertThat(LineChecksum.isDamaged(lines.get(2).getBytes(UTF_8))).isFalse();
  }

  @Test
  void shouldTakeLinesOfAnEarlierVersionAsTheyAre() throws IOException {
    // given
    Path file = directory.resolve("ledger.jsonl");
    Files.writeString(file, "{\"epoch\":1,\"event\":\"restored\"}\n");

    // when
    LedgerCopy copy = copy(file, Files.size(file));

    // then
    assertThat(copy.damaged()).isZero();
  }

  @Test
  void shouldFindEveryFlippedBitOfALine() {
    // given
    byte[] line = LineChecksum.added("{\"epoch\":1,\"views\":3}").getBytes(UTF_8);
    int content = "{\"epoch\":1,\"views\":3".length();
    assertThat(LineChecksum.isDamaged(line)).isFalse();

    for (int bit = 0; bit < 8 * content; bit++) {
      // when
      line[bit / 8] ^= (byte) (1 << bit % 8);

      // then
      assertThat(LineChecksum.isDamaged(line)).isTrue();
      line[bit / 8] ^= (byte) (1 << bit % 8);
    }
  }

  /** As a start does. The lock of the operating system is lost, as that of a frozen machine is. */
  private Ledger open(Path file, long length, DurableFiles disk) throws IOException {
    return open(file, length, lock(disk), disk);
  }

  private static Ledger open(Path file, long length, DirectoryLock lock, DurableFiles disk)
      throws IOException {
    return new Ledger(
        file,
        length,
        lock,
        disk,
        new LedgerSettings(1 << 20, Optional.empty()),
        InstantSource.fixed(Instant.parse("2026-11-30T12:00:00.789Z")),
        LedgerMetrics.NONE);
  }

  private LedgerCopy copy(Path file, long length) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return LedgerCopy.run(in, length, directory.resolve("copy"));
    }
  }

  private DirectoryLock lock(DurableFiles disk) throws IOException {
    // The lock goes with the file that it is on.
    Files.deleteIfExists(directory.resolve("lock"));
    DirectoryLock lock = DirectoryLock.acquire(directory, disk);
    locks.add(lock);
    return lock;
  }

  @AfterEach
  void release() throws IOException {
    for (DirectoryLock lock : locks) {
      lock.close();
    }
  }

  private static String withoutChecksums(Path file) throws IOException {
    String lines = Files.readString(file);
    assertThat(lines.lines()).allMatch(line -> line.matches(".*,\"crc32c\":\"[0-9a-f]{8}\"}"));
    return lines.replaceAll(",\"crc32c\":\"[0-9a-f]{8}\"}", "}");
  }

  private interface Interruption {
    void run() throws IOException;
  }

  private static final class InterruptedDisk extends DurableFiles {
    private Interruption beforeMove;

    @Override
    public void move(Path from, Path to) throws IOException {
      if (beforeMove != null) {
        Interruption now = beforeMove;
        beforeMove = null;
        now.run();
      }
      super.move(from, to);
    }
  }

  private static final class FailingDisk extends DurableFiles {
    private boolean isFull;

    @Override
    public void sync(Path path) throws IOException {
      if (isFull) {
        throw new IOException("disk full");
      }
      super.sync(path);
    }
  }

  @Test
  void shouldRefuseAnotherLedger() {
    assertThatThrownBy(() -> open(directory.resolve("ledger.jsonl"), 1, new DurableFiles()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("has 0 bytes, the checkpoint knows of 1");
  }

  private static void append(Ledger ledger, long step) {
    ledger.append(
        1,
        step,
        Map.of(0, new long[] {10, 12}),
        3,
        List.of("t@1"),
        List.of(),
        0.004,
        List.of(
            new StepReport(2.5, 2, 0.5, 1, 0.004, false, new float[0]),
            new StepReport(2, 2, 0, 1, 0.004, false, new float[0])));
  }
}
