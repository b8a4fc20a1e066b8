package io.stillstream.local.command;

import io.stillstream.local.exit.ExitCodes;
import io.stillstream.local.option.OutputFile;
import io.stillstream.local.option.TopicsPrefixOption;
import io.stillstream.local.option.TrainerOptions;
import io.stillstream.local.release.DirectoryReleases;
import io.stillstream.local.release.ReleaseTopic;
import io.stillstream.local.release.StudentReleases;
import io.stillstream.local.release.StudentReleases.Listing;
import io.stillstream.local.release.TrainerReleases;
import io.stillstream.local.terminal.LogDestination;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.runtime.http.client.ManagementAddress;
import io.stillstream.schemas.topics.Topics;
import io.stillstream.trainer.config.TrainerConfig;
import io.stillstream.trainer.files.DurableFiles;
import io.stillstream.trainer.release.ReleaseStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code stillstream releases list|promote|rollback|download}. */
@Command(
    name = "releases",
    header = "Lists, promotes, rolls back and downloads releases.",
    description = "Shows the releases of a student, and says which of them is served.",
    footer = {
      "  stillstream releases list --url http://localhost:9403",
      "  stillstream releases promote 7 --config deploy/config/trainer.yaml"
    })
public final class ReleasesCommand {
  @Option(
      names = "--config",
      scope = ScopeType.INHERIT,
      paramLabel = "FILE",
      description = "The trainer's settings: directory, kafka, topics.student-releases.")
  private Optional<Path> config = Optional.empty();

  @Option(
      names = "--directory",
      scope = ScopeType.INHERIT,
      paramLabel = "DIR",
      description = "The trainer's directory; default: from --config.")
  private Optional<Path> directory = Optional.empty();

  @Option(
      names = "--student",
      scope = ScopeType.INHERIT,
      paramLabel = "NAME",
      description = "Only this student; promote and rollback refuse to touch another one.")
  private Optional<String> student = Optional.empty();

  @Option(
      names = "--bootstrap-server",
      scope = ScopeType.INHERIT,
      paramLabel = "HOST:PORT",
      description = "Brokers; default: from --config.")
  private Optional<String> bootstrapServer = Optional.empty();

  @Option(
      names = "--schema-registry",
      scope = ScopeType.INHERIT,
      paramLabel = "URL",
      description = "Default: from --config, else http://localhost:8081.")
  private Optional<String> schemaRegistry = Optional.empty();

  @Option(
      names = "--topic",
      scope = ScopeType.INHERIT,
      paramLabel = "TOPIC",
      description = "Of releases; default: from --config, else student-releases.")
  private Optional<String> topic = Optional.empty();

  @Mixin private TopicsPrefixOption prefix = new TopicsPrefixOption();

  @Option(
      names = "--no-event",
      scope = ScopeType.INHERIT,
      description = "Change files only, and do not announce a promotion.")
  private boolean noEvent;

  @Mixin private TrainerOptions trainerOptions;

  @Spec private CommandSpec spec;

  private Optional<ManagementAddress> trainer = Optional.empty();

  private Optional<TrainerConfig> settings = Optional.empty();

  @Command(
      name = "list",
      description = "Shows releases, oldest first; * is the one to serve.",
      footer = {
        "  stillstream releases list --url http://localhost:9403",
        "  stillstream releases list --config deploy/config/trainer.yaml --json"
      })
  int list() throws IOException {
    begin();
    Optional<ReleaseStore> store = releases().map(ReleasesCommand::store);
    Optional<ReleaseTopic> events = topic();
    if (trainer.isEmpty() && store.isEmpty() && events.isEmpty()) {
      throw new StartupException("say where: --url, --config, --directory or --bootstrap-server");
    }
    Listing listing = (trainer.isPresent() ? remote() : local(store, events)).list();
    listing.lines().forEach(spec.commandLine().getOut()::println);
    return listing.isSound() ? ExitCodes.OK : ExitCodes.PARTIAL;
  }

  @Command(
      name = "promote",
      description = "Makes a release the one to serve, and announces it.",
      footer = "  stillstream releases promote 7 --config deploy/config/trainer.yaml")
  int promote(
      @Parameters(paramLabel = "VERSION", description = "Of the release; see list.") long version)
      throws IOException {
    return promote(OptionalLong.of(version));
  }

