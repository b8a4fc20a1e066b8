package io.stillstream.local.sizing;

import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.answer.OutputShape;
import io.stillstream.trainer.checkpoint.segment.SegmentedBuffer;
import io.stillstream.trainer.checkpoint.store.CheckpointContent;
import io.stillstream.trainer.checkpoint.store.CheckpointStore;
import io.stillstream.trainer.checkpoint.store.WrittenCheckpoint;
import io.stillstream.trainer.files.DirectoryLock;
import io.stillstream.trainer.files.DurableFiles;
import io.stillstream.trainer.input.LabeledViewValidator;
import io.stillstream.trainer.training.buffer.BufferKind;
import io.stillstream.trainer.training.buffer.BufferLimits;
import io.stillstream.trainer.training.buffer.ReplayBuffer;
import io.stillstream.trainer.training.buffer.ReplaySampling;
import io.stillstream.trainer.training.buffer.TeacherAwareReplay;
import io.stillstream.trainer.training.buffer.TeacherChangePolicy;
import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.example.TrainingExample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The replay buffer of a trainer that has read some labelled views. */
final class SampleBuffer {
  private SampleBuffer() {}

  /**
   * Fills a buffer.
   *
   * @param student input and output of its description
   * @param directory for that
   */
  static TeacherAwareReplay of(
      List<LabeledView> labeled, OutputShape output, String student, Path directory)
      throws IOException {
    Path model = Files.createDirectories(directory);
    Files.write(model.resolve("model.pt"), new byte[1]);
    String classes =
        IntStream.range(0, output.channels())
            .mapToObj(number -> "c" + number)
            .collect(Collectors.joining(", "));
    Files.writeString(
        model.resolve("student.yaml"),
        "name: student\nversion: \"1\"\n%s\nclasses: [%s]\n".formatted(student, classes));
    ModelSpec spec = ModelSpec.load(model, "student");
    LabeledViewValidator validator = new LabeledViewValidator(spec, new BatchBuilder(spec, 0.9));
    List<TrainingExample> examples = new ArrayList<>();
    for (LabeledView view : labeled) {
      examples.add(validator.validate(view));
    }
    TeacherAwareReplay replay =
        new TeacherAwareReplay(
            ReplayBuffer.create(BufferKind.RESERVOIR, BufferLimits.views(100_000), 1),
            TeacherChangePolicy.KEEP,
            ReplaySampling.ALL);
    replay.offer(examples);
    return replay;
  }

  /** Of the segment and of the index of a first checkpoint. */
  static long checkpointBytes(TeacherAwareReplay replay, Path directory) throws IOException {
    Path root = Files.createDirectories(directory);
    DurableFiles disk = new DurableFiles();
    try (DirectoryLock lock = DirectoryLock.acquire(root, disk)) {
      WrittenCheckpoint written =
          new CheckpointStore(root.resolve("checkpoints"), 1, lock, disk)
              .write(
                  new CheckpointContent(
                      Map.of(), Optional.of(new SegmentedBuffer(replay.snapshot(), false))));
      return written.segmentBytes() + written.fileBytes();
    }
  }
}
