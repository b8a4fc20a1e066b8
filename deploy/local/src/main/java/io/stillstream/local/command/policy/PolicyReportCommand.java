package io.stillstream.local.command.policy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.local.exit.CommandFailedException;
import io.stillstream.local.exit.ExitCodes;
import io.stillstream.local.option.JsonOption;
import io.stillstream.local.option.TimeOption;
import io.stillstream.local.policy.report.PolicyReport;
import io.stillstream.local.policy.report.PolicyReportBuilder;
import io.stillstream.local.policy.report.PolicyReportText;
import io.stillstream.local.policy.report.StudentAnswers;
import io.stillstream.local.terminal.LogDestination;
import io.stillstream.local.terminal.MessageStyle;
import io.stillstream.local.terminal.TaskProgress;
import io.stillstream.local.terminal.TerminalWriter;
import io.stillstream.local.topics.TopicReadProgress;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.runtime.lookup.TopicReader;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.schemas.LabeledView;
import io.stillstream.trainer.config.TrainerConfig;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code stillstream policy report}. */
@Command(
    name = "report",
    header = "Counts what augmentation does to the answers of teacher and student.",
    description = {
      "Counts what augmentation does to the answers of teacher and student,",
      "for each operation and strength, over the topic of labelled views.",
      "Exit code 3: some records were left out, or there is no such view."
    },
    footer = {
      "  stillstream policy report --config deploy/config/trainer.yaml --since 2h",
      "  stillstream policy report --config deploy/config/trainer.yaml --json"
    })
public final class PolicyReportCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "The trainer's settings: brokers, registry, topics, directory.")
  private Path config = Path.of("trainer.yaml");

  @Option(
      names = "--student",
      paramLabel = "DIR",
      description =
          "A release or model directory; default: the champion in the settings' directory.")
  private Optional<Path> student = Optional.empty();

  @Option(
      names = "--policy-hash",
      paramLabel = "PREFIX",
      description = "Only views of policies whose hash begins like this.")
  private String policyHash = "";

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "Labelled then or later: 2026-11-26T07:00:00Z, or an age such as 90m, 2h, 7d.")
  private Optional<String> since = Optional.empty();

  @Option(names = "--limit", paramLabel = "N", description = "The first N records.")
  private long limit = Long.MAX_VALUE;

  @Mixin private JsonOption json = new JsonOption();

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    LogDestination.toConsole();
    if (limit < 1) {
      throw new StartupException("--limit must be at least 1, was " + limit);
    }
    Optional<Instant> from =
        since.map(text -> TimeOption.parse("--since", text, InstantSource.system().instant()));
    TrainerConfig settings = YamlSettings.load(config, TrainerConfig.class, System.getenv());
    String topic = settings.topics().labeledViews();
    KafkaSettings.requireBroker(settings.kafka(), PATIENCE);
    KafkaSettings.requireTopics(settings.kafka(), List.of(topic), PATIENCE);
    LoadedStudent asked = load(settings);
    PolicyReport report;
    try (asked) {
      report = read(settings.kafka(), topic, from, asked.answers);
    }
    if (report.rows().isEmpty() && report.unanswered() == 0) {
      TerminalWriter.of(spec.commandLine().getErr())
          .println(
              MessageStyle.WARNING,
              spec.qualifiedName() + ":",
              " there is no such view in %s: %d views of other policies, %d records unreadable"
                  .formatted(
                      topic,
                      report.policies().values().stream().mapToLong(Long::longValue).sum(),
                      report.unreadable().values().stream()
                          .mapToLong(skipped -> skipped.records())
                          .sum()));
      return ExitCodes.PARTIAL;
    }
    print(report, asked.problem);
    return report.isComplete() ? ExitCodes.OK : ExitCodes.PARTIAL;
  }

  /**
   * A student, or why there is none.
   *
   * @param problem empty if there is one
   */
  private record LoadedStudent(Optional<StudentAnswers> answers, String problem)
      implements AutoCloseable {
    @Override
    public void close() {
      answers.ifPresent(StudentAnswers::close);
    }
  }

  /** One that is asked for has to be there; without a champion the teacher's counts are enough. */
  private LoadedStudent load(TrainerConfig settings) {
    if (student.isPresent()) {
      StudentAnswers given = StudentAnswers.load(student.get(), settings.threads());
      return new LoadedStudent(Optional.of(given), "");
    }
    try {
      StudentAnswers champion = StudentAnswers.champion(settings.directory(), settings.threads());
      return new LoadedStudent(Optional.of(champion), "");
    } catch (StartupException e) {
      return new LoadedStudent(
          Optional.empty(), e.getMessage() + "; --student DIR names a release or a model");
    }
  }

  private PolicyReport read(
      Map<String, String> kafka,
      String topic,
      Optional<Instant> from,
      Optional<StudentAnswers> answers) {
    TaskProgress progress =
        new TaskProgress(
            TerminalWriter.of(spec.commandLine().getErr()), "records", System::nanoTime);
    AtomicLong records = new AtomicLong();
    try (TopicReader reader = new TopicReader(kafka, topic);
        RecordValueDeserializer<LabeledView> values =
            new RecordValueDeserializer<>(LabeledView.class, kafka, new SimpleMeterRegistry())) {
      PolicyReportBuilder report =
          new PolicyReportBuilder(
              topic,
              record -> values.deserialize(topic, record.headers(), record.value()),
              policyHash,
              answers);
      Map<Integer, Long> offsets = from.map(reader::offsetsSince).orElse(Map.of());
      TopicReadProgress passed = TopicReadProgress.of(reader, offsets, progress);
      reader.readWhile(
          offsets,
          record -> {
            report.add(record);
            passed.passed(record);
            return records.incrementAndGet() < limit;
          });
      return report.build();
    } catch (KafkaException e) {
      // The absent registry, too.
      throw new CommandFailedException(topic + " cannot be read: " + e.getMessage(), e);
    } finally {
      progress.close();
    }
  }

  private void print(PolicyReport report, String noStudent) {
    PrintWriter console = spec.commandLine().getOut();
    if (json.isGiven()) {
      JsonOption.print(console, report);
    } else {
      PolicyReportText.lines(report, noStudent).forEach(console::println);
    }
  }
}
