package io.stillstream.labeler.onnx;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.labeler.torch.TeacherModelFixtures;
import io.stillstream.protocols.onnx.AttributeProto;
import io.stillstream.protocols.onnx.FunctionProto;
import io.stillstream.protocols.onnx.GraphProto;
import io.stillstream.protocols.onnx.ModelProto;
import io.stillstream.protocols.onnx.NodeProto;
import io.stillstream.protocols.onnx.OperatorSetIdProto;
import io.stillstream.protocols.onnx.StringStringEntryProto;
import io.stillstream.protocols.onnx.TensorProto;
import io.stillstream.protocols.onnx.TensorProto.DataLocation;
import io.stillstream.protocols.onnx.TensorProto.DataType;
import io.stillstream.protocols.onnx.ValueInfoProto;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.model.ModelSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class OnnxTeacherLoaderTest {
  private static final OnnxTeacherLoader LOADER = new OnnxTeacherLoader("cpu", 2, 1, List.of(1, 4));

  @TempDir private Path directory;

  @Test
  void shouldLoadATeacherOnceForEachLane() throws Exception {
    // when
    List<TeacherModel> lanes = LOADER.load(OnnxFixtures.spec(directory, "linear"));

    // then
    assertThat(lanes).hasSize(2).extracting(TeacherModel::device).containsOnly("cpu");
    for (TeacherModel lane : lanes) {
      assertThat(lane.answers(List.of(TeacherModelFixtures.pixels(5)))[0])
          .containsExactly(
              TeacherModelFixtures.linear(TeacherModelFixtures.view(5)), within(1e-5f));
      lane.close();
    }
  }

  @Test
  void shouldComputeWithSeveralThreads() throws Exception {
    // when
    try (TeacherModel lane =
        new OnnxTeacherLoader("cpu", 1, 2, List.of(1))
            .load(OnnxFixtures.spec(directory, "pixels"))
            .get(0)) {
      // then
      assertThat(lane.answers(List.of(TeacherModelFixtures.pixels(5)))[0])
          .containsExactly(TeacherModelFixtures.cells(TeacherModelFixtures.view(5)), within(1e-5f));
    }
  }

  /** The ONNX Runtime of the tests is one without CUDA, unless the build says otherwise. */
  @Test
  void shouldNameTheKeyOfADeviceThatIsMissing() throws Exception {
    // given
    ModelSpec spec = OnnxFixtures.spec(directory, "linear");

    // then
    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(() -> new OnnxTeacherLoader("gpu63", 1, 1, List.of(1)).load(spec))
        .withMessageStartingWith("devices: ONNX Runtime cannot use gpu63: ")
        .withMessageNotContaining("\n");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void shouldLeaveNoLibrariesBehindThatAKillWouldLeave() throws Exception {
    assumeFalse(OrtDevice.hasCuda(), "with CUDA more of them are loaded later");

    // when
    try (TeacherModel lane = OnnxTeacherLoader.loadOne(OnnxFixtures.spec(directory, "linear"), 1);
        Stream<String> mapped = Files.lines(Path.of("/proc/self/maps"))) {
      // then
      assertThat(lane.device()).isEqualTo("cpu");
      assertThat(mapped.filter(line -> line.contains("libonnxruntime")))
          .isNotEmpty()
          .allMatch(line -> line.endsWith("(deleted)"));
    }
  }

  @ParameterizedTest(name = "{2}")
  @MethodSource("wrongModels")
  void shouldSayWhatIsWrongWithAModel(String description, ModelProto model, String message)
      throws Exception {
    // given
    ModelSpec spec = OnnxFixtures.spec(directory, description, model);

    // then
    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(() -> LOADER.load(spec))
        .withMessageStartingWith("teacher: " + directory.resolve("model.onnx") + ": ")
        .withMessageContaining(message)
        .withMessageNotContaining("\n");
  }

  static Stream<Arguments> wrongModels() {
    ValueInfoProto answer = OnnxFixtures.value("y", DataType.FLOAT, OnnxFixtures.ANY, 3);
    return Stream.of(
        Arguments.of(
            "linear",
            OnnxFixtures.linear(
                OnnxFixtures.value("x", DataType.FLOAT, 1, 1, 4, 4),
                OnnxFixtures.value("y", DataType.FLOAT, 1, 3)),
            "must take one tensor (N, 1, 4, 4) float32 (NCHW); found x (1, 1, 4, 4) float32; the"
                + " first size must be dynamic (dynamic_axes or dynamic_shapes of the export)"),
        Arguments.of(
            "linear",
            OnnxFixtures.linear(
                OnnxFixtures.value("x", DataType.FLOAT, OnnxFixtures.ANY, 1, 2, 8), answer),
            "must take one tensor (N, 1, 4, 4) float32 (NCHW); found x (N, 1, 2, 8) float32"),
        Arguments.of(
            "linear",
            OnnxFixtures.linear(
                OnnxFixtures.value("x", DataType.DOUBLE, OnnxFixtures.ANY, 1, 4, 4),
                OnnxFixtures.value("y", DataType.DOUBLE, OnnxFixtures.ANY, 3)),
            "found x (N, 1, 4, 4) double"),
        Arguments.of(
            "bytes",
            OnnxFixtures.shifted(0),
            "must take one tensor (N, 4, 4, 1) uint8 (NHWC); found x (N, 1, 4, 4) float32"),
        Arguments.of(
            "linear",
            edited(
                OnnxFixtures.shifted(0),
                graph ->
                    graph.addInput(OnnxFixtures.value("more", DataType.FLOAT, OnnxFixtures.ANY))),
            "found x (N, 1, 4, 4) float32 and more (N) float32"),
        Arguments.of(
            "linear",
            edited(
                OnnxFixtures.shifted(0),
                graph ->
                    graph.addOutput(
                        OnnxFixtures.value("flat", DataType.FLOAT, OnnxFixtures.ANY, 16))),
            "must answer one tensor (N, 3) float32, one row per view and one column per class name;"
                + " found y (N, 3) float32 and flat (N, 16) float32"),
        Arguments.of(
            "vector",
            OnnxFixtures.shifted(0),
            "must answer one tensor (N, 5) float32, one row per view and one column per dimension;"
                + " found y (N, 3) float32"),
        Arguments.of(
            "linear",
            OnnxFixtures.named("pixels"),
            "found y (N, 3, 2, 2) float32; a model of pixels is declared as task: segmentation"),
        Arguments.of(
            "pixels",
            OnnxFixtures.shifted(0),
            "must answer one tensor (N, 3, 2, 2) float32, for each view and class name the logits"
                + " of cells of 2 x 2 pixels; found y (N, 3) float32"),
        Arguments.of(
            "linear",
            OnnxFixtures.halfAnswer(),
            "found y (N, 3) float16; let it end with a Cast to float32"),
        Arguments.of(
            "linear",
            OnnxFixtures.undeclared(4),
            "fails on a probe of (2, 1, 4, 4) float32 (NCHW): must answer one tensor (2, 3)"
                + " float32, one row per view and one column per class name; found (2, 4) float32"),
        Arguments.of(
            "linear",
            OnnxFixtures.shifted(Float.NaN),
            "must answer grey views with finite numbers, but the logit of class 0 is NaN"),
        Arguments.of(
            "linear",
            edited(
                OnnxFixtures.shifted(0),
                graph ->
                    graph.setNode(
                        graph.getNodeCount() - 1,
                        OnnxFixtures.node("Gemini", List.of("flat", "weight", "bias"), "y"))),
            "must be an ONNX file that ONNX Runtime "),
        Arguments.of(
            "linear",
            OnnxFixtures.shifted(0).toBuilder()
                .clearOpsetImport()
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(99))
                .build(),
            "can run, but ONNX Runtime only *guarantees* support for models stamped with official"),
        Arguments.of(
            "linear",
            edited(OnnxFixtures.shifted(0), graph -> graph.setInitializer(0, external())),
            "keeps weights in other files, which its sha256 does not cover"),
        Arguments.of(
            "linear",
            OnnxFixtures.shifted(0).toBuilder().addFunctions(constantOf(external())).build(),
            "keeps weights in other files, which its sha256 does not cover"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wrongFiles")
  void shouldSayThatAFileIsNoneOfOnnx(String what, byte[] content, String message)
      throws Exception {
    // given
    OnnxFixtures.write(directory, "linear");
    Files.write(directory.resolve("model.onnx"), content);
    ModelSpec spec = ModelSpec.load(directory, "teacher");

    // then
    assertThatExceptionOfType(StartupException.class)
        .as(what)
        .isThrownBy(() -> LOADER.load(spec))
        .withMessageStartingWith(
            "teacher: " + directory.resolve("model.onnx") + ": must be an ONNX file")
        .withMessageContaining(message)
        .withMessageNotContaining("\n");
  }

  static Stream<Arguments> wrongFiles() throws Exception {
    byte[] whole = OnnxFixtures.shifted(0).toByteArray();
    return Stream.of(
        Arguments.of("empty", new byte[0], "but it holds no graph"),
        Arguments.of("truncated", Arrays.copyOf(whole, whole.length / 2), "and all of it, but"),
        Arguments.of("last byte missing", Arrays.copyOf(whole, whole.length - 1), "but"),
        Arguments.of("text", "name: linear\nversion: 1\n".getBytes(UTF_8), "but"),
        Arguments.of(
            "TorchScript",
            Files.readAllBytes(TeacherModelFixtures.directory("linear").resolve("model.pt")),
            "but"));
  }

  /** Whichever byte is wrong, there is an error or a model that answers, and no crash. */
  @Test
  void shouldSurviveDamage() throws Exception {
    // given
    byte[] whole = OnnxFixtures.shifted(0).toByteArray();
    OnnxFixtures.write(directory, "linear");
    Map<Boolean, Integer> outcomes = new HashMap<>();

    // when
    for (int at = 0; at < whole.length; at++) {
      byte[] damaged = whole.clone();
      damaged[at] ^= (byte) 0x55;
      Files.write(directory.resolve("model.onnx"), damaged);
      try {
        LOADER.load(ModelSpec.load(directory, "teacher")).forEach(TeacherModel::close);
        outcomes.merge(true, 1, Integer::sum);
      } catch (StartupException e) {
        assertThat(e).hasMessageStartingWith("teacher: ").hasMessageNotContaining("\n");
        outcomes.merge(false, 1, Integer::sum);
      }
    }

    // then
    assertThat(outcomes).containsKeys(true, false);
  }

  @Test
  void shouldSayWhenTheFileHasGone() throws Exception {
    // given
    ModelSpec spec = OnnxFixtures.spec(directory, "linear");
    Files.delete(spec.file());

    // then
    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(() -> LOADER.load(spec))
        .withMessageContaining("model.onnx: cannot be read");
  }

  private static TensorProto external() {
    return OnnxFixtures.linearWeight().toBuilder()
        .clearFloatData()
        .setDataLocation(DataLocation.EXTERNAL)
        .addExternalData(
            StringStringEntryProto.newBuilder().setKey("location").setValue("model.onnx.data"))
        .build();
  }

  private static FunctionProto constantOf(TensorProto tensor) {
    return FunctionProto.newBuilder()
        .addNode(
            NodeProto.newBuilder()
                .setOpType("Constant")
                .addAttribute(AttributeProto.newBuilder().setName("value").setT(tensor)))
        .build();
  }

  private static ModelProto edited(ModelProto model, Consumer<GraphProto.Builder> edit) {
    ModelProto.Builder builder = model.toBuilder();
    edit.accept(builder.getGraphBuilder());
    return builder.build();
  }
}
