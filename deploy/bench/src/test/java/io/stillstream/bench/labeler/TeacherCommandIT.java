package io.stillstream.bench.labeler;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.stillstream.bench.BenchMain;
import io.stillstream.bench.python.PythonInterpreter;
import io.stillstream.containers.tools.ExternalTool;
import io.stillstream.containers.tools.RequiresTool;
import io.stillstream.embedded.process.JavaProcess;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.PixelEncoding;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The teacher's benchmark, for real but short. */
final class TeacherCommandIT {
  private static final String SMALL = "../models/fashion-mnist-mlp128";
  private static final String RESNET = "../models/fashion-mnist-resnet16";
  private static final Path OTHER = Path.of("../models/resnet12");
  private static final String PHOTO = "../../teacher-labeler/src/test/resources/models/photo";
  private static final int BATCH = 16;

  @TempDir private Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @ParameterizedTest
  @ValueSource(strings = {SMALL, PHOTO})
  @RequiresTool(ExternalTool.PYTHON_TORCH)
  void shouldGetTheSameLogitsFromBothSides(String teacher) {
    // given
    InferenceSetup setup =
        InferenceSetup.of(ModelSpec.load(Path.of(teacher), "teacher"), false, BATCH, 1);
    String python = PythonInterpreter.withTorch().find(Optional.empty());

    // when
    try (DjlInferenceLoop djl = new DjlInferenceLoop(setup);
        PythonInferenceBaseline torch = PythonInferenceBaseline.start(python, directory, setup)) {
      float[] ours = djl.logits(0);
      List<Double> theirs = torch.logits().stream().flatMap(List::stream).toList();

      // then
      assertThat(theirs).hasSize(ours.length);
      for (int i = 0; i < ours.length; i++) {
        assertThat((double) ours[i]).isCloseTo(theirs.get(i), within(1e-4));
      }
      assertThat(djl.logits(1)).isNotEqualTo(ours);
    }
  }

  @Test
  @RequiresTool(ExternalTool.PYTHON_TORCH)
  void shouldMeasureEveryRow() {
    // when
    int code = run(RESNET, "--seconds", "0.05", "--repeats", "1");

    // then
    assertThat(code).as(err.toString()).isZero();
    for (TeacherBenchmark each : TeacherBenchmark.values()) {
      if (each.needsPythonOnnx() || each == TeacherBenchmark.REMOTE) {
        continue; // Debian has no package of what they need
      }
      String row = each.rowName();
      assertThat(out.toString())
          .contains("RESULT {\"bench\":\"teacher\",\"row\":\"" + row + "\"")
          .contains("\"row\":\"" + row + "-cpu\"");
    }
    assertThat(out.toString())
        .contains("\"target\":0.85", "\"target\":1.0")
        .contains("28 x 28 x 1 RAW")
        .containsPattern("onnx logits: within \\d\\.\\de-0[5-9] of TorchScript's");
  }

  @Test
  void shouldTellHowCloseTheLogitsOfOnnxRuntimeAre() {
    // when: a row that is left out without Python
    int code = run(RESNET, "--python", "none", "--rows", "onnx-python");

    // then
    assertThat(code).as(err.toString()).isZero();
    assertThat(out.toString())
        .containsPattern("onnx logits: within \\d\\.\\de-0[5-9] of TorchScript's");
    assertThat(err.toString()).contains("onnx-python: left out");
  }

  @Test
  void shouldRefuseAnOnnxFileThatAnswersOtherwise() throws IOException {
    // given: the description names no hash
    Path file = Files.copy(OTHER.resolve("model.onnx"), directory.resolve("model.onnx"));
    String description = Files.readString(OTHER.resolve("student.yaml"));
    Files.writeString(
        directory.resolve("teacher.yaml"), description.replaceFirst("(?m)^sha256: .*\\n", ""));

    // when
    int code = run(RESNET, "--python", "none", "--rows", "onnx-python", "--onnx", file.toString());

    // then
    assertThat(code).isEqualTo(2);
    assertThat(err.toString()).contains("--onnx", file.toString(), "logits differ by");
  }

  @Test
  @RequiresTool(ExternalTool.INFERENCE_SERVERS)
  void shouldMeasureATeacherOnTriton() {
    // when
    int code = run(RESNET, "--rows", "remote", "--seconds", "0.05", "--repeats", "1");

    // then
    assertThat(code).as(err.toString()).isZero();
    assertThat(out.toString())
        .contains("RESULT {\"bench\":\"teacher\",\"row\":\"remote\"")
        .contains("\"row\":\"remote-cpu\"");
  }

  @Test
  @RequiresTool(ExternalTool.INFERENCE_SERVERS)
  void shouldGetTheSameLogitsFromTriton() {
    // given
    Path onnx = TeacherParticipants.onnxBeside(Path.of(RESNET)).orElseThrow();
    InferenceSetup setup = InferenceSetup.of(ModelSpec.load(onnx, "teacher"), false, BATCH, 1);

    // when
    try (TritonTestbed triton = TritonTestbed.start(directory, setup);
        TritonClientBaseline client = TritonClientBaseline.start(triton, directory, setup);
        OrtInferenceLoop loop = OrtInferenceLoop.open(setup)) {
      float[] ours = loop.logits(0);
      List<Double> theirs = client.logits().stream().flatMap(List::stream).toList();

      // then
      assertThat(theirs).hasSize(ours.length);
      for (int i = 0; i < ours.length; i++) {
        assertThat((double) ours[i]).isCloseTo(theirs.get(i), within(1e-4));
      }
    }
  }

  @Test
  void shouldSendLargeViewsAsJpeg() {
    // when
    int code =
        run(PHOTO, "--python", "none", "--seconds", "0.05", "--repeats", "1", "--set=threads=1");

    // then
    assertThat(code).as(err.toString()).isZero();
    assertThat(out.toString())
        .contains("64 x 64 x 3 " + PixelEncoding.JPEG)
        .contains("\"row\":\"kafka\"")
        .doesNotContain("\"row\":\"forward\"");
  }

  @Test
  void shouldTellHowMemoryBehaves() {
    // when
    int code = run(SMALL, "--memory", "2000");

    // then
    assertThat(code).as(err.toString()).isZero();
    assertThat(out.toString())
        .contains("memory over 2,000 labelled views")
        .containsPattern("\"resident\":\\{\"median\":[1-9]")
        .containsPattern("\"fill\":[1-9]");
  }

  @Test
  void shouldSayInOneLineThatThereIsNoGpu() {
    // given: a process of its own, as CUDA reads once which GPUs it may see
    List<String> arguments = List.of("teacher", "--teacher", SMALL, "--device", "gpu");
    try (JavaProcess bench =
        JavaProcess.ofMain(
            "bench", directory.resolve("log"), List.of(), BenchMain.class, arguments)) {
      // when
      bench.start(Map.of("CUDA_VISIBLE_DEVICES", ""));

      // then
      assertThat(bench.awaitEnd()).isEqualTo(2);
      // Java's launcher names the options that it takes from the environment.
      assertThat(bench.lines())
          .filteredOn(line -> !line.contains("Picked up"))
          .singleElement(as(STRING))
          .contains("--device gpu")
          .contains("PYTORCH_LIBRARY_PATH");
    }
  }

  private int run(String teacher, String... options) {
    String[] arguments = new String[options.length + 5];
    System.arraycopy(
        new String[] {"teacher", "--teacher", teacher, "--batch", Integer.toString(BATCH)},
        0,
        arguments,
        0,
        5);
    System.arraycopy(options, 0, arguments, 5, options.length);
    return BenchMain.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }
}
