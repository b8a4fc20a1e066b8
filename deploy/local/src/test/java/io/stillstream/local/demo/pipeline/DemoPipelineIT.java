package io.stillstream.local.demo.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.containers.KafkaTestEnvironment;
import io.stillstream.local.broker.StateDirectory;
import io.stillstream.local.data.IdxLabeledImages;
import io.stillstream.local.demo.cluster.OpenDemoCluster;
import io.stillstream.local.demo.report.RecordCounts;
import io.stillstream.local.demo.settings.DemoSettings;
import io.stillstream.local.demo.settings.PersistedDemoSettings;
import io.stillstream.local.ingest.ImageSender;
import io.stillstream.local.label.LabelRun;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.runtime.lookup.TopicReader;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.ImageEvent;
import io.stillstream.schemas.ImageLabel;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.image.PixelCodec;
import io.stillstream.schemas.topics.Topics;
import io.stillstream.trainer.config.TrainerConfig;
import io.stillstream.trainer.trace.ImageTrace;
import io.stillstream.trainer.trace.ImageTraceBuilder;
import io.stillstream.trainer.trace.ImageTraceSettings;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import javax.management.ObjectName;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The demo's own pipeline beside a broker and a registry of their own, fed by hand: good images,
 * three bad ones among them, a registry that goes away and comes back. What it left behind is
 * looked at by several tests.
 */
@Tag("test-environment")
class DemoPipelineIT {
  private static final int GOOD = 120;
  private static final int VIEWS = 3;
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final String PNG_OF_ONE_PIXEL =
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==";
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir static Path directory;
  private static StateDirectory state;
  private static DemoPipeline pipeline;
  private static KafkaTestEnvironment environment;
  private static long viewsSeen;
  private static Map<String, JsonNode> shownOnThePage;
  private static Set<String> clientIds;

  @BeforeAll
  static void runTheChain() throws Exception {
    Path home = Path.of("../..").toAbsolutePath().normalize();
    DemoSettings settings =
        new DemoSettings(
            home,
            new PersistedDemoSettings(
                "classification", VIEWS, "cnn", "", 2, "", "fashion-mnist-mild", "", 1.0),
            OptionalLong.empty(),
            true,
            new DemoSettings.Ports(0, 0, 0),
            false);
    state = StateDirectory.open(directory);
    environment = KafkaTestEnvironment.start(directory.resolve("environment"));
    pipeline =
        DemoPipeline.start(
            settings, state, Optional.of(new OpenDemoCluster(environment.kafka(), () -> {})));
    IdxLabeledImages images = IdxLabeledImages.load(settings.data(), IdxLabeledImages.Split.TRAIN);
    try (ImageSender sender =
            new ImageSender(
                pipeline.clients(), Topics.IMAGES, pipeline.meters(), Optional.empty());
        KafkaProducer<byte[], byte[]> raw =
            new KafkaProducer<>(KafkaSettings.producer(pipeline.clients(), Map.of()))) {
      send(sender, images, 0, GOOD / 2);
      raw.send(image("not-avro", "hello, world".getBytes(UTF_8))).get();
      sender.send(event("truncated-jpeg", "image/jpeg", truncatedJpeg(images)));
      sender.send(event("giant-png", "image/png", giantPng(images)));
      sender.flush();
      send(sender, images, GOOD / 2, GOOD);
      awaitViewsSeen(GOOD * VIEWS);
      sendDuringAnOutage(raw, images);
    }
    awaitViewsSeen((GOOD + 1) * VIEWS);
    viewsSeen = pipeline.trainer().viewsSeen();
    shownOnThePage = events();
    clientIds = clientIds();
    pipeline.closeServices();
  }

  @AfterAll
  static void stop() {
    try (StateDirectory held = state) {
      pipeline.close();
      environment.close();
      assertThat(held.root()).isEqualTo(directory);
    }
  }

  @Test
  void shouldCountExactly() {
    assertThat(pipeline.failure()).isEmpty();
    assertThat(viewsSeen).isEqualTo((GOOD + 1) * VIEWS);
    assertThat(RecordCounts.ofViews(clients(), pipeline.meters())).isEqualTo(counts(Set.of()));
    assertThat(RecordCounts.ofLabeledViews(clients(), pipeline.meters()))
        .isEqualTo(counts(Set.of("pytorch_libtorch")));
  }

