package io.stillstream.local.sizing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.trainer.checkpoint.segment.SegmentedBuffer;
import io.stillstream.trainer.checkpoint.store.CheckpointContent;
import io.stillstream.trainer.checkpoint.store.CheckpointStore;
import io.stillstream.trainer.checkpoint.store.WrittenCheckpoint;
import io.stillstream.trainer.config.TrainerConfig;
import io.stillstream.trainer.files.DirectoryLock;
import io.stillstream.trainer.files.DurableFiles;
import io.stillstream.trainer.ledger.Ledger;
import io.stillstream.trainer.ledger.LedgerMetrics;
import io.stillstream.trainer.ledger.LedgerSettings;
import io.stillstream.trainer.metrics.MicrometerTrainerMetrics;
import io.stillstream.trainer.session.SessionLoader;
import io.stillstream.trainer.session.SessionSnapshot;
import io.stillstream.trainer.session.TrainingSession;
import io.stillstream.trainer.training.StepReport;
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
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The formulas for the trainer's ledger and models, against the files that it writes. */
class TrainerSizingTest {
  private static final double PERCENT = 5;
  private static final Path CNN = Path.of("../models/cnn").toAbsolutePath().normalize();

  /** Of {@code deploy/models/cnn}. */
  private static final int CNN_PARAMETERS = 105_914;

  @TempDir private Path directory;

  @Test
  void shouldSizeTheLedger() throws Exception {
    // given: a student after some months
    int batches = 1_000;
    long firstBatch = 100_000_000;
    SplittableRandom random = new SplittableRandom(1);
    DurableFiles disk = new DurableFiles();
    try (DirectoryLock lock = DirectoryLock.acquire(directory, disk);
        Ledger ledger =
            new Ledger(
                directory.resolve("ledger.jsonl"),
                0,
                lock,
                disk,
                new LedgerSettings(1 << 25, Optional.empty()),
                InstantSource.fixed(Instant.parse("2026-11-30T12:00:00Z")),
                LedgerMetrics.NONE)) {

      // when
      for (long batch = firstBatch; batch < firstBatch + batches; batch++) {
        Map<Integer, long[]> offsets = new TreeMap<>();
        for (int partition = 0; partition < StreamSizing.PARTITIONS; partition++) {
          offsets.put(partition, new long[] {7 * batch, 7 * batch + 20});
        }
        List<StepReport> reports = new ArrayList<>();
        for (int step = 0; step < TrainerSizing.UPDATES; step++) {
          double loss = random.nextDouble();
          reports.add(new StepReport(loss, loss, 0, 1, 0.02, false, new float[0]));
        }
        ledger.append(
            3,
            TrainerSizing.UPDATES * batch,
            offsets,
            128,
            List.of("photo-teacher-22@1"),
            List.of(),
            0.02,
            reports);
      }

      // then
      assertThat(ledger.sync())
          .isCloseTo(batches * TrainerSizing.ledgerLineBytes(), withinPercentage(PERCENT));
    }
  }

  @Test
  void shouldAssumeTheDefaultSettings() throws Exception {
    // when
    TrainerConfig config =
        config("store: {bucket: students, credentials: {access-key: a, secret-key: b}}");

    // then
    assertThat(config.batch().size()).isEqualTo(TrainerSizing.BATCH_VIEWS);
    assertThat(config.batch().maxDelay().toSeconds()).isEqualTo(TrainerSizing.BATCH_SECONDS);
    assertThat(config.updates().min()).isEqualTo(TrainerSizing.UPDATES);
    assertThat(config.checkpoint().keep() + 1).isEqualTo(TrainerSizing.CHECKPOINTS);
    assertThat(config.store().orElseThrow().keep() + 1).isEqualTo(TrainerSizing.STORED_CHECKPOINTS);
    assertThat(2 * config.release().keep()).isEqualTo(TrainerSizing.RELEASES);
    assertThat(config.release().everySteps()).isEqualTo(StreamSizing.STEPS_PER_RELEASE);
    assertThat(config.progress().every().toSeconds()).isEqualTo(StreamSizing.PROGRESS_SECONDS);
    assertThat(config.buffer().views()).isEqualTo(SizedStream.GREY.bufferViews());
  }

