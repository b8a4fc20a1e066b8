package io.stillstream.containers.tools;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A program or library outside of this build that some tests need. This is the only list of them:
 * {@link RequiresTool} leaves tests out where one is missing, Maven's phase {@code validate} runs
 * this file as a program for {@code -Dtools=required}, and so does {@code .ci/run} to learn what to
 * install. The file compiles alone, without a class path.
 */
public enum ExternalTool {
  CHROMIUM("Chromium and ChromeDriver", "the live page in a browser", "chromium chromium-driver"),
  DOCKER(
      "Docker, with its daemon running",
      "with `-Dcontainers`: Kafka and Apicurio in containers",
      "docker.io"),
  FAKETIME("libfaketime", "with `-Pfaults`: jumps of the clock", "libfaketime"),
  INFERENCE_SERVERS(
      "MLServer and Triton, by `deploy/containers/inference-servers/install`",
      "teachers behind the Open Inference Protocol",
      "python3-venv libpython3.11"),
  JAVASCRIPT(
      "Node.js, and `npm ci` done in `deploy/local/src/test/javascript`",
      "every topic read by JavaScript clients",
      "nodejs npm"),
  KUBECTL("kubectl", "the manifests for Kubernetes", "kubernetes-client"),
  PROMETHEUS("Prometheus and promtool", "rules, alerts and metrics", "prometheus"),
  PYTHON_EXAMPLES(
      "a `python3` with Debian's packages, and PyPI's by `deploy/containers/python-examples/install`",
      "the programs of deploy/examples",
      "python3-avro python3-confluent-kafka python3-opencv python3-torch python3-venv python3-yaml curl"),
  PYTHON_OPENCV(
      "a `python3` with `cv2` and `numpy`",
      "the augmenter's benchmark against OpenCV in Python",
      "python3-opencv"),
  PYTHON_TORCH(
      "a `python3` with `torch` and `numpy`",
      "the benchmarks of teacher and student against PyTorch",
      "python3-torch"),
  PYTHON_TUTORIAL(
      "a `python3` with `torch`, `yaml`, `PIL`, `skimage` and `cv2`",
      "the tutorial",
      "python3-torch python3-yaml python3-pil python3-skimage python3-opencv curl");

  /** Value of {@code -Dtools} without which nothing is required. */
  static final String IF_PRESENT = "if-present";

  private static final String REQUIRED = "required";
  private static final long PATIENCE_SECONDS = 60;

  private final String title;
  private final String use;
  private final String packages;

  ExternalTool(String title, String use, String packages) {
    this.title = title;
    this.use = use;
    this.packages = packages;
  }

  /** Debian's packages that bring it, with blanks between them. */
  public String packages() {
    return packages;
  }

  /** Looks for it now. */
  public boolean isPresent() {
    return switch (this) {
      case CHROMIUM -> areOnPath("chromium", "chromedriver");
      case DOCKER -> areOnPath("docker") && succeeds("docker", "info");
      case FAKETIME -> faketimeLibrary().isPresent();
      case INFERENCE_SERVERS -> environment("inference-servers").isPresent();
      case JAVASCRIPT -> areOnPath("node") && hasJavaScriptPackages();
      case KUBECTL -> areOnPath("kubectl");
      case PROMETHEUS -> areOnPath("prometheus", "promtool");
      case PYTHON_EXAMPLES ->
          environment("python-examples").isPresent()
              && areOnPath("curl")
              && pythonWith("avro", "confluent_kafka", "cv2", "torch", "yaml").isPresent();
      case PYTHON_OPENCV -> pythonWith("cv2", "numpy").isPresent();
      case PYTHON_TORCH -> pythonWith("torch", "numpy").isPresent();
      case PYTHON_TUTORIAL ->
          areOnPath("curl") && pythonWith("torch", "yaml", "PIL", "skimage", "cv2").isPresent();
    };
  }

  /** Why a test that needs it is left out. */
  public String missing() {
    return "%s is missing: %s (Debian: %s)".formatted(option(), title, packages);
  }

  /** The first executable file of this name on the PATH. */
  public static Optional<Path> onPath(String program) {
    return everyOnPath(program).findFirst();
  }

  /** The library that a process loads to be told another time. */
  public static Optional<Path> faketimeLibrary() {
    return Stream.of("x86_64-linux-gnu", "aarch64-linux-gnu")
        .map(triplet -> Path.of("/usr/lib", triplet, "faketime/libfaketimeMT.so.1"))
        .filter(Files::isRegularFile)
        .findFirst();
  }

  /** A virtual environment of Python, made by the {@code install} script of that name. */
  public static Optional<Path> environment(String name) {
    return Optional.ofNullable(System.getenv("HOME"))
        .map(home -> Path.of(home, ".cache/stillstream", name))
        .filter(environment -> Files.isRegularFile(environment.resolve("requirements.txt")));
  }

