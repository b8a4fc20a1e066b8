package io.stillstream.local.monitoring;

import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the metrics that a PromQL expression asks for. It reads tokens, no grammar: whatever is
 * neither text, selector, range, number, list of labels, function nor keyword is a metric.
 */
final class PromQlMetrics {
  private static final String TEXT = "\"(?:\\\\.|[^\"\\\\])*\"|'(?:\\\\.|[^'\\\\])*'|`[^`]*`";

  private static final Pattern TOKEN =
      Pattern.compile(
          ("(?<skipped>#[^\\n]*|TEXT|\\[[^\\]]*\\]|\\d[\\w.]*"
                  + "|\\b(?:by|without|on|ignoring|group_left|group_right)\\b\\s*(?:\\([^)]*\\))?"
                  + "|[a-zA-Z_:][\\w:]*(?=\\s*\\(|\\s+(?:by|without)\\b)"
                  + "|\\b(?:and|or|unless|bool|offset|atan2|inf|nan|Inf|NaN)\\b)"
                  + "|(?<selector>\\{(?:TEXT|[^}\"'`])*\\})"
                  + "|(?<metric>[a-zA-Z_:][\\w:]*)")
              .replace("TEXT", TEXT));

  private static final Pattern NAME = Pattern.compile("__name__\\s*=\\s*\"([^\"]*)\"");

  private PromQlMetrics() {}

  static Set<String> metrics(String expression) {
    Set<String> metrics = new TreeSet<>();
    Matcher token = TOKEN.matcher(expression);
    while (token.find()) {
      if (token.group("metric") != null) {
        metrics.add(token.group("metric"));
      } else if (token.group("selector") != null) {
        Matcher name = NAME.matcher(token.group("selector"));
        while (name.find()) {
          metrics.add(name.group(1));
        }
      }
    }
    return metrics;
  }
}
