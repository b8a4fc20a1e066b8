package io.stillstream.local.sizing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.augmenter.AugmenterService;
import io.stillstream.augmenter.config.AugmenterConfig;
import io.stillstream.embedded.kafka.EmbeddedKafka;
import io.stillstream.embedded.registry.DevelopmentRegistry;
import io.stillstream.local.sizing.SampleRecords.ImageRecords;
import io.stillstream.local.topics.TopicsAdmin;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.runtime.records.RecordValueSerializer;
import io.stillstream.runtime.records.TraceContext;
import io.stillstream.schemas.ImageEvent;
import io.stillstream.schemas.answer.OutputShape;
import io.stillstream.schemas.topics.TopicSpec;
import io.stillstream.schemas.topics.Topics;
import io.stillstream.trainer.training.buffer.TeacherAwareReplay;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The formulas behind deploy/docs/sizing.md, against what a broker and a trainer store. */
class StreamSizingIT {
  private static final double PERCENT = 3;

  @TempDir static Path directory;
  private static EmbeddedKafka kafka;
  private static DevelopmentRegistry registry;

  @BeforeAll
  static void start() {
    kafka = EmbeddedKafka.start(directory.resolve("kafka"), 0);
    registry = DevelopmentRegistry.start(directory.resolve("registry.json"), 0);
  }

  @AfterAll
  static void stop() {
    registry.close();
    kafka.close();
  }

  @Test
  void shouldSizeGreyImages() throws Exception {
    shouldSize(
        "a",
        SizedStream.GREY,
        SampleImages.of(SizedStream.GREY, 100, 28),
        "{preset: fashion-mnist, views: 4}",
        OutputShape.classification(10),
        OptionalInt.empty(),
        "input: {height: 28, width: 28, channels: 1, type: uint8}");
  }

  @Test
  void shouldSizePhotographs() throws Exception {
    shouldSize(
        "b",
        SizedStream.PHOTOGRAPHS,
        SampleImages.of(SizedStream.PHOTOGRAPHS, 20, 320),
        "{preset: imagenet-light, views: 2}",
        OutputShape.classification(1_000),
        OptionalInt.of(50),
        "input: {height: 224, width: 224, channels: 3, type: uint8}");
  }

  @Test
  void shouldSizeImagesWithMasks() throws Exception {
    shouldSize(
        "c",
        SizedStream.MASKS,
        SampleImages.of(SizedStream.MASKS, 20, 512),
        """
        {views: 2, output: {height: 512, width: 512, channels: 3}, encoding: jpeg, quality: 90,
        operations: [{rotate: {degrees: 5}}, {horizontal_flip: {p: 0.5}}]}
        """
            .strip(),
        OutputShape.segmentation(20, 128, 128, 4),
        OptionalInt.empty(),
        """
        input: {height: 512, width: 512, channels: 3, type: uint8}
        task: segmentation
        output: {stride: 4}
        """
            .strip());
  }

  private static void shouldSize(
      String prefix,
      SizedStream documented,
      SampleImages images,
      String policy,
      OutputShape output,
      OptionalInt topLogits,
      String student)
      throws Exception {
    // given
    createTopics(prefix);
    SampleRecords records =
        SampleRecords.of(images, augmenter(prefix, policy), output, topLogits, clients());
    SizedStream stream =
        documented.with(
            images.meanFileBytes(),
            meanMaskBytes(images),
            records.meanPixelBytes(),
            records.meanMaskBytes());
    int count = records.images().size();

    // when
    send(prefix, records);

    // then
    StreamSizing sizing = new StreamSizing(stream);
    assertThat(logBytes(prefix + "." + Topics.IMAGES))
        .as("images")
        .isCloseTo(count * sizing.imageBytes(), withinPercentage(PERCENT));
    assertThat(logBytes(prefix + "." + Topics.VIEWS))
        .as("views")
        .isCloseTo(count * sizing.viewsBytes(), withinPercentage(PERCENT));
    assertThat(logBytes(prefix + "." + Topics.LABELED_VIEWS))
        .as("labeled-views")
        .isCloseTo(count * sizing.labeledViewsBytes(), withinPercentage(PERCENT));

    // and: what the trainer makes of them
    TeacherAwareReplay replay =
        SampleBuffer.of(
            records.labeledViews(), output, student, directory.resolve(prefix + "-student"));
    int views = replay.size();
    TrainerSizing trainer = new TrainerSizing(stream);
    assertThat(views).isEqualTo(count * stream.views());
    assertThat(replay.bytes())
        .as("buffer")
        .isCloseTo(views * trainer.heapBytesPerView(), withinPercentage(PERCENT));
    assertThat(SampleBuffer.checkpointBytes(replay, directory.resolve(prefix + "-trainer")))
        .as("checkpoint")
        .isCloseTo(views * trainer.savedBytesPerView(), withinPercentage(PERCENT));
  }

