package io.stillstream.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.openlineage.client.OpenLineage.Dataset;
import io.openlineage.client.OpenLineage.RunEvent;
import io.openlineage.client.OpenLineage.RunEvent.EventType;
import io.openlineage.client.OpenLineageClientUtils;
import io.stillstream.augmenter.AugmenterMain;
import io.stillstream.embedded.kafka.EmbeddedKafka;
import io.stillstream.embedded.pipeline.InstanceSettings;
import io.stillstream.embedded.pipeline.PipelineDescription;
import io.stillstream.embedded.pipeline.PipelineDescription.ViewFormat;
import io.stillstream.embedded.pipeline.ServiceSettingsFiles;
import io.stillstream.embedded.process.JavaProcess;
import io.stillstream.embedded.registry.DevelopmentRegistry;
import io.stillstream.labeler.LabelerMain;
import io.stillstream.local.topics.TopicValueReader;
import io.stillstream.local.topics.TopicsAdmin;
import io.stillstream.schemas.StudentRelease;
import io.stillstream.schemas.topics.Topics;
import io.stillstream.trainer.TrainerMain;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three services report their runs to files, which the library's own model reads. */
class OpenLineageIT {
  private static final int IMAGES = 200;
  private static final Duration LONG = Duration.ofMinutes(3);
  private static final Path MODELS = Path.of("../models").toAbsolutePath().normalize();

  @TempDir Path directory;
  private EmbeddedKafka kafka;
  private DevelopmentRegistry registry;

  @BeforeEach
  void start() {
    kafka = EmbeddedKafka.start(directory.resolve("kafka"), 0);
    registry = DevelopmentRegistry.start(directory.resolve("registry.json"), 0);
    try (TopicsAdmin admin = new TopicsAdmin(clients())) {
      admin.create(Topics.catalogue(), Optional.of(1));
    }
  }

  @AfterEach
  void stop() {
    registry.close();
    kafka.close();
  }

  @Test
  void shouldReportRunsOfServicesAndReleasesWithOffsetsVersionsAndHashes() throws Exception {
    // given
    ServiceSettingsFiles files =
        new ServiceSettingsFiles(
            directory,
            new PipelineDescription(
                MODELS.resolve("fashion-mnist-resnet16"),
                MODELS.resolve("mlp"),
                2,
                new ViewFormat(28, 28, 1, "raw"),
                PipelineDescription.MILD_OPERATIONS));
    Path augmenterSettings = files.augmenter(instance("augmenter", ""));
    Path labelerSettings = files.labeler(instance("labeler", ""));
    Path trainerSettings =
        files.trainer(
            instance(
                "trainer",
                "batch: {size: 32}\nrelease: {every-steps: 4}\ncheckpoint: {every: 1s}\n"));
    // when: a release is made of 200 images, and all are stopped
    List<StudentRelease> releases;
    try (JavaProcess augmenter = process(AugmenterMain.class, augmenterSettings);
        JavaProcess labeler = process(LabelerMain.class, labelerSettings);
        JavaProcess trainer = process(TrainerMain.class, trainerSettings)) {
      ingest();
      await().atMost(LONG).until(() -> !runs("trainer", EventType.COMPLETE).isEmpty());
      releases = releases();
      await().atMost(LONG).until(() -> labeled("labeler") >= 2 * IMAGES);
      for (JavaProcess service : List.of(augmenter, labeler, trainer)) {
        assertThat(service.terminate()).isEqualTo(143);
      }
    }
    // then
    assertThat(events("augmenter"))
        .extracting(RunEvent::getEventType)
        .startsWith(EventType.START)
        .endsWith(EventType.COMPLETE);
    RunEvent augmented = runs("augmenter", EventType.COMPLETE).get(0);
    assertThat(augmented.getJob().getName()).isEqualTo("augmenter");
    assertThat(augmented.getRun().getRunId())
        .isEqualTo(runs("augmenter", EventType.START).get(0).getRun().getRunId());
    assertThat(offsets(augmented.getInputs(), "images")).isEqualTo(IMAGES);
    assertThat(offsets(augmented.getOutputs(), "views")).isGreaterThanOrEqualTo(2 * IMAGES);
    RunEvent labeled = runs("labeler", EventType.COMPLETE).get(0);
    assertThat(labeled.getJob().getName()).isEqualTo("teacher-labeler");
    assertThat(offsets(labeled.getInputs(), "views")).isGreaterThanOrEqualTo(2 * IMAGES);
    assertThat(dataset(labeled.getInputs(), "fashion-mnist-resnet16"))
        .matches(OpenLineageIT::hasHash);
    StudentRelease release = releases.get(0);
    RunEvent released = runs("trainer", EventType.COMPLETE).get(0);
    assertThat(released.getJob().getName()).isEqualTo("student-trainer.release");
    assertThat(released.getRun().getRunId())
        .isEqualTo(runs("trainer", EventType.START).get(0).getRun().getRunId());
    assertThat(offsets(released.getInputs(), "labeled-views"))
        .isEqualTo(release.getOffsets().stream().mapToLong(at -> at.getOffset()).sum());
    Dataset student = dataset(released.getOutputs(), release.getStudent());
    assertThat(student.getFacets().getVersion().getDatasetVersion()).isEqualTo("1");
    assertThat(student.getFacets().getTags().getTags().get(0).getValue())
        .isEqualTo(release.getSha256());
    assertThat(student.getFacets().getDataSource().getUri().toString())
        .contains(release.getUri().replace("file:", ""));
  }

