package io.stillstream.trainer.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.trainer.ledger.LedgerMetrics;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** The ledger's metrics as meters. */
public final class MicrometerLedgerMetrics implements LedgerMetrics {
  private final Map<Operation, Counter> failures = new EnumMap<>(Operation.class);
  private volatile long bytesOnDisk;
  private volatile int closedSegments;

  public MicrometerLedgerMetrics(MeterRegistry registry) {
    Gauge.builder("student.ledger.bytes", () -> (double) bytesOnDisk)
        .description("That all files of the ledger take on disk")
        .baseUnit("bytes")
        .register(registry);
    Gauge.builder("student.ledger.segments", () -> (double) closedSegments)
        .description("Closed segments of the ledger")
        .register(registry);
    for (Operation operation : Operation.values()) {
      failures.put(
          operation,
          Counter.builder("student.ledger.failures")
              .tag("operation", operation.name().toLowerCase(Locale.ROOT))
              .description("Attempts to close, compress or compact a segment that failed")
              .register(registry));
    }
  }

  @Override
  public void size(long bytes, int segments) {
    bytesOnDisk = bytes;
    closedSegments = segments;
  }

  @Override
  public void failed(Operation operation) {
    failures.get(operation).increment();
  }
}
