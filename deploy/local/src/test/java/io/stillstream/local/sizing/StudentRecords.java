package io.stillstream.local.sizing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.runtime.records.RecordValueSerializer;
import io.stillstream.schemas.OnnxFile;
import io.stillstream.schemas.PartitionOffset;
import io.stillstream.schemas.ReleaseAlias;
import io.stillstream.schemas.StudentEvent;
import io.stillstream.schemas.StudentEventKind;
import io.stillstream.schemas.StudentProgress;
import io.stillstream.schemas.StudentRelease;
import io.stillstream.schemas.TeacherVersion;
import io.stillstream.schemas.topics.Topics;
import io.stillstream.schemas.values.Sha256;
import io.stillstream.trainer.training.accuracy.Measure;
import io.stillstream.trainer.training.comparison.GateDecision;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.ProducerRecord;

/** What a trainer publishes about its student, as the student is after some months. */
final class StudentRecords implements AutoCloseable {
  private static final String STUDENT = "garments-student";
  private static final long STEPS = 100_000_000;
  private static final Instant NOW = Instant.parse("2026-11-30T12:00:00Z");

  private final RecordValueSerializer<Object> writer;

  StudentRecords(Map<String, String> clients) {
    writer = new RecordValueSerializer<>(clients, new SimpleMeterRegistry());
  }

  /** A gate's decision, a report and a release. */
  List<ProducerRecord<byte[], byte[]>> records(String prefix, int number) {
    return List.of(
        record(prefix + Topics.STUDENT_EVENTS, event(number)),
        record(prefix + Topics.STUDENT_PROGRESS, progress(number)),
        record(prefix + Topics.STUDENT_RELEASES, release(number)));
  }

  private ProducerRecord<byte[], byte[]> record(String topic, Object value) {
    return new ProducerRecord<>(topic, STUDENT.getBytes(UTF_8), writer.serialize(topic, value));
  }

  private static StudentEvent event(int number) {
    Map<String, String> details =
        new TreeMap<>(
            new GateDecision(true, "window", 10_000 + number, 2_000, 0.9215, 0.919, 0.01).facts());
    details.put("version", Integer.toString(10_001 + number));
    return StudentEvent.newBuilder()
        .setStudent(STUDENT)
        .setKind(StudentEventKind.GATE_PASSED)
        .setStep(STEPS + number)
        .setViewsSeen(32 * STEPS)
        .setDetails(details)
        .setOccurredAt(NOW)
        .build();
  }

  private static StudentProgress progress(int number) {
    return StudentProgress.newBuilder()
        .setStudent(STUDENT)
        .setStep(STEPS + number)
        .setViewsSeen(32 * STEPS)
        .setWindowImages(500)
        .setDisagreement(0.05)
        .setAccuracy(0.9)
        .setReportedAt(NOW)
        .build();
  }

  private static StudentRelease release(int number) {
    List<PartitionOffset> offsets = new ArrayList<>();
    for (int partition = 0; partition < StreamSizing.PARTITIONS; partition++) {
      offsets.add(new PartitionOffset(Topics.LABELED_VIEWS, partition, 600_000_000L + number));
    }
    Map<String, Double> metrics = new TreeMap<>();
    metrics.put("loss", 0.5);
    for (Measure measure : Measure.values()) {
      if (metrics.size() < StreamSizing.MEASUREMENTS) {
        metrics.put(measure.key(), 0.9);
      }
    }
    return StudentRelease.newBuilder()
        .setStudent(STUDENT)
        .setTask("classification")
        .setVersion(10_000L + number)
        .setUri(
            "s3://students/garments-student/runs/000000000007-1f2e3d4c5b6a/1234/releases/%d-1f2e3d4c/"
                .formatted(10_000 + number))
        .setSha256(Sha256.hex(new byte[1]))
        .setOnnx(new OnnxFile("student.onnx", Sha256.hex(new byte[2]), 17L))
        .setStep(STEPS + number)
        .setViewsSeen(32 * STEPS)
        .setOffsets(offsets)
        .setTeachers(List.of(new TeacherVersion("photo-teacher-22", "1", Sha256.hex(new byte[3]))))
        .setPolicyHashes(List.of(Sha256.hex(new byte[4])))
        .setMetrics(metrics)
        .setAlias(ReleaseAlias.CHAMPION)
        .setCreatedAt(NOW)
        .build();
  }

  @Override
  public void close() {
    writer.close();
  }
}
