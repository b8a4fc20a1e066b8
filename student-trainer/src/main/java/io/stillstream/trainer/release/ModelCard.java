package io.stillstream.trainer.release;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.stillstream.schemas.OnnxFile;
import io.stillstream.schemas.PartitionOffset;
import io.stillstream.schemas.ReleaseAlias;
import io.stillstream.schemas.StudentRelease;
import io.stillstream.schemas.TeacherVersion;
import io.stillstream.schemas.answer.ModelTask;
import io.stillstream.trainer.checkpoint.store.TrainerState.TeacherId;
import io.stillstream.trainer.training.comparison.GateDecision;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where a release comes from: {@code model-card.json}, and the event that says the same.
 *
 * @param task what it answers: {@code classification}, {@code segmentation} or {@code embedding}
 * @param alias {@code champion} or, if the gate refused it, {@code challenger}: what it was made as
 * @param file the student as TorchScript
 * @param sha256 of it
 * @param onnx the same weights as ONNX; null if there is no such file
 * @param offsets per partition of the topic, the next to read: everything before it is in the
 *     weights, or in dead letters
 * @param offsetRanges what was read since the release before
 * @param metrics of the window before the release; fractions from 0 to 1
 * @param confusion null if the student has no classes or too many, and in cards of versions before
 *     0.2.0
 * @param gate null if there was none to pass
 * @param settings of the training, by their keys
 * @param createdAt ISO 8601, UTC
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ModelCard(
    String student,
    String task,
    long version,
    String alias,
    String file,
    String sha256,
    OnnxEntry onnx,
    long step,
    long viewsSeen,
    String topic,
    Map<Integer, Long> offsets,
    List<OffsetRange> offsetRanges,
    List<TeacherId> teachers,
    List<String> policyHashes,
    Map<String, Double> metrics,
    ReleaseConfusion confusion,
    GateDecision gate,
    Map<String, Object> settings,
    String createdAt) {
  public static final String NAME = "model-card.json";
  static final String CHAMPION = "champion";
  static final String CHALLENGER = "challenger";

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  public ModelCard {
    // Cards from before there was another task: all were classifiers.
    task = task == null ? ModelTask.CLASSIFICATION.key() : task;
    // Cards from before there was a gate: all were champions.
    alias = alias == null ? CHAMPION : alias;
    offsets = new TreeMap<>(offsets);
    offsetRanges = offsetRanges == null ? List.of() : List.copyOf(offsetRanges);
    metrics = new TreeMap<>(metrics);
  }

  /**
   * The ONNX file of a release.
   *
   * @param file its name in the directory
   * @param opset version of ONNX's default operator set that it is for
   */
  public record OnnxEntry(String file, String sha256, long opset) {}

  /** Offsets of a partition, the last one not included. */
  public record OffsetRange(int partition, long from, long to) {}

  /** Whether it was made as champion: it passed the gate, or there was none. */
  public boolean wasChampion() {
    return alias.equals(CHAMPION);
  }

  byte[] toBytes() throws IOException {
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(this);
  }

  static ModelCard read(Path release) throws IOException {
    return JSON.readValue(release.resolve(NAME).toFile(), ModelCard.class);
  }

  /** The event that makes it the one to serve; the same card gives the same event. */
  public StudentRelease event(Path directory) {
    return StudentRelease.newBuilder()
        .setStudent(student)
        .setTask(task)
        .setVersion(version)
        .setUri(directory.toAbsolutePath().normalize().toUri().toString())
        .setSha256(sha256)
        .setOnnx(onnx == null ? null : new OnnxFile(onnx.file(), onnx.sha256(), onnx.opset()))
        .setStep(step)
        .setViewsSeen(viewsSeen)
        .setOffsets(
            offsets.entrySet().stream()
                .map(entry -> new PartitionOffset(topic, entry.getKey(), entry.getValue()))
                .toList())
        .setTeachers(
            teachers.stream()
                .map(
                    teacher ->
                        new TeacherVersion(teacher.name(), teacher.version(), teacher.sha256()))
                .toList())
        .setPolicyHashes(policyHashes)
        .setMetrics(metrics)
        .setAlias(ReleaseAlias.CHAMPION)
        .setCreatedAt(Instant.parse(createdAt))
        .build();
  }
}
