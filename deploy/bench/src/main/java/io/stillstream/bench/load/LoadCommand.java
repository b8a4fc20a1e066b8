package io.stillstream.bench.load;

import com.fasterxml.jackson.databind.node.NullNode;
import io.stillstream.bench.load.deployment.Deployment;
import io.stillstream.bench.load.deployment.LoadSettings;
import io.stillstream.bench.load.image.InvalidImageShare;
import io.stillstream.bench.load.image.LoadImageSize;
import io.stillstream.bench.load.report.LoadReport;
import io.stillstream.bench.machine.MachineInfo;
import io.stillstream.bench.machine.ScratchDirectory;
import io.stillstream.runtime.config.StartupException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What the whole pipeline does under load. */
@Command(
    name = "load",
    description = {
      "Sends images at a constant rate into the pipeline, each service in a process of its own,"
          + " and",
      "tells what it sustains, how old images are at each stage, what an image costs, what happens",
      "to memory, and whether every image was dealt with exactly once."
    })
public final class LoadCommand implements Callable<Integer> {
  private static final int DISAGREES = 1;
  private static final double NEARLY_ALL = 0.9;
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");
  private static final String FULL = "full";
  private static final String AS_MUCH_AS_IT_TAKES = "max";

  @Option(
      names = "--rate",
      defaultValue = AS_MUCH_AS_IT_TAKES,
      paramLabel = "N|max",
      description =
          "Images per second; max looks for what is sustained, and measures half and nine tenths"
              + " of it. Default ${DEFAULT-VALUE}.")
  private String rate;

  @Option(
      names = "--soak",
      paramLabel = "M",
      description = "Minutes at one rate; with --rate max at nine tenths of what is sustained.")
  private Optional<Double> soak = Optional.empty();

  @Option(
      names = "--report",
      paramLabel = "EXTENT",
      description =
          "All of it: services alone at 1, 2 and 4 partitions, the pipeline with --rate max, and"
              + " with 2 %% of bad images; quick or full, with more instances.")
  private Optional<String> report = Optional.empty();

  @Option(
      names = "--image",
      defaultValue = "28x28",
      paramLabel = "WxH",
      description =
          "Size of the images: 28x28 are bare pixels, others JPEG. Default ${DEFAULT-VALUE}.")
  private String image;

  @Option(
      names = "--bad",
      defaultValue = "0",
      paramLabel = "SHARE",
      description = "Share of bad images, of six kinds, 0 to 1; default ${DEFAULT-VALUE}.")
  private double bad;

  @Option(
      names = "--seconds",
      defaultValue = "30",
      paramLabel = "S",
      description = "Length of a measurement; default ${DEFAULT-VALUE}.")
  private double seconds;

  @Option(
      names = "--warm-up",
      defaultValue = "10",
      paramLabel = "S",
      description = "Seconds before each that do not count; default ${DEFAULT-VALUE}.")
  private double warmUp;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where report.md and report.json go; below deploy/bench/target when absent.")
  private Optional<Path> out = Optional.empty();

