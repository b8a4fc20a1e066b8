package io.stillstream.local.command;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.augmenter.fetch.ObjectAddress;
import io.stillstream.local.exit.ExitCodes;
import io.stillstream.local.ingest.IngestOrder;
import io.stillstream.local.ingest.IngestRun;
import io.stillstream.local.ingest.IngestSource;
import io.stillstream.local.objects.ObjectUploader;
import io.stillstream.local.objects.ObjectUploaders;
import io.stillstream.local.option.BrokerOptions;
import io.stillstream.local.option.ClassNamesOptions;
import io.stillstream.local.option.JsonOption;
import io.stillstream.local.option.ServiceSettings;
import io.stillstream.local.terminal.LogDestination;
import io.stillstream.local.terminal.TaskProgress;
import io.stillstream.local.terminal.TerminalWriter;
import io.stillstream.local.topics.TopicsConfig;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.runtime.objectstore.ObjectStoreConnection;
import io.stillstream.runtime.records.TraceContext;
import io.stillstream.schemas.topics.Topics;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code stillstream ingest}. */
@Command(
    name = "ingest",
    header = "Sends images, or their addresses.",
    description = {
      "Sends a folder of images, or an idx file, to the images topic.",
      "Labels: the first sub-folder's name, or --labels. Exit code 3: some files were skipped.",
      "--student or --classes name the classes of your models; without them, the sorted names of the"
          + " folders are numbered.",
      "With --by-reference, events only say where the images are: with --to where this puts them,"
          + " with --uris where they are already."
    },
    footer = {
      "  stillstream ingest photos/ --bootstrap-server localhost:9092",
      "  stillstream ingest photos/ --student student/ --config trainer.yaml",
      "  stillstream ingest photos/ --labels labels.csv --rate 50 --resume",
      "  stillstream ingest photos/ --by-reference --to s3://photos/raw/",
      "  stillstream ingest --by-reference --uris uris.csv --source camera-7"
    })
