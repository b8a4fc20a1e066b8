package io.stillstream.local.release;

import io.stillstream.schemas.StudentRelease;
import io.stillstream.trainer.release.ModelCard;
import io.stillstream.trainer.release.ReleaseScore;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Releases as a table for people. */
public final class ReleaseTable {
  private static final int SHORT = 12;

  private final List<String> lines = new ArrayList<>();

  /** Begins with the header. */
  public ReleaseTable() {
    row("", "student", "version", "made as", "step", "task", "score", "created", "sha256", "");
  }

  /**
   * A release on disk.
   *
   * @param current whether it is the champion
   * @param announced whether the topic says so
   */
  public void add(ModelCard card, boolean current, boolean announced) {
    List<String> notes = new ArrayList<>();
    if (card.gate() != null && !card.gate().passed()) {
      notes.add("did not pass the gate");
    }
    if (announced) {
      notes.add("announced");
    }
    row(
        current ? "*" : "",
        card.student(),
        Long.toString(card.version()),
        card.alias(),
        Long.toString(card.step()),
        card.task(),
        score(card.task(), card.metrics()),
        seconds(card.createdAt()),
        shortened(card.sha256()),
        String.join(", ", notes));
  }

  /** One that cannot be read. */
  public void addDamaged(long version, boolean current, String reason) {
    row(current ? "*" : "", "?", Long.toString(version), "", "", "", "", "", "", reason);
  }

  /** One that only the topic knows. */
  public void add(StudentRelease event) {
    row(
        "",
        event.getStudent(),
        Long.toString(event.getVersion()),
        event.getAlias().name().toLowerCase(Locale.ROOT),
        Long.toString(event.getStep()),
        event.getTask(),
        score(event.getTask(), event.getMetrics()),
        seconds(event.getCreatedAt().toString()),
        shortened(event.getSha256()),
        "announced, " + event.getUri());
  }

  /** The lines, without trailing blanks. */
  public List<String> lines() {
    return List.copyOf(lines);
  }

  private void row(String... cells) {
    lines.add(
        String.format(
                Locale.ROOT,
                "%-2s%-14s %7s  %-10s %9s  %-14s  %8s  %-20s  %-12s  %s",
                (Object[]) cells)
            .stripTrailing());
  }

  private static String score(String task, Map<String, Double> metrics) {
    return ReleaseScore.of(task, metrics)
        .map(value -> String.format(Locale.ROOT, "%.2f %%", 100 * value))
        .orElse("-");
  }

  private static String shortened(String sha256) {
    return sha256.substring(0, Math.min(SHORT, sha256.length()));
  }

  private static String seconds(String created) {
    return created.endsWith("Z")
        ? Instant.parse(created).truncatedTo(ChronoUnit.SECONDS).toString()
        : created;
  }
}
