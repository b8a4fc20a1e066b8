package io.stillstream.runtime.records;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts dead letters by reason. The log has the first one of each reason. */
final class DeadLetterMeters {
  private static final Logger log = LoggerFactory.getLogger(DeadLetterMeters.class);

  private final String service;
  private final MeterRegistry registry;

  DeadLetterMeters(String service, MeterRegistry registry) {
    this.service = service;
    this.registry = registry;
  }

  /** At zero, so that rate() sees the first one. */
  void register(String reason) {
    counter(reason);
  }

  void count(RecordCoordinates source, String reason) {
    Counter counter = counter(reason);
    if (counter.count() == 0) {
      log.atWarn()
          .addKeyValue("record", source)
          .addKeyValue("reason", reason)
          .log("A record becomes a dead letter; further ones of this reason are only counted");
    }
    counter.increment();
  }

  private Counter counter(String reason) {
    return Counter.builder("stillstream.dead.letters")
        .description("Records that could not be processed and were sent to dead letters")
        .tag("service", service)
        .tag("reason", reason)
        .register(registry);
  }
}