  private static RecordCounts counts(Set<String> platforms) {
    int all = (GOOD + 1) * VIEWS;
    return new RecordCounts(all, all, 0, new TreeSet<>(platforms));
  }

  @Test
  void shouldNameEachClientAfterItsServiceAndUse() {
    // The augmenter is a static member, which its names tell.
    assertThat(clientIds)
        .contains(
            "augmenter-augmenter-0-StreamThread-1-consumer",
            "augmenter-augmenter-0-StreamThread-1-producer",
            "augmenter-augmenter-0-probe-admin",
            "teacher-labeler-0-consumer",
            "teacher-labeler-0-producer",
            "student-trainer-consumer",
            "student-trainer-producer",
            "student-trainer-topics-admin",
            "stillstream-page-consumer")
        .allMatch(
            id -> id.matches("(augmenter|teacher-labeler-0|student-trainer|stillstream)-[\\w-]+"))
        .noneMatch(id -> id.matches(".*[0-9a-f]{8}-[0-9a-f]{4}-.*"));
  }

  /** Of all clients that are open, as they are in JMX. */
  private static Set<String> clientIds() throws Exception {
    Set<String> ids = new TreeSet<>();
    for (ObjectName name :
        ManagementFactory.getPlatformMBeanServer()
            .queryNames(new ObjectName("kafka.*:type=app-info,*"), null)) {
      // The broker in this process has beans without an id, too.
      String id = name.getKeyProperty("id");
      if (id != null && !name.getDomain().equals("kafka.server")) {
        ids.add(id.startsWith("\"") ? ObjectName.unquote(id) : id);
      }
    }
    return ids;
  }

  @Test
  void shouldPutAsideWhatIsBadAndOnlyThat() {
    // when
    List<ConsumerRecord<byte[], byte[]>> letters = records(Topics.DEAD_LETTERS);
    // then
    assertThat(letters)
        .extracting(letter -> new String(letter.key(), UTF_8))
        .containsExactlyInAnyOrder("not-avro", "truncated-jpeg", "giant-png");
    assertThat(letters)
        .allSatisfy(
            letter -> {
              assertThat(header(letter, "__streams.errors.topic")).isEqualTo(Topics.IMAGES);
              assertThat(header(letter, "__streams.errors.partition")).matches("[01]");
              assertThat(header(letter, "__streams.errors.offset")).matches("\\d+");
              assertThat(header(letter, "__streams.errors.exception")).isNotEmpty();
              assertThat(header(letter, "__streams.errors.message")).isNotEmpty();
              assertThat(header(letter, "__streams.errors.stacktrace")).isNotEmpty();
              assertThat(header(letter, "stillstream.service")).contains("augmenter");
              assertThat(header(letter, "stillstream.stage")).isNotEmpty();
              assertThat(header(letter, "stillstream.reason")).isNotEmpty();
            });
    assertThat(letters)
        .filteredOn(letter -> new String(letter.key(), UTF_8).equals("not-avro"))
        .singleElement()
        .satisfies(l -> assertThat(l.value()).isEqualTo("hello, world".getBytes(UTF_8)));
  }

  @Test
  void shouldBeReadableWithNothingOfThisProject() throws Exception {
    assertThat(generic(Topics.IMAGES, 1 + GOOD + 2))
        .allSatisfy(
            image -> {
              assertThat(image.getSchema().getFullName())
                  .isEqualTo("io.stillstream.schemas.ImageEvent");
              assertThat(image.get("imageId").toString()).isNotEmpty();
            });
    assertThat(generic(Topics.VIEWS, (GOOD + 1) * VIEWS))
        .allSatisfy(
            view -> assertThat(((ByteBuffer) view.get("pixels")).remaining()).isEqualTo(28 * 28));
    assertThat(generic(Topics.LABELED_VIEWS, (GOOD + 1) * VIEWS))
        .allSatisfy(labeled -> assertThat((List<?>) labeled.get("logits")).hasSize(10));
    assertThat(generic(Topics.STUDENT_RELEASES, 1))
        .allSatisfy(release -> assertThat(release.get("viewsSeen")).isEqualTo(viewsSeen));
    generic(Topics.STUDENT_PROGRESS, 0);
    generic(Topics.STUDENT_EVENTS, 0);
  }

