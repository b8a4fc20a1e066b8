package io.stillstream.embedded.process;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One answer of {@code /metrics}, in the text format of Prometheus. */
public record MetricsScrape(List<Sample> samples) {
  private static final Pattern LINE =
      Pattern.compile("([A-Za-z_:][\\w:]*)(?:\\{(.*)})?\\s+(\\S+)(?:\\s+\\d+)?");
  private static final Pattern BOUND = Pattern.compile("(?:^|,)le=\"([^\"]*)\"");

  /**
   * One line.
   *
   * @param labels as they stand between the braces
   */
  public record Sample(String name, String labels, double value) {}

  public static MetricsScrape parse(String text) {
    return new MetricsScrape(
        text.lines()
            .filter(line -> !line.startsWith("#"))
            .map(LINE::matcher)
            .filter(Matcher::matches)
            .map(
                m ->
                    new Sample(
                        m.group(1), m.group(2) == null ? "" : m.group(2), number(m.group(3))))
            .toList());
  }

  /** Whether there is such a metric. */
  public boolean has(String name) {
    return samples.stream().anyMatch(sample -> sample.name().equals(name));
  }

  /**
   * The sum over all series of a metric that have these labels; 0 where there are none.
   *
   * @param labels each as {@code name="value"}
   */
  public double sum(String name, String... labels) {
    return samples.stream()
        .filter(sample -> sample.name().equals(name))
        .filter(sample -> List.of(labels).stream().allMatch(sample.labels()::contains))
        .mapToDouble(Sample::value)
        .sum();
  }

  /** The buckets of a histogram: counts up to each bound. */
  public Map<Double, Double> buckets(String name, String label) {
    Map<Double, Double> buckets = new TreeMap<>();
    for (Sample sample : samples) {
      Matcher bound = BOUND.matcher(sample.labels());
      if (sample.name().equals(name + "_bucket")
          && sample.labels().contains(label)
          && bound.find()) {
        buckets.merge(number(bound.group(1)), sample.value(), Double::sum);
      }
    }
    return buckets;
  }

  private static double number(String text) {
    return switch (text) {
      case "+Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(text);
    };
  }
}
