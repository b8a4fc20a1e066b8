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
  FORWARD("forward", Needs.PYTHON),
  /** Each batch goes to the device as bytes: DJL's loop against Python's. */
  HOST("host-to-logits", Needs.PYTHON),
  /** The same, DJL's loop against DJL's loop whose batch lies there already. */
  UPLOAD("upload", Needs.NOTHING),
  /** The labeler against DJL's loop whose batch lies there already. */
  KAFKA("kafka", Needs.NOTHING),
  /** ONNX Runtime's loop whose batch is scaled already, against PyTorch's in Python. */
  ONNX_FORWARD("onnx-forward", Needs.ONNX_AND_PYTHON),
  /** ONNX Runtime's loop from bytes, against PyTorch's in Python. */
  ONNX_HOST("onnx-host-to-logits", Needs.ONNX_AND_PYTHON),
  /** ONNX Runtime's loop in Java against the same in Python. */
  ONNX_PYTHON("onnx-python", Needs.PYTHON_ONNX),
  /** The labeler with the teacher as ONNX, against PyTorch's loop in Python. */
  ONNX_KAFKA("onnx-kafka", Needs.ONNX_AND_PYTHON),
  /** The labeler with the teacher on Triton, against Triton's own client in Python. */
  REMOTE("remote", Needs.TRITON);

  private static final RatioTarget THROUGH_KAFKA = RatioTarget.atLeast(0.85);
  private static final RatioTarget ONNX_THROUGH_KAFKA = RatioTarget.atLeast(1.0);
  private static final Duration GUESS = Duration.ofMillis(500);

  private final String rowName;
  private final Needs needs;

  TeacherBenchmark(String rowName, Needs needs) {
    this.rowName = rowName;
    this.needs = needs;
  }

  private enum Needs {
    NOTHING,
    PYTHON,
    ONNX_AND_PYTHON,
    PYTHON_ONNX,
    TRITON
  }

  String rowName() {
    return rowName;
  }

  boolean needsTorch() {
    return needs == Needs.PYTHON || needs == Needs.ONNX_AND_PYTHON;
  }

  boolean needsOnnx() {
    return needs != Needs.NOTHING && needs != Needs.PYTHON;
  }

  boolean needsPythonOnnx() {
    return needs == Needs.PYTHON_ONNX;
  }

  /** Whether all that it compares is open. */
  boolean isPossible(TeacherParticipants participants) {
    return (!needsTorch() || participants.torch().isPresent())
        && (!needsOnnx() || participants.onnx().isPresent())
        && (!needsPythonOnnx() || participants.pythonOnnx().isPresent())
        && (needs != Needs.TRITON
            || participants.onnxSetup().filter(TritonTestbed::canServe).isPresent());
  }

  static List<String> names() {
    return Arrays.stream(values()).map(TeacherBenchmark::rowName).toList();
  }

  /**
   * Rows to measure.
   *
   * @param wanted names; all where there is none
   */
  static List<TeacherBenchmark> of(List<String> wanted) {
    return Arrays.stream(values())
        .filter(row -> wanted.isEmpty() || wanted.contains(row.rowName))
        .toList();
  }

  /**
   * Measures, by wall-clock time and by processor time.
   *
   * @param directory for a broker
   * @param settings of the labeler
   */
  List<BenchmarkResult> measure(
      TeacherParticipants participants,
      Path directory,
      Map<String, String> settings,
      Duration turn,
      int rounds) {
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
      case KAFKA -> {
        Workload bare = participants.djl().resident();
        try (LabelerTestbed kafka = new LabelerTestbed(directory, participants.setup(), settings)) {
          yield throughKafka(kafka, participants.setup(), bare, bare)
              .measureByBothClocks(turn, rounds);
        }
      }
      case ONNX_FORWARD ->
          paired(
                  participants.onnx().orElseThrow().resident(),
                  participants.torch().orElseThrow().resident())
              .measureByBothClocks(turn, rounds);
      case ONNX_HOST ->
          paired(
                  participants.onnx().orElseThrow().upload(),
                  participants.torch().orElseThrow().upload())
              .measureByBothClocks(turn, rounds);
      case ONNX_PYTHON ->
          paired(
                  participants.onnx().orElseThrow().resident(),
                  participants.pythonOnnx().orElseThrow().resident())
              .measureByBothClocks(turn, rounds);
      case ONNX_KAFKA -> {
        InferenceSetup setup = participants.onnxSetup().orElseThrow();
        Workload bare = participants.onnx().orElseThrow().resident();
        Workload torch = participants.torch().orElseThrow().resident();
        try (LabelerTestbed kafka = new LabelerTestbed(directory, setup, settings)) {
          yield throughKafka(kafka, setup, bare, torch).measureByBothClocks(turn, rounds);
        }
      }
      case REMOTE -> {
        InferenceSetup setup = participants.onnxSetup().orElseThrow();
        try (TritonTestbed triton = TritonTestbed.start(directory, setup);
            TritonClientBaseline client = TritonClientBaseline.start(triton, directory, setup);
            LabelerTestbed kafka =
                new LabelerTestbed(directory, setup, triton.teacher(), settings)) {
          double expected = client.resident().run(GUESS).perSecond();
          yield paired(new KafkaLabelerWorkload(kafka, setup, expected), client.resident())
              .measureByBothClocks(turn, rounds);
        }
      }
    };
  }

  /**
   * The labeler against a bare loop. The target is for small raw views on the CPU; elsewhere
   * decoding may be what takes longest.
   *
   * @param bare tells how many views a turn takes
   */
  private PairedBenchmark throughKafka(
      LabelerTestbed kafka, InferenceSetup setup, Workload bare, Workload other) {
    boolean held = !setup.gpu() && setup.encoding() == PixelEncoding.RAW;
    double expected = bare.run(GUESS).perSecond();
    return new PairedBenchmark(
        rowName,
        held ? Optional.of(this == KAFKA ? THROUGH_KAFKA : ONNX_THROUGH_KAFKA) : Optional.empty(),
        new KafkaLabelerWorkload(kafka, setup, expected),
        other);
  }

  private PairedBenchmark paired(Workload ours, Workload other) {
    return new PairedBenchmark(rowName, Optional.empty(), ours, other);
  }
}
