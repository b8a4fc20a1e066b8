package io.stillstream.trainer.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.runtime.openlineage.LineageDataset;
import io.stillstream.runtime.openlineage.LineageJob;
import io.stillstream.runtime.openlineage.LineageJob.Processing;
import io.stillstream.schemas.PartitionOffset;
import io.stillstream.schemas.StudentRelease;
import io.stillstream.trainer.checkpoint.store.TrainerState;
import io.stillstream.trainer.config.TrainerConfig;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Reports each release as a run of a job: START when its checkpoint is durable, COMPLETE when a
 * broker has its record, FAIL when the gate or its ONNX file refuses it. What a release's run is
 * called follows from student and version, so a report that is repeated after a kill is
 * recognisable. Without {@code openlineage} in the settings nothing is done. No method waits for
 * the lineage service.
 */
public final class ReleaseRunReporter implements AutoCloseable {
  private static final String RELEASE = ".release";

  private final Optional<LineageJob> job;
  private final String group;
  private final String servers;
  private final String student;

  private ReleaseRunReporter(
      Optional<LineageJob> job, String group, String servers, String student) {
    this.job = job;
    this.group = group;
    this.servers = servers;
    this.student = student;
  }

  /**
   * @param student name of the student
   */
  public static ReleaseRunReporter open(
      TrainerConfig config, String student, MeterRegistry registry, InstantSource clock) {
    return new ReleaseRunReporter(
        config
            .openlineage()
            .map(
                settings ->
                    LineageJob.open(
                        settings, config.groupId() + RELEASE, Processing.BATCH, registry, clock)),
        config.groupId(),
        config.kafka().getOrDefault("bootstrap.servers", ""),
        student);
  }

  /** Reports nothing. */
  public static ReleaseRunReporter none() {
    return new ReleaseRunReporter(Optional.empty(), "", "", "");
  }

  /** A release is made of this checkpoint, which is durable. */
  public void started(TrainerState checkpoint) {
    job.ifPresent(
        releases ->
            releases.start(
                id(checkpoint.student(), version(checkpoint)),
                inputs(checkpoint, checkpoint.promotion().from()),
                List.of()));
  }

  /**
   * The release of this checkpoint does not become champion.
   *
   * @param reason one sentence
   */
  public void refused(TrainerState checkpoint, String reason) {
    job.ifPresent(
        releases ->
            releases.fail(
                id(checkpoint.student(), version(checkpoint)),
                inputs(checkpoint, checkpoint.offsets()),
                List.of(),
                reason));
  }

  /**
   * No release was made of a student that was to be released.
   *
   * @param step that it had reached
   * @param reason one sentence
   */
  public void notMade(long step, String reason) {
    job.ifPresent(
        releases -> releases.fail(id(student, "step " + step), List.of(), List.of(), reason));
  }

  /** A broker has the record of this champion. */
  void released(StudentRelease release) {
    job.ifPresent(
        releases ->
            releases.complete(
                id(release.getStudent(), Long.toString(release.getVersion())),
                inputs(release, releases.namespace()),
                List.of(
                    LineageDataset.model(
                        releases.namespace(),
                        release.getStudent(),
                        Long.toString(release.getVersion()),
                        release.getSha256(),
                        uri(release.getUri())))));
  }

  private List<LineageDataset> inputs(TrainerState checkpoint, Map<Integer, Long> offsets) {
    String namespace = job.map(LineageJob::namespace).orElse("");
    return Stream.concat(
            Stream.of(LineageDataset.topic(servers, checkpoint.topic(), offsets)),
            checkpoint.teachers().stream()
                .map(
                    teacher ->
                        LineageDataset.model(
                            namespace,
                            teacher.name(),
                            teacher.version(),
                            teacher.sha256(),
                            Optional.empty())))
        .toList();
  }

  private List<LineageDataset> inputs(StudentRelease release, String namespace) {
    Map<String, Map<Integer, Long>> topics = new HashMap<>();
    for (PartitionOffset position : release.getOffsets()) {
      topics
          .computeIfAbsent(position.getTopic(), topic -> new HashMap<>())
          .put(position.getPartition(), position.getOffset());
    }
    return Stream.concat(
            topics.entrySet().stream()
                .map(entry -> LineageDataset.topic(servers, entry.getKey(), entry.getValue())),
            release.getTeachers().stream()
                .map(
                    teacher ->
                        LineageDataset.model(
                            namespace,
                            teacher.getName(),
                            teacher.getVersion(),
                            teacher.getSha256(),
                            Optional.empty())))
        .toList();
  }

  private static String version(TrainerState checkpoint) {
    return Long.toString(checkpoint.releaseVersion());
  }

  private UUID id(String name, String version) {
    return UUID.nameUUIDFromBytes((group + '\n' + name + '\n' + version).getBytes(UTF_8));
  }

  /** Records name a directory by its path, too. */
  private static Optional<URI> uri(String text) {
    try {
      URI uri = URI.create(text);
      return Optional.of(uri.isAbsolute() ? uri : Path.of(text).toUri());
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    job.ifPresent(LineageJob::close);
  }
}
