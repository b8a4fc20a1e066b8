package io.stillstream.local.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PromQlMetricsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '→',
      quoteCharacter = '~',
      value = {
        "up == 0 → up",
        "sum by (job, le) (rate(a_bucket[5m])) → a_bucket",
        "sum(rate(a_total{b=~\"x|y{z}\", c!='}'}[5m] offset 1h)) without (d) → a_total",
        "a / on (x, y) group_left (z) b and ignoring (q) c unless d or e → a b c d e",
        "histogram_quantile(0.99, sum by (le) (rate(a_seconds_bucket[1m:10s]))) > 1e3 → a_seconds_bucket",
        "lvl:metric:op > bool 5 # b → lvl:metric:op",
        "{__name__=\"a\", b=\"c\"} + avg_over_time(d[5m]) → a d",
        "topk by (x) (3, a) * inf + count_values(\"by\", b) → a b",
        "a_by_sum + sum_a - on_b → a_by_sum on_b sum_a",
        "time() - a → a",
        "absent(up{job=~\".*x.*\"}) or vector(0) → up"
      })
  void shouldFindMetricsAndNothingElse(String expression, String metrics) {
    assertThat(PromQlMetrics.metrics(expression)).containsExactlyInAnyOrder(metrics.split(" "));
  }
}
