package io.stillstream.trainer.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.stillstream.containers.tools.ExternalTool;
import io.stillstream.containers.tools.RequiresTool;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.trainer.torch.InferenceStudent;
import io.stillstream.trainer.torch.TrainedStudent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Released students in Python's ONNX Runtime. */
@RequiresTool(ExternalTool.INFERENCE_SERVERS)
class ReleasedOnnxIT {
  private static final List<String> BUNDLED = List.of("cnn", "resnet8", "embed-cnn", "scenes-fcn");
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path directory;

  @Test
  void shouldAnswerInPythonAsTheStudentDoes() throws Exception {
    // given
    Path releases = Files.createDirectory(directory.resolve("releases"));
    for (String name : BUNDLED) {
      export(ModelSpec.load(Path.of("../deploy/models", name), "student"), releases.resolve(name));
    }
    Path bytes = Files.createDirectory(directory.resolve("bytes"));
    export(OnnxTemplates.student(bytes, "bytes", "bytes"), releases.resolve("bytes"));

    // when
    Path log = directory.resolve("python.log");
    Path python = ExternalTool.environment("inference-servers").orElseThrow().resolve("bin/python");
    Process process =
        new ProcessBuilder(python.toString(), "src/test/python/check_onnx.py", releases.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    boolean ended = process.waitFor(5, TimeUnit.MINUTES);
    process.destroyForcibly();

    // then
    assertThat(ended).isTrue();
    assertThat(process.exitValue()).as(Files.readString(log)).isZero();
    assertThat(Files.readAllLines(log))
        .extracting(line -> line.substring(0, line.indexOf(':')))
        .contains("bytes")
        .containsAll(BUNDLED);
  }

  private static void export(ModelSpec model, Path release) throws IOException {
    byte[] student = TrainedStudent.average(model, 3, 1);
    Files.createDirectory(release);
    Files.write(
        release.resolve("student.onnx"),
        TemplateOnnxExporter.open(model, 1).orElseThrow().export(student).bytes());
    ProbeBatch probe = new ProbeBatch(model);
    try (InferenceStudent torch = InferenceStudent.load(student, 1)) {
      JSON.writeValue(
          release.resolve("expected.json").toFile(),
          Map.of(
              "shape",
              probe.shape(),
              "type",
              probe.isFloat() ? "float32" : "uint8",
              "input",
              probe.isFloat() ? floats(probe.floats()) : unsigned(probe.bytes()),
              "answers",
              torch.predict(probe.batch())));
    }
  }

  private static float[] floats(FloatBuffer buffer) {
    float[] values = new float[buffer.remaining()];
    buffer.get(values);
    return values;
  }

  private static int[] unsigned(ByteBuffer buffer) {
    return IntStream.range(0, buffer.remaining()).map(i -> buffer.get(i) & 0xFF).toArray();
  }
}
