package io.stillstream.labeler.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.stillstream.runtime.augmentation.AnswerShift;
import io.stillstream.runtime.augmentation.AugmentationStatistics.ViewAnswers;
import io.stillstream.runtime.augmentation.OperationStrength;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Meters of what augmentation does to the teacher's answers, by operation and strength. Those of an
 * operation appear with the first view that has it.
 */
public final class TeacherAugmentationMeters {
  private final MeterRegistry registry;
  private final Map<OperationStrength, KeyMeters> meters = new ConcurrentHashMap<>();

  TeacherAugmentationMeters(MeterRegistry registry) {
    this.registry = registry;
    List.of(OperationStrength.ORIGINAL, OperationStrength.AUGMENTED).forEach(this::of);
  }

  /** Counts a labelled view for all its keys. */
  void add(List<OperationStrength> keys, ViewAnswers answers) {
    keys.forEach(key -> of(key).add(answers));
  }

  private KeyMeters of(OperationStrength key) {
    return meters.computeIfAbsent(key, missing -> new KeyMeters(registry, missing));
  }

  private static final class KeyMeters {
    private final Counter views;
    private final DistributionSummary divergence;
    private final Counter agreements;
    private final Counter knownClass;
    private final Counter correct;

    KeyMeters(MeterRegistry registry, OperationStrength key) {
      Tags tags = Tags.of("operation", key.operation(), "strength", key.strength());
      views =
          Counter.builder("teacher.augmentation.views")
              .description("Views labelled and committed, by operation")
              .tags(tags)
              .register(registry);
      divergence =
          DistributionSummary.builder("teacher.augmentation.divergence")
              .description("KL of the teacher's answers on the original and on the view, in nats")
              .tags(tags)
              .register(registry);
      agreements =
          Counter.builder("teacher.augmentation.agreements")
              .description("Compared views on which the teacher names the class of the original")
              .tags(tags)
              .register(registry);
      knownClass =
          Counter.builder("teacher.augmentation.known.class")
              .description("Views with one true class")
              .tags(tags)
              .register(registry);
      correct =
          Counter.builder("teacher.augmentation.correct")
              .description("Views with one true class on which the teacher is right")
              .tags(tags)
              .register(registry);
    }

    void add(ViewAnswers answers) {
      views.increment();
      answers.teacher().ifPresent(this::add);
      answers.correct().ifPresent(this::add);
    }

    private void add(AnswerShift shift) {
      divergence.record(shift.divergence());
      if (shift.sameClass()) {
        agreements.increment();
      }
    }

    private void add(boolean right) {
      knownClass.increment();
      if (right) {
        correct.increment();
      }
    }
  }
}