  @Mixin private LocalDeploymentOptions own;
  @Mixin private ExternalDeploymentOptions found;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    require(seconds > 0, "--seconds must be above 0, was " + seconds);
    require(warmUp >= 0, "--warm-up must not be negative, was " + warmUp);
    report.ifPresent(
        extent ->
            require(
                List.of("quick", FULL).contains(extent),
                "--report must be quick or full, was " + extent));
    soak.ifPresent(m -> require(m > 0, "--soak must be above 0, was " + m));
    require(found.isWhole(), "--bootstrap-server and --schema-registry belong together");
    require(
        !found.isThere() || report.isEmpty(),
        "--report needs a pipeline of its own, to start and to stop");
    LoadSettings settings = settings();
    double constant = constantRate();
    Path directory = outDirectory(settings.home());
    LoadReport lines =
        new LoadReport(spec.commandLine().getOut(), command(), machine(), setup(settings));
    try (ScratchDirectory scratch = ScratchDirectory.create()) {
      LoadPlan plan = new LoadPlan(settings, scratch.path(), lines);
      report.ifPresent(extent -> plan.alone(extent.equals(FULL)));
      try (Deployment deployment = found.isThere() ? found.deployment() : plan.open()) {
        load(plan, deployment, constant);
      }
    }
    return lines.finish(directory).isEmpty() ? 0 : DISAGREES;
  }

  private void load(LoadPlan plan, Deployment deployment, double constant) {
    double sustained = Double.NaN;
    if (Double.isNaN(constant) || report.isPresent()) {
      sustained = plan.capacity(deployment);
    }
    if (report.isPresent()) {
      plan.someBad(deployment, sustained);
    }
    if (soak.isPresent()) {
      double soaked = Double.isNaN(constant) ? NEARLY_ALL * sustained : constant;
      Duration time = Duration.ofMillis(Math.round(soak.get() * 60_000));
      plan.constant(deployment, "soak", soaked, time);
    } else if (!Double.isNaN(constant)) {
      plan.constant(deployment, "constant", constant, duration(seconds));
    }
  }

  /** NaN for as much as it takes. */
  private double constantRate() {
    if (rate.equals(AS_MUCH_AS_IT_TAKES)) {
      return Double.NaN;
    }
    try {
      double number = Double.parseDouble(rate);
      require(number > 0 && number < 1e6, "--rate must be above 0, was " + rate);
      return number;
    } catch (NumberFormatException e) {
      throw new ParameterException(
          spec.commandLine(), "--rate must be a number or max, was " + rate, e);
    }
  }

  private LoadSettings settings() {
    Path home = Path.of(System.getProperty("stillstream.home", "")).toAbsolutePath().normalize();
    LoadImageSize size = option("--image", () -> LoadImageSize.parse(image));
    InvalidImageShare share = option("--bad", () -> new InvalidImageShare(bad));
    return option(
        "",
        () ->
            new LoadSettings(
                home,
                new LoadSettings.Images(size, share, found.views()),
                own.scale(),
                own.teacher(home),
                own.student(home),
                own.heap(),
                new LoadSettings.Timing(duration(warmUp), duration(seconds))));
  }

  private Map<String, Object> setup(LoadSettings settings) {
    Map<String, Object> setup = new LinkedHashMap<>();
    setup.put(
        "images", settings.images().size() + ", " + settings.images().views() + " views each");
    setup.put("bad", settings.images().invalid().share());
    if (found.isThere()) {
      setup.put("pipeline", "one that ran already");
    } else {
      setup.put("partitions", settings.scale().partitions());
      setup.put(
          "processes",
          "%d augmenter, %d labeler, 1 trainer, 1 broker, %s of heap each"
              .formatted(
                  settings.scale().augmenters(), settings.scale().labelers(), settings.heap()));
      setup.put("teacher", settings.teacher().getFileName().toString());
      setup.put("student", settings.student().getFileName().toString());
    }
    setup.put("measurement", "%s s after %s s of warm-up".formatted(seconds, warmUp));
    return setup;
  }

  private static Map<String, Object> machine() {
    Map<String, Object> machine = MachineInfo.facts(NullNode.instance);
    machine.remove("peer");
    return machine;
  }

  private String command() {
    List<String> given = spec.commandLine().getParseResult().originalArgs();
    List<String> options = given.stream().filter(arg -> !arg.equals(spec.name())).toList();
    return "bash deploy/stillstream bench load " + String.join(" ", options);
  }

  private Path outDirectory(Path home) {
    Path directory =
        out.orElseGet(
            () ->
                home.resolve("deploy/bench/target")
                    .resolve("load-" + LocalDateTime.now(ZoneId.systemDefault()).format(TIME)));
    try {
      return Files.createDirectories(directory);
    } catch (IOException e) {
      throw new StartupException("--out: " + directory + " cannot be made: " + e.getMessage(), e);
    }
  }

  private <T> T option(String name, Supplier<T> value) {
    try {
      return value.get();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), (name + " " + e.getMessage()).strip(), e);
    }
  }

  private void require(boolean good, String message) {
    if (!good) {
      throw new ParameterException(spec.commandLine(), message);
    }
  }

  private static Duration duration(double seconds) {
    return Duration.ofNanos(Math.round(seconds * 1e9));
  }
}
