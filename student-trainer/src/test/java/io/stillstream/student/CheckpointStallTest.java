package io.stillstream.student;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.schemas.PixelEncoding;
import io.stillstream.student.checkpoint.CheckpointStore;
import io.stillstream.student.checkpoint.DirectoryLock;
import io.stillstream.student.checkpoint.Disk;
import io.stillstream.student.training.BufferKind;
import io.stillstream.student.training.BufferLimits;
import io.stillstream.student.training.OnTeacherChange;
import io.stillstream.student.training.Replay;
import io.stillstream.student.training.ReplayBuffer;
import io.stillstream.student.training.Target;
import io.stillstream.student.training.View;
import java.io.DataInputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a large buffer costs at a checkpoint. The times are printed, not judged. */
class CheckpointStallTest {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointStallTest.class);
  private static final int VIEWS = 100_000;

  @TempDir Path directory;

  @Test
  void shouldWriteALargeBufferInTheBackground() throws Exception {
    // given
    ReplayBuffer buffer = ReplayBuffer.create(BufferKind.RESERVOIR, BufferLimits.views(VIEWS), 1);
    Random random = new Random(1);
    for (int i = 0; i < VIEWS; i++) {
      byte[] pixels = new byte[784];
      random.nextBytes(pixels);
      buffer.offer(new View(PixelEncoding.RAW, pixels, new float[10], Target.of(i % 10), false, 7));
    }
    Replay replay = new Replay(buffer, OnTeacherChange.KEEP);
    Disk disk = new Disk();
    try (DirectoryLock lock = DirectoryLock.acquire(directory, disk);
        BackgroundWriter writer =
            new BackgroundWriter(
                new CheckpointStore(directory.resolve("checkpoints"), 2, lock, disk))) {
      // when
      long start = System.nanoTime();
      Replay.Snapshot snapshot = replay.snapshot();
      writer.begin(Map.of("buffer.bin", snapshot::write));
      long stall = System.nanoTime() - start;
      buffer.offer(new View(PixelEncoding.RAW, new byte[784], new float[10], null, false, 7));
      writer.finish();
      long durable = System.nanoTime() - start;
      LOG.atInfo()
          .addKeyValue("views", VIEWS)
          .addKeyValue("bytes", buffer.bytes())
          .addKeyValue("stall.micros", Duration.ofNanos(stall).toNanos() / 1000)
          .addKeyValue("durable.millis", Duration.ofNanos(durable).toMillis())
          .log("Checkpoint of a buffer");

      // then
      Replay restored =
          new Replay(
              ReplayBuffer.create(BufferKind.RESERVOIR, BufferLimits.views(VIEWS), 2),
              OnTeacherChange.KEEP);
      try (DataInputStream in =
          new CheckpointStore(directory.resolve("checkpoints"), 2, lock, disk)
              .newest()
              .orElseThrow()
              .open("buffer.bin")) {
        restored.restore(in);
      }
      assertThat(restored.size()).isEqualTo(VIEWS);
      assertThat(restored.bytes()).isEqualTo(buffer.bytes());
    }
  }
}
