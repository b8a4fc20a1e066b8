package io.stillstream.bench.checkpoint;

import io.stillstream.schemas.PixelEncoding;
import io.stillstream.trainer.checkpoint.segment.SegmentedBuffer;
import io.stillstream.trainer.checkpoint.store.CheckpointContent;
import io.stillstream.trainer.checkpoint.store.CheckpointStore;
import io.stillstream.trainer.checkpoint.store.WrittenCheckpoint;
import io.stillstream.trainer.files.DirectoryLock;
import io.stillstream.trainer.files.DurableFiles;
import io.stillstream.trainer.training.buffer.BufferKind;
import io.stillstream.trainer.training.buffer.BufferLimits;
import io.stillstream.trainer.training.buffer.BufferedView;
import io.stillstream.trainer.training.buffer.ReplayBuffer;
import io.stillstream.trainer.training.buffer.ReplaySampling;
import io.stillstream.trainer.training.buffer.TeacherAwareReplay;
import io.stillstream.trainer.training.buffer.TeacherAwareReplay.ReplaySnapshot;
import io.stillstream.trainer.training.buffer.TeacherChangePolicy;
import io.stillstream.trainer.training.example.LabelTarget;
import io.stillstream.trainer.training.example.TrainingExample;
import io.stillstream.trainer.training.example.ViewIdentity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * Writes checkpoints of a replay buffer that is full and goes on. Views share a few arrays of
 * pixels, so that the buffer needs little memory; on disk each has its own.
 */
final class CheckpointBenchmark {
  private static final int KEEP = 3;
  private static final int ARRAYS = 64;
  private static final int CLASSES = 10;
  private static final int BLOCK = 1 << 16;

  private final TeacherAwareReplay replay;
  private final byte[][] pixels = new byte[ARRAYS][];
  private final long seen;
  private final long fresh;
  private long offered;

  /**
   * What was measured. Bytes and seconds are of one checkpoint.
   *
   * @param bufferBytes of all views in the first checkpoint
   * @param medianEntered views that are in the buffer and were not at the checkpoint before
   * @param mostOnDisk bytes of all checkpoints that were kept, at most
   */
  record Result(
      long bufferBytes,
      double firstSeconds,
      double medianEntered,
      double medianBytes,
      double meanBytes,
      double mostBytes,
      double medianSeconds,
      double medianPlainSeconds,
      double mostOnDisk,
      int mostSegments) {}

  /**
   * @param seen views that come by before the first checkpoint
   * @param fresh views that come by between two
   */
  CheckpointBenchmark(BufferKind kind, int views, int bytes, long seen, long fresh) {
    this.seen = seen;
    this.fresh = fresh;
    replay =
        new TeacherAwareReplay(
            ReplayBuffer.create(kind, BufferLimits.views(views), 1),
            TeacherChangePolicy.KEEP,
            ReplaySampling.ALL);
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < ARRAYS; i++) {
      pixels[i] = new byte[bytes];
      random.nextBytes(pixels[i]);
    }
  }

  Result run(Path directory, int checkpoints) throws IOException {
    DurableFiles disk = new DurableFiles();
    try (DirectoryLock lock = DirectoryLock.acquire(directory, disk)) {
      Path root = directory.resolve("checkpoints");
      CheckpointStore store = new CheckpointStore(root, KEEP, lock, disk);
      offer(seen);
      long start = System.nanoTime();
      long bufferBytes = store.write(content(replay.snapshot())).segmentBytes();
      double firstSeconds = since(start);
      List<Double> entered = new ArrayList<>();
      List<Double> written = new ArrayList<>();
      List<Double> seconds = new ArrayList<>();
      List<Double> plain = new ArrayList<>();
      double mostOnDisk = 0;
      int mostSegments = 0;
      for (int i = 0; i < checkpoints; i++) {
        offer(fresh);
        ReplaySnapshot snapshot = replay.snapshot();
        entered.add((double) newViews(snapshot));
        start = System.nanoTime();
        WrittenCheckpoint checkpoint = store.write(content(snapshot));
        seconds.add(since(start));
        long bytes = checkpoint.fileBytes() + checkpoint.segmentBytes();
        written.add((double) bytes);
        plain.add(writePlain(directory.resolve("plain"), bytes, disk));
        List<Path> files = files(root);
        mostOnDisk = Math.max(mostOnDisk, (double) size(files));
        mostSegments =
            Math.max(
                mostSegments,
                (int) files.stream().filter(file -> file.getParent().endsWith("segments")).count());
      }
      return new Result(
          bufferBytes,
          firstSeconds,
          median(entered),
          median(written),
          written.stream().mapToDouble(Double::doubleValue).average().orElseThrow(),
          written.stream().mapToDouble(Double::doubleValue).max().orElseThrow(),
          median(seconds),
          median(plain),
          mostOnDisk,
          mostSegments);
    }
  }

  private void offer(long count) {
    for (long i = 0; i < count; i++) {
      long image = offered++;
      replay.offer(
          List.of(
              new TrainingExample(
                  PixelEncoding.RAW,
                  pixels[(int) (image % ARRAYS)],
                  new float[CLASSES],
                  LabelTarget.of((int) (image % CLASSES)),
                  false,
                  1,
                  ViewIdentity.of(image + 1, 0))));
    }
  }

  private static CheckpointContent content(ReplaySnapshot snapshot) {
    return new CheckpointContent(Map.of(), Optional.of(new SegmentedBuffer(snapshot, false)));
  }

  private static long newViews(ReplaySnapshot snapshot) {
    return Stream.of(snapshot.buffer().views())
        .map(BufferedView::segment)
        .filter(segment -> segment == null)
        .count();
  }

  /** Writes as many bytes to one file and brings it to the medium; the seconds that took. */
  private double writePlain(Path file, long bytes, DurableFiles disk) throws IOException {
    ByteBuffer block = ByteBuffer.allocateDirect(BLOCK);
    new SplittableRandom(bytes).ints(BLOCK / Integer.BYTES).forEach(block::putInt);
    long start = System.nanoTime();
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      for (long left = bytes; left > 0; left -= block.limit()) {
        block.clear().limit((int) Math.min(BLOCK, left));
        while (block.hasRemaining()) {
          int unused = channel.write(block);
        }
      }
    }
    disk.sync(file);
    double seconds = since(start);
    Files.delete(file);
    return seconds;
  }

  private static List<Path> files(Path root) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(Files::isRegularFile).toList();
    }
  }

  private static long size(List<Path> files) throws IOException {
    long size = 0;
    for (Path file : files) {
      size += Files.size(file);
    }
    return size;
  }

  private static double since(long nanos) {
    return (System.nanoTime() - nanos) / 1e9;
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
  }
}
