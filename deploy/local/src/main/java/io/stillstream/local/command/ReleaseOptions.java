package io.stillstream.local.command;

import io.stillstream.local.option.TopicsPrefixOption;
import io.stillstream.local.release.ReleaseTopic;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.schemas.topics.TopicPrefix;
import io.stillstream.schemas.topics.Topics;
import io.stillstream.trainer.config.TrainerConfig;
import io.stillstream.trainer.files.DurableFiles;
import io.stillstream.trainer.release.ReleaseStore;
import io.stillstream.trainer.replica.objectstore.ObjectStoreSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** Options of {@code releases} that say where the releases of a student are. */
final class ReleaseOptions {
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

  private Optional<TrainerConfig> settings = Optional.empty();

  /**
   * Reads the settings file; before all else.
   *
   * @param isRemote whether the trainer is asked
   * @throws StartupException if options do not fit together, or the file is wrong
   */
  void read(boolean isRemote) {
    if (isRemote && (config.isPresent() || directory.isPresent())) {
      throw new StartupException("--url: the trainer knows its own directory and settings");
    }
    if (isRemote && noEvent) {
      throw new StartupException("--no-event: the trainer at --url announces what it promotes");
    }
    if (config.isPresent() && prefix.isGiven()) {
      throw new StartupException("--topics-prefix: the topic is that of --config; see --topic");
    }
    settings = config.map(file -> YamlSettings.load(file, TrainerConfig.class, System.getenv()));
  }

  /** The only student that is meant. */
  Optional<String> student() {
    return student;
  }

  /** Whether no event is to be sent. */
  boolean isSilent() {
    return noEvent;
  }

  /** Where the trainer keeps copies of releases. */
  Optional<ObjectStoreSettings> copies() {
    return settings.flatMap(TrainerConfig::store);
  }

  /** The directory of releases; empty if none is named. */
  Optional<Path> releases() {
    return directory
        .or(() -> settings.map(TrainerConfig::directory))
        .map(d -> d.resolve("releases"));
  }

  /**
   * The releases in a directory.
   *
   * @throws StartupException if there is none
   */
  static ReleaseStore store(Path releases) {
    if (!Files.isDirectory(releases)) {
      throw new StartupException(
          "--directory: there are no releases in " + releases.toAbsolutePath().getParent());
    }
    return new ReleaseStore(releases, new DurableFiles());
  }

  /** The topic of releases; empty if it is not to be used, or no brokers are named. */
  Optional<ReleaseTopic> topic() {
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
                .orElseGet(() -> prefix.over(new TopicPrefix("")).nameOf(Topics.STUDENT_RELEASES)));
    return Optional.of(new ReleaseTopic(kafka, name));
  }
}
