package io.stillstream.bench.load.report;

import io.stillstream.bench.load.delivery.DeliveryStage;
import io.stillstream.bench.load.delivery.RecordAccounting;
import io.stillstream.bench.load.deployment.ProcessRole;
import io.stillstream.bench.load.measurement.AgePercentiles;
import io.stillstream.bench.load.measurement.IsolatedServiceResult;
import io.stillstream.bench.load.measurement.LoadMeasurement;
import io.stillstream.bench.load.measurement.ProcessUsage;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Findings as Markdown, for people. */
final class LoadReportMarkdown {
  /** A slope of less than this says more about garbage collection than about memory. */
  private static final double SLOPE_SECONDS = 300;

  private final StringBuilder text = new StringBuilder();
  private final LoadResults findings;

  private LoadReportMarkdown(LoadResults findings) {
    this.findings = findings;
  }

  static String of(LoadResults findings) {
    LoadReportMarkdown writer = new LoadReportMarkdown(findings);
    writer.head();
    writer.alone();
    writer.pipeline();
    writer.processes();
    writer.memory();
    writer.overTime();
    writer.counts();
    return writer.text.toString();
  }

  private void head() {
    line("# Load");
    line("");
    line("    " + findings.command());
    line("");
    findings.machine().forEach((name, fact) -> line("- " + name + ": " + fact));
    findings.setup().forEach((name, fact) -> line("- " + name + ": " + fact));
  }

  private void alone() {
    if (findings.alone().isEmpty()) {
      return;
    }
    section("Each service alone");
    line("| service | partitions | instances | images/s | CPU ms/image | broker's | cores |");
    line("|---|---|---|---|---|---|---|");
    for (IsolatedServiceResult row : findings.alone()) {
      row(
          row.service(),
          row.partitions(),
          row.instances(),
          rate(row.images()),
          number("%.2f", row.cpuMillisPerImage()),
          number("%.2f", row.brokerMillisPerImage()),
          number("%.2f", row.cores()));
    }
    line("");
    line(
        "Together they could do %s images/s, were all cores busy with nothing else."
            .formatted(rate(findings.limit())));
  }

  private void pipeline() {
    section("The pipeline");
    if (!Double.isNaN(findings.sustained())) {
      String share =
          Double.isNaN(findings.limit())
              ? ""
              : number(
                  ", %.0f %% of what they could", 100 * findings.sustained() / findings.limit());
      line(
          "Sustained: %s%s images/s%s."
              .formatted(
                  findings.isBounded() ? "" : "at least ", rate(findings.sustained()), share));
      line("");
    }
    line(
        "| | asked | trained/s | rejected/s | under way | growth/s | age at view, ms | at label |"
            + " at training | late | cores |");
    line("|---|---|---|---|---|---|---|---|---|---|---|");
    for (LoadMeasurement m : findings.measurements()) {
      row(
          m.name(),
          m.asked() == 0 ? "all it takes" : rate(m.asked()),
          rate(m.rates().getOrDefault(DeliveryStage.TRAINED, Double.NaN)),
          rate(m.rejectedRate()),
          m.underWayFirst() + " → " + m.underWayLast(),
          number("%+.1f", m.growth()),
          ages(m, DeliveryStage.VIEWED),
          ages(m, DeliveryStage.LABELED),
          ages(m, DeliveryStage.TRAINED),
          m.sent().late() + (m.sent().isLimit() ? " (the generator is the limit)" : ""),
          number("%.2f", m.cores()));
    }
    line("");
    line("Ages are p50 / p99 from the time at which an image was due.");
  }

  private void processes() {
    section("Processor time, ms for an image");
    List<LoadMeasurement> all = findings.measurements();
    line("| | " + String.join(" | ", all.stream().map(LoadMeasurement::name).toList()) + " |");
    line("|---|" + "---|".repeat(all.size()));
    for (ProcessRole role : ProcessRole.values()) {
      row(
          role,
          (Object[])
              all.stream()
                  .map(m -> number("%.2f", m.cpuMillisPerImage(role)))
                  .toArray(String[]::new));
    }
  }

  private void memory() {
    section("Memory, MB");
    line("| | process | resident | outside of Java | heap in use | slopes per hour |");
    line("|---|---|---|---|---|---|");
    for (LoadMeasurement m : findings.measurements()) {
      for (ProcessUsage usage : m.usages()) {
        row(
            m.name(),
            usage.process(),
            memory(usage.resident()),
            memory(usage.outsideOfJava()),
            memory(usage.heap()),
            m.seconds() < SLOPE_SECONDS
                ? ""
                : number("%+.1f", usage.resident().perHour())
                    + number(", %+.1f", usage.outsideOfJava().perHour())
                    + number(", %+.1f", usage.heap().perHour()));
      }
    }
  }

  private void overTime() {
    for (LoadMeasurement m : findings.measurements()) {
      if (m.seconds() >= SLOPE_SECONDS) {
        section("Age at label over time, " + m.name());
        line("| part of the time | images | p50, ms | p99, ms |");
        line("|---|---|---|---|");
        int slice = 0;
        for (Map<DeliveryStage, AgePercentiles> ages : m.agesOverTime()) {
          AgePercentiles labeled = ages.get(DeliveryStage.LABELED);
          row(
              ++slice + "/" + m.agesOverTime().size(),
              labeled.count(),
              number("%.0f", labeled.p50()),
              number("%.0f", labeled.p99()));
        }
      }
    }
  }

  private void counts() {
    section("Counts");
    for (RecordAccounting b : findings.balances()) {
      line(
          "- %,d images sent, %,d of them bad; dead letters %s"
              .formatted(b.sent(), b.bad(), b.found().isEmpty() ? "none" : b.found()));
    }
    line("");
    line(
        findings.problems().isEmpty()
            ? "Each good image has all of its views and labels once, and each bad one its dead"
                + " letter."
            : "**What does not agree:** " + String.join("; ", findings.problems()));
  }

  private void section(String title) {
    line("");
    line("## " + title);
    line("");
  }

  private void row(Object first, Object... others) {
    text.append("| ").append(first);
    for (Object other : others) {
      text.append(" | ").append(other);
    }
    text.append(" |\n");
  }

  private void line(String line) {
    text.append(line).append('\n');
  }

  private static String ages(LoadMeasurement m, DeliveryStage stage) {
    AgePercentiles ages = m.ages().getOrDefault(stage, AgePercentiles.NONE);
    return ages.count() == 0 ? "–" : number("%,.0f", ages.p50()) + number(" / %,.0f", ages.p99());
  }

  private static String memory(ProcessUsage.Memory memory) {
    return memory.last() == 0
        ? "–"
        : number("%,.0f", memory.first()) + number(" → %,.0f", memory.last());
  }

  private static String rate(double rate) {
    return number(rate < 1000 ? "%.1f" : "%,.0f", rate);
  }

  private static String number(String format, double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, format, value) : "–";
  }
}
