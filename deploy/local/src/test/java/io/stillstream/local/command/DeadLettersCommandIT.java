package io.stillstream.local.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.augmenter.AugmenterService;
import io.stillstream.augmenter.config.AugmenterConfig;
import io.stillstream.embedded.kafka.EmbeddedKafka;
import io.stillstream.embedded.registry.DevelopmentRegistry;
import io.stillstream.local.StillstreamMain;
import io.stillstream.local.data.IdxLabeledImages;
import io.stillstream.local.ingest.ImageSender;
import io.stillstream.local.topics.TopicsAdmin;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.runtime.lookup.TopicReader;
import io.stillstream.runtime.records.BadRecordException;
import io.stillstream.runtime.records.DeadLetterFactory;
import io.stillstream.runtime.records.RecordCoordinates;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.ImageEvent;
import io.stillstream.schemas.topics.TopicSpec;
import io.stillstream.schemas.topics.Topics;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Letters that services wrote are sent back, and those that cannot be are told of. */
class DeadLettersCommandIT {
  private static final int VIEWS = 3;
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @TempDir Path directory;
  private EmbeddedKafka kafka;
  private DevelopmentRegistry registry;
  private Path settings;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void start() throws Exception {
    kafka = EmbeddedKafka.start(directory.resolve("kafka"), 0);
    registry = DevelopmentRegistry.start(directory.resolve("registry.json"), 0);
    settings =
        Files.writeString(
            directory.resolve("topics.yaml"),
            """
            kafka: {bootstrap.servers: "%s", schema.registry.url: "%s"}
            partitions: 2
            topics:
              labeled-views: {replay: false}
            """
                .formatted(kafka.bootstrapServers(), registry.url()));
    List<TopicSpec> topics = new ArrayList<>();
    Topics.catalogue().stream().map(spec -> spec.withPartitions(1)).forEach(topics::add);
    TopicSpec views = Topics.catalogue().get(1);
    topics.add(
        new TopicSpec(
            "expected",
            views.valueSchema(),
            1,
            views.cleanup(),
            views.retention(),
            views.maxMessageBytes()));
    try (TopicsAdmin admin = new TopicsAdmin(clients())) {
      admin.create(topics, Optional.of(1));
    }
  }

  @AfterEach
  void stop() {
    registry.close();
    kafka.close();
  }

  @Test
  void shouldReplayImagesToTheSameViewsOnceTheirCauseIsGone() throws Exception {
    // given: images that an augmenter refused, since its settings were too strict
    IdxLabeledImages set =
        IdxLabeledImages.load(Path.of("../data/fashion-mnist"), IdxLabeledImages.Split.TRAIN);
    try (ImageSender sender =
        new ImageSender(clients(), Topics.IMAGES, new SimpleMeterRegistry(), Optional.empty())) {
      for (int i = 0; i < 3; i++) {
        sender.send(image("image-" + i, set.png(i)));
      }
      sender.flush();
    }
    augment("augmenter", 500, Topics.VIEWS, Topics.DEAD_LETTERS, 3);
    augment("other", 1000, "expected", "expected", 3 * VIEWS);
    assertThat(letters("list")).isZero();
    assertThat(out.toString())
        .contains("too_many_pixels  1        images-0@1", "image-1", "3  letters\n");
    assertThat(letters("list", "--json", "--image-id=image-2")).isZero();
    assertThat(JsonLines.one(out).path("replayed").asBoolean(true)).isFalse();
    assertThat(JsonLines.one(out).path("imageId").asText()).isEqualTo("image-2");
    Path file = directory.resolve("image.png");
    assertThat(letters("show", "0", "--out=" + file)).isZero();
    assertThat(out.toString()).contains("is ImageEvent", "header    stillstream.attempt: 1");
    assertThat(file).hasBinaryContent(bytes(set.png(0)));

    // when: a dry run, a replay that is killed in the middle, and one that is not
    assertThat(letters("replay", "--reason=too_many_pixels", "--dry-run")).isZero();
    assertThat(out.toString()).contains("3 would be replayed, 0 replayed before");
    assertThat(letters("replay", "--all", "--dry-run", "--json")).isZero();
    assertThat(JsonLines.of(out))
        .hasSize(3)
        .allSatisfy(letter -> assertThat(letter.path("status").asText()).isEqualTo("replayed"));
    try (KafkaProducer<byte[], byte[]> killed = killedReplay()) {
      assertThat(letters("replay", "--reason=too_many_pixels", "--limit=2")).isZero();
      assertThat(out.toString()).contains("2 replayed, 0 replayed before");
      assertThatThrownBy(killed::commitTransaction).isInstanceOf(ProducerFencedException.class);
    }
    assertThat(letters("replay", "--since=1h")).isZero();
    assertThat(out.toString()).contains("1 replayed, 2 replayed before");

    // then: each was sent back once, and becomes the very views that it would have become
    assertThat(records(Topics.IMAGES)).hasSize(6);
    augment("augmenter", 1000, Topics.VIEWS, Topics.VIEWS, 3 * VIEWS);
    assertThat(views(Topics.VIEWS)).isEqualTo(views("expected"));
    assertThat(letters("list")).isZero();
    assertThat(out.toString().lines().filter(line -> line.contains("  yes  "))).hasSize(3);
  }

