package io.stillstream.bench.labeler;

import io.stillstream.bench.comparison.BenchmarkResult;
import io.stillstream.bench.comparison.PairedBenchmark;
import io.stillstream.bench.comparison.RatioTarget;
import io.stillstream.bench.comparison.Workload;
import io.stillstream.schemas.PixelEncoding;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The rows of the teacher's benchmark; docs/teacher.md says what each measures. */
enum TeacherBenchmark {
  /** The batch lies on the device: DJL's loop against Python's. */
  FORWARD("forward", true),
  /** Each batch goes to the device as bytes: DJL's loop against Python's. */
  HOST("host-to-logits", true),
  /** The same, DJL's loop against DJL's loop whose batch lies there already. */
  UPLOAD("upload", false),
  /** The labeler against DJL's loop whose batch lies there already. */
  KAFKA("kafka", false),
  /** The labeler with the teacher on Triton against Triton's own client in Python. */
  REMOTE("remote", false);

  private static final RatioTarget THROUGH_KAFKA = RatioTarget.atLeast(0.85);
  private static final Duration GUESS = Duration.ofMillis(500);

  private final String rowName;
  private final boolean needsPython;

  TeacherBenchmark(String rowName, boolean needsPython) {
    this.rowName = rowName;
    this.needsPython = needsPython;
  }

  /**
   * The workloads that rows compare, and what they need.
   *
   * @param torch there for rows that need Python
   * @param directory for a broker
   * @param settings of the labeler
   */
  record Participants(
      DjlInferenceLoop djl,
      Optional<TorchInferenceBaseline> torch,
      InferenceSetup setup,
      Path directory,
      Map<String, String> settings) {}

  String rowName() {
    return rowName;
  }

  boolean needsPython() {
    return needsPython;
  }

  /** Whether it can be measured here without having been asked for by name. */
  boolean isPossible(InferenceSetup setup) {
    return this != REMOTE || TritonTestbed.obstacle(setup).isEmpty();
  }

  static List<String> names() {
    return Arrays.stream(values()).map(TeacherBenchmark::rowName).toList();
  }

  /**
   * @param wanted names of rows; all where there is none
   */
  static boolean anyNeedsPython(List<String> wanted) {
    return Arrays.stream(values())
        .anyMatch(row -> row.needsPython && (wanted.isEmpty() || wanted.contains(row.rowName)));
  }

  /** Measures, by wall-clock time and by processor time. */
  List<BenchmarkResult> measure(Participants participants, Duration turn, int rounds) {
    return switch (this) {
      case FORWARD ->
          paired(participants.djl().resident(), participants.torch().orElseThrow().resident())
              .measureByBothClocks(turn, rounds);
      case HOST ->
          paired(participants.djl().upload(), participants.torch().orElseThrow().upload())
              .measureByBothClocks(turn, rounds);
      case UPLOAD ->
          paired(participants.djl().upload(), participants.djl().resident())
              .measureByBothClocks(turn, rounds);
      case KAFKA -> throughKafka(participants, turn, rounds);
      case REMOTE -> remote(participants, turn, rounds);
    };
  }

  private PairedBenchmark paired(Workload ours, Workload other) {
    return new PairedBenchmark(rowName, Optional.empty(), ours, other);
  }

  /** The target is for small raw views on the CPU; elsewhere decoding may be what takes longest. */
  private List<BenchmarkResult> throughKafka(Participants participants, Duration turn, int rounds) {
    InferenceSetup setup = participants.setup();
    boolean held = !setup.gpu() && setup.encoding() == PixelEncoding.RAW;
    double expected = participants.djl().resident().run(GUESS).perSecond();
    try (LabelerTestbed kafka =
        new LabelerTestbed(participants.directory(), setup, participants.settings())) {
      return new PairedBenchmark(
              rowName,
              held ? Optional.of(THROUGH_KAFKA) : Optional.empty(),
              new KafkaLabelerWorkload(kafka, setup, expected),
              participants.djl().resident())
          .measureByBothClocks(turn, rounds);
    }
  }

  /** Triton's own time is in no figure by processor time: it is a process of its own. */
  private List<BenchmarkResult> remote(Participants participants, Duration turn, int rounds) {
    InferenceSetup setup = participants.setup();
    Path directory = participants.directory().resolve(rowName);
    try (TritonTestbed triton = TritonTestbed.start(directory, setup);
        TritonClientBaseline client = TritonClientBaseline.start(triton, directory, setup);
        LabelerTestbed kafka =
            new LabelerTestbed(directory, setup, triton.teacher(), participants.settings())) {
      double expected = client.resident().run(GUESS).perSecond();
      return new PairedBenchmark(
              rowName,
              Optional.empty(),
              new KafkaLabelerWorkload(kafka, setup, expected),
              client.resident())
          .measureByBothClocks(turn, rounds);
    }
  }
}
