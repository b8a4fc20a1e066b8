package io.stillstream.runtime.model;

import io.stillstream.runtime.config.Default;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.runtime.model.ModelSpec.InputType;
import io.stillstream.runtime.model.ModelSpec.Layout;
import io.stillstream.runtime.model.ModelSpec.Resize;
import io.stillstream.schemas.answer.ModelTask;
import io.stillstream.schemas.answer.OutputShape;
import io.stillstream.schemas.answer.SegmentationMask;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The content of {@code teacher.yaml} or {@code student.yaml}.
 *
 * @param file the model's file; {@code model.pt} or else {@code model.onnx} if left out
 * @param sha256 what the model's file must hash to, in hexadecimal digits
 * @param output what the task needs to be known of the answer; empty for classification
 * @param classes in the order of the logits; may be left out for embeddings
 */
record ModelYaml(
    String name,
    String version,
    Optional<Path> file,
    Optional<String> sha256,
    @Default("classification") ModelTask task,
    Input input,
    Optional<Output> output,
    @Default("[]") List<String> classes) {

  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  ModelYaml {
    sha256 = sha256.map(digits -> digits.toLowerCase(Locale.ROOT));
    List<String> errors = new ArrayList<>();
    if (name.isBlank()) {
      errors.add("name must not be empty");
    }
    if (version.isBlank()) {
      errors.add("version must not be empty");
    }
    sha256
        .filter(digits -> !SHA256.matcher(digits).matches())
        .ifPresent(digits -> errors.add("sha256 must be 64 hexadecimal digits, was " + digits));
    if (classes.isEmpty() && task != ModelTask.EMBEDDING) {
      errors.add("classes must name at least one class");
    }
    if (new HashSet<>(classes).size() < classes.size()) {
      errors.add("classes must be different from each other, was " + classes);
    }
    checkOutput(task, input, output.orElse(new Output(Optional.empty(), Optional.empty())), errors);
    if (task == ModelTask.SEGMENTATION && classes.size() > SegmentationMask.IGNORE) {
      errors.add(
          "classes must be at most %d with task segmentation, were %d"
              .formatted(SegmentationMask.IGNORE, classes.size()));
    }
    refuse(errors);
    classes = List.copyOf(classes);
    requireShape(task, input, output, classes);
  }

  /** The description in a directory, of the kind that is preferred; messages begin with it. */
  static Path find(Path directory, String kind) {
    return Stream.of(kind, "teacher", "student")
        .map(name -> directory.resolve(name + ".yaml"))
        .filter(Files::isRegularFile)
        .findFirst()
        .orElseThrow(
            () -> new StartupException(kind + ": there is no " + kind + ".yaml in " + directory));
  }

  /** Reads a description; messages begin with the kind. */
  static ModelYaml load(Path yaml, String kind) {
    try {
      return YamlSettings.loadForeign(yaml, ModelYaml.class);
    } catch (StartupException e) {
      throw new StartupException(kind + ": " + e.getMessage(), e);
    }
  }

  /** The same of a model that a server calls so, and that has no file here. */
  ModelYaml served(String model, Optional<String> served) {
    Optional<Path> none = Optional.empty();
    String number = served.orElse(version);
    return new ModelYaml(model, number, none, Optional.empty(), task, input, output, classes);
  }

  /** Refuses too many numbers here, before a model is loaded. */
  private static void requireShape(
      ModelTask task, Input input, Optional<Output> output, List<String> classes) {
    try {
      OutputShape unused = shape(task, input, output, classes);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("output must be smaller: " + e.getMessage(), e);
    }
  }

  private static void checkOutput(ModelTask task, Input input, Output output, List<String> errors) {
    if (task != ModelTask.SEGMENTATION && output.stride().isPresent()) {
      errors.add("output.stride must be left out with task " + task.key());
    }
    if (task != ModelTask.EMBEDDING && output.dimensions().isPresent()) {
      errors.add("output.dimensions must be left out with task " + task.key());
    }
    if (task == ModelTask.EMBEDDING && output.dimensions().isEmpty()) {
      errors.add("output.dimensions must be given with task embedding");
    }
    if (task == ModelTask.SEGMENTATION) {
      int stride = output.stride().orElse(1);
      if (input.height() % stride != 0 || input.width() % stride != 0) {
        errors.add(
            "output.stride must divide the input of %d x %d, was %d"
                .formatted(input.height(), input.width(), stride));
      }
      if (input.resize() != Resize.REFUSE) {
        errors.add(
            "input.resize must be refuse with task segmentation: a cell of the answer stands for"
                + " pixels of the view");
      }
    }
  }

  /** The shape of the answer for one view. */
  OutputShape outputShape() {
    return shape(task, input, output, classes);
  }

  private static OutputShape shape(
      ModelTask task, Input input, Optional<Output> output, List<String> classes) {
    return switch (task) {
      case CLASSIFICATION -> OutputShape.classification(classes.size());
      case SEGMENTATION -> {
        int stride = output.flatMap(Output::stride).orElse(1);
        yield OutputShape.segmentation(
            classes.size(), input.height() / stride, input.width() / stride, stride);
      }
      case EMBEDDING -> OutputShape.embedding(output.flatMap(Output::dimensions).orElseThrow());
    };
  }

  /** The same wherever its files lie, and whether or not it states what is so by default. */
  ModelYaml normalised() {
    Optional<Output> stated =
        switch (task) {
          case CLASSIFICATION -> Optional.empty();
          case SEGMENTATION ->
              Optional.of(new Output(Optional.of(outputShape().stride()), Optional.empty()));
          case EMBEDDING -> output;
        };
    return new ModelYaml(
        name,
        version,
        Optional.empty(),
        Optional.empty(),
        task,
        input.normalised(),
        stated,
        classes);
  }

  private static void refuse(List<String> errors) {
    if (!errors.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", errors));
    }
  }

  /**
   * What comes out, beyond the classes.
   *
   * @param stride pixels of the input for each cell of the answer, in each direction; for
   *     segmentation
   * @param dimensions numbers in the vector; for embeddings
   */
  record Output(Optional<Integer> stride, Optional<Integer> dimensions) {
    Output {
      List<String> errors = new ArrayList<>();
      stride.ifPresent(value -> Input.positive("stride", value, errors));
      dimensions.ifPresent(value -> Input.positive("dimensions", value, errors));
      refuse(errors);
    }
  }

  /**
   * What goes in.
   *
   * @param layout the order of dimensions; the type's usual one if left out
   * @param mean of x/255 for each channel, or empty; {@code std} likewise
   * @param resize what becomes of pictures of another size
   */
  record Input(
      int height,
      int width,
      int channels,
      @Default("float") InputType type,
      Optional<Layout> layout,
      @Default("[]") List<Double> mean,
      @Default("[]") List<Double> std,
      @Default("refuse") Resize resize) {

    Input {
      List<String> errors = new ArrayList<>();
      positive("height", height, errors);
      positive("width", width, errors);
      positive("channels", channels, errors);
      if (resize != Resize.REFUSE && channels != 1 && channels != 3) {
        errors.add("resize must be refuse with " + channels + " channels: it knows 1 and 3");
      }
      perChannel("mean", mean, channels, errors);
      perChannel("std", std, channels, errors);
      if (std.stream().anyMatch(value -> value <= 0)) {
        errors.add("std must be positive, was " + std);
      }
      if (type == InputType.UINT8 && !(mean.isEmpty() && std.isEmpty())) {
        errors.add(
            "mean must be left out with type uint8, like std: such a model scales by itself");
      }
      refuse(errors);
    }

    private Input normalised() {
      Layout stated = layout.orElse(ModelSpec.usual(type));
      return new Input(height, width, channels, type, Optional.of(stated), mean, std, resize);
    }

    private static void positive(String key, int value, List<String> errors) {
      if (value <= 0) {
        errors.add(key + " must be positive, was " + value);
      }
    }

    private static void perChannel(
        String key, List<Double> values, int channels, List<String> errors) {
      if (!values.isEmpty() && values.size() != channels) {
        errors.add(key + " must have one value per channel (" + channels + "), was " + values);
      }
    }
  }
}
