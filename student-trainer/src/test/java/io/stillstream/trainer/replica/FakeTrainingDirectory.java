package io.stillstream.trainer.replica;

import io.stillstream.trainer.checkpoint.segment.SegmentedBuffer;
import io.stillstream.trainer.checkpoint.segment.SegmentedBufferReader;
import io.stillstream.trainer.checkpoint.store.CheckpointContent;
import io.stillstream.trainer.checkpoint.store.CheckpointStore;
import io.stillstream.trainer.checkpoint.store.PromotionState;
import io.stillstream.trainer.checkpoint.store.TopicIdentity;
import io.stillstream.trainer.checkpoint.store.TrainerState;
import io.stillstream.trainer.files.DirectoryLock;
import io.stillstream.trainer.files.DurableFiles;
import io.stillstream.trainer.release.ReleaseStore;
import io.stillstream.trainer.training.buffer.BufferBytes;
import io.stillstream.trainer.training.buffer.BufferKind;
import io.stillstream.trainer.training.buffer.BufferLimits;
import io.stillstream.trainer.training.buffer.ReplayBuffer;
import io.stillstream.trainer.training.buffer.ReplaySampling;
import io.stillstream.trainer.training.buffer.TeacherAwareReplay;
import io.stillstream.trainer.training.buffer.TeacherChangePolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A directory with checkpoints of a training that never was. */
final class FakeTrainingDirectory implements AutoCloseable {
  static final int KEEP = 2;
  final Path directory;
  final CheckpointStore checkpoints;
  final LocalState local;

  /** Is not restored. */
  final TeacherAwareReplay replay =
      new TeacherAwareReplay(
          ReplayBuffer.create(BufferKind.FIFO, BufferLimits.views(100), 1),
          TeacherChangePolicy.KEEP,
          ReplaySampling.ALL);

  private final DirectoryLock lock;

  FakeTrainingDirectory(Path directory) throws IOException {
    DurableFiles disk = new DurableFiles();
    this.directory = directory;
    this.lock = DirectoryLock.acquire(directory, disk);
    this.checkpoints = new CheckpointStore(directory.resolve("checkpoints"), KEEP, lock, disk);
    this.local =
        new LocalState(
            directory,
            "cnn",
            "abc",
            checkpoints,
            new ReleaseStore(directory.resolve("releases"), disk),
            directory.resolve("ledger.jsonl"),
            disk);
  }

  /** Makes a checkpoint after so many steps, with a line in the ledger. */
  void train(long steps, Map<Integer, Long> forgotten) throws IOException {
    train(steps, forgotten, 0);
  }

  /** With a file of so many bytes. */
  void train(long steps, int bytes) throws IOException {
    train(steps, Map.of(), bytes);
  }

  private void train(long steps, Map<Integer, Long> forgotten, int bytes) throws IOException {
    Files.writeString(
        local.ledger(),
        "line of step " + steps + "\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
    TrainerState state =
        new TrainerState(
            "cnn",
            "abc",
            "labeled-views",
            Map.of(0, steps),
            steps,
            steps,
            0,
            List.of(),
            List.of(),
            0,
            0,
            "",
            0,
            0,
            Files.size(local.ledger()),
            List.of(),
            PromotionState.begin(0),
            null,
            List.of(),
            forgotten,
            new TopicIdentity("cluster", "topic"),
            Map.of());
    Map<String, CheckpointStore.FileContent> files = new LinkedHashMap<>();
    state.addTo(files);
    files.put(
        "weights.pt",
        out ->
            out.write(
                ("weights of step " + steps).getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    files.put("buffer.bin", out -> out.write(new byte[bytes]));
    checkpoints.write(
        new CheckpointContent(
            files, Optional.of(new SegmentedBuffer(replay.snapshot(), !forgotten.isEmpty()))));
  }

  void train(long steps) throws IOException {
    train(steps, Map.of());
  }

  /** Steps of the newest checkpoint. */
  long steps() throws IOException {
    return TrainerState.read(checkpoints.newest().orElseThrow()).steps();
  }

  /** All that the newest checkpoint says of the buffer. */
  byte[] buffer() throws IOException {
    return BufferBytes.of(SegmentedBufferReader.read(checkpoints.newest().orElseThrow()));
  }

  String weights() throws IOException {
    return new String(
        checkpoints.newest().orElseThrow().read("weights.pt"),
        java.nio.charset.StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
