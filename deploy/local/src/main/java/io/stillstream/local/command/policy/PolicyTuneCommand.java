package io.stillstream.local.command.policy;

import com.fasterxml.jackson.databind.JsonNode;
import io.stillstream.augmenter.config.AugmenterConfig;
import io.stillstream.augmenter.policy.Policy;
import io.stillstream.labeler.engine.EngineTeacherLoader;
import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.labeler.model.TeacherModel.Identity;
import io.stillstream.labeler.torch.TorchScriptModel;
import io.stillstream.local.exit.CommandFailedException;
import io.stillstream.local.exit.ExitCodes;
import io.stillstream.local.option.JsonOption;
import io.stillstream.local.option.OutputFile;
import io.stillstream.local.policy.tune.ImageSample;
import io.stillstream.local.policy.tune.PolicyTuning;
import io.stillstream.local.policy.tune.TunedPolicy;
import io.stillstream.local.preview.PolicyLoader;
import io.stillstream.local.terminal.LogDestination;
import io.stillstream.local.terminal.TaskProgress;
import io.stillstream.local.terminal.TerminalWriter;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.answer.ModelTask;
import io.stillstream.schemas.image.PixelCodec;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code stillstream policy tune}. */
@Command(
    name = "tune",
    header = "Makes a policy as mild as a teacher needs it.",
    description = {
      "Searches the strongest policy, not stronger than the given one, on whose views the teacher",
      "keeps enough of its answer, and writes it as a policy file.",
      "Exit code 3: some images were unusable."
    },
    footer = {
      "  stillstream policy tune --policy policy.yaml --teacher teacher/ \\",
      "      --dataset photos/ --out tuned.yaml"
    })
public final class PolicyTuneCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  @Option(
      names = "--policy",
      required = true,
      paramLabel = "NAME|FILE",
      description = "A ready-made policy, a policy file, or an augmenter's settings.")
  private String policy = "";

  @Option(
      names = "--teacher",
      required = true,
      paramLabel = "DIR",
      description = "Model directory of the teacher.")
  private Path teacher = Path.of(".");

  @ArgGroup(multiplicity = "1")
  private Source source = new Source();

  /** Where the sample is from. */
  static final class Source {
    @Option(
        names = "--config",
        paramLabel = "FILE",
        description = "The augmenter's settings: the sample is the newest images of its topic.")
    private Optional<Path> config = Optional.empty();

    @Option(
        names = {"--dataset", "--images"},
        paramLabel = "DIR",
        description =
            "Idx files, or a folder of pictures for each class: the sample is from the training"
                + " part.")
    private Optional<Path> images = Optional.empty();
  }

  @Option(
      names = "--keep",
      paramLabel = "SHARE",
      defaultValue = "0.97",
      description =
          "Mean part of its answer that the teacher must keep on views, the overlap of the two"
              + " distributions, 0 to 1; default: ${DEFAULT-VALUE}.")
  private double keep;

  @Option(
      names = "--sample",
      paramLabel = "N",
      defaultValue = "2000",
      description = "Images, one half for the search; at most 1000000; default: ${DEFAULT-VALUE}.")
  private int sample;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Of the sample and its views; default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--threads",
      paramLabel = "T",
      defaultValue = "1",
      description = "Of libtorch or ONNX Runtime within an operator; default: ${DEFAULT-VALUE}.")
  private int threads;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "The policy file to write; must not exist.")
  private Path out = Path.of("tuned.yaml");

  @Option(names = "--overwrite", description = "Replace the file of --out.")
  private boolean overwrite;

  @Mixin private JsonOption json = new JsonOption();

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    LogDestination.toConsole();
    requireSound();
    OutputFile file = new OutputFile(out);
    file.requireWritable();
    if (overwrite) {
      file.requireReplaceable();
    } else {
      file.requireAbsent();
    }
    JsonNode given = PolicyLoader.tree(policy, System.getenv());
    ModelSpec model = ModelSpec.load(teacher, "teacher");
    if (model.task() != ModelTask.CLASSIFICATION) {
      throw new StartupException(
          "--teacher: %s is for %s, policies are tuned by its classes"
              .formatted(model.name(), model.output()));
    }
    Optional<AugmenterConfig> settings = source.config.map(PolicyTuneCommand::settings);
    TaskProgress progress =
        new TaskProgress(
            TerminalWriter.of(spec.commandLine().getErr()), "policies measured", System::nanoTime);
    TorchScriptModel.useThreads(threads);
    ImageSample images;
    TunedPolicy tuned;
    Identity identity;
    try (TeacherModel loaded = EngineTeacherLoader.loadOne(model, threads)) {
      identity = loaded.identity();
      PolicyTuning tuning =
          new PolicyTuning(
              given,
              loaded,
              keep,
              seed,
              settings.map(AugmenterConfig::maxPixels).orElse((long) PixelCodec.MAX_PIXELS),
              progress::update);
      images = settings.map(this::newest).orElseGet(this::files);
      tuned = tuning.run(images);
    } finally {
      progress.close();
    }
    String text =
        tuned.file(origin(given, identity, images, LocalDate.now(Clock.systemUTC())), keep);
    if (overwrite) {
      file.replace(text);
    } else {
      file.create(text);
    }
    PrintWriter console = spec.commandLine().getOut();
    if (json.isGiven()) {
      JsonOption.print(console, tuned.document(out));
    } else {
      tuned.lines(keep).forEach(console::println);
      console.printf("policy %s in %s%n", tuned.hash(), out);
    }
    if (tuned.sizes().unusable() > 0) {
      spec.commandLine()
          .getErr()
          .printf("unusable images in the sample: %d%n", tuned.sizes().unusable());
      return ExitCodes.PARTIAL;
    }
    return ExitCodes.OK;
  }

  private List<String> origin(
      JsonNode given, Identity identity, ImageSample images, LocalDate today) {
    return List.of(
        "made by stillstream policy tune on " + today,
        "from policy %s, hash %s".formatted(policy, Policy.parse(given).hash()),
        "teacher: %s, version %s, sha256 %s"
            .formatted(identity.name(), identity.version(), identity.sha256()),
        "from %s, seed %d".formatted(images.origin(), seed));
  }

  private static AugmenterConfig settings(Path config) {
    AugmenterConfig settings = YamlSettings.load(config, AugmenterConfig.class, System.getenv());
    KafkaSettings.requireBroker(settings.kafka(), PATIENCE);
    KafkaSettings.requireTopics(settings.kafka(), List.of(settings.topics().images()), PATIENCE);
    return settings;
  }

  private ImageSample newest(AugmenterConfig settings) {
    try {
      return ImageSample.ofTopic(settings, sample, seed);
    } catch (KafkaException e) {
      // The absent registry, too.
      throw new CommandFailedException(
          settings.topics().images() + " cannot be read: " + e.getMessage(), e);
    }
  }

  private ImageSample files() {
    return ImageSample.ofDirectory(source.images.orElseThrow(), sample, seed);
  }

  private void requireSound() {
    if (!(keep > 0 && keep < 1)) {
      throw new StartupException("--keep must be above 0 and below 1, was " + keep);
    }
    if (sample < 100 || sample > 1_000_000) {
      throw new StartupException("--sample must be from 100 to 1000000, was " + sample);
    }
    if (threads < 1) {
      throw new StartupException("--threads must be at least 1, was " + threads);
    }
    source.images.ifPresent(
        directory -> {
          if (!Files.isDirectory(directory)) {
            throw new StartupException("--images: there is no directory " + directory);
          }
        });
  }
}
