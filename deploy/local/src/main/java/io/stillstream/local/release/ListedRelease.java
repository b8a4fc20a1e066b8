package io.stillstream.local.release;

import com.fasterxml.jackson.databind.JsonNode;
import io.stillstream.schemas.StudentRelease;
import io.stillstream.trainer.release.ModelCard;
import io.stillstream.trainer.release.ReleaseScore;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;

/**
 * A release as it is listed; what is not known is null.
 *
 * @param alias what it was made as
 * @param score share of right answers, mean IoU or mean cosine, 0 to 1
 * @param created time in UTC, to the second
 * @param current whether it is the one to serve
 * @param announced whether it is the latest one on the topic of releases; null where that is not
 *     asked
 * @param gate {@code passed} or {@code failed}; null without a gate
 * @param uri where the topic says that it is; null if it is in the directory that is listed
 * @param error why it cannot be read; null if it can
 */
record ListedRelease(
    String student,
    long version,
    String alias,
    Long step,
    String task,
    Double score,
    String created,
    String sha256,
    boolean current,
    Boolean announced,
    String gate,
    String uri,
    String error) {

  /** One on disk. */
  static ListedRelease of(ModelCard card, boolean current, Boolean announced) {
    return new ListedRelease(
        card.student(),
        card.version(),
        card.alias(),
        card.step(),
        card.task(),
        score(card.task(), card.metrics()),
        seconds(card.createdAt()),
        card.sha256(),
        current,
        announced,
        card.gate() == null ? null : card.gate().passed() ? "passed" : "failed",
        null,
        null);
  }

  /**
   * One as the trainer lists it.
   *
   * @param release as {@code GET /releases} has it
   */
  static ListedRelease of(String student, JsonNode release) {
    JsonNode score = release.path("accuracy");
    return new ListedRelease(
        student,
        release.path("version").asLong(),
        release.path("alias").asText(),
        release.path("step").asLong(),
        release.path("task").asText(),
        score.isNumber() ? score.asDouble() : null,
        seconds(Instant.ofEpochMilli(release.path("created").asLong()).toString()),
        release.path("sha256").asText(),
        release.path("current").asBoolean(),
        null,
        release.path("gate").textValue(),
        null,
        null);
  }

  /** One that only the topic knows. */
  static ListedRelease of(StudentRelease event) {
    return new ListedRelease(
        event.getStudent(),
        event.getVersion(),
        event.getAlias().name().toLowerCase(Locale.ROOT),
        event.getStep(),
        event.getTask(),
        score(event.getTask(), event.getMetrics()),
        seconds(event.getCreatedAt().toString()),
        event.getSha256(),
        false,
        true,
        null,
        event.getUri(),
        null);
  }

  /** One that cannot be read. */
  static ListedRelease damaged(long version, boolean current, String reason) {
    return new ListedRelease(
        null, version, null, null, null, null, null, null, current, null, null, null, reason);
  }

  private static Double score(String task, Map<String, Double> metrics) {
    return ReleaseScore.of(task, metrics).orElse(null);
  }

  private static String seconds(String created) {
    return created.endsWith("Z")
        ? Instant.parse(created).truncatedTo(ChronoUnit.SECONDS).toString()
        : created;
  }
}