  /**
   * The tools that may not be missing.
   *
   * @param tools value of {@code -Dtools}: {@code if-present}, {@code required}, or names
   * @param containers whether tests in containers are asked for; else nothing needs Docker
   * @throws IllegalArgumentException if there is no tool of a name
   */
  static Set<ExternalTool> required(String tools, boolean containers) {
    Set<ExternalTool> required = EnumSet.noneOf(ExternalTool.class);
    switch (tools) {
      case IF_PRESENT -> {}
      case REQUIRED -> required.addAll(EnumSet.complementOf(EnumSet.of(DOCKER)));
      default -> Stream.of(tools.split(",", -1)).map(ExternalTool::of).forEach(required::add);
    }
    if (containers) {
      required.add(DOCKER);
    }
    return required;
  }

  /** The rows of README's table. */
  static List<String> table() {
    return Stream.of(values())
        .map(
            tool ->
                "| `%s` | %s | `%s` | %s |"
                    .formatted(
                        tool.option(), tool.title, tool.packages.replace(" ", "`, `"), tool.use))
        .toList();
  }

  /**
   * Prints what is missing on this machine.
   *
   * @param arguments those of {@link #answer}
   */
  public static void main(String[] arguments) {
    System.out.print(answer(ExternalTool::isPresent, arguments));
  }

  /**
   * What is missing.
   *
   * @param lookup whether a tool is there
   * @param arguments {@code check TOOLS CONTAINERS}, the values of {@code -Dtools} and {@code
   *     -Dcontainers}: one message that names all that are required and missing, or nothing. {@code
   *     packages}: Debian's for what is missing, without Docker's. {@code table}: README's rows.
   */
  static String answer(Predicate<ExternalTool> lookup, String... arguments) {
    return switch (arguments.length == 0 ? "" : arguments[0]) {
      case "check" -> check(lookup, arguments[1], !arguments[2].equals("false"));
      case "packages" ->
          lines(
              required(REQUIRED, false).stream()
                  .filter(lookup.negate())
                  .flatMap(tool -> Stream.of(tool.packages.split(" "))));
      case "table" -> lines(table().stream());
      default ->
          throw new IllegalArgumentException("usage: check TOOLS CONTAINERS | packages | table");
    };
  }

  private static String check(Predicate<ExternalTool> lookup, String tools, boolean containers) {
    Set<ExternalTool> required;
    try {
      required = required(tools, containers);
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
    List<ExternalTool> missing = required.stream().parallel().filter(lookup.negate()).toList();
    if (missing.isEmpty()) {
      return "";
    }
    return missing.stream().map(tool -> "\n  " + tool.missing()).collect(Collectors.joining())
        + "\n  apt-get install "
        + missing.stream().map(ExternalTool::packages).collect(Collectors.joining(" "));
  }

  private static String lines(Stream<String> lines) {
    return lines.map(line -> line + "\n").collect(Collectors.joining());
  }

  private static ExternalTool of(String option) {
    return Stream.of(values())
        .filter(tool -> tool.option().equals(option))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "tools: must be %s, %s or names of %s, was %s"
                        .formatted(
                            IF_PRESENT,
                            REQUIRED,
                            Stream.of(values()).map(ExternalTool::option).toList(),
                            option)));
  }

  private String option() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static boolean areOnPath(String... programs) {
    return Stream.of(programs).allMatch(program -> onPath(program).isPresent());
  }

  private static Stream<Path> everyOnPath(String program) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
        .filter(directory -> !directory.isEmpty())
        .map(directory -> Path.of(directory, program))
        .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file));
  }

  /** Tests run in their module, the check of {@code -Dtools=required} in the root. */
  private static boolean hasJavaScriptPackages() {
    Path installed = Path.of("deploy/local/src/test/javascript/node_modules/.package-lock.json");
    return Stream.iterate(Path.of("").toAbsolutePath(), Objects::nonNull, Path::getParent)
        .anyMatch(directory -> Files.isRegularFile(directory.resolve(installed)));
  }

  /**
   * The first Python on the PATH that has modules. It does not import them: one that is there but
   * broken is to fail the test.
   */
  public static Optional<Path> pythonWith(String... modules) {
    String question =
        "import sys, importlib.util as i; sys.exit(not all(map(i.find_spec, ['%s'])))"
            .formatted(String.join("', '", modules));
    return everyOnPath("python3")
        .filter(python -> succeeds(python.toString(), "-c", question))
        .findFirst();
  }

  private static boolean succeeds(String... command) {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      process.getOutputStream().close();
      boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
      process.destroyForcibly();
      return ended && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