  private InstanceSettings instance(String name, String more) {
    return new InstanceSettings(
        name,
        name,
        directory.resolve(name),
        clients(),
        "management: {port: 0, host: 127.0.0.1}\nopenlineage: {file: \"%s\", every: 1s}\n%s"
            .formatted(file(name), more));
  }

  private static JavaProcess process(Class<?> main, Path settings) throws IOException {
    return MainProcess.start(main, "--config", settings.toString());
  }

  /** The first of the bundled test images. */
  private void ingest() throws IOException {
    Path images = first("t10k-images-idx3-ubyte", 0x803, IMAGES, 28, 28);
    Path labels = first("t10k-labels-idx1-ubyte", 0x801, IMAGES);
    assertThat(
            StillstreamMain.commandLine()
                .execute(
                    "ingest",
                    images.toString(),
                    "--labels=" + labels,
                    "--bootstrap-server=" + kafka.bootstrapServers(),
                    "--schema-registry=" + registry.url()))
        .isZero();
  }

  /**
   * The beginning of an idx file of the bundled ones.
   *
   * @param header of what is written: kind and sizes
   */
  private Path first(String name, int... header) throws IOException {
    Path file = directory.resolve(name);
    int bytes = 1;
    try (InputStream in =
            new GZIPInputStream(
                Files.newInputStream(Path.of("../data/fashion-mnist", name + ".gz")));
        DataOutputStream out = new DataOutputStream(Files.newOutputStream(file))) {
      in.skipNBytes(4L * header.length);
      for (int i = 0; i < header.length; i++) {
        out.writeInt(header[i]);
        bytes *= i == 0 ? 1 : header[i];
      }
      out.write(in.readNBytes(bytes));
    }
    return file;
  }

  private Path file(String name) {
    return directory.resolve(name + ".ndjson");
  }

  private List<RunEvent> events(String name) throws IOException {
    return Files.exists(file(name))
        ? Files.readAllLines(file(name)).stream()
            .map(OpenLineageClientUtils::runEventFromJson)
            .toList()
        : List.of();
  }

  private List<RunEvent> runs(String name, EventType type) throws IOException {
    return events(name).stream().filter(event -> event.getEventType() == type).toList();
  }

  private List<StudentRelease> releases() {
    List<StudentRelease> releases = new ArrayList<>();
    TopicValueReader.readAll(
        clients(),
        new SimpleMeterRegistry(),
        "student-releases",
        StudentRelease.class,
        releases::add);
    return releases;
  }

  /** What the labeler has read, as its latest event says. */
  private long labeled(String name) throws IOException {
    List<RunEvent> events = events(name);
    return events.stream()
        .skip(Math.max(0, events.size() - 1))
        .filter(event -> dataset(event.getInputs(), "views").getFacets().getVersion() != null)
        .mapToLong(event -> offsets(event.getInputs(), "views"))
        .sum();
  }

  private static Dataset dataset(List<? extends Dataset> datasets, String name) {
    return datasets.stream()
        .filter(candidate -> candidate.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static boolean hasHash(Dataset model) {
    return model.getFacets().getTags().getTags().get(0).getValue().matches("[0-9a-f]{64}");
  }

  /** The sum of what its version names for each partition. */
  private static long offsets(List<? extends Dataset> datasets, String topic) {
    String version = dataset(datasets, topic).getFacets().getVersion().getDatasetVersion();
    return Pattern.compile(":(\\d+)")
        .matcher(version)
        .results()
        .mapToLong(offset -> Long.parseLong(offset.group(1)))
        .sum();
  }

  private Map<String, String> clients() {
    return Map.of(
        "bootstrap.servers",
        kafka.bootstrapServers(),
        "schema.registry.url",
        registry.url().toString());
  }
}
