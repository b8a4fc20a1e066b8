package io.stillstream.trainer.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.stillstream.protocols.onnx.AttributeProto;
import io.stillstream.protocols.onnx.GraphProto;
import io.stillstream.protocols.onnx.ModelProto;
import io.stillstream.protocols.onnx.NodeProto;
import io.stillstream.protocols.onnx.TensorProto;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.runtime.model.PixelNormalizer;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.trainer.release.OnnxExporter;
import io.stillstream.trainer.release.OnnxMismatchException;
import io.stillstream.trainer.release.OnnxModel;
import io.stillstream.trainer.torch.InferenceStudent;
import io.stillstream.trainer.torch.TrainedStudent;
import io.stillstream.trainer.training.example.BatchBuilder;
import io.stillstream.trainer.training.example.TrainingExample;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class TemplateOnnxExporterTest {
  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    "mlp, mlp",
    "cnn, cnn",
    "cnn, cnn-eval",
    "dropout, dropout",
    "fcn, fcn",
    "embedder, embedder",
    "bytes, bytes"
  })
  void shouldExportATrainedStudent(String name, String template) throws IOException {
    // given: templates of modules in training mode, and of modules in inference mode
    ModelSpec model = OnnxTemplates.student(directory, name, template);
    OnnxExporter exporter = open(model);

    // when
    OnnxModel exported = exporter.export(TrainedStudent.average(model, 5, 1));

    // then
    assertThat(exported.opset()).isEqualTo(17);
    assertThat(ModelProto.parseFrom(exported.bytes()).getGraph().getNodeList())
        .allSatisfy(node -> assertThat(node.getOutputCount()).isOne())
        .allSatisfy(
            node ->
                assertThat(node.getAttributeList())
                    .extracting(AttributeProto::getName)
                    .doesNotContain("training_mode"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"mlp", "mlp128", "cnn", "resnet8", "resnet12", "embed-cnn", "scenes-fcn", "unet"})
  void shouldExportTheBundledStudents(String name) throws IOException, OrtException {
    // given
    ModelSpec model = ModelSpec.load(Path.of("../deploy/models", name), "student");
    OnnxExporter exporter = open(model);
    byte[] student = TrainedStudent.average(model, 3, 1);

    // when
    OnnxModel exported = exporter.export(student);

    // then
    assertAnswersAreEqual(model, student, exported.bytes());
  }

  /** Views of another number, and other ones, than the exporter looked at. */
  private static void assertAnswersAreEqual(ModelSpec model, byte[] student, byte[] onnx)
      throws OrtException {
    byte[] pixels = new byte[model.height() * model.width() * model.channels()];
    SplittableRandom random = new SplittableRandom(99);
    FloatBuffer input = FloatBuffer.allocate(3 * pixels.length);
    BatchBuilder batches = new BatchBuilder(model, 0);
    OrtEnvironment environment =
        OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
    long[] shape = {1, model.channels(), model.height(), model.width()};
    try (InferenceStudent torch = InferenceStudent.load(student, 1);
        OrtSession session = environment.createSession(onnx)) {
      for (int i = 0; i < 3; i++) {
        random.nextBytes(pixels);
        new PixelNormalizer(model).fill(pixels, input, 0);
        float[] expected =
            torch.predict(
                batches.build(
                    List.of(new TrainingExample(PixelEncoding.RAW, pixels, null, null, true))));
        try (OnnxTensor tensor =
                OnnxTensor.createTensor(
                    environment, input.duplicate().limit(pixels.length), shape);
            OrtSession.Result result = session.run(Map.of("input", tensor))) {
          FloatBuffer answer = ((OnnxTensor) result.get(0)).getFloatBuffer();
          for (float value : expected) {
            assertThat(answer.get()).isCloseTo(value, within(1e-4f * Math.max(1, Math.abs(value))));
          }
          assertThat(answer.hasRemaining()).isFalse();
        }
      }
    }
  }

  @Test
  void shouldMakeTheSameFileOfTheSameStudent() throws IOException {
    // given
    ModelSpec model = OnnxTemplates.student(directory, "cnn", "cnn");
    byte[] student = TrainedStudent.average(model, 3, 1);

    // then
    assertThat(open(model).export(student).bytes())
        .isEqualTo(open(model).export(student).bytes())
        .isNotEqualTo(open(model).export(TrainedStudent.average(model, 3, 2)).bytes());
  }

  @Test
  void shouldLeaveStudentsWithoutATemplateAlone() {
    // given
    ModelSpec model = ModelSpec.load(Path.of("src/test/resources/students/cnn"), "student");

    Logger logger = (Logger) LoggerFactory.getLogger(TemplateOnnxExporter.class);
    ListAppender<ILoggingEvent> said = new ListAppender<>();
    said.start();
    logger.addAppender(said);
    try {
      // when, then
      assertThat(TemplateOnnxExporter.open(model, 1)).isEmpty();
    } finally {
      logger.detachAppender(said);
    }
    assertThat(said.list)
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.getLevel()).isEqualTo(Level.INFO);
              assertThat(event.getMessage())
                  .contains("Releases carry student.pt only", "deploy/models/make.py onnx");
            });
  }

  @Test
  void shouldSayThatTensorsAreMerged() {
    assertRefused(
        "cnn",
        "cnn-merged",
        graph -> {},
        "features.1.running_mean: is merged with features.1.bias, which had the same values; export"
            + " with random values",
        "features.1.running_var: is merged with features.1.weight",
        "features.5.running_mean: is merged with features.5.bias",
        "features.5.running_var: is merged with features.5.weight");
  }

  @Test
  void shouldSayThatTensorsAreFused() {
    assertRefused(
        "cnn",
        "cnn-fused",
        graph -> {},
        "features.0.weight: there is no such initialiser, the student's has shape [4, 1, 3, 3];"
            + " export with training=PRESERVE, do_constant_folding=False",
        "features.5.bias: there is no such initialiser, the student's has shape [8]");
  }

  @Test
  void shouldSayAllThatIsOfAnotherStudent() {
    assertRefused(
        "mlp",
        "embedder",
        graph -> {},
        "output.weight: has shape [6, 16], the student's has [5, 16]",
        "output.bias: has shape [6], the student's has [5]",
        "output output: has shape [batch, 6], the student's has [N, 5]");
    assertRefused(
        "cnn",
        "fcn",
        graph -> {},
        "fine.0.weight: has shape [4, 1, 3, 3], the student has no such parameter",
        "input input: has shape [batch, 1, 8, 12], the student's has [N, 1, 8, 8]");
    assertRefused(
        "mlp",
        "bytes",
        graph -> {},
        "input input: is uint8, must be float32",
        "input input: has shape [batch, 8, 8, 3], the student's has [N, 1, 8, 8]");
  }

  @Test
  void shouldRefuseTensorsOfOtherKinds() {
    assertRefused(
        "mlp",
        "mlp",
        graph -> {
          graph
              .getInitializerBuilder(0)
              .setDataType(TensorProto.DataType.DOUBLE_VALUE)
              .clearRawData();
          graph
              .getInitializerBuilder(1)
              .clearRawData()
              .setDataLocation(TensorProto.DataLocation.EXTERNAL);
          graph.addInitializer(graph.getInitializer(2));
        },
        "hidden.weight: is double, must be float32",
        "hidden.bias: its data is in another file; export everything into one file",
        "output.weight: there are two initialisers of this name");
  }

  @Test
  void shouldRefuseOtherInputsAndOutputs() {
    assertRefused(
        "mlp",
        "mlp",
        graph -> {
          graph.addInput(graph.getInput(0).toBuilder().setName("second"));
          graph
              .getOutputBuilder(0)
              .getTypeBuilder()
              .getTensorTypeBuilder()
              .getShapeBuilder()
              .getDimBuilder(0)
              .setDimValue(2);
        },
        "it must have one input, has [input, second]",
        "output output: takes exactly 2 views; export with a dynamic first dimension"
            + " (dynamic_axes)");
  }

  @Test
  void shouldRefuseWhatUsesOutputsThatExistInTrainingOnly() {
    assertRefused(
        "dropout",
        "dropout",
        graph ->
            graph.addOutput(graph.getOutput(0).toBuilder().setName("/dropout/Dropout_output_1")),
        "it uses output /dropout/Dropout_output_1 of node /dropout/Dropout (Dropout), which exists"
            + " in training only: export the module in eval mode");
  }

  @Test
  void shouldRefuseAConstantThatTheStudentDoesNotHave() {
    assertRefused(
        "mlp",
        "mlp",
        graph -> scale(graph, "2"),
        "with random weights, number ",
        " by ONNX Runtime and ",
        " by PyTorch; they may differ by 1.0E-4, relative to answers beyond 1");
  }

  @Test
  void shouldRefuseABufferThatWasMadeAConstant() {
    assertRefused(
        "bytes",
        "bytes",
        graph -> {
          // As constant folding does: its value is that of the student, its name is gone.
          graph.getInitializerBuilder(0).setName("onnx::Sub_7");
          graph.getNodeBuilderList().stream()
              .filter(node -> node.getInputList().contains("mean"))
              .forEach(node -> node.setInput(node.getInputList().indexOf("mean"), "onnx::Sub_7"));
        },
        "with random weights, number ");
  }

  @Test
  void shouldRefuseWhatIsNoModel() throws IOException {
    // given
    ModelSpec model = OnnxTemplates.student(directory, "mlp", "mlp");
    Path file = directory.resolve("model.onnx");

    // when
    Files.write(file, new byte[] {1, 2, 3});

    // then
    assertThatThrownBy(() -> TemplateOnnxExporter.open(model, 1))
        .isInstanceOf(StartupException.class)
        .hasMessageStartingWith("student: " + file + " does not fit " + model.file() + ":\n  ")
        .hasMessageContaining("it is no ONNX file");

    // when
    Files.write(file, new byte[0]);

    // then
    assertThatThrownBy(() -> TemplateOnnxExporter.open(model, 1))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("it is no ONNX file: it has no graph");
  }

  @Test
  void shouldRefuseAnOperatorThatOnnxRuntimeDoesNotKnow() {
    assertRefused(
        "mlp",
        "mlp",
        graph -> graph.getNodeBuilder(0).setOpType("Unheard"),
        "with random weights, ONNX Runtime cannot run it: ");
  }

  @Test
  void shouldRefuseToReleaseAStudentThatAnswersOtherwise() throws IOException {
    // given: answers beyond 4 are cut off, which only a trained student has
    ModelSpec model = OnnxTemplates.student(directory, "mlp", "mlp", graph -> clip(graph, 4));
    OnnxExporter exporter = open(model);
    byte[] untrained = Files.readAllBytes(model.file());
    assertThat(exporter.export(untrained).bytes()).isNotEmpty();

    // then
    byte[] trained = TrainedStudent.average(model, 300, 1);
    assertThatThrownBy(() -> exporter.export(trained))
        .isInstanceOf(OnnxMismatchException.class)
        .hasMessageMatching(
            "number \\d of its answer for probe view \\d is (-?)4\\.0 by ONNX Runtime and"
                + " \\1\\d+\\.\\d+ by PyTorch; .*");
    assertThat(exporter.export(untrained).bytes()).isNotEmpty();
  }

  @Test
  void shouldRefuseToReleaseWhatIsNoStudent() throws IOException {
    // given
    OnnxExporter exporter = open(OnnxTemplates.student(directory, "mlp", "mlp"));

    // then
    assertThatThrownBy(() -> exporter.export(new byte[] {1, 2, 3}))
        .isInstanceOf(OnnxMismatchException.class)
        .hasMessageStartingWith("the student cannot be exported: ");
  }

  @Tag("slow")
  @Test
  void shouldKeepNoMemoryOfReleases() throws IOException {
    // given
    ModelSpec model = ModelSpec.load(Path.of("../deploy/models/cnn"), "student");
    OnnxExporter exporter = open(model);
    byte[] student = Files.readAllBytes(model.file());
    export(exporter, student, 60);
    long before = residentBytes();

    // when
    int times = 300;
    export(exporter, student, times);

    // then: the weights alone, of student and session, would be twice as much
    assertThat(residentBytes() - before).isLessThan((long) student.length * times);
  }

  private static void export(OnnxExporter exporter, byte[] student, int times) throws IOException {
    for (int i = 0; i < times; i++) {
      assertThat(exporter.export(student).bytes()).isNotEmpty();
    }
  }

  /** After a collection, which gives the heap's garbage back to the system. */
  private static long residentBytes() throws IOException {
    System.gc();
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }

  private static OnnxExporter open(ModelSpec model) {
    return TemplateOnnxExporter.open(model, 1).orElseThrow();
  }

  private void assertRefused(
      String student, String template, Consumer<GraphProto.Builder> change, String... problems) {
    ModelSpec model;
    try {
      Path own = Files.createTempDirectory(directory, student);
      model = OnnxTemplates.student(own, student, template, change);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    assertThatThrownBy(() -> TemplateOnnxExporter.open(model, 1))
        .isInstanceOf(StartupException.class)
        .hasMessageStartingWith(
            "student: "
                + model.file().resolveSibling("model.onnx")
                + " does not fit "
                + model.file()
                + ":\n  ")
        .hasMessageContainingAll(problems);
  }

  /** Multiplies the answer. */
  private static void scale(GraphProto.Builder graph, String factor) {
    append(graph, "Mul", constant("scale", Float.parseFloat(factor)));
  }

  /** Cuts the answer off. */
  private static void clip(GraphProto.Builder graph, float largest) {
    append(graph, "Clip", constant("lowest", -largest), constant("highest", largest));
  }

  private static void append(GraphProto.Builder graph, String type, TensorProto... constants) {
    NodeProto.Builder last = graph.getNodeBuilder(graph.getNodeCount() - 1).setOutput(0, "before");
    NodeProto.Builder node = NodeProto.newBuilder().setOpType(type).addInput(last.getOutput(0));
    for (TensorProto constant : constants) {
      graph.addInitializer(constant);
      node.addInput(constant.getName());
    }
    graph.addNode(node.addOutput(graph.getOutput(0).getName()));
  }

  private static TensorProto constant(String name, float value) {
    return TensorProto.newBuilder()
        .setName(name)
        .setDataType(TensorProto.DataType.FLOAT_VALUE)
        .addFloatData(value)
        .build();
  }
}
