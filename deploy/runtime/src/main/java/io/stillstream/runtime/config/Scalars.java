package io.stillstream.runtime.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Single values and their texts, in both directions. */
public final class Scalars {
  private static final Pattern DURATION = Pattern.compile("(-?\\d{1,12})\\s?(ms|s|m|h|d)");
  private static final Map<Class<?>, Function<String, Object>> PARSERS =
      Map.ofEntries(
          Map.entry(String.class, text -> text),
          Map.entry(int.class, text -> number(text, Integer::valueOf, "a whole number of 32 bits")),
          Map.entry(
              Integer.class, text -> number(text, Integer::valueOf, "a whole number of 32 bits")),
          Map.entry(long.class, text -> number(text, Long::valueOf, "a whole number")),
          Map.entry(Long.class, text -> number(text, Long::valueOf, "a whole number")),
          Map.entry(double.class, Scalars::real),
          Map.entry(Double.class, Scalars::real),
          Map.entry(boolean.class, Scalars::bool),
          Map.entry(Boolean.class, Scalars::bool),
          Map.entry(Path.class, Scalars::path),
          Map.entry(URI.class, Scalars::uri),
          Map.entry(Duration.class, Scalars::duration));

  private Scalars() {}

  static boolean knows(Class<?> type) {
    return type.isEnum() || PARSERS.containsKey(type);
  }

  /**
   * @throws IllegalArgumentException with the rule that the text breaks, such as "must be a number"
   */
  static Object parse(Class<?> type, String text) {
    return type.isEnum() ? constant(type, text) : PARSERS.get(type).apply(text);
  }

  public static String format(Object value) {
    if (value instanceof Enum<?> constant) {
      return name(constant);
    }
    return value instanceof Duration duration ? format(duration) : value.toString();
  }

  private static String format(Duration duration) {
    long millis = duration.toMillis();
    if (millis % 1000 != 0) {
      return millis + "ms";
    }
    if (millis % 60_000 != 0 || millis == 0) {
      return millis / 1000 + "s";
    }
    return millis % 3_600_000 == 0 ? millis / 3_600_000 + "h" : millis / 60_000 + "m";
  }

  private static Object number(String text, Function<String, Object> parser, String what) {
    try {
      return parser.apply(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("must be " + what, e);
    }
  }

  private static Object real(String text) {
    double value = (double) number(text, Double::valueOf, "a number");
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("must be a finite number");
    }
    return value;
  }

  private static Object bool(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("must be true or false");
    };
  }

  private static Object path(String text) {
    if (text.isBlank()) {
      throw new IllegalArgumentException("must be a path");
    }
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("must be a path", e);
    }
  }

  private static Object uri(String text) {
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("must be a URI", e);
    }
  }

  private static Object duration(String text) {
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("must be a duration such as 500ms, 2s, 5m, 1h or 7d");
    }
    long amount = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      case "m" -> Duration.ofMinutes(amount);
      case "h" -> Duration.ofHours(amount);
      default -> Duration.ofDays(amount);
    };
  }

  private static Object constant(Class<?> type, String text) {
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> name((Enum<?>) constant).equals(text))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("must be one of " + constants(type)));
  }

  private static String constants(Class<?> type) {
    return Arrays.stream(type.getEnumConstants())
        .map(constant -> name((Enum<?>) constant))
        .collect(Collectors.joining(", "));
  }

  /** The name of a constant as it is written in a file: {@code KEEP_ALL} is {@code keep-all}. */
  public static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
