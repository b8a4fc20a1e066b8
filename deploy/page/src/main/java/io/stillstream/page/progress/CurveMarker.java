package io.stillstream.page.progress;

import io.stillstream.page.trainer.ReleaseSummary;
import io.stillstream.schemas.StudentEvent;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Something that happened, to be marked on the curves.
 *
 * @param time milliseconds since the epoch
 * @param kind {@code release}, or that of a student's event in lower case
 */
public record CurveMarker(long time, long step, String kind, String text) {
  private static final int LONGEST_TEXT = 300;

  public static CurveMarker of(StudentEvent event) {
    String kind = event.getKind().name().toLowerCase(Locale.ROOT);
    return new CurveMarker(
        event.getOccurredAt().toEpochMilli(), event.getStep(), kind, text(kind, event));
  }

  public static CurveMarker of(ReleaseSummary release) {
    return new CurveMarker(
        release.created(),
        release.step(),
        "release",
        "release " + release.version() + ", made as " + release.alias());
  }

  private static String text(String kind, StudentEvent event) {
    Map<String, String> details = new TreeMap<>(event.getDetails());
    String facts =
        details.entrySet().stream()
            .map(entry -> entry.getKey().replace('_', ' ') + " " + entry.getValue())
            .collect(Collectors.joining(", "));
    String text = kind.replace('_', ' ') + (facts.isEmpty() ? "" : ": " + facts);
    return text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT) + "…";
  }
}
