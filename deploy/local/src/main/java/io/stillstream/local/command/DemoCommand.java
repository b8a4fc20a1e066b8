package io.stillstream.local.command;

import io.stillstream.augmenter.policy.Policy;
import io.stillstream.local.broker.StateDirectory;
import io.stillstream.local.demo.Demo;
import io.stillstream.local.demo.settings.DemoSettings;
import io.stillstream.local.demo.settings.PersistedDemoSettings;
import io.stillstream.local.demo.settings.TeacherEngine;
import io.stillstream.local.exit.ExitCodes;
import io.stillstream.local.preview.PolicyLoader;
import io.stillstream.local.terminal.LogDestination;
import io.stillstream.local.terminal.TerminalProgress;
import io.stillstream.local.terminal.TerminalWriter;
import io.stillstream.schemas.answer.ModelTask;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code stillstream demo}. */
@Command(
    name = "demo",
    header = "Runs the whole pipeline in one process.",
    description = {
      "Runs broker, registry and the three services in one process and feeds them images.",
      "A second start with the same --dir goes on where the first one stopped."
    },
    footer = {
      "  stillstream demo",
      "  stillstream demo --exit --images 12000",
      "  stillstream demo --dataset photos/ --teacher teacher/ --student student/"
    })
public final class DemoCommand implements Callable<Integer> {
  private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

  @Option(
      names = "--task",
      paramLabel = "TASK",
      description =
          "What the models answer: classification, segmentation (of scenes made of the data set's"
              + " images) or embedding; default: classification.")
  private Optional<ModelTask> task = Optional.empty();

  @Option(
      names = "--images",
      paramLabel = "N",
      description =
          "Images in total over the life of --dir; default: the data set once with --exit, else"
              + " without end.")
  private Optional<Long> images = Optional.empty();

  @Option(
      names = "--views",
      paramLabel = "N",
      description = "Views of each image, the original among them; default: 4.")
  private Optional<Integer> views = Optional.empty();

  @Option(
      names = "--policy",
      paramLabel = "NAME|FILE",
      description =
          "A ready-made policy, a policy file, or an augmenter's settings, of which the operations"
              + " count; default: fashion-mnist-mild.")
  private Optional<String> policy = Optional.empty();

  @Option(
      names = "--teacher",
      paramLabel = "DIR",
      description =
          "Model directory; default: the bundled ResNet for Fashion-MNIST, a U-Net for scenes, or"
              + " the features of the ResNet.")
  private Optional<Path> teacher = Optional.empty();

  @Option(
      names = "--engine",
      paramLabel = "ENGINE",
      description =
          "What runs the teacher: pytorch, or onnx, which takes the bundled teacher as ONNX; default:"
              + " pytorch, or what runs the file of --teacher.")
  private Optional<TeacherEngine> engine = Optional.empty();

  @Option(
      names = "--student",
      paramLabel = "NAME|DIR",
      description =
          "cnn, mlp, resnet8 or resnet12 for classification, scenes-fcn for segmentation, embed-cnn"
              + " for embedding, or a model directory, whose input is what views are brought to;"
              + " default: the first of the task.")
  private Optional<String> student = Optional.empty();

  @Option(
      names = "--dataset",
      paramLabel = "DIR",
      description =
          "Directory of idx files (.gz too), or of pictures: train/CLASS/… and test/CLASS/…, or"
              + " CLASS/…, of which every fifth is held out; default: the bundled Fashion-MNIST"
              + " subset.")
  private Optional<Path> dataset = Optional.empty();

  @Option(
      names = {"--directory", "--dir"},
      paramLabel = "DIR",
      description = "Where the state goes; default: a new directory below deploy/local/target.")
  private Optional<Path> directory = Optional.empty();

  @Option(
      names = "--label-fraction",
      paramLabel = "F",
      description =
          "Share of the images that the teacher labels, 0 to 1; the others are learnt from their"
              + " labels alone; default: 1.")
  private Optional<Double> labelFraction = Optional.empty();

  @Option(names = "--exit", description = "End when all images are trained, with a summary.")
  private boolean exit;

  @Option(
      names = "--kafka-port",
      paramLabel = "PORT",
      defaultValue = "9092",
      description = "0 for any free one; default: ${DEFAULT-VALUE}.")
  private int kafkaPort;

  @Option(
      names = "--registry-port",
      paramLabel = "PORT",
      defaultValue = "8081",
      description = "0 for any free one; default: ${DEFAULT-VALUE}.")
  private int registryPort;

  @Option(
      names = "--management-port",
      paramLabel = "PORT",
      defaultValue = "9400",
      description = "0 for any free one; default: ${DEFAULT-VALUE}.")
  private int managementPort;

  @Option(
      names = "--partitions",
      paramLabel = "N",
      description = "Partitions of images, views and labeled-views; default: 1.")
  private Optional<Integer> partitions = Optional.empty();

  @Option(
      names = "--secured",
      description =
          "Broker with TLS, users and ACLs, registry with users: each service has its own, and may"
              + " do what it needs. Passwords and settings of clients are in --dir.")
  private boolean secured;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    Path home = Path.of(System.getProperty("stillstream.home", "")).toAbsolutePath().normalize();
    Path root = directory.orElseGet(() -> fresh(home));
    // Before a policy file is read: that loads OpenCV, which makes the first logger.
    LogDestination.toFile(root.toAbsolutePath().resolve("demo.log"));
    PersistedDemoSettings run =
        PersistedDemoSettings.of(
            root,
            new PersistedDemoSettings.Requested(
                task,
                views,
                student.map(
                    name -> DemoSettings.isBundledStudent(name) ? name : absolute(Path.of(name))),
                dataset.map(DemoCommand::absolute),
                partitions,
                teacher.map(DemoCommand::absolute),
                policy.map(DemoCommand::policyOrFile),
                engine,
                labelFraction));
    DemoSettings settings =
        new DemoSettings(
            home,
            run,
            images.map(OptionalLong::of).orElse(OptionalLong.empty()),
            exit,
            new DemoSettings.Ports(kafkaPort, registryPort, managementPort),
            secured);
    try (StateDirectory state = StateDirectory.open(root)) {
      settings.ports().requireFree();
      TerminalProgress screen =
          new TerminalProgress(
              TerminalWriter.of(spec.commandLine().getOut()), false, System::nanoTime);
      long launched = ManagementFactory.getRuntimeMXBean().getStartTime();
      Demo demo = new Demo(settings, state, screen, () -> System.currentTimeMillis() - launched);
      Runtime.getRuntime().addShutdownHook(new Thread(demo::stop, "shutdown"));
      demo.run();
    }
    return ExitCodes.OK;
  }

  /**
   * A file by its whole path, as the next run may start elsewhere; checked before anything starts.
   */
  private static String policyOrFile(String policy) {
    Policy unused = PolicyLoader.read(policy, System.getenv());
    Path file = Path.of(policy);
    return Files.isRegularFile(file) ? absolute(file) : policy;
  }

  private static String absolute(Path path) {
    return path.toAbsolutePath().normalize().toString();
  }

  private static Path fresh(Path home) {
    String stamp = STAMP.format(LocalDateTime.now(ZoneId.systemDefault()));
    return home.resolve("deploy/local/target").resolve("demo-" + stamp);
  }
}
