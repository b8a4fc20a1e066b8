package io.stillstream.trainer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.trainer.checkpoint.store.CheckpointContent;
import io.stillstream.trainer.checkpoint.store.CheckpointStore;
import io.stillstream.trainer.files.DirectoryLock;
import io.stillstream.trainer.files.DurableFiles;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AsyncCheckpointWriterTest {
  @TempDir Path directory;
  private final DurableFiles disk = new DurableFiles();
  private DirectoryLock lock;
  private CheckpointStore store;
  private AsyncCheckpointWriter writer;

  @BeforeEach
  void open() throws IOException {
    lock = DirectoryLock.acquire(directory, disk);
    store = new CheckpointStore(directory.resolve("checkpoints"), 2, lock, disk);
    writer = new AsyncCheckpointWriter(store);
  }

  @AfterEach
  void close() throws IOException {
    writer.close();
    lock.close();
  }

  @Test
  void shouldLetOthersWorkMeanwhile() throws Exception {
    // given
    CountDownLatch mayGoOn = new CountDownLatch(1);

    // when
    writer.begin(
        content(
            "a.bin",
            out -> {
              await(mayGoOn);
              out.writeInt(7);
            }));

    // then
    assertThat(writer.isBusy()).isTrue();
    assertThat(store.newest()).isEmpty();
    mayGoOn.countDown();
    assertThat(writer.finish().sequence()).isEqualTo(1);
    assertThat(writer.isBusy()).isFalse();
    try (DataInputStream in = store.newest().orElseThrow().open("a.bin")) {
      assertThat(in.readInt()).isEqualTo(7);
    }
  }

  @Test
  void shouldTellOfAFailureAndTakeTheNextOne() throws Exception {
    // given
    writer.begin(
        content(
            "a.bin",
            out -> {
              throw new IOException("disk full");
            }));

    // when
    assertThatThrownBy(writer::finish).isInstanceOf(IOException.class).hasMessage("disk full");

    // then
    writer.begin(content("a.bin", out -> out.writeInt(8)));
    assertThat(writer.finish().sequence()).isEqualTo(1);
  }

  @Test
  void shouldNotWriteWhenAnotherTrainerTookOver() throws Exception {
    // given
    lock.close();
    lock = DirectoryLock.acquire(directory, disk);

    // when
    writer.begin(content("a.bin", out -> out.writeInt(8)));

    // then
    assertThatThrownBy(writer::finish)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("another trainer took over");
    assertThat(store.newest()).isEmpty();
  }

  @Test
  void shouldFinishWhatItBeganBeforeItIsClosed() throws Exception {
    // when
    writer.begin(content("a.bin", out -> out.write(new byte[10_000_000])));
    writer.close();

    // then
    assertThat(store.newest()).isPresent();
  }

  private static CheckpointContent content(String name, CheckpointStore.FileContent file) {
    return CheckpointContent.of(Map.of(name, file));
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }
}
