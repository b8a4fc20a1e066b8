package io.stillstream.trainer.checkpoint.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.trainer.files.DirectoryLock;
import io.stillstream.trainer.files.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointStoreTest {
  @TempDir Path directory;
  private final WatchedDisk disk = new WatchedDisk();
  private DirectoryLock lock;
  private CheckpointStore store;

  @BeforeEach
  void open() throws IOException {
    lock = DirectoryLock.acquire(directory, disk);
    store = new CheckpointStore(directory.resolve("checkpoints"), 2, lock, disk);
    disk.log.clear();
  }

  @AfterEach
  void close() throws IOException {
    lock.close();
  }

  @Test
  void shouldHaveNoneAtFirst() throws IOException {
    assertThat(store.newest()).isEmpty();
  }

  @Test
  void shouldReadBackTheNewest() throws IOException {
    // given
    write("one");
    write("two");

    // when
    Checkpoint newest = store.newest().orElseThrow();

    // then
    assertThat(newest.sequence()).isEqualTo(2);
    assertThat(newest.read("a.bin")).asString().isEqualTo("two");
  }

  @Test
  void shouldBringEverythingToTheMediumBeforeItShows() throws IOException {
    // when
    write("one");

    // then
    String aside = lock.temporaryPath(directory.resolve("000000000001")).getFileName().toString();
    assertThat(aside).matches("000000000001\\.1-[0-9a-f]{8}\\.new");
    assertThat(disk.log)
        .containsExactly(
            "sync a.bin",
            "sync manifest.json",
            "sync " + aside,
            "move " + aside + " 000000000001",
            "sync checkpoints");
  }

  @Test
  void shouldKeepTheNewestOnly() throws IOException {
    // when
    for (int i = 0; i < 5; i++) {
      write("content " + i);
    }

    // then
    assertThat(directory.resolve("checkpoints"))
        .isDirectoryContaining("glob:**/000000000004")
        .isDirectoryContaining("glob:**/000000000005")
        .isDirectoryNotContaining("glob:**/000000000003");
  }

  @Test
  void shouldLeaveNothingBehindThatCountsWhenWritingFails() throws IOException {
    // given
    write("one");

    // when
    assertThatThrownBy(
            () ->
                store.write(
                    content(
                        out -> {
                          out.write(1);
                          throw new IOException("disk full");
                        })))
        .hasMessage("disk full");

    // then
    assertThat(store.newest().orElseThrow().sequence()).isEqualTo(1);
    write("two");
    assertThat(store.newest().orElseThrow().read("a.bin")).asString().isEqualTo("two");
  }

  @ParameterizedTest
  @ValueSource(strings = {"flipped", "short", "missing", "manifest"})
  void shouldUseTheOneBeforeADamagedOne(String damage) throws IOException {
    // given
    write("one");
    write("two");
    Path newest = directory.resolve("checkpoints/000000000002");
    switch (damage) {
      case "flipped" -> Files.writeString(newest.resolve("a.bin"), "twp");
      case "short" -> Files.writeString(newest.resolve("a.bin"), "tw");
      case "missing" -> Files.delete(newest.resolve("a.bin"));
      default -> Files.writeString(newest.resolve("manifest.json"), "{\"format\": 1, ");
    }

    // when
    Checkpoint used = store.newest().orElseThrow();

    // then
    assertThat(used.read("a.bin")).asString().isEqualTo("one");
    assertThat(directory.resolve("checkpoints/000000000002.damaged")).isDirectory();
    write("three");
    assertThat(store.newest().orElseThrow().read("a.bin")).asString().isEqualTo("three");
  }

  @Test
  void shouldNotBeginAnewWhenAllAreDamaged() throws IOException {
    // given
    write("one");
    Files.delete(directory.resolve("checkpoints/000000000001/a.bin"));

    // when
    assertThatThrownBy(() -> store.newest())
        // then
        .isInstanceOf(IOException.class)
        .hasMessageContaining("all 1 checkpoints");
  }

  @Test
  void shouldRefuseALaterFormat() throws IOException {
    // given
    write("one");
    Path manifest = directory.resolve("checkpoints/000000000001/manifest.json");
    Files.writeString(
        manifest, Files.readString(manifest).replace("\"format\" : 6", "\"format\" : 7"));

    // then
    requireFormat7IsRefused();

    // given: one that no longer has what this version reads
    Files.writeString(manifest, "{\"format\": 7, \"objects\": []}");

    // then
    requireFormat7IsRefused();
  }

  private void requireFormat7IsRefused() {
    assertThatThrownBy(() -> store.newest())
        .isInstanceOf(UnsupportedCheckpointFormatException.class)
        .hasMessageEndingWith(
            "000000000001 has checkpoint format 7 and this version of the trainer reads formats 1"
                + " to 6: a later version wrote it, run that one again (deploy/docs/upgrade.md)");
  }

  @Test
  void shouldNotWriteWhenAnotherStartedLater() throws IOException {
    // given
    Files.writeString(directory.resolve("epoch"), "2");

    // when
    assertThatThrownBy(() -> write("one"))
        // then
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("another trainer took over");
    assertThat(store.newest()).isEmpty();
  }

  @Test
  void shouldBeHeldByOneOnlyAndCountItsEpochs() throws IOException {
    // when
    assertThatThrownBy(() -> DirectoryLock.acquire(directory, disk))
        // then
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("another trainer is at work in " + directory);

    // when
    lock.close();
    lock = DirectoryLock.acquire(directory, disk);

    // then
    assertThat(lock.epoch()).isEqualTo(2);
  }

  /** Frozen after the last look at its epoch, and woken when another has begun. */
  @Test
  void shouldNotGiveACheckpointItsNameAfterAnotherStarted() throws IOException {
    // given
    write("one");
    List<CheckpointStore> later = new ArrayList<>();
    disk.beforeMove =
        () -> {
          disk.beforeMove = null;
          lock.close();
          later.add(
              new CheckpointStore(
                  directory.resolve("checkpoints"),
                  2,
                  DirectoryLock.acquire(directory, disk),
                  disk));
        };

    // when
    assertThatThrownBy(() -> write("two")).isInstanceOf(NoSuchFileException.class);

    // then
    assertThat(later.get(0).newest().orElseThrow().read("a.bin")).asString().isEqualTo("one");
    later.get(0).write(content(out -> out.writeBytes("three")));
    assertThatThrownBy(() -> write("two"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("another trainer took over " + directory + ": epoch 2, this one has 1");
    assertThat(later.get(0).newest().orElseThrow().read("a.bin")).asString().isEqualTo("three");
    assertThat(directory.resolve("checkpoints"))
        .isDirectoryNotContaining("glob:**.new")
        .isDirectoryNotContaining("glob:**.stale");
  }

  @Test
  void shouldTellTwoThatStartedInTheSameMomentApart() throws IOException {
    // given: both have counted from the same epoch
    Files.writeString(directory.resolve("epoch"), "1 01234567");

    // when
    assertThatThrownBy(() -> write("one"))
        // then
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("another trainer took over");
  }

  @Test
  void shouldTakeAnEpochOfAnEarlierVersionUp() throws IOException {
    // given
    lock.close();
    Files.writeString(directory.resolve("epoch"), "41");

    // when
    lock = DirectoryLock.acquire(directory, disk);

    // then
    assertThat(lock.epoch()).isEqualTo(42);
    lock.requireHeld();
  }

  private static CheckpointContent content(CheckpointStore.FileContent file) {
    return CheckpointContent.of(Map.of("a.bin", file));
  }

  private void write(String content) throws IOException {
    store.write(content(out -> out.writeBytes(content)));
  }

  private interface Interruption {
    void run() throws IOException;
  }

  private static final class WatchedDisk extends DurableFiles {
    private final List<String> log = new ArrayList<>();
    private Interruption beforeMove;

    @Override
    public void sync(Path path) throws IOException {
      log.add("sync " + path.getFileName());
      super.sync(path);
    }

    @Override
    public void move(Path from, Path to) throws IOException {
      if (beforeMove != null) {
        beforeMove.run();
      }
      log.add("move " + from.getFileName() + " " + to.getFileName());
      super.move(from, to);
    }
  }
}