  @Test
  void shouldSizeDeadLetters() throws Exception {
    // given: files that end early
    int count = 50;
    createTopics("d");
    AugmenterConfig config = augmenter("d", "{preset: fashion-mnist, views: 4}");
    SampleImages images = SampleImages.of(SizedStream.GREY, count, 28);
    String topic = "d." + Topics.IMAGES;
    String letters = "d." + Topics.DEAD_LETTERS;
    long bytes = 0;
    try (RecordValueSerializer<ImageEvent> writer =
            new RecordValueSerializer<>(clients(), new SimpleMeterRegistry());
        KafkaProducer<byte[], byte[]> producer = producer(Map.of())) {
      for (ImageEvent event : images.events()) {
        ByteBuffer cut = event.getPayload().duplicate();
        event.setPayload(cut.slice(0, cut.remaining() / 2));
        bytes += event.getPayload().remaining();
        ProducerRecord<byte[], byte[]> record =
            new ProducerRecord<>(
                topic, event.getImageId().getBytes(UTF_8), writer.serialize(topic, event));
        TraceContext.start(SampleRecords.origin(0)).write(record.headers());
        producer.send(record).get();
      }
    }

    // when
    try (AugmenterService service = new AugmenterService(config, new SimpleMeterRegistry())) {
      service.start();
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> recordsAndMarkers(letters) > count);
    }

