package io.stillstream.faults.injection;

import static io.stillstream.faults.pipeline.PipelineUnderTest.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.embedded.process.ServiceProcess;
import io.stillstream.faults.audit.CheckpointAndLedger;
import io.stillstream.faults.experiment.Fault;
import io.stillstream.faults.experiment.FaultExperiment;
import io.stillstream.faults.pipeline.PipelineUnderTest;
import io.stillstream.runtime.lookup.TopicReader;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.schemas.StudentEvent;
import io.stillstream.schemas.StudentEventKind;
import io.stillstream.schemas.topics.Topics;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** A topic is deleted that the trainer tells others in. */
final class TopicDeletionFaults {
  private static final int EVERY_STEPS = 20;

  private TopicDeletionFaults() {}

  static List<Fault> all() {
    return List.of(
        new Fault(
            "events-topic-gone",
            "the topic of the student's events is deleted, and made again when some wait for it",
            false,
            TopicDeletionFaults::deleteEvents));
  }

  private static String deleteEvents(FaultExperiment experiment) {
    PipelineUnderTest pipeline = experiment.pipeline();
    ServiceProcess trainer = pipeline.trainer();
    trainer.process().terminate();
    pipeline.files().trainer(EVERY_STEPS, "");
    trainer.process().start();
    pipeline.awaitReady();
    experiment.cluster().delete(Topics.STUDENT_EVENTS);
    Set<Long> before = judged(experiment);

    await("the trainer says which topic is gone")
        .until(() -> !trainer.isReady() && trainer.health().contains(Topics.STUDENT_EVENTS));
    experiment.awaitTraining();
    double pending = trainer.metrics().sum("student_events_pending");
    double failed =
        trainer.metrics().sum("student_publish_failures_total", "topic=\"student-events\"");
    if (pending < 1 || failed < 1) {
      throw new AssertionError("%.0f events wait, %.0f tries failed".formatted(pending, failed));
    }

    pipeline.createTopics();
    experiment.markRecovered();
    await("all events have arrived")
        .until(() -> trainer.isReady() && trainer.metrics().sum("student_events_pending") == 0);
    trainer.process().terminate();
    Set<Long> missing = judged(experiment);
    missing.removeAll(before);
    missing.removeAll(told(experiment));
    if (!missing.isEmpty()) {
      throw new AssertionError("no event tells of the releases of steps " + missing);
    }
    pipeline.files().trainer();
    trainer.process().start();
    return "training went on, %.0f events waited, not ready meanwhile; all arrived"
        .formatted(pending);
  }

  /** Steps of the releases that the gate judged. */
  private static Set<Long> judged(FaultExperiment experiment) {
    return CheckpointAndLedger.modelCards(experiment.pipeline().trainerDirectory()).stream()
        .filter(card -> card.hasNonNull("gate"))
        .map(card -> card.path("step").asLong())
        .collect(Collectors.toCollection(HashSet::new));
  }

  private static Set<Long> told(FaultExperiment experiment) {
    Set<Long> steps = new HashSet<>();
    try (TopicReader topic =
            new TopicReader(experiment.pipeline().clients(), Topics.STUDENT_EVENTS);
        RecordValueDeserializer<StudentEvent> values =
            new RecordValueDeserializer<>(
                StudentEvent.class, experiment.pipeline().clients(), new SimpleMeterRegistry())) {
      topic.readAll(
          record -> {
            StudentEvent event =
                values.deserialize(Topics.STUDENT_EVENTS, record.headers(), record.value());
            if (event.getKind() == StudentEventKind.GATE_PASSED
                || event.getKind() == StudentEventKind.GATE_FAILED) {
              steps.add(event.getStep());
            }
          });
    }
    return steps;
  }
}