public final class IngestCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "PATH",
      arity = "0..1",
      description = "Folder, or idx file (.gz too). Required without --uris.")
  private Optional<Path> path = Optional.empty();

  @Mixin private ReferenceOptions references = new ReferenceOptions();

  @Mixin private BrokerOptions brokers;

  @Option(
      names = "--topic",
      paramLabel = "TOPIC",
      description = "Default: images, with the prefix before it.")
  private Optional<String> topic = Optional.empty();

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description = "CSV with file,label for a folder; for an idx file the idx file of labels.")
  private Optional<Path> labels = Optional.empty();

  @Mixin private ClassNamesOptions classes = new ClassNamesOptions();

  @Option(
      names = "--order",
      paramLabel = "ORDER",
      description =
          "path or shuffled, always in the same way; default: shuffled if folders are the classes,"
              + " else path. Take path for frames of a video.")
  private Optional<IngestOrder> order = Optional.empty();

  @Option(
      names = "--masks",
      paramLabel = "DIR",
      description =
          "For a folder: masks as PNG files of class indices, 255 where no class counts; DIR/a/b.png"
              + " is the mask of a/b.jpg.")
  private Optional<Path> masks = Optional.empty();

  @Option(names = "--rate", paramLabel = "R", description = "At most R images a second.")
  private double rate = Double.POSITIVE_INFINITY;

  @Option(names = "--resume", description = "Go on after what the broker took in an earlier run.")
  private boolean resume;

  @Option(
      names = "--state",
      paramLabel = "FILE",
      description = "Where --resume remembers its start; default: PATH.ingest.json.")
  private Optional<Path> state = Optional.empty();

  @Option(
      names = "--source",
      paramLabel = "NAME",
      description = "Name of the source, in every image id; default: the folder's or file's name.")
  private Optional<String> source = Optional.empty();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "YAML with kafka: settings of clients and serializer, topics: prefix, and store:"
              + " endpoint, region and credentials for --to s3://, as fetch.store of the augmenter;"
              + " or the settings of a service.")
  private Optional<Path> config = Optional.empty();

  @Option(
      names = "--traceparent",
      paramLabel = "VALUE",
      defaultValue = "${env:TRACEPARENT}",
      description = {
        "Trace that the images belong to, as W3C Trace Context writes it; default: the",
        "environment's TRACEPARENT, else each image begins its own."
      })
  private Optional<String> traceparent = Optional.empty();

  @Mixin private JsonOption json = new JsonOption();

  @Spec private CommandSpec spec;

  /** What {@code --json} prints. */
  private record Document(String topic, long sent, long before, long skipped) {}

  /** What only this command has in a settings file. */
  private record StoreConfig(Optional<ObjectStoreConnection> store) {}

  @Override
  public Integer call() {
    LogDestination.toConsole();
    if (!(rate > 0)) {
      throw new StartupException("--rate must be above 0, was " + rate);
    }
    references.requireOneWay(path, labels.isPresent() || masks.isPresent());
    IngestSource.Labels naming = new IngestSource.Labels(labels, classes.names());
    List<Path> files = config.stream().toList();
    TopicsConfig settings = brokers.over(ServiceSettings.topics(files, Set.of("store")));
    Optional<ObjectStoreConnection> store = store(files);
    Map<String, String> kafka = settings.kafka();
    KafkaSettings.requireBroker(kafka, Duration.ofSeconds(15));
    String to = topic.orElse(settings.nameOf(Topics.IMAGES));
    KafkaSettings.requireTopics(kafka, List.of(to), Duration.ofSeconds(15));
    Path input = path.or(references::uris).orElseThrow().toAbsolutePath().normalize();
    String name = source.orElse(input.getFileName().toString());
    Path resumeFile = state.orElse(input.resolveSibling(input.getFileName() + ".ingest.json"));
    TerminalWriter err = TerminalWriter.of(spec.commandLine().getErr());
    IngestRun.Result result;
    try (TaskProgress progress = new TaskProgress(err, "images", System::nanoTime)) {
      IngestRun run = new IngestRun(kafka, to, name, rate, trace(), progress);
      result = send(run, input, naming, name, store, resumeFile);
    }
    TerminalWriter out = TerminalWriter.of(spec.commandLine().getOut());
    if (json.isGiven()) {
      JsonOption.print(out, new Document(to, result.sent(), result.before(), result.skipped()));
    } else {
      out.println(result.text(to));
    }
    return result.skipped() == 0 ? ExitCodes.OK : ExitCodes.PARTIAL;
  }

  private IngestRun.Result send(
      IngestRun run,
      Path input,
      IngestSource.Labels naming,
      String name,
      Optional<ObjectStoreConnection> settings,
      Path resumeFile) {
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    if (references.to().isEmpty()) {
      IngestSource images =
          references.uris().isPresent()
              ? IngestSource.addresses(input, naming.classes(), ObjectAddress::parse)
              : IngestSource.of(input, naming, masks);
      tell(images, naming);
      return run.run(images.ordered(order), 1, resumeFile, resume, meters);
    }
    try (ObjectUploader store = ObjectUploaders.open(references.to().get(), settings)) {
      IngestSource images =
          IngestSource.uploaded(input, naming, masks, references.maxBytes(), store, name);
      tell(images, naming);
      return run.run(images.ordered(order), references.uploadThreads(), resumeFile, resume, meters);
    }
  }

  /** Only read where something is uploaded: a trainer's key of the same name is something else. */
  private Optional<ObjectStoreConnection> store(List<Path> files) {
    if (files.isEmpty() || references.to().isEmpty()) {
      return Optional.empty();
    }
    return ServiceSettings.part(
            files,
            StoreConfig.class,
            Set.of("kafka", "topics", "partitions", "replication-factor", "config"))
        .store();
  }

  /** The class of each index, where the source names classes. */
  private void tell(IngestSource images, IngestSource.Labels naming) {
    PrintWriter out = json.isGiven() ? spec.commandLine().getErr() : spec.commandLine().getOut();
    List<String> names = images.classes();
    for (int i = 0; i < names.size(); i++) {
      out.println("class %d: %s".formatted(i, names.get(i)));
    }
    if (!names.isEmpty() && naming.classes().names().isEmpty()) {
      out.println(
          "classes are numbered by the sorted names of the %s; name those of your models with"
                  .formatted(images.hasClassFolders() ? "folders" : "labels")
              + " --student or --classes");
    }
  }

  /** What is malformed counts as none, as the recommendation has it. */
  private Optional<TraceContext> trace() {
    return traceparent.flatMap(
        value -> {
          Optional<TraceContext> trace =
              TraceContext.parse(
                  value, Optional.ofNullable(System.getenv("TRACESTATE")).orElse(""));
          if (trace.isEmpty()) {
            spec.commandLine()
                .getErr()
                .println("--traceparent: ignored, as it is no trace context: " + value);
          }
          return trace;
        });
  }
}
