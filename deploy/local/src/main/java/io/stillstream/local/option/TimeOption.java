package io.stillstream.local.option;

import io.stillstream.runtime.config.StartupException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A time on the command line: as ISO 8601 writes it, or how long ago it was. */
public final class TimeOption {
  private static final Pattern AGE = Pattern.compile("(\\d{1,9})([smhd])");

  private TimeOption() {}

  /**
   * Reads a time.
   *
   * @param option its name, for the message
   * @return at least 1970, before which no record can be
   * @throws StartupException if the text is none
   */
  public static Instant parse(String option, String text, Instant now) {
    Instant time = time(option, text, now);
    return time.isBefore(Instant.EPOCH) ? Instant.EPOCH : time;
  }

  private static Instant time(String option, String text, Instant now) {
    Matcher age = AGE.matcher(text);
    if (age.matches()) {
      long number = Long.parseLong(age.group(1));
      return now.minus(
          switch (age.group(2)) {
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
          });
    }
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw new StartupException(
          option + " must be a time such as 2026-11-26T07:00:00Z or an age such as 2h, was " + text,
          e);
    }
  }
}
