package io.stillstream.local.command;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.local.exit.ExitCodes;
import io.stillstream.local.label.ClassNames;
import io.stillstream.local.label.LabelRun;
import io.stillstream.local.label.SingleLabel;
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
import io.stillstream.schemas.ImageLabel;
import io.stillstream.schemas.topics.Topics;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
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

/** {@code stillstream label}. */
@Command(
    name = "label",
    header = "Sends labels that come after their images.",
    description = {
      "Sends the true class or mask of images that were sent before to the labels topic.",
      "A later label of an image replaces an earlier one. Exit code 3: some lines were skipped."
    },
    footer = {
      "  stillstream label photos/cat/1.jpg cat --classes dog,cat",
      "  stillstream label --csv labels.csv --student student/ --json"
    })
public final class LabelCommand implements Callable<Integer> {
  private static final Duration BROKER_TIMEOUT = Duration.ofSeconds(15);

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "IMAGE_ID",
      description = "As the key of its record says it.")
  private Optional<String> imageId = Optional.empty();

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "CLASS",
      description = "A class index from 0, or a name that --student or --classes know.")
  private Optional<String> label = Optional.empty();

  @Option(
      names = "--mask",
      paramLabel = "FILE",
      description =
          "In place of CLASS: a PNG file of class indices, 255 where no class counts, as large as"
              + " the upright image.")
  private Optional<Path> mask = Optional.empty();

  @Option(
      names = "--csv",
      paramLabel = "FILE",
      description = "For many images: imageId,label[,source[,labeledAt]] in each line.")
  private Optional<Path> csv = Optional.empty();

  @Option(
      names = "--skip-bad-lines",
      description = "Leave bad lines of the CSV out; without it, one of them prevents the rest.")
  private boolean skipBadLines;

  @Mixin private ClassNamesOptions classes = new ClassNamesOptions();

  @Option(
      names = "--source",
      paramLabel = "NAME",
      description = "Who or what gave the label; default: the user of this process.")
  private Optional<String> source = Optional.empty();

  @Mixin private BrokerOptions brokers;

  @Option(
      names = "--topic",
      paramLabel = "TOPIC",
      description = "Default: labels, with the prefix before it.")
  private Optional<String> topic = Optional.empty();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "YAML with kafka: settings of clients and serializer, and topics: prefix; or the settings"
              + " of a service.")
  private Optional<Path> config = Optional.empty();

  @Mixin private JsonOption json = new JsonOption();

  @Spec private CommandSpec spec;

  private final InstantSource clock = InstantSource.system();

  @Override
  public Integer call() {
    LogDestination.toConsole();
    requireOneOf();
    ClassNames names = classes.names();
    String giver = source.orElse(System.getProperty("user.name", ""));
    if (giver.isBlank() || giver.equals("?")) {
      throw new StartupException("--source: must be given, this process has no user name");
    }
    Instant now = clock.instant();
    // Before brokers are asked: what is wrong here is told at once.
    Optional<ImageLabel> one =
        imageId.map(id -> new SingleLabel(id, giver, now).of(label, mask, names));
    TopicsConfig settings =
        brokers.over(ServiceSettings.topics(config.stream().toList(), Set.of()));
    Map<String, String> kafka = settings.kafka();
    String to = topic.orElse(settings.nameOf(Topics.LABELS));
    KafkaSettings.requireBroker(kafka, BROKER_TIMEOUT);
    KafkaSettings.requireTopics(kafka, List.of(to), BROKER_TIMEOUT);
    LabelRun run = new LabelRun(kafka, to, new SimpleMeterRegistry());
    if (one.isPresent()) {
      run.one(one.get());
      tell(new LabelRun.Result(1, 0), to, "label of %s sent to %s".formatted(imageId.get(), to));
      return ExitCodes.OK;
    }
    TerminalWriter err = TerminalWriter.of(spec.commandLine().getErr());
    LabelRun.Result result =
        run.csv(
            csv.orElseThrow(),
            names,
            giver,
            now,
            skipBadLines,
            new TaskProgress(err, "labels", System::nanoTime));
    tell(
        result,
        to,
        "%d labels sent to %s, %d lines skipped".formatted(result.sent(), to, result.skipped()));
    return result.skipped() == 0 ? ExitCodes.OK : ExitCodes.PARTIAL;
  }

  private void tell(LabelRun.Result result, String to, String text) {
    PrintWriter out = TerminalWriter.of(spec.commandLine().getOut());
    if (json.isGiven()) {
      JsonOption.print(
          out, Map.of("topic", to, "sent", result.sent(), "skipped", result.skipped()));
    } else {
      out.println(text);
    }
  }

  private void requireOneOf() {
    if (csv.isPresent()) {
      if (imageId.isPresent() || mask.isPresent()) {
        throw new StartupException("--csv: must be without IMAGE_ID, CLASS and --mask");
      }
      return;
    }
    if (skipBadLines) {
      throw new StartupException("--skip-bad-lines: is for --csv");
    }
    if (imageId.isEmpty() || label.isPresent() == mask.isPresent()) {
      throw new StartupException("IMAGE_ID and either CLASS or --mask are required, or --csv");
    }
  }
}