  @Command(
      name = "rollback",
      description = "Makes the champion before the one to serve.",
      footer = {
        "  stillstream releases rollback --url https://trainer:9403 --user operator \\",
        "      --password-file password --cacert ca.pem"
      })
  int rollback() throws IOException {
    return promote(OptionalLong.empty());
  }

  @Command(
      name = "download",
      description = "Fetches a file of a release; with --url only.",
      footer = "  stillstream releases download 7 --url http://localhost:9403 --onnx")
  int download(
      @Parameters(paramLabel = "VERSION", description = "Of the release; see list.") long version,
      @Option(names = "--onnx", description = "student.onnx instead of student.pt.") boolean onnx,
      @Option(names = "--out", paramLabel = "FILE", description = "Default: the file's own name.")
          Optional<Path> out)
      throws IOException {
    begin();
    if (trainer.isEmpty()) {
      throw new StartupException("say where: --url");
    }
    String name = onnx ? "student.onnx" : "student.pt";
    Path target = out.orElse(Path.of(name));
    new OutputFile(target).requireWritable();
    String sha256 = remote().download(version, name, target);
    spec.commandLine().getOut().printf("%s: version %d, sha256 %s%n", target, version, sha256);
    return ExitCodes.OK;
  }

  private int promote(OptionalLong version) throws IOException {
    begin();
    StudentReleases where = trainer.isPresent() ? remote() : writable();
    where.promote(version).forEach(spec.commandLine().getOut()::println);
    return ExitCodes.OK;
  }

  private DirectoryReleases writable() {
    Path releases =
        releases()
            .orElseThrow(() -> new StartupException("say where: --url, --config or --directory"));
    ReleaseStore store = store(releases);
    Optional<ReleaseTopic> events = topic();
    if (events.isEmpty() && !noEvent) {
      throw new StartupException(
          "consumers learn of it from the topic of releases: say --config or --bootstrap-server, or"
              + " --no-event");
    }
    return local(Optional.of(store), events);
  }

  private DirectoryReleases local(Optional<ReleaseStore> store, Optional<ReleaseTopic> events) {
    return new DirectoryReleases(store, events, settings.flatMap(TrainerConfig::store), student);
  }

  private TrainerReleases remote() {
    return new TrainerReleases(trainer.orElseThrow(), student);
  }

  private void begin() {
    LogDestination.toConsole();
    trainer = trainerOptions.address(System.getenv());
    if (trainer.isPresent() && (config.isPresent() || directory.isPresent())) {
      throw new StartupException("--url: the trainer knows its own directory and settings");
    }
    if (trainer.isPresent() && noEvent) {
      throw new StartupException("--no-event: the trainer at --url announces what it promotes");
    }
    if (config.isPresent() && prefix.isGiven()) {
      throw new StartupException("--topics-prefix: the topic is that of --config; see --topic");
    }
    settings = config.map(file -> YamlSettings.load(file, TrainerConfig.class, System.getenv()));
  }

  private Optional<Path> releases() {
    return directory
        .or(() -> settings.map(TrainerConfig::directory))
        .map(d -> d.resolve("releases"));
  }

  private static ReleaseStore store(Path releases) {
    if (!Files.isDirectory(releases)) {
      throw new StartupException(
          "--directory: there are no releases in " + releases.toAbsolutePath().getParent());
    }
    return new ReleaseStore(releases, new DurableFiles());
  }

  private Optional<ReleaseTopic> topic() {
    if (noEvent || (settings.isEmpty() && bootstrapServer.isEmpty())) {
      return Optional.empty();
    }
    Map<String, String> kafka = new TreeMap<>();
    kafka.put("schema.registry.url", "http://localhost:8081");
    settings.ifPresent(file -> kafka.putAll(file.kafka()));
    bootstrapServer.ifPresent(servers -> kafka.put("bootstrap.servers", servers));
    schemaRegistry.ifPresent(url -> kafka.put("schema.registry.url", url));
    String name =
        topic.orElse(
            settings
                .map(s -> s.topics().studentReleases())
                .orElseGet(() -> prefix.over(Optional.empty()).nameOf(Topics.STUDENT_RELEASES)));
    return Optional.of(new ReleaseTopic(kafka, name));
  }
}