  @Test
  void shouldShowOnThePageWhatTheTopicsHold() {
    // when
    JsonNode tick = shownOnThePage.get("tick");

    // then: as counted by the services, without the marks of transactions; what was done again
    // after
    // one was aborted, as may happen in the outage, counts again
    assertThat(shownOnThePage.get("hello").path("classes")).hasSize(10);
    assertThat(shownOnThePage.get("hello").path("playground").asBoolean()).isTrue();
    assertThat(shownOnThePage.get("history").path("points").size()).isBetween(2, 600);
    assertThat(tick.path("broker").asText()).isEqualTo("up");
    assertThat(tick.path("trainer").asText()).isEqualTo("up");
    assertThat(tick.at("/stages/0/records").asInt()).isEqualTo(GOOD + 4);
    assertThat(tick.at("/stages/1/records").asInt())
        .isBetween((GOOD + 1) * VIEWS, (GOOD + 1) * VIEWS + GOOD);
    assertThat(tick.at("/stages/2/records").asInt())
        .isBetween((GOOD + 1) * VIEWS, (GOOD + 1) * VIEWS + GOOD);
    assertThat(tick.at("/stages/3/records").asInt()).isEqualTo((GOOD + 1) * VIEWS);
    assertThat(tick.at("/deadLetters/records").asInt()).isEqualTo(3);
    assertThat(tick.at("/point/2").asDouble()).isPositive();
  }

  @Test
  void shouldShowImagesLettersAndAnswersOnThePage() {
    // when
    JsonNode images = shownOnThePage.get("strip").path("images");
    JsonNode letters = shownOnThePage.get("deadLetters").path("letters");

    // then
    assertThat(images.size()).isBetween(1, 6);
    assertThat(images)
        .allSatisfy(
            image -> {
              assertThat(image.path("imageId").asText()).matches("good-\\d+|newer-schema");
              assertThat(image.path("raw").asText()).startsWith("data:image/png;base64,");
              assertThat(image.path("views")).hasSize(VIEWS);
              assertThat(image.at("/views/0/recipe").asText()).isEqualTo("original");
              assertThat(image.at("/views/1/recipe").asText()).startsWith("rotate ");
              assertThat(image.at("/views/2/png").asText()).startsWith("data:image/png;base64,");
              assertThat(image.at("/views/2/teacher")).hasSize(3);
            });
    assertThat(letters)
        .extracting(letter -> letter.path("imageId").asText())
        .containsExactlyInAnyOrder("not-avro", "truncated-jpeg", "giant-png");
    assertThat(letters)
        .allSatisfy(letter -> assertThat(letter.path("reason").asText()).isNotEmpty());
    assertThat(shownOnThePage.get("confusion").path("counts")).hasSize(10);
  }

  @Test
  void shouldTraceAnImage() {
    // when
    ImageTrace trace = trace().trace("good-5").orElseThrow();

    // then
    assertThat(trace.notes()).isEmpty();
    assertThat(trace.deadLetters()).isEmpty();
    assertThat(trace.raw().png()).startsWith("data:image/png;base64,");
    assertThat(trace.raw().label()).isEqualTo("Trouser");
    assertThat(trace.raw().expired()).isFalse();
    assertThat(trace.views()).extracting(ImageTrace.ViewTrace::index).containsExactly(0, 1, 2);
    assertThat(trace.views().get(0).recipe()).isEqualTo("original");
    assertThat(trace.views().get(1).recipe()).contains("rotate ").contains("translate ");
    assertThat(trace.views())
        .allSatisfy(
            view -> {
              assertThat(view.topic()).isEqualTo(Topics.LABELED_VIEWS);
              assertThat(view.png()).isNotNull();
              assertThat(view.label()).isEqualTo("Trouser");
              assertThat(view.teachers()).hasSize(1);
              assertThat(view.logits()).hasSize(10);
              assertThat(view.top()).hasSize(3);
              assertThat(view.step().loss()).hasSize(4);
              assertThat(view.why()).isNull();
            });
    assertThat(trace.releases())
        .singleElement()
        .satisfies(
            release -> {
              assertThat(release.current()).isTrue();
              assertThat(release.contains()).isTrue();
            });
  }

  @Test
  void shouldTraceALabelThatCameAfterItsImage() {
    // given
    ImageLabel label =
        ImageLabel.newBuilder()
            .setImageId("good-6")
            .setLabel(8)
            .setSource("anna")
            .setLabeledAt(Instant.ofEpochMilli(5))
            .build();
    new LabelRun(trainer().kafka(), Topics.LABELS, new SimpleMeterRegistry()).one(label);

    // when
    ImageTrace trace = trace().trace("good-6").orElseThrow();

    // then
    assertThat(trace.labels())
        .containsExactly(
            new ImageTrace.LabelInfo(
                Topics.LABELS,
                trace.labels().get(0).partition(),
                trace.labels().get(0).offset(),
                "Bag",
                "anna",
                5));
    assertThat(trace.notes()).isEmpty();
    assertThat(trace.views()).allSatisfy(view -> assertThat(view.step()).isNotNull());
    assertThat(trace().trace("good-7").orElseThrow().labels()).isEmpty();
  }

