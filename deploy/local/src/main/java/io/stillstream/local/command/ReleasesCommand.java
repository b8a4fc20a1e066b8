package io.stillstream.local.command;

import io.stillstream.local.exit.CommandFailedException;
import io.stillstream.local.exit.ExitCodes;
import io.stillstream.local.option.TopicsPrefixOption;
import io.stillstream.local.release.ReleaseTable;
import io.stillstream.local.release.ReleaseTopic;
import io.stillstream.local.terminal.LogDestination;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.schemas.StudentRelease;
import io.stillstream.schemas.topics.Topics;
import io.stillstream.trainer.config.TrainerConfig;
import io.stillstream.trainer.files.DurableFiles;
import io.stillstream.trainer.release.ManualPromotion;
import io.stillstream.trainer.release.ModelCard;
import io.stillstream.trainer.release.Release;
import io.stillstream.trainer.release.ReleaseException;
import io.stillstream.trainer.release.ReleaseStore;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code stillstream releases list|promote|rollback}. */
@Command(
    name = "releases",
    description = "Shows the releases of a student, and says which of them is served.")
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

  @Spec private CommandSpec spec;

  private Optional<TrainerConfig> settings = Optional.empty();

  @Command(name = "list", description = "Shows releases, oldest first; * is the one to serve.")
  int list() throws IOException {
    begin();
    Optional<Path> releases = releases();
    Optional<ReleaseTopic> events = topic();
    if (releases.isEmpty() && events.isEmpty()) {
      throw new StartupException("say where: --config, --directory or --bootstrap-server");
    }
    SortedMap<String, StudentRelease> latest = new TreeMap<>();
    events.ifPresent(known -> latest.putAll(known.latest()));
    ReleaseTable table = new ReleaseTable();
    boolean sound = releases.isEmpty() || addReleases(table, store(releases.get()), latest);
    latest.values().stream().filter(event -> isWanted(event.getStudent())).forEach(table::add);
    table.lines().forEach(spec.commandLine().getOut()::println);
    return sound ? ExitCodes.OK : ExitCodes.PARTIAL;
  }

  @Command(name = "promote", description = "Makes a release the one to serve, and announces it.")
  int promote(
      @Parameters(paramLabel = "VERSION", description = "Of the release; see list.") long version)
      throws IOException {
    begin();
    return promote(store(required()), version);
  }

  @Command(name = "rollback", description = "Makes the champion before the one to serve.")
  int rollback() throws IOException {
    begin();
    ReleaseStore store = store(required());
    long before;
    try {
      before = new ManualPromotion(store).before();
    } catch (ReleaseException e) {
      throw new StartupException(e.getMessage(), e);
    }
    return promote(store, before);
  }

  private int promote(ReleaseStore store, long version) throws IOException {
    Optional<ReleaseTopic> events = topic();
    if (events.isEmpty() && !noEvent) {
      throw new StartupException(
          "consumers learn of it from the topic of releases: say --config or --bootstrap-server, or"
              + " --no-event");
    }
    OptionalLong former = store.champion();
    Release release;
    try {
      requireWanted(Release.read(store, version).card());
      release = new ManualPromotion(store).promote(version);
    } catch (ReleaseException e) {
      throw new StartupException(e.getMessage(), e);
    }
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        "%s: version %d is champion%s%n",
        release.card().student(),
        version,
        former.isPresent() ? ", before it was " + former.getAsLong() : "");
    if (events.isPresent()) {
      try {
        events.get().publish(release.event());
      } catch (CommandFailedException e) {
        throw new CommandFailedException(
            store.current() + " is switched, but " + e.getMessage() + "; run it again", e);
      }
      out.println("announced");
    }
    return ExitCodes.OK;
  }

  /** Takes from the events those of releases that are there; false if one is damaged. */
  private boolean addReleases(
      ReleaseTable table, ReleaseStore store, SortedMap<String, StudentRelease> latest)
      throws IOException {
    boolean sound = true;
    long champion = store.champion().orElse(0);
    for (long version : store.versions()) {
      try {
        ModelCard card = Release.read(store, version).card();
        if (isWanted(card.student())) {
          StudentRelease event = latest.get(card.student());
          boolean announced =
              event != null
                  && event.getVersion() == version
                  && event.getSha256().equals(card.sha256());
          table.add(card, version == champion, announced);
          if (announced) {
            latest.remove(card.student());
          }
        }
      } catch (ReleaseException e) {
        table.addDamaged(version, version == champion, e.getMessage());
        sound = false;
      }
    }
    return sound;
  }

  private void begin() {
    LogDestination.toConsole();
    settings = config.map(file -> YamlSettings.load(file, TrainerConfig.class, System.getenv()));
  }

  private boolean isWanted(String name) {
    return student.isEmpty() || student.get().equals(name);
  }

  private void requireWanted(ModelCard card) {
    if (!isWanted(card.student())) {
      throw new StartupException(
          "--student: the releases are of " + card.student() + ", was " + student.orElseThrow());
    }
  }

  private Path required() {
    return releases().orElseThrow(() -> new StartupException("say where: --config or --directory"));
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
