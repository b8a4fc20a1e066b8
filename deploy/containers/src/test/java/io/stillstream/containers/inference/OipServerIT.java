package io.stillstream.containers.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stillstream.containers.tools.ExternalTool;
import io.stillstream.containers.tools.RequiresTool;
import io.stillstream.embedded.process.JavaProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** MLServer and Triton as tests use them, asked over HTTP. */
@RequiresTool(ExternalTool.INFERENCE_SERVERS)
final class OipServerIT {
  private static final JsonMapper JSON = new JsonMapper();
  private static final RepositoryModel PIXELS = RepositoryModel.ofPixels("teacher", 5, 4, 3);

  private enum Program {
    MLSERVER,
    TRITON;

    OipServerProcess serve(Path directory, RepositoryModel model) {
      return switch (this) {
        case MLSERVER -> new MlServerProcess(directory, model);
        case TRITON -> new TritonServerProcess(directory, model);
      };
    }
  }

  @TempDir private Path directory;

  private final byte[] image = new byte[5 * 4 * 3];

  OipServerIT() {
    new Random(16).nextBytes(image);
  }

  @ParameterizedTest
  @EnumSource
  void shouldServeEachVersionInItsTurn(Program program) throws Exception {
    try (OipServerProcess server = program.serve(directory, PIXELS)) {
      // when
      server.start();

      // then
      assertThat(metadata(server))
          .isEqualTo(
              JSON.readTree(
                  """
                  {"name": "teacher", "versions": ["1"],
                   "inputs": [{"name": "input", "datatype": "UINT8", "shape": [-1, 5, 4, 3]}],
                   "outputs": [{"name": "logits", "datatype": "FP32", "shape": [-1, 10]}]}
                  """));
      requireAnswersOf(server, 1);

      // when: a newer one, then the older one again
      for (int version : List.of(12, 1)) {
        server.serve(PIXELS.withVersion(version));

        // then
        assertThat(metadata(server).path("versions")).hasToString("[\"%d\"]".formatted(version));
        requireAnswersOf(server, version);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldComeBackAtItsPortsWhenItWasKilled(Program program) throws Exception {
    try (OipServerProcess server = program.serve(directory, PIXELS)) {
      // given: a process of the model that was made while the ports were open
      server.start();
      server.serve(PIXELS.withVersion(2));
      List<ProcessHandle> children = server.process().handle().descendants().toList();

      // when
      server.kill();

      // then
      assertThat(server.isReady()).isFalse();
      assertThat(children).isNotEmpty().noneMatch(ProcessHandle::isAlive);
      assertThat(leftInMemory(server)).isEmpty();

      // when
      server.start();

      // then
      requireAnswersOf(server, 2);

      // when
      server.stop();

      // then
      assertThat(server.isAlive()).isFalse();
      assertThat(leftInMemory(server)).isEmpty();
    }
  }

  /** The graph's logits: the mean of each channel, six zeros, the sum of the means. */
  @ParameterizedTest
  @EnumSource
  void shouldRunAnOnnxFile(Program program) throws Exception {
    // given
    Path graph = Path.of(getClass().getResource("means.onnx").toURI());
    RepositoryModel model = RepositoryModel.ofFloats("teacher", 3, 1, 2).withOnnx(graph);
    try (OipServerProcess server = program.serve(directory, model)) {
      // when
      server.start();
      JsonNode answer = infer(server, Stream.of(1, 2, 3, 4, 5, 6));

      // then
      assertThat(logits(answer)).containsExactly(1.5f, 3.5f, 5.5f, 0, 0, 0, 0, 0, 0, 10.5f);
    }
  }

  @Test
  void shouldEndWhenTheJvmThatStartedItIsKilled() throws Exception {
    // given
    Path pid = directory.resolve("pid");
    try (JavaProcess jvm =
        JavaProcess.ofMain(
            "holder",
            directory.resolve("holder.log"),
            List.of(),
            ServerHolderMain.class,
            List.of(directory.toString(), pid.toString()))) {
      jvm.start();
      while (!Files.exists(pid)) {
        jvm.requireAlive();
        jvm.runFor(Duration.ofMillis(100));
      }
      ProcessHandle server = ProcessHandle.of(Long.parseLong(Files.readString(pid))).orElseThrow();
      assertThat(server.isAlive()).isTrue();

      // when
      jvm.kill();

      // then
      assertThat(server.onExit()).succeedsWithin(Duration.ofMinutes(1));
    }
  }

  private void requireAnswersOf(OipServerProcess server, int version) throws Exception {
    JsonNode answer =
        infer(server, IntStream.range(0, image.length).mapToObj(i -> Byte.toUnsignedInt(image[i])));
    assertThat(answer.path("model_version").asText()).isEqualTo(String.valueOf(version));
    assertThat(logits(answer))
        .containsExactly(LinearClassifier.logits(image, 5, 4, 3, version), offset(1e-5f));
  }

  private JsonNode infer(OipServerProcess server, Stream<Integer> data) throws Exception {
    RepositoryModel model = server.model();
    String request =
        """
        {"inputs": [{"name": "input", "datatype": "%s", "shape": [1, %s], "data": [%s]}]}
        """
            .formatted(
                model.datatype(),
                RepositoryModel.list(model.shape().stream()),
                RepositoryModel.list(data));
    return json(server.http().post("/v2/models/teacher/infer", request));
  }

  private static float[] logits(JsonNode answer) {
    JsonNode output = answer.path("outputs").path(0);
    assertThat(output.path("name").asText()).isEqualTo("logits");
    float[] logits = new float[output.path("data").size()];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = output.path("data").path(i).floatValue();
    }
    return logits;
  }

  /** Without what is each server's own. */
  private JsonNode metadata(OipServerProcess server) throws Exception {
    JsonNode metadata = json(server.http().get("/v2/models/teacher"));
    return metadata.<ObjectNode>deepCopy().remove(List.of("platform", "parameters"));
  }

  private static JsonNode json(ServerHttpClient.Response response) throws IOException {
    assertThat(response.status()).isEqualTo(200);
    return JSON.readTree(response.body());
  }

  private static List<Path> leftInMemory(OipServerProcess server) throws IOException {
    try (Stream<Path> files = Files.list(Path.of("/dev/shm"))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(server.sharedMemoryPrefix()))
          .toList();
    }
  }
}