  @Test
  void shouldLeaveLettersAloneThatCannotOrMustNotGoBack() throws Exception {
    // given
    byte[] value = {1, 2, 3};
    Headers twice = new RecordHeaders().add(DeadLetterFactory.ATTEMPT, "2".getBytes(UTF_8));
    letter(new RecordCoordinates("images", 0, 100), value, twice); // 0: the third attempt
    letter(new RecordCoordinates("views", 0, 7), value, new RecordHeaders()); // 1
    letter(new RecordCoordinates("views", 0, 7), value, new RecordHeaders()); // 2: a copy
    letter(new RecordCoordinates("labeled-views", 0, 7), value, new RecordHeaders()); // 3
    letter(new RecordCoordinates("elsewhere", 0, 7), value, new RecordHeaders()); // 4
    letter(new RecordCoordinates("images", 0, 99), null, new RecordHeaders()); // 5: gone
    send(new ProducerRecord<>("dead-letters", null, "no headers".getBytes(UTF_8))); // 6
    byte[] large = new byte[5000];
    send(new ProducerRecord<>("views", "large".getBytes(UTF_8), large));
    letter(new RecordCoordinates("views", 0, 0), null, new RecordHeaders()); // 7: by reference
    Headers fromImage = new RecordHeaders();
    new RecordCoordinates("images", 0, 3).writeOrigin(fromImage);
    letter(new RecordCoordinates("views", 0, 8), value, fromImage); // 8 and 9: views of one image
    letter(new RecordCoordinates("views", 0, 9), value, fromImage);

    // when
    assertThat(letters("replay", "--all")).isEqualTo(3);

    // then
    assertThat(out.toString())
        .contains("limit     dead-letters-0@0  images-0@100  broken tried 3 times already\n")
        .contains("replayed  dead-letters-0@1  views-0@7  broken\n")
        .contains("already   dead-letters-0@2  views-0@7  broken a copy of a letter before it\n")
        .contains("refused   dead-letters-0@3  labeled-views-0@7  broken the settings say replay")
        .contains("refused   dead-letters-0@4  elsewhere-0@7  broken elsewhere is none of the topi")
        .contains("lost      dead-letters-0@5  images-0@99  broken images-0@99 is not there")
        .contains("refused   dead-letters-0@6  ?  unknown it does not say which record")
        .contains("replayed  dead-letters-0@7  views-0@0  broken\n")
        .contains("4 replayed, 1 replayed before, 1 tried too often, 1 lost, 3 refused\n");
    List<ConsumerRecord<byte[], byte[]>> views = records(Topics.VIEWS);
    assertThat(views).hasSize(5);
    assertThat(views.get(2).value()).isEqualTo(large);
    assertThat(views.get(2).key()).isEqualTo("large".getBytes(UTF_8));
    assertThat(views.subList(1, 5))
        .extracting(record -> RecordCoordinates.of(record).origin(record.headers()))
        .containsExactly(
            new RecordCoordinates("views", 0, 7),
            new RecordCoordinates("views", 0, 0),
            new RecordCoordinates("views", 0, 8),
            new RecordCoordinates("views", 0, 9));
    assertThat(views.subList(1, 5))
        .allSatisfy(
            record -> {
              assertThat(DeadLetterFactory.attempts(record.headers())).isEqualTo(1);
              assertThat(record.headers().lastHeader(DeadLetterFactory.REASON)).isNull();
            });

    // when, then: again only if that is said, and not without end
    assertThat(letters("replay", "--all", "--offset=1")).isZero();
    assertThat(out.toString()).contains("0 replayed, 1 replayed before");
    assertThat(letters("replay", "--offset=1", "--again")).isZero();
    assertThat(letters("replay", "--offset=1", "--again", "--max-attempts=1")).isEqualTo(3);
    assertThat(records(Topics.VIEWS)).hasSize(6);
    assertThat(letters("show", "5")).isZero();
    assertThat(out.toString()).contains("lost      the letter holds no record");
    assertThat(letters("show", "77")).isEqualTo(3);
    assertThat(letters("replay")).isEqualTo(2);
    assertThat(letters("replay", "--since=yesterday")).isEqualTo(2);
    assertThat(err.toString())
        .contains("there is no letter at dead-letters-0@77")
        .contains("say which letters: --reason, --since, --offset, … or --all")
        .contains("--since must be a time such as 2026-11-26T07:00:00Z or an age such as 2h");
  }

