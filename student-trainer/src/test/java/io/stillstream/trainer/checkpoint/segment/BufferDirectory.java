package io.stillstream.trainer.checkpoint.segment;

import io.stillstream.schemas.PixelEncoding;
import io.stillstream.trainer.checkpoint.store.Checkpoint;
import io.stillstream.trainer.checkpoint.store.CheckpointContent;
import io.stillstream.trainer.checkpoint.store.CheckpointStore;
import io.stillstream.trainer.checkpoint.store.WrittenCheckpoint;
import io.stillstream.trainer.files.DirectoryLock;
import io.stillstream.trainer.files.DurableFiles;
import io.stillstream.trainer.training.buffer.BufferBytes;
import io.stillstream.trainer.training.buffer.BufferKind;
import io.stillstream.trainer.training.buffer.BufferLimits;
import io.stillstream.trainer.training.buffer.ReplayBuffer;
import io.stillstream.trainer.training.buffer.ReplaySampling;
import io.stillstream.trainer.training.buffer.TeacherAwareReplay;
import io.stillstream.trainer.training.buffer.TeacherChangePolicy;
import io.stillstream.trainer.training.example.LabelTarget;
import io.stillstream.trainer.training.example.TrainingExample;
import io.stillstream.trainer.training.example.ViewIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** A buffer of numbered views, and the directory in which it is saved. */
public final class BufferDirectory implements AutoCloseable {
  public static final int KEEP = 3;
  public static final int SIZE = 100;
  private static final int PIXELS = 64;

  private final Path root;
  private final DirectoryLock lock;
  private final CheckpointStore store;
  private final TeacherAwareReplay replay;

  /** Continues from the newest checkpoint, if there is one. */
  BufferDirectory(Path directory, BufferKind kind, DurableFiles disk) throws IOException {
    root = directory.resolve("checkpoints");
    lock = DirectoryLock.acquire(directory, disk);
    store = new CheckpointStore(root, KEEP, lock, disk);
    Optional<Checkpoint> newest;
    try {
      newest = store.newest();
    } catch (IOException e) {
      lock.close();
      throw e;
    }
    replay =
        new TeacherAwareReplay(
            ReplayBuffer.create(kind, BufferLimits.views(SIZE), 7),
            TeacherChangePolicy.KEEP,
            ReplaySampling.ALL);
    if (newest.isPresent()) {
      replay.restore(SegmentedBufferReader.read(newest.get()));
    }
  }

  CheckpointStore store() {
    return store;
  }

  /** Offers views of the images {@code from} to {@code to − 1}. */
  void offer(long from, long to) {
    replay.offer(LongStream.range(from, to).mapToObj(BufferDirectory::view).toList());
  }

  /** A view whose pixels and image are the same number, and nothing else. */
  public static TrainingExample view(long image) {
    byte[] pixels = new byte[PIXELS];
    for (int i = 0; i < PIXELS; i++) {
      pixels[i] = (byte) (image >>> (8 * (i % 8)));
    }
    return new TrainingExample(
        PixelEncoding.RAW,
        pixels,
        new float[] {1, 2},
        LabelTarget.of((int) (image % 3)),
        false,
        7,
        ViewIdentity.of(image, 0));
  }

  /** Views of an image get another label. */
  int relabel(long image, int label) {
    return replay.update(image, view -> view.withTarget(LabelTarget.of(label)));
  }

  int erase(long image) {
    return replay.removeIf(view -> view.image() == image);
  }

  /** All that the buffer is. */
  byte[] bytes() {
    return BufferBytes.of(replay.snapshot());
  }

  /** All that a checkpoint says of it. */
  static byte[] bytes(Checkpoint checkpoint) throws IOException {
    return BufferBytes.of(SegmentedBufferReader.read(checkpoint));
  }

  /** What a checkpoint of it contains now. */
  public static CheckpointContent content(TeacherAwareReplay replay, boolean afterErasure) {
    return new CheckpointContent(
        Map.of(), Optional.of(new SegmentedBuffer(replay.snapshot(), afterErasure)));
  }

  CheckpointContent content() {
    return content(replay, false);
  }

  WrittenCheckpoint write() throws IOException {
    return store.write(content());
  }

  WrittenCheckpoint writeAfterErasure() throws IOException {
    return store.write(content(replay, true));
  }

  /** Names of the segments that are there. */
  List<String> segments() throws IOException {
    return names(root.resolve("segments"));
  }

  /** Names of the segments that checkpoints need. */
  Set<String> needed() throws IOException {
    Set<String> needed = new TreeSet<>();
    for (String name : names()) {
      if (name.matches("\\d{12}")) {
        needed.addAll(new Checkpoint(Long.parseLong(name), root.resolve(name)).segments().keySet());
      }
    }
    return needed;
  }

  Path segment(String name) {
    return root.resolve("segments").resolve(name);
  }

  /** All in the directory of the checkpoints. */
  List<String> names() throws IOException {
    return names(root);
  }

  private static List<String> names(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return List.of();
    }
    try (Stream<Path> paths = Files.list(directory)) {
      return paths.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
