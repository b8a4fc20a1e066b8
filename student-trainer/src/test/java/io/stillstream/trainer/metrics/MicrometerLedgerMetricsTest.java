package io.stillstream.trainer.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.trainer.ledger.LedgerMetrics.Operation;
import org.junit.jupiter.api.Test;

final class MicrometerLedgerMetricsTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final MicrometerLedgerMetrics metrics = new MicrometerLedgerMetrics(registry);

  @Test
  void shouldShowSizeAndFailures() {
    // when
    metrics.size(4096, 3);
    metrics.size(5000, 4);
    metrics.failed(Operation.ROTATION);

    // then
    assertThat(registry.get("student.ledger.bytes").gauge().value()).isEqualTo(5000);
    assertThat(registry.get("student.ledger.segments").gauge().value()).isEqualTo(4);
    assertThat(failures("rotation")).isEqualTo(1);
    assertThat(failures("maintenance")).isZero();
  }

  private double failures(String operation) {
    return registry.get("student.ledger.failures").tag("operation", operation).counter().count();
  }
}
