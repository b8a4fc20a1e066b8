package io.stillstream.trainer.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.stillstream.runtime.augmentation.AnswerShift;
import io.stillstream.runtime.augmentation.OperationStrength;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Meters of the student's answers on augmented views. They appear with the first view of an
 * operation and strength: a policy has few of them.
 */
final class AugmentationMeters {
  private final MeterRegistry registry;
  private final Map<OperationStrength, Meters> meters = new ConcurrentHashMap<>();

  private record Meters(DistributionSummary divergence, Counter agreements) {}

  AugmentationMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  void compared(OperationStrength key, AnswerShift shift) {
    Meters own = meters.computeIfAbsent(key, this::register);
    own.divergence.record(shift.divergence());
    if (shift.sameClass()) {
      own.agreements.increment();
    }
  }

  private Meters register(OperationStrength key) {
    Tags tags = Tags.of("operation", key.operation(), "strength", key.strength());
    return new Meters(
        DistributionSummary.builder("student.augmentation.divergence")
            .description("KL(teacher, student) on fresh views, before the step on them, nats")
            .tags(tags)
            .register(registry),
        Counter.builder("student.augmentation.agreements")
            .description("Fresh views on which student and teacher favour the same class")
            .tags(tags)
            .register(registry));
  }
}
