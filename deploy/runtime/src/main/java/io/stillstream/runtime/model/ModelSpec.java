package io.stillstream.runtime.model;

import io.stillstream.runtime.config.Scalars;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.schemas.answer.ModelTask;
import io.stillstream.schemas.answer.OutputShape;
import io.stillstream.schemas.values.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** A model directory: a TorchScript or ONNX file, and a description of what goes in and out. */
public final class ModelSpec {
  private final Path file;
  private final String sha256;
  private final ModelYaml description;

  private ModelSpec(Path file, String sha256, ModelYaml description) {
    this.file = file;
    this.sha256 = sha256;
    this.description = description;
  }

  /** What a model takes: scaled floats, or bytes as they are. */
  public enum InputType {
    FLOAT,
    UINT8
  }

  /** In which order: [N, C, H, W], or [N, H, W, C]. */
  public enum Layout {
    NCHW,
    NHWC
  }

  /** What becomes of a picture that has another size, or other channels, than the model takes. */
  public enum Resize {
    /** It is refused. */
    REFUSE,
    /** It is stretched, whatever its proportions. */
    STRETCH,
    /** It covers the model's size, keeping its proportions, and what sticks out is cut off. */
    CROP
  }

  /**
   * Reads a description and the hash of the file that it describes.
   *
   * @param path the directory, or the model's file in it, which then wins over the key {@code file}
   * @param kind {@code teacher} or {@code student}: the key that messages name, and which of {@code
   *     teacher.yaml} and {@code student.yaml} is preferred where both exist
   * @throws StartupException if a file is missing, the description is wrong, or the file is not the
   *     one that the description names
   */
  public static ModelSpec load(Path path, String kind) {
    boolean isFile = Files.isRegularFile(path);
    if (!isFile && !Files.isDirectory(path)) {
      throw new StartupException(kind + ": there is no model directory " + path);
    }
    Path directory = isFile ? path.toAbsolutePath().getParent() : path;
    Path yaml = ModelYaml.find(directory, kind);
    ModelYaml description = ModelYaml.load(yaml, kind);
    Path file = isFile ? path : ModelFormat.file(directory, description.file());
    if (kind.equals("student")) {
      refuseForStudent(yaml, description.input(), file);
    }
    String sha256 = sha256(file, kind);
    description.sha256().ifPresent(expected -> requireHash(kind, file, expected, sha256));
    return new ModelSpec(file, sha256, description);
  }

  /**
   * Reads the description of a teacher that another server computes: {@link #file} is it then.
   *
   * @param name in place of the description's; so are {@code version}, if given, and {@code sha256}
   * @throws StartupException if the directory holds none, or it is wrong
   */
  public static ModelSpec served(
      Path directory, String name, Optional<String> version, String sha256) {
    Path yaml = ModelYaml.find(directory, "teacher");
    return new ModelSpec(yaml, sha256, ModelYaml.load(yaml, "teacher").served(name, version));
  }

  public String name() {
    return description.name();
  }

  public String version() {
    return description.version();
  }

  public Path file() {
    return file;
  }

  /** What the file holds. */
  public ModelFormat format() {
    return ModelFormat.of(file);
  }

  /** Of the file, in lower-case hexadecimal digits. */
  public String sha256() {
    return sha256;
  }

  public int height() {
    return description.input().height();
  }

  public int width() {
    return description.input().width();
  }

  public int channels() {
    return description.input().channels();
  }

  public InputType inputType() {
    return description.input().type();
  }

  /** In which order the dimensions are: by default NCHW for floats and NHWC for bytes. */
  public Layout layout() {
    return description.input().layout().orElse(usual(inputType()));
  }

  public Resize resize() {
    return description.input().resize();
  }

  /**
   * Whether everything is the same, but for where the files are, and for keys {@code layout} and
   * {@code output} that only state the default.
   */
  public boolean describesTheSameAs(ModelSpec other) {
    return sha256.equals(other.sha256)
        && description.normalised().equals(other.description.normalised());
  }

  /** Per channel, of x/255; zeros if the description names none. */
  public float[] mean() {
    return perChannel(description.input().mean(), 0);
  }

  /** Per channel, of x/255; ones if the description names none. */
  public float[] std() {
    return perChannel(description.input().std(), 1);
  }

  public ModelTask task() {
    return description.task();
  }

  /** Shape of the answer for one image. */
  public OutputShape output() {
    return description.outputShape();
  }

  /** In the order of the logits; may be empty for embeddings. */
  public List<String> classes() {
    return description.classes();
  }

  /**
   * Index of the class that a folder of images stands for: it is called as the class, or else by
   * the class's number.
   *
   * @param classes in the order of the logits
   */
  public static OptionalInt classIndex(List<String> classes, String folder) {
    int named = classes.indexOf(folder);
    return named >= 0
        ? OptionalInt.of(named)
        : IntStream.range(0, classes.size())
            .filter(number -> Integer.toString(number).equals(folder))
            .findFirst();
  }

  /** Exactly as described, where a float would round. */
  double mean(int channel) {
    List<Double> mean = description.input().mean();
    return mean.isEmpty() ? 0 : mean.get(channel);
  }

  double std(int channel) {
    List<Double> std = description.input().std();
    return std.isEmpty() ? 1 : std.get(channel);
  }

  static Layout usual(InputType type) {
    return type == InputType.FLOAT ? Layout.NCHW : Layout.NHWC;
  }

  private static void refuseForStudent(Path yaml, ModelYaml.Input input, Path file) {
    if (ModelFormat.of(file) != ModelFormat.TORCHSCRIPT) {
      throw new StartupException(
          "student: %s must be a TorchScript module: only that can be trained".formatted(file));
    }
    Layout usual = usual(input.type());
    if (input.layout().orElse(usual) != usual) {
      throw new StartupException(
          "student: %s: input.layout must be %s with type %s for a student, was %s"
              .formatted(
                  yaml,
                  Scalars.format(usual),
                  Scalars.format(input.type()),
                  Scalars.format(input.layout().orElseThrow())));
    }
    if (input.resize() != Resize.REFUSE) {
      throw new StartupException(
          "student: %s: input.resize must be refuse for a student, was %s"
              .formatted(yaml, Scalars.format(input.resize())));
    }
  }

  private static void requireHash(String kind, Path file, String expected, String actual) {
    if (!expected.equals(actual)) {
      throw new StartupException(
          "%s: %s has sha256 %s, its description says %s".formatted(kind, file, actual, expected));
    }
  }

  private float[] perChannel(List<Double> values, float otherwise) {
    float[] result = new float[channels()];
    for (int i = 0; i < result.length; i++) {
      result[i] = values.isEmpty() ? otherwise : values.get(i).floatValue();
    }
    return result;
  }

  private static String sha256(Path file, String kind) {
    try (InputStream in = Files.newInputStream(file);
        DigestInputStream digested = new DigestInputStream(in, Sha256.digest())) {
      digested.transferTo(OutputStream.nullOutputStream());
      return Sha256.hex(digested.getMessageDigest());
    } catch (IOException e) {
      throw new StartupException(kind + ": cannot read the model's file " + file, e);
    }
  }
}