  /** Runs an augmenter until a topic holds so many records. */
  private void augment(String id, long maxPixels, String views, String awaited, int records) {
    AugmenterConfig config =
        YamlSettings.parse(
            """
            application-id: %s
            kafka: {bootstrap.servers: "%s", schema.registry.url: "%s"}
            topics: {views: %s}
            state-dir: "%s"
            max-pixels: %d
            policy:
              views: %d
              output: {height: 28, width: 28, channels: 1}
              operations: [{rotate: {degrees: 15}}, {translate: {pixels: 2}}, horizontal_flip]
            management: {port: 0}
            """
                .formatted(
                    id,
                    kafka.bootstrapServers(),
                    registry.url(),
                    views,
                    directory.resolve("state-" + id),
                    maxPixels,
                    VIEWS),
            AugmenterConfig.class,
            Map.of());
    String topic = awaited.equals("expected") ? views : awaited;
    try (AugmenterService service = new AugmenterService(config, new SimpleMeterRegistry())) {
      service.start();
      await().atMost(PATIENCE).until(() -> records(topic).size() >= records);
    }
  }

  /** What a replay leaves that dies within its transaction. */
  private KafkaProducer<byte[], byte[]> killedReplay() throws Exception {
    KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            KafkaSettings.producer(
                clients(), Map.of("transactional.id", "stillstream-replay-of-dead-letters")));
    producer.initTransactions();
    producer.beginTransaction();
    byte[] key = "images-0@0#1".getBytes(UTF_8);
    producer.send(new ProducerRecord<>("images", key, new byte[] {7})).get();
    producer.send(new ProducerRecord<>("dead-letter-replays", key, new byte[] {7})).get();
    return producer;
  }

  /** A letter; without a value it refers to its record. */
  private void letter(RecordCoordinates source, byte[] value, Headers headers) throws Exception {
    DeadLetterFactory letters =
        new DeadLetterFactory(
            "dead-letters", "test", new SimpleMeterRegistry(), value == null ? 0 : 99_999);
    send(
        letters.create(
            source,
            value == null ? null : "image".getBytes(UTF_8),
            value,
            headers,
            "stage",
            new BadRecordException("broken", "it is broken")));
  }

  private void send(ProducerRecord<byte[], byte[]> record) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(KafkaSettings.producer(clients(), Map.of()))) {
      producer.send(record).get();
    }
  }

  /** By image and index, in text: lineage, recipe and pixels, but not when it was made. */
  private List<String> views(String topic) {
    try (RecordValueDeserializer<AugmentedView> reader =
        new RecordValueDeserializer<>(AugmentedView.class, clients(), new SimpleMeterRegistry())) {
      return records(topic).stream()
          .map(record -> reader.deserialize(topic, record.headers(), record.value()))
          .map(view -> view.getLineage() + " " + view.getRecipe() + " " + hash(view.getPixels()))
          .sorted()
          .distinct()
          .toList();
    }
  }

  private static String hash(ByteBuffer pixels) {
    return java.util.HexFormat.of().formatHex(bytes(pixels));
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  private static ImageEvent image(String imageId, ByteBuffer png) {
    return ImageEvent.newBuilder()
        .setImageId(imageId)
        .setSource("test")
        .setCapturedAt(Instant.EPOCH)
        .setContentType("image/png")
        .setPayload(png)
        .build();
  }

  private int letters(String command, String... args) {
    out.getBuffer().setLength(0);
    List<String> all = new ArrayList<>(List.of("dead-letters", command));
    all.addAll(List.of(args));
    all.add("--config=" + settings);
    return StillstreamMain.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(all.toArray(String[]::new));
  }

  private List<ConsumerRecord<byte[], byte[]>> records(String topic) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (TopicReader reader = new TopicReader(clients(), topic)) {
      reader.readAll(records::add);
    }
    return records;
  }

  private Map<String, String> clients() {
    return Map.of(
        "bootstrap.servers",
        kafka.bootstrapServers(),
        "schema.registry.url",
        registry.url().toString());
  }
}
