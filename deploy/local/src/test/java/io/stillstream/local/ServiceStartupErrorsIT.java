package io.stillstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.augmenter.AugmenterMain;
import io.stillstream.embedded.kafka.EmbeddedKafka;
import io.stillstream.embedded.process.JavaProcess;
import io.stillstream.embedded.registry.DevelopmentRegistry;
import io.stillstream.labeler.LabelerMain;
import io.stillstream.local.topics.TopicsAdmin;
import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.runtime.records.RecordValueSerializer;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.Lineage;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.Recipe;
import io.stillstream.schemas.topics.Topics;
import io.stillstream.schemas.values.FloatArrays;
import io.stillstream.trainer.TrainerMain;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every service's main as a process: what is wrong with its start is said, and it ends. */
class ServiceStartupErrorsIT {
  private static final Path MODELS = Path.of("../models").toAbsolutePath().normalize();

  @TempDir static Path shared;
  private static EmbeddedKafka kafka;
  private static DevelopmentRegistry registry;

  @TempDir Path directory;

  @BeforeAll
  static void startBroker() {
    kafka = EmbeddedKafka.start(shared.resolve("kafka"), 0);
    registry = DevelopmentRegistry.start(shared.resolve("registry.json"), 0);
    try (TopicsAdmin admin = new TopicsAdmin(clients())) {
      admin.create(
          Topics.catalogue().stream().map(spec -> spec.withPartitions(1)).toList(), Optional.of(1));
    }
  }

  @AfterAll
  static void stopBroker() {
    registry.close();
    kafka.close();
  }

  static Stream<Class<?>> mains() {
    return Stream.of(AugmenterMain.class, LabelerMain.class, TrainerMain.class);
  }

  @ParameterizedTest
  @MethodSource("mains")
  void shouldRefuseAnUnknownKey(Class<?> main) throws Exception {
    assertBadStart(main, config(main, kafka.bootstrapServers()) + "treads: 2\n", "treads");
  }

  @ParameterizedTest
  @MethodSource("mains")
  void shouldRefuseWhatIsNoYaml(Class<?> main) throws Exception {
    assertBadStart(main, "kafka: {bootstrap.servers: [", "bad configuration");
  }

  @Test
  void shouldGiveUpWithoutABroker() throws Exception {
    // given: all of them wait at the same time
    List<JavaProcess> services = new ArrayList<>();
    try {
      for (Class<?> main : mains().toList()) {
        services.add(start(main, config(main, "localhost:1") + "start: {max-wait: 3s}\n"));
      }
      // when, then
      for (JavaProcess service : services) {
        assertBadStart(
            service, "kafka.bootstrap.servers: no broker answered at localhost:1 within 3s");
      }
    } finally {
      services.forEach(JavaProcess::close);
    }
  }

  @Test
  void shouldRefuseACheckpointOfALaterVersion() throws Exception {
    Path checkpoint =
        Files.createDirectories(directory.resolve("trainer/checkpoints/000000000001"));
    Files.writeString(
        checkpoint.resolve("manifest.json"),
        "{\"format\": 99, \"epoch\": 1, \"files\": {}, \"segments\": {}}");
    assertBadStart(
        TrainerMain.class,
        config(TrainerMain.class, kafka.bootstrapServers()),
        "directory: %s has checkpoint format 99 and this version of the trainer reads formats 1 to"
            .formatted(checkpoint));
  }

  @Test
  void shouldRefuseAMissingTeacher() throws Exception {
    String config = config(LabelerMain.class, kafka.bootstrapServers());
    assertBadStart(
        LabelerMain.class,
        config.replace(MODELS.toString(), "/nowhere"),
        "teacher: there is no model directory /nowhere");
  }

  @Test
  void shouldRefuseAMissingStudent() throws Exception {
    String config = config(TrainerMain.class, kafka.bootstrapServers());
    assertBadStart(
        TrainerMain.class,
        config.replace(MODELS.toString(), "/nowhere"),
        "student: there is no model directory /nowhere");
  }