    // then: letters share batches and transactions, all of them or none
    long most =
        count * new StreamSizing(SizedStream.GREY.with(bytes / count, 0, 784, 0)).deadLetterBytes();
    long least = most - (count - 1L) * (StreamSizing.BATCH + StreamSizing.MARKER);
    assertThat(logBytes(letters))
        .isBetween((long) (least * (1 - PERCENT / 100)), (long) (most * (1 + PERCENT / 100)));
  }

  @Test
  void shouldSizeWhatTheTrainerSays() throws Exception {
    // given
    createTopics("e");
    StudentRecords student = new StudentRecords(clients());
    int count = 20;

    // when
    try (student;
        KafkaProducer<byte[], byte[]> producer = producer(Map.of())) {
      for (int i = 0; i < count; i++) {
        for (ProducerRecord<byte[], byte[]> record : student.records("e.", i)) {
          producer.send(record).get();
        }
      }
    }

    // then
    assertThat(logBytes("e." + Topics.STUDENT_EVENTS))
        .as("events")
        .isCloseTo(count * StreamSizing.eventBytes(), withinPercentage(PERCENT));
    assertThat(logBytes("e." + Topics.STUDENT_PROGRESS))
        .as("progress")
        .isCloseTo(count * StreamSizing.progressBytes(), withinPercentage(PERCENT));
    assertThat(logBytes("e." + Topics.STUDENT_RELEASES))
        .as("releases")
        .isCloseTo(count * StreamSizing.releaseBytes(), withinPercentage(PERCENT));
  }

  private static long meanMaskBytes(SampleImages images) {
    return Math.round(
        images.events().stream()
            .filter(event -> event.getMask() != null)
            .mapToLong(event -> event.getMask().remaining())
            .average()
            .orElse(0));
  }

  private static void createTopics(String prefix) {
    List<TopicSpec> specs =
        Topics.catalogue().stream()
            .map(
                spec ->
                    new TopicSpec(
                        prefix + "." + spec.name(),
                        spec.valueSchema(),
                        1,
                        spec.cleanup(),
                        spec.retention(),
                        spec.maxMessageBytes()))
            .toList();
    try (TopicsAdmin admin = new TopicsAdmin(clients())) {
      assertThat(admin.create(specs, Optional.of(1))).allMatch(TopicsAdmin.TopicResult::created);
    }
  }

  /** As the services send: one image after the other, its views in one batch and transaction. */
  private static void send(String prefix, SampleRecords records) throws Exception {
    try (KafkaProducer<byte[], byte[]> images = producer(Map.of());
        KafkaProducer<byte[], byte[]> views =
            producer(Map.of(ProducerConfig.TRANSACTIONAL_ID_CONFIG, prefix))) {
      views.initTransactions();
      for (ImageRecords image : records.images()) {
        images.send(record(prefix + "." + Topics.IMAGES, image, image.event())).get();
        sendAll(views, prefix + "." + Topics.VIEWS, image, image.views());
        sendAll(views, prefix + "." + Topics.LABELED_VIEWS, image, image.labeledViews());
      }
    }
  }

  private static void sendAll(
      KafkaProducer<byte[], byte[]> producer,
      String topic,
      ImageRecords image,
      List<byte[]> values) {
    producer.beginTransaction();
    for (byte[] value : values) {
      var unused = producer.send(record(topic, image, value));
    }
    producer.commitTransaction();
  }

  private static ProducerRecord<byte[], byte[]> record(
      String topic, ImageRecords image, byte[] value) {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(topic, image.id().getBytes(UTF_8), value);
    TraceContext.start(image.origin()).write(record.headers());
    return record;
  }

  private static KafkaProducer<byte[], byte[]> producer(Map<String, ?> more) {
    return new KafkaProducer<>(KafkaSettings.producer(clients(), more));
  }

  private static long logBytes(String topic) throws Exception {
    try (Admin admin = Admin.create(KafkaSettings.admin(clients()))) {
      List<Integer> brokers =
          admin.describeCluster().nodes().get().stream().map(node -> node.id()).toList();
      return admin.describeLogDirs(brokers).allDescriptions().get().values().stream()
          .flatMap(directories -> directories.values().stream())
          .flatMap(one -> one.replicaInfos().entrySet().stream())
          .filter(replica -> replica.getKey().topic().equals(topic))
          .mapToLong(replica -> replica.getValue().size())
          .sum();
    }
  }

  /** Where the next record stands: the last transaction is committed when its marker is there. */
  private static long recordsAndMarkers(String topic) throws Exception {
    TopicPartition partition = new TopicPartition(topic, 0);
    try (Admin admin = Admin.create(KafkaSettings.admin(clients()))) {
      return admin
          .listOffsets(Map.of(partition, OffsetSpec.latest()))
          .partitionResult(partition)
          .get()
          .offset();
    }
  }

  private static AugmenterConfig augmenter(String prefix, String policy) throws Exception {
    return YamlSettings.load(
        Files.writeString(
            directory.resolve(prefix + ".yaml"),
            """
            kafka:
              bootstrap.servers: %s
              schema.registry.url: %s
              auto.offset.reset: earliest
            state-dir: %s
            topics: {prefix: "%s."}
            management: {port: 0}
            policy: %s
            """
                .formatted(
                    kafka.bootstrapServers(),
                    registry.url(),
                    directory.resolve(prefix + "-state"),
                    prefix,
                    policy.replace("\n", " "))),
        AugmenterConfig.class,
        Map.of());
  }

  private static Map<String, String> clients() {
    return Map.of(
        "bootstrap.servers",
        kafka.bootstrapServers(),
        "schema.registry.url",
        registry.url().toString());
  }
}