  private TrainerConfig config(String more) throws IOException {
    return YamlSettings.load(
        Files.writeString(
            directory.resolve("trainer.yaml"),
            """
            kafka: {bootstrap.servers: "localhost:1", schema.registry.url: "http://localhost:1"}
            student: %s
            directory: %s
            %s
            """
                .formatted(CNN, directory.resolve("trainer"), more)),
        TrainerConfig.class,
        Map.of());
  }

  /** The segments of a reservoir that the stream has filled ten times. */
  @Test
  void shouldSizeTheSegmentsOfAllCheckpoints() throws Exception {
    // given
    int views = 2_000;
    int checkpoints = 60;
    TeacherAwareReplay replay =
        new TeacherAwareReplay(
            ReplayBuffer.create(BufferKind.RESERVOIR, BufferLimits.views(views), 1),
            TeacherChangePolicy.KEEP,
            ReplaySampling.ALL);
    DurableFiles disk = new DurableFiles();
    try (DirectoryLock lock = DirectoryLock.acquire(directory, disk)) {
      Path root = directory.resolve("checkpoints");
      CheckpointStore store = new CheckpointStore(root, 3, lock, disk);
      offer(replay, 10 * views);
      long buffer = write(store, replay);

      // when
      double most = 0;
      for (int i = 0; i < checkpoints; i++) {
        offer(replay, views / 2);
        write(store, replay);
        most = Math.max(most, (double) size(root) / buffer);
      }

      // then: it is no idle bound either
      assertThat(most).isBetween(1.5, TrainerSizing.SEGMENT_FACTOR);
    }
  }

  private static void offer(TeacherAwareReplay replay, int count) {
    TrainingExample view =
        new TrainingExample(PixelEncoding.RAW, new byte[784], new float[10], null, false);
    replay.offer(Collections.nCopies(count, view));
  }

  private static long write(CheckpointStore store, TeacherAwareReplay replay) throws IOException {
    WrittenCheckpoint written =
        store.write(
            new CheckpointContent(
                Map.of(), Optional.of(new SegmentedBuffer(replay.snapshot(), false))));
    return written.segmentBytes();
  }

  private static long size(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }

  /** Muon needs one number instead of two, except for the last layer, biases and norms. */
  @ParameterizedTest
  @CsvSource({"adamw, 16", "muon, 12"})
  void shouldSizeStudentAverageAndOptimiser(String optimiser, int bytesPerParameter)
      throws Exception {
    // given
    TrainerConfig config = config("optimiser: {kind: %s}".formatted(optimiser));
    Files.createDirectories(config.directory());
    ModelSpec model = ModelSpec.load(CNN, "student");
    DurableFiles disk = new DurableFiles();

    // when
    SessionSnapshot snapshot;
    try (DirectoryLock lock = DirectoryLock.acquire(config.directory(), disk);
        TrainingSession session =
            SessionLoader.open(
                config,
                model,
                new BatchBuilder(model, config.loss()),
                new CheckpointStore(config.directory().resolve("checkpoints"), 1, lock, disk),
                new MicrometerTrainerMetrics(
                    new SimpleMeterRegistry(),
                    InstantSource.system(),
                    model.task(),
                    model.classes()))) {
      snapshot = session.snapshot();
    }

    // then
    long bytes =
        (long) snapshot.weights().length + snapshot.average().length + snapshot.optimiser().length;
    assertThat(bytes)
        .isCloseTo(
            2L * TrainerSizing.TORCH_SCRIPT + (long) bytesPerParameter * CNN_PARAMETERS,
            withinPercentage(PERCENT));
    assertThat(bytesPerParameter).isLessThanOrEqualTo(TrainerSizing.MODEL_BYTES_PER_PARAMETER);
    // and: a release has the average as TorchScript and as ONNX
    long release = snapshot.average().length + Files.size(CNN.resolve("model.onnx"));
    assertThat(release)
        .isCloseTo(
            TrainerSizing.TORCH_SCRIPT
                + (long) TrainerSizing.RELEASE_BYTES_PER_PARAMETER * CNN_PARAMETERS,
            withinPercentage(PERCENT));
  }
}
