package io.stillstream.runtime.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.model.ModelSpec.InputType;
import io.stillstream.runtime.model.ModelSpec.Layout;
import io.stillstream.runtime.model.ModelSpec.Resize;
import io.stillstream.schemas.answer.OutputShape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ModelSpecTest {
  private static final String YAML =
      """
      name: net
      version: "1.0"
      input: {height: 28, width: 20, channels: 1, type: float, mean: [0.2860], std: [0.3530]}
      classes: [T-shirt/top, Trouser]
      """;

  @TempDir private Path directory;

  @Test
  void shouldReadADirectory() throws Exception {
    // given
    write("model.pt", "abc");
    write("teacher.yaml", YAML);

    // when
    ModelSpec model = ModelSpec.load(directory, "teacher");

    // then
    assertThat(model.name()).isEqualTo("net");
    assertThat(model.version()).isEqualTo("1.0");
    assertThat(model.file()).isEqualTo(directory.resolve("model.pt"));
    assertThat(model.sha256())
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assertThat(model.height()).isEqualTo(28);
    assertThat(model.width()).isEqualTo(20);
    assertThat(model.channels()).isEqualTo(1);
    assertThat(model.inputType()).isEqualTo(InputType.FLOAT);
    assertThat(model.mean()).containsExactly(0.286f);
    assertThat(model.std()).containsExactly(0.353f);
    assertThat(model.classes()).containsExactly("T-shirt/top", "Trouser");
  }

  @Test
  void shouldTakeTheTaskAndTheShapeOfTheAnswer() throws Exception {
    // given
    write("model.pt", "abc");
    write("teacher.yaml", YAML);
    ModelSpec classifier = ModelSpec.load(directory, "teacher");
    write("teacher.yaml", YAML + "task: segmentation\noutput: {stride: 4}\n");
    ModelSpec segmenter = ModelSpec.load(directory, "teacher");
    write(
        "teacher.yaml",
        """
        name: net
        version: "1.0"
        input: {height: 28, width: 20, channels: 1}
        task: embedding
        output: {dimensions: 64}
        """);
    ModelSpec embedder = ModelSpec.load(directory, "teacher");

    // then
    assertThat(classifier.output()).isEqualTo(OutputShape.classification(2));
    assertThat(segmenter.output()).isEqualTo(OutputShape.segmentation(2, 7, 5, 4));
    assertThat(segmenter.describesTheSameAs(classifier)).isFalse();
    assertThat(embedder.output()).isEqualTo(OutputShape.embedding(64));
    assertThat(embedder.classes()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "output: {stride: 2}|output.stride: must be left out with task classification",
        "output: {dimensions: 2}|output.dimensions: must be left out with task classification",
        "{task: segmentation, output: {stride: 3}}|output.stride: must divide the input of 28 x 20,"
            + " was 3",
        "{task: segmentation, output: {stride: 0}}|output.stride: must be positive, was 0",
        "task: embedding|output.dimensions: must be given with task embedding",
        "{task: embedding, output: {dimensions: 2000000000}}|output: must be smaller: 2000000000 x 1"
            + " x 1 numbers are too many",
        "task: detection|task: must be one of classification, segmentation, embedding",
      })
  void shouldRefuseAnAnswerThatDoesNotFitItsTask(String keys, String error) throws Exception {
    // given
    write("model.pt", "abc");
    String more = keys.startsWith("{") ? keys.substring(1, keys.length() - 1) : keys;
    write("teacher.yaml", YAML + more.replace(", output", "\noutput") + "\n");

    // then
    assertThatThrownBy(() -> ModelSpec.load(directory, "teacher"))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining(error);
  }

  @Test
  void shouldScaleByNothingButTheRangeIfNothingIsSaid() throws Exception {
    // given
    write("model.pt", "abc");
    write(
        "student.yaml",
        "{name: n, version: v, input: {height: 1, width: 1, channels: 3}, classes: [a]}");

    // when
    ModelSpec model = ModelSpec.load(directory, "student");

    // then
    assertThat(model.mean()).containsExactly(0, 0, 0);
    assertThat(model.std()).containsExactly(1, 1, 1);
  }

  @Test
  void shouldTakeEveryKey() throws Exception {
    // given
    write("weights.pt", "abc");
    write(
        "teacher.yaml",
        """
        name: n
        version: v
        file: weights.pt
        sha256: BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD
        input: {height: 2, width: 3, channels: 3, type: uint8, layout: nchw, resize: crop}
        classes: [a]
        """);

    // when
    ModelSpec model = ModelSpec.load(directory, "teacher");

    // then
    assertThat(model.file()).isEqualTo(directory.resolve("weights.pt"));
    assertThat(model.layout()).isEqualTo(Layout.NCHW);
    assertThat(model.resize()).isEqualTo(Resize.CROP);
  }

  @Test
  void shouldLayPixelsOutAsTheTypeUsuallyHasThem() throws Exception {
    // given
    write("model.pt", "abc");

    // then
    write("teacher.yaml", YAML);
    assertThat(ModelSpec.load(directory, "teacher").layout()).isEqualTo(Layout.NCHW);
    assertThat(ModelSpec.load(directory, "teacher").resize()).isEqualTo(Resize.REFUSE);
    write(
        "teacher.yaml",
        "{name: n, version: v, input: {height: 1, width: 1, channels: 1, type: uint8}, classes: [a]}");
    assertThat(ModelSpec.load(directory, "teacher").layout()).isEqualTo(Layout.NHWC);
  }

  @Test
  void shouldNameBothHashesWhereTheyDiffer() throws Exception {
    // given
    write("model.pt", "abc");
    write("teacher.yaml", YAML + "sha256: " + "f".repeat(64));

    // then
    assertThatThrownBy(() -> ModelSpec.load(directory, "teacher"))
        .isInstanceOf(StartupException.class)
        .hasMessage(
            "teacher: "
                + directory.resolve("model.pt")
                + " has sha256 ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad,"
                + " its description says "
                + "f".repeat(64));
  }

  @Test
  void shouldTellWhetherTwoAreTheSameModel() throws Exception {
    // given
    Path copy = Files.createDirectory(directory.resolve("copy"));
    write("model.pt", "abc");
    write("teacher.yaml", YAML);
    write("copy/other.pt", "abc");

    // then
    ModelSpec model = ModelSpec.load(directory, "teacher");
    write("copy/teacher.yaml", YAML + "file: other.pt");
    assertThat(model.describesTheSameAs(ModelSpec.load(copy, "teacher"))).isTrue();
    write("copy/teacher.yaml", YAML.replace("0.3530", "0.3531") + "file: other.pt");
    assertThat(model.describesTheSameAs(ModelSpec.load(copy, "teacher"))).isFalse();
    write("copy/teacher.yaml", YAML + "file: other.pt");
    write("copy/other.pt", "abd");
    assertThat(model.describesTheSameAs(ModelSpec.load(copy, "teacher"))).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "output: {} | true",
        "task: segmentation | false",
        "layout: nchw | true",
        "layout: nhwc | false"
      })
  void shouldTakeADefaultThatIsStatedForTheSame(String keys, boolean isSame) throws Exception {
    // given
    write("model.pt", "abc");
    write("teacher.yaml", YAML);
    ModelSpec model = ModelSpec.load(directory, "teacher");

    // when
    write(
        "teacher.yaml",
        keys.startsWith("layout")
            ? YAML.replace("type: float", "type: float, " + keys)
            : YAML + keys);

    // then
    assertThat(ModelSpec.load(directory, "teacher").describesTheSameAs(model)).isEqualTo(isSame);
  }

  @ParameterizedTest
  @CsvSource({"1, true", "2, false"})
  void shouldTakeTheStrideOneForTheOneThatIsLeftOut(int stride, boolean isSame) throws Exception {
    // given
    write("model.pt", "abc");
    write("teacher.yaml", YAML + "task: segmentation");
    ModelSpec model = ModelSpec.load(directory, "teacher");

    // when
    write("teacher.yaml", YAML + "task: segmentation\noutput: {stride: %d}".formatted(stride));

    // then
    assertThat(ModelSpec.load(directory, "teacher").describesTheSameAs(model)).isEqualTo(isSame);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "layout: nhwc | input.layout must be nchw with type float for a student, was nhwc",
        "resize: stretch | input.resize must be refuse for a student, was stretch"
      })
  void shouldRefuseForAStudentWhatOnlyTeachersCan(String key, String message) throws Exception {
    // given
    write("model.pt", "abc");
    write("student.yaml", YAML.replace("type: float", key));

    // then
    assertThatThrownBy(() -> ModelSpec.load(directory, "student"))
        .isInstanceOf(StartupException.class)
        .hasMessage("student: " + directory.resolve("student.yaml") + ": " + message);
  }

  @Test
  void shouldPreferTheOwnKindAndTakeTheOther() throws Exception {
    // given
    write("model.pt", "abc");
    write("teacher.yaml", YAML.replace("net", "teacher-net"));

    // then
    assertThat(ModelSpec.load(directory, "student").name()).isEqualTo("teacher-net");
    write("student.yaml", YAML.replace("net", "student-net"));
    assertThat(ModelSpec.load(directory, "student").name()).isEqualTo("student-net");
    assertThat(ModelSpec.load(directory, "teacher").name()).isEqualTo("teacher-net");
  }

  @Test
  void shouldTakeAFileInPlaceOfTheOneDescribed() throws Exception {
    // given
    write("model.pt", "abc");
    write("other.pt", "");
    write("student.yaml", YAML);

    // then
    assertThat(ModelSpec.load(directory.resolve("other.pt"), "student").sha256())
        .isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    write("student.yaml", YAML + "file: other.pt");
    assertThat(ModelSpec.load(directory, "student").file())
        .isEqualTo(directory.resolve("other.pt"));
  }

  @Test
  void shouldDescribeATeacherThatAServerHas() throws Exception {
    // given
    write("teacher.yaml", YAML);

    // when
    ModelSpec model = ModelSpec.served(directory, "resnet", Optional.of("3"), "00");

    // then
    assertThat(model.name()).isEqualTo("resnet");
    assertThat(model.version()).isEqualTo("3");
    assertThat(model.sha256()).isEqualTo("00");
    assertThat(model.file()).isEqualTo(directory.resolve("teacher.yaml"));
    assertThat(model.width()).isEqualTo(20);
    assertThat(ModelSpec.served(directory, "resnet", Optional.empty(), "00").version())
        .isEqualTo("1.0");
    assertThatThrownBy(() -> ModelSpec.served(directory.resolve("x"), "r", Optional.empty(), ""))
        .isInstanceOf(StartupException.class)
        .hasMessage("teacher: there is no teacher.yaml in " + directory.resolve("x"));
  }

  @Test
  void shouldSayWhatIsMissing() throws Exception {
    assertThatThrownBy(() -> ModelSpec.load(directory.resolve("x"), "teacher"))
        .isInstanceOf(StartupException.class)
        .hasMessage("teacher: there is no model directory " + directory.resolve("x"));
    assertThatThrownBy(() -> ModelSpec.load(directory, "teacher"))
        .isInstanceOf(StartupException.class)
        .hasMessage("teacher: there is no teacher.yaml in " + directory);
    write("teacher.yaml", YAML);
    assertThatThrownBy(() -> ModelSpec.load(directory, "teacher"))
        .isInstanceOf(StartupException.class)
        .hasMessage("teacher: cannot read the model's file " + directory.resolve("model.pt"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "std: [0.3530]            | std: [0]         | input.std: must be positive, was [0.0]",
        "std: [0.3530]            | std: [-1, 1]     | input.std: must have one value per channel (1), was [-1.0, 1.0]",
        "mean: [0.2860]           | mean: [x]        | input.mean[0]: must be a number, was \"x\"",
        "height: 28               | height: 0        | input.height: must be positive, was 0",
        "type: float              | type: half       | input.type: must be one of float, uint8, was \"half\"",
        "type: float              | type: uint8      | input.mean: must be left out with type uint8",
        "[T-shirt/top, Trouser]   | []               | classes: must name at least one class",
        "[T-shirt/top, Trouser]   | [a, a]           | classes: must be different from each other, was [a, a]",
        "type: float              | layout: hwc      | input.layout: must be one of nchw, nhwc, was \"hwc\"",
        "type: float              | resize: fit      | input.resize: must be one of refuse, stretch, crop, was \"fit\"",
        "name: net                | name: net~sha256: abc | sha256: must be 64 hexadecimal digits, was abc",
        "name: net                | nome: net        | nome: unknown key; did you mean name?",
        "name: net                | name: ''         | name: must not be empty",
        "version: \"1.0\"         | version: ''      | version: must not be empty"
      })
  void shouldSayWhatIsWrong(String good, String bad, String message) throws Exception {
    // given
    write("model.pt", "abc");
    write("student.yaml", YAML.replace(good, bad.replace('~', '\n')));

    // then
    assertThatThrownBy(() -> ModelSpec.load(directory, "student"))
        .isInstanceOf(StartupException.class)
        .hasMessageStartingWith("student: bad configuration " + directory.resolve("student.yaml"))
        .hasMessageContaining(message);
  }

  private void write(String name, String text) throws Exception {
    Files.writeString(directory.resolve(name), text);
  }
}
