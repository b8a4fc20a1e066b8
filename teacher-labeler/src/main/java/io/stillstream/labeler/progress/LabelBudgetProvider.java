package io.stillstream.labeler.progress;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.labeler.budget.AdaptiveFraction;
import io.stillstream.labeler.budget.AdaptiveFraction.StudentDisagreement;
import io.stillstream.labeler.budget.LabelBudget;
import io.stillstream.labeler.config.LabelBudgetSettings;
import io.stillstream.labeler.config.LabelerConfig;
import io.stillstream.labeler.kafka.LabelerClientSettings;
import io.stillstream.runtime.health.Health.Check;
import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.runtime.lookup.StandaloneConsumer;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.schemas.StudentProgress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/**
 * The label budget of the settings, with the consumer that keeps it up to date.
 *
 * @param check the health check of the budget, which is always up; empty if every image is labelled
 * @param ending closes the consumer
 */
public record LabelBudgetProvider(
    LabelBudget budget, Supplier<Optional<Check>> check, Runnable ending) implements AutoCloseable {
  /**
   * Makes the budget; an adaptive one begins to read what students report.
   *
   * @throws io.stillstream.runtime.config.StartupException naming the key, if a setting of the
   *     consumer is wrong
   */
  public static LabelBudgetProvider open(
      LabelerConfig config,
      LabelerClientSettings clients,
      MeterRegistry registry,
      InstantSource clock) {
    return config
        .label()
        .adaptive()
        .map(adaptive -> adaptive(adaptive, config, clients, registry, clock))
        .orElseGet(() -> fixed(config.label().fraction(), registry));
  }

  private static LabelBudgetProvider fixed(double fraction, MeterRegistry registry) {
    gauge("teacher.label.fraction", "Share of the images to label", () -> fraction, registry);
    String detail = String.format(Locale.ROOT, "fraction %.3f, fixed", fraction);
    return new LabelBudgetProvider(
        LabelBudget.ofFraction(() -> fraction),
        () ->
            fraction == 1 ? Optional.empty() : Optional.of(Check.readiness("budget", true, detail)),
        () -> {});
  }

  private static LabelBudgetProvider adaptive(
      LabelBudgetSettings.Adaptive adaptive,
      LabelerConfig config,
      LabelerClientSettings clients,
      MeterRegistry registry,
      InstantSource clock) {
    AdaptiveFraction fraction = new AdaptiveFraction(adaptive.rule());
    RecordValueDeserializer<StudentProgress> records =
        new RecordValueDeserializer<>(StudentProgress.class, clients.serde(), registry);
    StudentProgressConsumer reader;
    try {
      reader =
          new StudentProgressConsumer(
              new StandaloneConsumer(
                  KafkaSettings.client(() -> new KafkaConsumer<>(clients.progressConsumer()))),
              config.topics().studentProgress(),
              adaptive.staleAfter(),
              new StudentProgressHandler(records, fraction, registry, clock),
              clock);
    } catch (RuntimeException | Error e) {
      records.close();
      throw e;
    }
    DoubleSupplier now = () -> fraction.fraction(clock.instant());
    gauge("teacher.label.fraction", "Share of the images to label", now, registry);
    gauge(
        "teacher.label.disagreement",
        "Smoothed disagreement of the student that decides",
        () ->
            fraction
                .worst(clock.instant())
                .map(StudentDisagreement::disagreement)
                .orElse(Double.NaN),
        registry);
    reader.start();
    return new LabelBudgetProvider(
        LabelBudget.ofFraction(now),
        () -> Optional.of(check(fraction, reader, clock)),
        () -> {
          reader.close();
          records.close();
        });
  }

  @Override
  public void close() {
    ending.run();
  }

  private static Check check(
      AdaptiveFraction fraction, StudentProgressConsumer reader, InstantSource clock) {
    String why =
        fraction
            .worst(clock.instant())
            .map(
                worst ->
                    String.format(
                        Locale.ROOT,
                        "disagreement %.3f, %s, %d s ago",
                        worst.disagreement(),
                        worst.student(),
                        Duration.between(worst.reportedAt(), clock.instant()).toSeconds()))
            .orElse("no student has reported lately");
    String trouble = reader.lastError().map(cause -> "; cannot read: " + cause).orElse("");
    return Check.readiness(
        "budget",
        true,
        String.format(
            Locale.ROOT, "fraction %.3f: %s%s", fraction.fraction(clock.instant()), why, trouble));
  }

  private static void gauge(
      String name, String description, DoubleSupplier value, MeterRegistry registry) {
    Gauge.builder(name, value::getAsDouble).description(description).register(registry);
  }
}
