package io.stillstream.faults.injection;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.embedded.process.ServiceProcess;
import io.stillstream.faults.experiment.Fault;
import io.stillstream.faults.experiment.FaultExperiment;
import io.stillstream.faults.pipeline.PipelineUnderTest;
import io.stillstream.runtime.lookup.TopicReader;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.schemas.StudentEvent;
import io.stillstream.schemas.StudentEventKind;
import io.stillstream.schemas.topics.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** A topic is deleted that the trainer tells others in. */
final class TopicDeletionFaults {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int EVERY_STEPS = 20;
  private static final Duration POLL = Duration.ofMillis(250);

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
        .atMost(PipelineUnderTest.PATIENCE)
        .pollInterval(POLL)
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
        .atMost(PipelineUnderTest.PATIENCE)
        .pollInterval(POLL)
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
    Set<Long> steps = new HashSet<>();
    try (Stream<Path> paths =
        Files.list(experiment.pipeline().trainerDirectory().resolve("releases"))) {
      for (Path release :
          paths.filter(path -> path.getFileName().toString().matches("\\d+")).toList()) {
        JsonNode card = JSON.readTree(Files.readString(release.resolve("model-card.json"), UTF_8));
        if (card.hasNonNull("gate")) {
          steps.add(card.path("step").asLong());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return steps;
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
