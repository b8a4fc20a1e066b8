package io.stillstream.trainer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.schemas.PixelEncoding;
import io.stillstream.trainer.checkpoint.segment.SegmentedBuffer;
import io.stillstream.trainer.checkpoint.segment.SegmentedBufferReader;
import io.stillstream.trainer.checkpoint.store.CheckpointContent;
import io.stillstream.trainer.checkpoint.store.CheckpointStore;
import io.stillstream.trainer.files.DirectoryLock;
import io.stillstream.trainer.files.DurableFiles;
import io.stillstream.trainer.training.buffer.BufferKind;
import io.stillstream.trainer.training.buffer.BufferLimits;
import io.stillstream.trainer.training.buffer.ReplayBuffer;
import io.stillstream.trainer.training.buffer.ReplaySampling;
import io.stillstream.trainer.training.buffer.TeacherAwareReplay;
import io.stillstream.trainer.training.buffer.TeacherChangePolicy;
import io.stillstream.trainer.training.example.LabelTarget;
import io.stillstream.trainer.training.example.TrainingExample;
import io.stillstream.trainer.training.example.ViewIdentity;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
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
      buffer.offer(
          new TrainingExample(
              PixelEncoding.RAW,
              pixels,
              new float[10],
              LabelTarget.of(i % 10),
              false,
              7,
              ViewIdentity.UNKNOWN));
    }
    TeacherAwareReplay replay =
        new TeacherAwareReplay(buffer, TeacherChangePolicy.KEEP, ReplaySampling.ALL);
    DurableFiles disk = new DurableFiles();
    try (DirectoryLock lock = DirectoryLock.acquire(directory, disk);
        AsyncCheckpointWriter writer =
            new AsyncCheckpointWriter(
                new CheckpointStore(directory.resolve("checkpoints"), 2, lock, disk))) {
      // when
      long start = System.nanoTime();
      TeacherAwareReplay.ReplaySnapshot snapshot = replay.snapshot();
      writer.begin(
          new CheckpointContent(Map.of(), Optional.of(new SegmentedBuffer(snapshot, false))));
      long stall = System.nanoTime() - start;
      buffer.offer(
          new TrainingExample(
              PixelEncoding.RAW,
              new byte[784],
              new float[10],
              null,
              false,
              7,
              ViewIdentity.UNKNOWN));
      writer.finish();
      long durable = System.nanoTime() - start;
      LOG.atInfo()
          .addKeyValue("views", VIEWS)
          .addKeyValue("bytes", buffer.bytes())
          .addKeyValue("stall.micros", Duration.ofNanos(stall).toNanos() / 1000)
          .addKeyValue("durable.millis", Duration.ofNanos(durable).toMillis())
          .log("Checkpoint of a buffer");

      // then
      TeacherAwareReplay restored =
          new TeacherAwareReplay(
              ReplayBuffer.create(BufferKind.RESERVOIR, BufferLimits.views(VIEWS), 2),
              TeacherChangePolicy.KEEP,
              ReplaySampling.ALL);
      restored.restore(
          SegmentedBufferReader.read(
              new CheckpointStore(directory.resolve("checkpoints"), 2, lock, disk)
                  .newest()
                  .orElseThrow()));
      assertThat(restored.size()).isEqualTo(VIEWS);
      assertThat(restored.bytes()).isEqualTo(buffer.bytes());
    }
  }
}
