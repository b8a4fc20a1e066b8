package io.stillstream.faults.experiment;

import io.stillstream.faults.audit.DeliveryAudit;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The table of faults and results, in Markdown. */
public final class FaultReport {
  private static final String HEAD =
      """
      # Faults and their results

      Broker, registry and the three services are processes of their own. Images flow, 2 %% of them bad. After each fault,
      everything sent must come through. An audit reads all topics from the beginning, the trainer's checkpoint and its
      ledger. Every view of every good image is there once, labelled once, and once in the ledger. Every bad image has one
      dead letter with its reason. Nothing else is there, no transaction is open, and all services are ready.
      [deploy/faults](faults/README.md) says how it is done.

      %s, on a machine of %d cores; `bash deploy/faults/run` does it again. Work goes on when the trainer trains. It
      has caught up when all that was sent before the recovery is trained and saved. Images are those of the one fault;
      views, dead letters and trained views are those of the audit, which counts since the beginning.

      | fault | what was done | seen | work went on after | caught up after | images: good + bad | views = labelled = trained | dead letters | result |
      |---|---|---|---|---|---|---|---|---|
      """;

  private FaultReport() {}

  public static String of(List<ExperimentResult> rows) {
    StringBuilder text =
        new StringBuilder(
            HEAD.formatted(
                LocalDate.now(ZoneOffset.UTC), Runtime.getRuntime().availableProcessors()));
    DeliveryAudit.Result before = null;
    for (ExperimentResult row : rows) {
      if (row.result().isEmpty()) {
        text.append(notDone(row));
        continue;
      }
      DeliveryAudit.Result found = row.result().get();
      // A new pipeline begins with nothing.
      boolean anew = before == null || found.good() < before.good();
      long good = found.good() - (anew ? 0 : before.good());
      long bad = found.bad() - (anew ? 0 : before.bad());
      text.append(line(row, found, good, bad));
      before = found;
    }
    return text.toString();
  }

  private static String notDone(ExperimentResult row) {
    return "| `%s` | %s | | | | | | | **%s** |%n"
        .formatted(row.fault().name(), row.fault().what(), String.join("; ", row.violations()));
  }

  private static String line(
      ExperimentResult row, DeliveryAudit.Result found, long good, long bad) {
    String views =
        found.views() == found.labeled() && found.labeled() == found.trained()
            ? number(found.views())
            : number(found.views())
                + ", "
                + number(found.labeled())
                + ", "
                + number(found.trained());
    return "| `%s` | %s | %s | %s | %s | %s + %s | %s | %s | %s |%n"
        .formatted(
            row.fault().name(),
            row.fault().what(),
            row.seen(),
            time(row.times().map(FaultExperiment.Times::wentOn)),
            time(row.times().map(FaultExperiment.Times::caughtUp)),
            number(good),
            number(bad),
            views,
            number(found.letters()),
            row.isRight() ? "exact" : "**wrong**: " + String.join("; ", row.violations()));
  }

  private static String time(Optional<Duration> time) {
    return time.map(t -> String.format(Locale.ROOT, "%.1f s", t.toMillis() / 1e3)).orElse("never");
  }

  private static String number(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }
}
