package io.stillstream.faults.process;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One answer of {@code /metrics}, in the text format of Prometheus. */
public final class MetricsScrape {
  private static final Pattern SAMPLE = Pattern.compile("(\\w+)(\\{.*})? (\\S+)");

  private record Sample(String name, String labels, double value) {}

  private final List<Sample> samples;

  MetricsScrape(String text) {
    samples =
        text.lines()
            .filter(line -> !line.startsWith("#"))
            .map(SAMPLE::matcher)
            .filter(Matcher::matches)
            .map(m -> new Sample(m.group(1), String.valueOf(m.group(2)), number(m.group(3))))
            .toList();
  }

  /** The sum of all samples of that name which have these labels, as in {@code origin="fresh"}. */
  public double sum(String name, String... labels) {
    return samples.stream()
        .filter(sample -> sample.name().equals(name))
        .filter(sample -> List.of(labels).stream().allMatch(sample.labels()::contains))
        .mapToDouble(Sample::value)
        .sum();
  }

  private static double number(String text) {
    return switch (text) {
      case "+Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(text);
    };
  }
}