  @Test
  void shouldTraceAnImageThatBecameNothing() {
    // when
    ImageTrace giant = trace().trace("giant-png").orElseThrow();
    ImageTrace stranger = trace().trace("not-avro").orElseThrow();

    // then
    assertThat(giant.views()).isEmpty();
    assertThat(giant.raw().bytes()).isPositive();
    assertThat(giant.raw().png()).isNull();
    assertThat(giant.deadLetters())
        .singleElement()
        .satisfies(
            letter -> {
              assertThat(letter.service()).contains("augmenter");
              assertThat(letter.imageId()).isEqualTo("giant-png");
              assertThat(letter.offset()).isEqualTo(giant.raw().offset());
            });
    assertThat(stranger.raw().why()).contains("is no ImageEvent");
    assertThat(stranger.deadLetters()).hasSize(1);
    assertThat(trace().trace("nobody")).isEmpty();
  }

  @Test
  void shouldTryPoliciesOnItsPort() throws Exception {
    // given
    String playground = pipeline.managementUrl() + "/page/playground";

    // when
    JsonNode offer = json(HttpRequest.newBuilder(URI.create(playground)).build());
    String body =
        JSON.createObjectNode()
            .put("policy", offer.get("policy").asText())
            .put("image", PNG_OF_ONE_PIXEL)
            .put("views", 2)
            .toString();
    JsonNode result =
        json(
            HttpRequest.newBuilder(URI.create(playground))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build());

    // then
    assertThat(result.get("views")).hasSize(2);
    assertThat(result.get("policyHash").asText())
        .isEqualTo(trace().trace("good-5").orElseThrow().views().get(0).policyHash());
  }

