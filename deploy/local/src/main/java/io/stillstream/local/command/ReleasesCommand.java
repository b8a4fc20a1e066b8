package io.stillstream.local.command;

import io.stillstream.local.exit.ExitCodes;
import io.stillstream.local.option.JsonOption;
import io.stillstream.local.option.OutputFile;
import io.stillstream.local.option.TrainerOptions;
import io.stillstream.local.release.DirectoryReleases;
import io.stillstream.local.release.ReleaseTopic;
import io.stillstream.local.release.StudentReleases;
import io.stillstream.local.release.StudentReleases.Listing;
import io.stillstream.local.release.StudentReleases.PromotedRelease;
import io.stillstream.local.release.TrainerReleases;
import io.stillstream.local.terminal.LogDestination;
import io.stillstream.local.terminal.TaskProgress;
import io.stillstream.local.terminal.TerminalWriter;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.http.client.ManagementAddress;
import io.stillstream.trainer.release.ReleaseStore;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
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
  @Mixin private ReleaseOptions where = new ReleaseOptions();

  @Mixin private TrainerOptions trainerOptions;

  @Spec private CommandSpec spec;

  private Optional<ManagementAddress> trainer = Optional.empty();

  @Command(
      name = "list",
      description = "Shows releases, oldest first; * is the one to serve.",
      footer = {
        "  stillstream releases list --url http://localhost:9403",
        "  stillstream releases list --config deploy/config/trainer.yaml --json"
      })
  int list(@Mixin JsonOption json) throws IOException {
    begin();
    Optional<ReleaseStore> store = where.releases().map(ReleaseOptions::store);
    Optional<ReleaseTopic> events = where.topic();
    if (trainer.isEmpty() && store.isEmpty() && events.isEmpty()) {
      throw new StartupException("say where: --url, --config, --directory or --bootstrap-server");
    }
    Listing listing = (trainer.isPresent() ? remote() : local(store, events)).list();
    PrintWriter out = spec.commandLine().getOut();
    if (json.isGiven()) {
      listing.documents().forEach(each -> JsonOption.print(out, each));
    } else {
      listing.lines().forEach(out::println);
    }
    return listing.isSound() ? ExitCodes.OK : ExitCodes.PARTIAL;
  }

  @Command(
      name = "promote",
      description = "Makes a release the one to serve, and announces it.",
      footer = "  stillstream releases promote 7 --config deploy/config/trainer.yaml")
  int promote(
      @Parameters(paramLabel = "VERSION", description = "Of the release; see list.") long version,
      @Mixin JsonOption json)
      throws IOException {
    return promote(OptionalLong.of(version), json);
  }

  @Command(
      name = "rollback",
      description = "Makes the champion before the one to serve.",
      footer = {
        "  stillstream releases rollback --url https://trainer:9403 --user operator \\",
        "      --password-file password --cacert ca.pem"
      })
  int rollback(@Mixin JsonOption json) throws IOException {
    return promote(OptionalLong.empty(), json);
  }

  @Command(
      name = "download",
      description = "Fetches a file of a release; with --url only.",
      footer = "  stillstream releases download 7 --url http://localhost:9403 --onnx")
  int download(
      @Parameters(paramLabel = "VERSION", description = "Of the release; see list.") long version,
      @Option(names = "--onnx", description = "student.onnx instead of student.pt.") boolean onnx,
      @Option(names = "--out", paramLabel = "FILE", description = "Default: the file's own name.")
          Optional<Path> out,
      @Mixin JsonOption json)
      throws IOException {
    begin();
    if (trainer.isEmpty()) {
      throw new StartupException("say where: --url");
    }
    String name = onnx ? "student.onnx" : "student.pt";
    Path target = out.orElse(Path.of(name));
    new OutputFile(target).requireWritable();
    TaskProgress progress =
        new TaskProgress(TerminalWriter.of(spec.commandLine().getErr()), "KiB", System::nanoTime);
    String sha256 = remote().download(version, name, target, progress);
    PrintWriter console = spec.commandLine().getOut();
    if (json.isGiven()) {
      JsonOption.print(
          console, Map.of("file", target.toString(), "version", version, "sha256", sha256));
    } else {
      console.printf("%s: version %d, sha256 %s%n", target, version, sha256);
    }
    return ExitCodes.OK;
  }

  private int promote(OptionalLong version, JsonOption json) throws IOException {
    begin();
    StudentReleases releases = trainer.isPresent() ? remote() : writable();
    PromotedRelease done = releases.promote(version);
    PrintWriter out = spec.commandLine().getOut();
    if (json.isGiven()) {
      JsonOption.print(out, done);
    } else {
      done.lines().forEach(out::println);
    }
    return ExitCodes.OK;
  }

  private DirectoryReleases writable() {
    Path releases =
        where
            .releases()
            .orElseThrow(() -> new StartupException("say where: --url, --config or --directory"));
    ReleaseStore store = ReleaseOptions.store(releases);
    Optional<ReleaseTopic> events = where.topic();
    if (events.isEmpty() && !where.isSilent()) {
      throw new StartupException(
          "consumers learn of it from the topic of releases: say --config or --bootstrap-server, or"
              + " --no-event");
    }
    return local(Optional.of(store), events);
  }

  private DirectoryReleases local(Optional<ReleaseStore> store, Optional<ReleaseTopic> events) {
    return new DirectoryReleases(store, events, where.copies(), where.student());
  }

  private TrainerReleases remote() {
    return new TrainerReleases(trainer.orElseThrow(), where.student());
  }

  private void begin() {
    LogDestination.toConsole();
    trainer = trainerOptions.address(System.getenv());
    where.read(trainer.isPresent());
  }
}
