package io.stillstream.local.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stillstream.embedded.DevelopmentRegistry;
import io.stillstream.local.data.ImageSet;
import io.stillstream.local.ingest.ImageSender;
import io.stillstream.local.topics.TopicReader;
import io.stillstream.runtime.KafkaSettings;
import io.stillstream.schemas.ImageEvent;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.Topics;
import io.stillstream.schemas.pixels.PixelCodec;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.zip.CRC32;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The demo's own pipeline, fed by hand: good images, three bad ones among them, a registry that goes
 * away and comes back. What it left behind is looked at by several tests.
 */
class ChainIT {
  private static final int GOOD = 120;
  private static final int VIEWS = 3;
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir static Path directory;
  private static StateDirectory state;
  private static Pipeline pipeline;
  private static DevelopmentRegistry reborn;
  private static long viewsSeen;

  @BeforeAll
  static void runTheChain() throws Exception {
    Path home = Path.of("../..").toAbsolutePath().normalize();
    DemoSettings settings =
        new DemoSettings(
            home,
            directory,
            new DemoRun(VIEWS, "cnn", "", 2),
            OptionalLong.empty(),
            true,
            new DemoSettings.Ports(0, 0, 0));
    state = StateDirectory.open(directory);
    pipeline = Pipeline.start(settings, state);
    ImageSet images = ImageSet.load(settings.data(), ImageSet.Part.TRAIN);
    try (ImageSender sender =
            new ImageSender(pipeline.clients(), Topics.IMAGES, pipeline.meters());
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
    pipeline.closeServices();
  }

  @AfterAll
  static void stop() {
    try (StateDirectory held = state) {
      pipeline.close();
      if (reborn != null) {
        reborn.close();
      }
      assertThat(held.root()).isEqualTo(directory);
    }
  }

  @Test
  void shouldCountExactly() {
    assertThat(pipeline.failure()).isEmpty();
    assertThat(viewsSeen).isEqualTo((GOOD + 1) * VIEWS);
    assertThat(Census.ofViews(clients(), pipeline.meters()))
        .isEqualTo(new Census((GOOD + 1) * VIEWS, (GOOD + 1) * VIEWS));
    assertThat(Census.ofLabeledViews(clients(), pipeline.meters()))
        .isEqualTo(new Census((GOOD + 1) * VIEWS, (GOOD + 1) * VIEWS));
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

  private static void send(ImageSender sender, ImageSet images, int from, int to) {
    for (int i = from; i < to; i++) {
      sender.send(event("good-" + i, "image/png", images.png(i)));
    }
    sender.flush();
  }

  /**
   * A record whose schema the augmenter has not seen: it must ask the registry, which is away, and
   * ask again until it is back.
   */
  private static void sendDuringAnOutage(KafkaProducer<byte[], byte[]> raw, ImageSet images)
      throws Exception {
    ImageEvent event = event("newer-schema", "image/png", images.png(0));
    String newer =
        ImageEvent.getClassSchema()
            .toString()
            .replaceFirst(
                "\"fields\":\\[",
                "\"fields\":[{\"name\":\"camera\",\"type\":\"string\",\"default\":\"\"},");
    byte[] framed = framed(register(newer), new Schema.Parser().parse(newer), event);
    URI url = pipeline.registry().url();
    pipeline.registry().close();
    raw.send(image("newer-schema", framed)).get();
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> pipeline.meters().get("augmenter.registry.waiting").gauge().value() > 0);
    assertThat(pipeline.health().ready()).isFalse();
    reborn = DevelopmentRegistry.start(state.registry(), url.getPort());
  }

  private static int register(String schema) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create(pipeline.registry().url() + "/subjects/images-value/versions"))
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

  private static ByteBuffer truncatedJpeg(ImageSet images) {
    ByteBuffer jpeg = PixelCodec.encode(PixelEncoding.JPEG, 28, 28, 1, images.pixels(0));
    return ByteBuffer.wrap(Arrays.copyOf(jpeg.array(), jpeg.remaining() / 2));
  }

  /** A small file whose header, with a right checksum, claims 60,000 by 60,000 pixels. */
  private static ByteBuffer giantPng(ImageSet images) {
    ByteBuffer png = ByteBuffer.wrap(images.png(0).array().clone());
    png.putInt(16, 60_000).putInt(20, 60_000);
    CRC32 crc = new CRC32();
    crc.update(png.array(), 12, 17);
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
                          clients().get("schema.registry.url")
                              + "/schemas/ids/"
                              + value.getInt()))
                  .build());
      Schema schema = new Schema.Parser().parse(answer.path("schema").asText());
      decoded.add(
          new GenericDatumReader<GenericRecord>(schema)
              .read(
                  null,
                  DecoderFactory.get()
                      .binaryDecoder(value.array(), value.position(), value.remaining(), null)));
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
