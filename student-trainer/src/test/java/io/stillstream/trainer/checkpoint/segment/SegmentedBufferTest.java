package io.stillstream.trainer.checkpoint.segment;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.trainer.checkpoint.store.Checkpoint;
import io.stillstream.trainer.checkpoint.store.NoValidCheckpointException;
import io.stillstream.trainer.checkpoint.store.WrittenCheckpoint;
import io.stillstream.trainer.files.DurableFiles;
import io.stillstream.trainer.training.buffer.BufferKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SegmentedBufferTest {
  private static final int SIZE = BufferDirectory.SIZE;

  @TempDir Path directory;

  @Test
  void shouldWriteOnlyWhatIsNew() throws IOException {
    try (BufferDirectory buffer = open(BufferKind.RESERVOIR)) {
      // given
      buffer.offer(1, 91);
      WrittenCheckpoint all = buffer.write();

      // when
      buffer.offer(91, 94);
      WrittenCheckpoint three = buffer.write();
      WrittenCheckpoint none = buffer.write();

      // then
      assertThat(three.segmentBytes() - 5).isEqualTo((all.segmentBytes() - 5) / 30);
      assertThat(none.segmentBytes()).isZero();
      assertThat(none.fileBytes()).isPositive();
      assertThat(buffer.segments()).hasSize(2).allMatch(name -> name.matches("0{11}[12]-.*bin"));
      Checkpoint newest = buffer.store().newest().orElseThrow();
      assertThat(newest.segments()).hasSize(2);
      assertThat(BufferDirectory.bytes(newest)).isEqualTo(buffer.bytes());
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldWriteAViewAgainThatGotAnotherLabel(BufferKind kind) throws IOException {
    try (BufferDirectory buffer = open(kind)) {
      // given
      buffer.offer(1, 91);
      WrittenCheckpoint all = buffer.write();
      byte[] before = buffer.bytes();

      // when
      assertThat(buffer.relabel(17, 4)).isEqualTo(1);
      WrittenCheckpoint one = buffer.write();

      // then: segments stay what they are, as the checkpoint before needs them
      assertThat(one.segmentBytes() - 5).isEqualTo((all.segmentBytes() - 5) / 90);
      assertThat(buffer.bytes()).isNotEqualTo(before);
      assertThat(BufferDirectory.bytes(buffer.store().newest().orElseThrow()))
          .isEqualTo(buffer.bytes());
      assertThat(buffer.write().segmentBytes()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldHaveInEachCheckpointWhatTheBufferWasAlsoAfterStarts(BufferKind kind)
      throws IOException {
    long next = 0;
    for (int start = 0; start < 6; start++) {
      try (BufferDirectory buffer = open(kind)) {
        for (int checkpoint = 0; checkpoint < 10; checkpoint++) {
          // when
          buffer.offer(next, next + 30);
          next += 30;
          WrittenCheckpoint written = buffer.write();

          // then
          Checkpoint newest = buffer.store().newest().orElseThrow();
          assertThat(newest.sequence()).isEqualTo(written.sequence());
          assertThat(BufferDirectory.bytes(newest)).isEqualTo(buffer.bytes());
        }
      }
    }
  }

  @Test
  void shouldNotWriteAgainAfterAStartWhatIsThere() throws IOException {
    // given
    long all;
    try (BufferDirectory buffer = open(BufferKind.CLASS_BALANCED)) {
      buffer.offer(0, SIZE);
      all = buffer.write().segmentBytes();
    }

    // when
    try (BufferDirectory again = open(BufferKind.CLASS_BALANCED)) {
      WrittenCheckpoint unchanged = again.write();
      again.offer(1000, 1010);
      WrittenCheckpoint changed = again.write();

      // then
      assertThat(unchanged.segmentBytes()).isZero();
      assertThat(changed.segmentBytes()).isBetween(1L, all / 8);
    }
  }

  @Test
  void shouldKeepSegmentsAsLongAsACheckpointNeedsThem() throws IOException {
    try (BufferDirectory buffer = open(BufferKind.FIFO)) {
      // given: each checkpoint needs a segment of its own
      buffer.offer(0, SIZE);
      buffer.write();
      String first = buffer.segments().get(0);
      for (int i = 1; i < BufferDirectory.KEEP; i++) {
        buffer.offer((long) i * SIZE, (i + 1L) * SIZE);
        buffer.write();
      }
      assertThat(buffer.segments()).hasSize(BufferDirectory.KEEP).contains(first);

      // when: it is being read
      Checkpoint pinned = buffer.store().pin().orElseThrow();
      for (int i = 5; i < 10; i++) {
        buffer.offer((long) i * SIZE, (i + 1L) * SIZE);
        buffer.write();
      }

      // then
      assertThat(buffer.segments()).hasSize(BufferDirectory.KEEP + 1).doesNotContain(first);
      assertThat(BufferDirectory.bytes(pinned)).isNotEmpty();
      buffer.store().unpin();
      assertThat(buffer.segments()).hasSize(BufferDirectory.KEEP);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"flipped", "short", "missing", "index", "manifest"})
  void shouldUseTheNewestCheckpointThatNeedsNothingDamaged(String damage) throws IOException {
    // given
    byte[] before;
    try (BufferDirectory buffer = open(BufferKind.RESERVOIR)) {
      buffer.offer(0, 90);
      buffer.write();
      before = buffer.bytes();
      buffer.offer(90, 95);
      buffer.write();
      buffer.write();
      Path segment = buffer.segment(buffer.segments().get(1));
      Path checkpoint = buffer.store().newest().orElseThrow().directory();
      switch (damage) {
        case "flipped" -> flip(segment);
        case "short" -> Files.write(segment, new byte[3]);
        case "missing" -> Files.delete(segment);
        case "index" -> flip(checkpoint.resolve("buffer-index.bin"));
        default -> Files.writeString(checkpoint.resolve("manifest.json"), "{\"format\": 5, ");
      }
    }

    // when
    try (BufferDirectory buffer = open(BufferKind.RESERVOIR)) {
      // then
      boolean ofOne = damage.equals("index") || damage.equals("manifest");
      assertThat(buffer.store().newest().orElseThrow().sequence()).isEqualTo(ofOne ? 2 : 1);
      assertThat(buffer.names()).contains("000000000003.damaged");
      assertThat(buffer.segments()).as("damaged ones are gone").hasSize(ofOne ? 2 : 1);
      if (!ofOne) {
        assertThat(buffer.bytes()).isEqualTo(before);
      }
      // and: it goes on
      buffer.offer(200, 205);
      buffer.write();
      assertThat(BufferDirectory.bytes(buffer.store().newest().orElseThrow()))
          .isEqualTo(buffer.bytes());
    }
  }

  @Test
  void shouldRefuseToBeginAnewAndDeleteNothingWhenAllNeedADamagedSegment() throws IOException {
    // given
    Path segment;
    byte[] sound;
    byte[] expected;
    try (BufferDirectory buffer = open(BufferKind.RESERVOIR)) {
      buffer.offer(0, 50);
      buffer.write();
      segment = buffer.segment(buffer.segments().get(0));
      buffer.offer(50, 60);
      buffer.write();
      expected = buffer.bytes();
    }
    sound = Files.readAllBytes(segment);
    flip(segment);

    // when
    assertThatThrownBy(() -> open(BufferKind.RESERVOIR))
        // then
        .isInstanceOf(NoValidCheckpointException.class)
        .hasMessageContaining("all 2 checkpoints");

    // when: it is mended
    Files.write(segment, sound);
    try (BufferDirectory buffer = open(BufferKind.RESERVOIR)) {
      // then
      assertThat(buffer.bytes()).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"missing", "short", "flipped"})
  void shouldWriteAgainWhatIsDamagedWhileItRuns(String damage) throws IOException {
    try (BufferDirectory buffer = open(BufferKind.RESERVOIR)) {
      // given
      buffer.offer(0, 50);
      buffer.write();
      Path segment = buffer.segment(buffer.segments().get(0));
      switch (damage) {
        case "missing" -> Files.delete(segment);
        case "short" -> Files.write(segment, new byte[10]);
        default -> flip(segment);
      }

      // when
      buffer.write();

      // then
      Checkpoint newest = buffer.store().newest().orElseThrow();
      assertThat(newest.sequence()).isEqualTo(2);
      assertThat(newest.segments()).doesNotContainKey(segment.getFileName().toString());
      assertThat(BufferDirectory.bytes(newest)).isEqualTo(buffer.bytes());
    }
  }

  @Test
  void shouldGoOnAndDeleteNothingWhileAnOldManifestCannotBeRead() throws IOException {
    try (BufferDirectory buffer = open(BufferKind.FIFO)) {
      // given: each checkpoint needs a segment of its own
      for (int i = 0; i < BufferDirectory.KEEP; i++) {
        buffer.offer((long) i * SIZE, (i + 1L) * SIZE);
        buffer.write();
      }
      Path second = directory.resolve("checkpoints/000000000002/manifest.json");
      Files.delete(second);
      Files.createDirectory(second);

      // when
      buffer.offer(10L * SIZE, 11L * SIZE);
      buffer.write();

      // then: that of the first checkpoint stays, too
      assertThat(buffer.segments()).hasSize(BufferDirectory.KEEP + 1);

      // when: the one that cannot be read is too old
      buffer.offer(11L * SIZE, 12L * SIZE);
      buffer.write();

      // then
      assertThat(buffer.segments()).hasSize(BufferDirectory.KEEP);
      assertThat(BufferDirectory.bytes(buffer.store().newest().orElseThrow()))
          .isEqualTo(buffer.bytes());
    }
  }

  @Test
  void shouldNotTakeWhatCouldNotBeWrittenForWritten() throws IOException {
    // given
    FailingDisk disk = new FailingDisk();
    try (BufferDirectory buffer = new BufferDirectory(directory, BufferKind.RESERVOIR, disk)) {
      buffer.offer(0, 50);
      for (int operations = 0; ; operations++) {
        // when
        disk.left = operations;
        try {
          buffer.write();
          break;
        } catch (IOException e) {
          assertThat(e).hasMessage("disk full");
        }
      }

      // then
      disk.left = Integer.MAX_VALUE;
      Checkpoint newest = buffer.store().newest().orElseThrow();
      assertThat(BufferDirectory.bytes(newest)).isEqualTo(buffer.bytes());
      buffer.write();
      assertThat(buffer.segments()).hasSizeLessThanOrEqualTo(2);
    }
  }

  @Test
  void shouldLeaveNothingOfAnErasedImage() throws IOException {
    try (BufferDirectory buffer = open(BufferKind.RESERVOIR)) {
      // given: one view is in the buffer, the other left it and is in a segment still
      buffer.offer(0x0102030405060708L, 0x0102030405060709L);
      buffer.offer(0x1112131415161718L, 0x1112131415161719L);
      buffer.offer(0, 60);
      buffer.write();
      assertThat(buffer.erase(0x1112131415161718L)).isEqualTo(1);
      buffer.write();
      buffer.offer(100, 110);
      buffer.write();
      assertThat(holds("\u0008\u0007\u0006\u0005")).isTrue();
      assertThat(holds("\u0018\u0017\u0016\u0015")).isTrue();

      // when
      assertThat(buffer.erase(0x0102030405060708L)).isEqualTo(1);
      buffer.writeAfterErasure();
      List<String> rewritten = buffer.segments();
      for (int i = 1; i < BufferDirectory.KEEP; i++) {
        assertThat(holds("\u0008\u0007\u0006\u0005")).as("older checkpoints need it").isTrue();
        buffer.write();
      }

      // then
      assertThat(holds("\u0008\u0007\u0006\u0005")).isFalse();
      assertThat(holds("\u0018\u0017\u0016\u0015")).isFalse();
      assertThat(buffer.segments()).isSubsetOf(rewritten).hasSize(2);
      assertThat(BufferDirectory.bytes(buffer.store().newest().orElseThrow()))
          .isEqualTo(buffer.bytes());
    }
  }

  /** Both hold the lock, as on a file system that does not know it on other machines. */
  @Test
  void shouldDeleteNothingOfATrainerThatTookOver() throws IOException {
    // given
    BufferDirectory former = open(BufferKind.RESERVOIR);
    former.offer(0, 50);
    former.write();
    former.close();

    // when
    try (BufferDirectory later = open(BufferKind.RESERVOIR)) {
      later.offer(50, 60);
      later.write();
      assertThat(later.segments()).hasSize(2);
      former.offer(100, 200);
      assertThatThrownBy(former::write).hasMessageContaining("another trainer took over");
      assertThatThrownBy(() -> former.store().unpin())
          .hasMessageContaining("another trainer took over");

      // then
      assertThat(later.segments()).hasSize(2);
      assertThat(BufferDirectory.bytes(later.store().newest().orElseThrow()))
          .isEqualTo(later.bytes());
    }
  }

  @Test
  void shouldClearAwayWhatNoCheckpointNeedsAtAStart() throws IOException {
    // given
    Path segments = directory.resolve("checkpoints/segments");
    try (BufferDirectory buffer = open(BufferKind.RESERVOIR)) {
      buffer.offer(0, 50);
      buffer.write();
    }
    Files.write(segments.resolve("000000000002-0123456789abcdef.bin"), new byte[9]);
    Files.write(segments.resolve("000000000003.1-01234567.new"), new byte[9]);

    // when
    try (BufferDirectory buffer = open(BufferKind.RESERVOIR)) {
      // then
      assertThat(buffer.segments()).singleElement().asString().startsWith("000000000001-");
    }
  }

  private boolean holds(String bytes) throws IOException {
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.filter(Files::isRegularFile).toList()) {
        if (Files.readString(path, ISO_8859_1).contains(bytes)) {
          return true;
        }
      }
    }
    return false;
  }

  private static void flip(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
  }

  private BufferDirectory open(BufferKind kind) throws IOException {
    try {
      return new BufferDirectory(directory, kind, new DurableFiles());
    } catch (IllegalStateException e) {
      throw new AssertionError(e);
    }
  }

  private static final class FailingDisk extends DurableFiles {
    private int left = Integer.MAX_VALUE;

    private void count() throws IOException {
      if (left-- <= 0) {
        throw new IOException("disk full");
      }
    }

    @Override
    public void sync(Path path) throws IOException {
      count();
      super.sync(path);
    }

    @Override
    public void move(Path from, Path to) throws IOException {
      count();
      super.move(from, to);
    }
  }
}
