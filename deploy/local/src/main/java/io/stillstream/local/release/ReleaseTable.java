package io.stillstream.local.release;

import com.fasterxml.jackson.databind.JsonNode;
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
  private static final String NOT_PASSED = "did not pass the gate";

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
      notes.add(NOT_PASSED);
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

  /**
   * A release as the trainer lists it.
   *
   * @param release as {@code GET /releases} has it
   */
  void add(String student, JsonNode release) {
    JsonNode score = release.path("accuracy");
    row(
        release.path("current").asBoolean() ? "*" : "",
        student,
        release.path("version").asText(),
        release.path("alias").asText(),
        release.path("step").asText(),
        release.path("task").asText(),
        score.isNumber() ? percent(score.asDouble()) : "-",
        Instant.ofEpochMilli(release.path("created").asLong())
            .truncatedTo(ChronoUnit.SECONDS)
            .toString(),
        shortened(release.path("sha256").asText()),
        release.path("gate").asText().equals("failed") ? NOT_PASSED : "");
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
    return ReleaseScore.of(task, metrics).map(ReleaseTable::percent).orElse("-");
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.2f %%", 100 * share);
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