  /** What the page's stream says, the latest of each kind, when all of it has come. */
  private static Map<String, JsonNode> events() throws Exception {
    Map<String, JsonNode> events = new HashMap<>();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(pipeline.managementUrl() + "/page/stream")).build();
    try (Stream<String> lines =
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofLines()).body()) {
      Iterator<String> each = lines.iterator();
      long end = System.nanoTime() + PATIENCE.toNanos();
      while (!isComplete(events) && System.nanoTime() < end) {
        String name = each.next();
        if (name.startsWith("event: ")) {
          String data = each.next();
          events.put(
              name.substring("event: ".length()), JSON.readTree(data.substring("data: ".length())));
        }
      }
    }
    return events;
  }

  private static boolean isComplete(Map<String, JsonNode> events) {
    return events
            .keySet()
            .containsAll(Set.of("hello", "history", "tick", "strip", "confusion", "deadLetters"))
        && events.get("deadLetters").path("letters").size() == 3
        && events.get("tick").at("/stages/2/records").asInt() >= (GOOD + 1) * VIEWS
        && events.get("tick").at("/stages/3/records").asInt() == (GOOD + 1) * VIEWS;
  }

  private static TrainerConfig trainer() {
    return YamlSettings.load(
        directory.resolve("config/trainer.yaml"), TrainerConfig.class, Map.of());
  }

  private static ImageTraceBuilder trace() {
    TrainerConfig config = trainer();
    return new ImageTraceBuilder(
        config.trace(
            Topics.IMAGES,
            ModelSpec.load(config.student(), "student"),
            new ImageTraceSettings.Search(10_000, PATIENCE)));
  }

  private static void send(ImageSender sender, IdxLabeledImages images, int from, int to) {
    for (int i = from; i < to; i++) {
      sender.send(event("good-" + i, "image/png", images.png(i)));
    }
    sender.flush();
  }

  /**
   * A record whose schema the augmenter has not seen: it must ask the registry, which is away, and
   * ask again until it is back.
   */
  private static void sendDuringAnOutage(KafkaProducer<byte[], byte[]> raw, IdxLabeledImages images)
      throws Exception {
    ImageEvent event = event("newer-schema", "image/png", images.png(0));
    String newer =
        ImageEvent.getClassSchema()
            .toString()
            .replaceFirst(
                "\"fields\":\\[",
                "\"fields\":[{\"name\":\"camera\",\"type\":\"string\",\"default\":\"\"},");
    byte[] framed = framed(register(newer), new Schema.Parser().parse(newer), event);
    environment.stopRegistry();
    raw.send(image("newer-schema", framed)).get();
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> pipeline.meters().get("augmenter.registry.waiting").gauge().value() > 0);
    assertThat(pipeline.health().ready()).isFalse();
    environment.startRegistry();
  }

  private static int register(String schema) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create(environment.registryUrl() + "/subjects/images-value/versions"))
            .header("Content-Type", "application/vnd.schemaregistry.v1+json")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    JSON.createObjectNode().put("schema", schema).toString()))
            .build();
    return json(request).path("id").intValue();
  }

  private static byte[] framed(int id, Schema schema, ImageEvent event) throws Exception {
    GenericRecord record = new GenericData.Record(schema);
    record.put("camera", "north");
    for (Schema.Field field : ImageEvent.getClassSchema().getFields()) {
      Object value = event.get(field.name());
      record.put(field.name(), value instanceof Instant at ? at.toEpochMilli() : value);
    }
    java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
    out.write(ByteBuffer.allocate(5).put((byte) 0).putInt(id).array());
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
    new GenericDatumWriter<GenericRecord>(schema).write(record, encoder);
    encoder.flush();
    return out.toByteArray();
  }

  private static void awaitViewsSeen(long views) {
    Awaitility.await()
        .atMost(PATIENCE)
        .failFast(() -> pipeline.failure().isPresent())
        .untilAsserted(() -> assertThat(pipeline.trainer().viewsSeen()).isEqualTo(views));
  }

  private static ProducerRecord<byte[], byte[]> image(String id, byte[] value) {
    return new ProducerRecord<>(Topics.IMAGES, id.getBytes(UTF_8), value);
  }

  private static ImageEvent event(String id, String contentType, ByteBuffer payload) {
    return ImageEvent.newBuilder()
        .setImageId(id)
        .setSource("chain-it")
        .setCapturedAt(Instant.now())
        .setContentType(contentType)
        .setPayload(payload)
        .setLabel(1)
        .build();
  }

  private static ByteBuffer truncatedJpeg(IdxLabeledImages images) {
    ByteBuffer jpeg = PixelCodec.encode(PixelEncoding.JPEG, 28, 28, 1, images.pixels(0));
    return jpeg.slice(0, jpeg.remaining() / 2);
  }

  /** A small file whose header, with a right checksum, claims 60,000 by 60,000 pixels. */
  private static ByteBuffer giantPng(IdxLabeledImages images) {
    ByteBuffer real = images.png(0);
    byte[] file = new byte[real.remaining()];
    real.get(file);
    ByteBuffer png = ByteBuffer.wrap(file);
    png.putInt(16, 60_000).putInt(20, 60_000);
    CRC32 crc = new CRC32();
    crc.update(file, 12, 17);
    png.putInt(29, (int) crc.getValue());
    return png;
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), UTF_8);
  }

  private static List<ConsumerRecord<byte[], byte[]>> records(String topic) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (TopicReader reader = new TopicReader(clients(), topic)) {
      reader.readAll(records::add);
    }
    return records;
  }

  /** Decodes as a stranger would: the registry's answer and Avro's generic reader. */
  private static List<GenericRecord> generic(String topic, int atLeast) throws Exception {
    List<GenericRecord> decoded = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : records(topic)) {
      ByteBuffer value = ByteBuffer.wrap(record.value());
      if (value.get() != 0) {
        continue;
      }
      JsonNode answer =
          json(
              HttpRequest.newBuilder(
                      URI.create(
                          clients().get("schema.registry.url") + "/schemas/ids/" + value.getInt()))
                  .build());
      Schema schema = new Schema.Parser().parse(answer.path("schema").asText());
      decoded.add(
          new GenericDatumReader<GenericRecord>(schema)
              .read(
                  null,
                  DecoderFactory.get().binaryDecoder(record.value(), 5, value.remaining(), null)));
    }
    assertThat(decoded).as(topic).hasSizeGreaterThanOrEqualTo(atLeast);
    return decoded;
  }

  private static JsonNode json(HttpRequest request) throws Exception {
    HttpResponse<String> response =
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return JSON.readTree(response.body());
  }

  private static Map<String, String> clients() {
    return pipeline.clients();
  }
}