  @Test
  void shouldRefuseAStudentThatIsNoTorchScript() throws Exception {
    // given
    Path student = Files.createDirectory(directory.resolve("student"));
    String described = Files.readString(MODELS.resolve("cnn/student.yaml"));
    assertThat(described).containsPattern("(?m)^sha256: ");
    // Without its checksum: with it, the file would be refused before PyTorch sees it.
    Files.writeString(
        student.resolve("student.yaml"), described.replaceFirst("(?m)^sha256: .*\n", ""));
    Files.writeString(student.resolve("model.pt"), "not a module");
    String config =
        config(TrainerMain.class, kafka.bootstrapServers())
            .replace(MODELS.resolve("cnn").toString(), student.toString());
    // when, then
    assertBadStart(TrainerMain.class, config, "model.pt");
  }

  @Test
  void shouldRefuseAStudentWithoutTheTeachersWidth() throws Exception {
    // given
    publishLabeledViewOfThreeClasses();
    // when, then
    assertBadStart(
        TrainerMain.class,
        config(TrainerMain.class, kafka.bootstrapServers()),
        "cnn does not fit the teacher behind the newest records of labeled-views:"
            + " expected classification with 10 classes, was classification with 3 classes");
  }

  private String config(Class<?> main, String servers) {
    String common =
        """
        kafka:
          bootstrap.servers: "%s"
          schema.registry.url: %s
        management: {host: 127.0.0.1, port: 0}
        """
            .formatted(servers, registry.url());
    if (main == AugmenterMain.class) {
      return common
          + "state-dir: %s\n".formatted(directory.resolve("streams"))
          + "policy: {seed: 1, views: 2, output: {height: 28, width: 28, channels: 1}}\n";
    }
    if (main == LabelerMain.class) {
      return common + "teacher: %s\n".formatted(MODELS.resolve("fashion-mnist-resnet16"));
    }
    return common
        + "student: %s\ndirectory: %s\n"
            .formatted(MODELS.resolve("cnn"), directory.resolve("trainer"));
  }

  private void assertBadStart(Class<?> main, String yaml, String message) throws Exception {
    try (JavaProcess service = start(main, yaml)) {
      assertBadStart(service, message);
    }
  }

  private static void assertBadStart(JavaProcess service, String message) throws Exception {
    assertThat(service.awaitEnd(Duration.ofMinutes(2))).as("%s", service.lines()).isEqualTo(2);
    assertThat(service.lines()).anyMatch(line -> line.contains(message));
    assertThat(service.lines()).noneMatch(line -> line.startsWith("\tat "));
  }

  private JavaProcess start(Class<?> main, String yaml) throws Exception {
    Path file = directory.resolve(main.getSimpleName() + ".yaml");
    Files.writeString(file, yaml);
    return MainProcess.start(main, "--config", file.toString());
  }

  private static Map<String, String> clients() {
    return Map.of(
        "bootstrap.servers", kafka.bootstrapServers(),
        "schema.registry.url", registry.url().toString());
  }

  private static void publishLabeledViewOfThreeClasses() throws Exception {
    AugmentedView view =
        AugmentedView.newBuilder()
            .setLineage(new Lineage(Topics.IMAGES, 0, 0L, "image-1", 0, 1, 7L, "hash", null, null))
            .setRecipe(Recipe.newBuilder().setOperations(List.of()).build())
            .setEncoding(PixelEncoding.RAW)
            .setHeight(28)
            .setWidth(28)
            .setChannels(1)
            .setPixels(ByteBuffer.allocate(28 * 28))
            .setCapturedAt(Instant.now())
            .setAugmentedAt(Instant.now())
            .build();
    LabeledView labeled =
        LabeledView.newBuilder()
            .setView(view)
            .setLogits(FloatArrays.of(1, 2, 3))
            .setLabeledAt(Instant.now())
            .build();
    try (RecordValueSerializer<LabeledView> writer =
            new RecordValueSerializer<>(clients(), new SimpleMeterRegistry());
        KafkaProducer<byte[], byte[]> producer =
            new KafkaProducer<>(KafkaSettings.producer(clients(), Map.of()))) {
      byte[] value = writer.serialize(Topics.LABELED_VIEWS, labeled);
      producer.send(new ProducerRecord<>(Topics.LABELED_VIEWS, value)).get();
    }
  }
}
