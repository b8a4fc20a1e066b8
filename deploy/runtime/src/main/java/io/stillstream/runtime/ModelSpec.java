package io.stillstream.runtime;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A model directory: a scripted TorchScript file, and beside it a description of what goes in and
 * what comes out.
 */
public final class ModelSpec {
  private final Path file;
  private final String sha256;
  private final ModelDescription description;

  private ModelSpec(Path file, String sha256, ModelDescription description) {
    this.file = file;
    this.sha256 = sha256;
    this.description = description;
  }

  /** What a model takes: scaled floats [N, C, H, W], or bytes [N, H, W, C] as they are. */
  public enum InputType {
    FLOAT,
    UINT8
  }

  /**
   * Reads a description and the hash of the file that it describes.
   *
   * @param path the directory, or the model's file in it, which then wins over the key {@code file}
   * @param kind {@code teacher} or {@code student}: the key that messages name, and which of {@code
   *     teacher.yaml} and {@code student.yaml} is preferred where both exist
   * @throws StartupException if a file is missing or the description is wrong
   */
  public static ModelSpec load(Path path, String kind) {
    boolean isFile = Files.isRegularFile(path);
    if (!isFile && !Files.isDirectory(path)) {
      throw new StartupException(kind + ": there is no model directory " + path);
    }
    Path directory = isFile ? path.toAbsolutePath().getParent() : path;
    Path yaml =
        Stream.of(kind, "teacher", "student")
            .map(name -> directory.resolve(name + ".yaml"))
            .filter(Files::isRegularFile)
            .findFirst()
            .orElseThrow(
                () ->
                    new StartupException(kind + ": there is no " + kind + ".yaml in " + directory));
    ModelDescription description;
    try {
      description = Settings.load(yaml, ModelDescription.class, Map.of());
    } catch (StartupException e) {
      throw new StartupException(kind + ": " + e.getMessage(), e);
    }
    Path file = isFile ? path : directory.resolve(description.file());
    return new ModelSpec(file, sha256(file, kind), description);
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

  /** Per channel, of x/255; zeros if the description names none. */
  public float[] mean() {
    return perChannel(description.input().mean(), 0);
  }

  /** Per channel, of x/255; ones if the description names none. */
  public float[] std() {
    return perChannel(description.input().std(), 1);
  }

  /** In the order of the logits. */
  public List<String> classes() {
    return description.classes();
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

  private float[] perChannel(List<Double> values, float otherwise) {
    float[] result = new float[channels()];
    for (int i = 0; i < result.length; i++) {
      result[i] = values.isEmpty() ? otherwise : values.get(i).floatValue();
    }
    return result;
  }

  private static String sha256(Path file, String kind) {
    try (InputStream in = Files.newInputStream(file);
        DigestInputStream digested =
            new DigestInputStream(in, MessageDigest.getInstance("SHA-256"))) {
      digested.transferTo(OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(digested.getMessageDigest().digest());
    } catch (IOException e) {
      throw new StartupException(kind + ": cannot read the model's file " + file, e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
