package io.stillstream.local.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.containers.store.S3ProxyProcess;
import io.stillstream.embedded.kafka.EmbeddedKafka;
import io.stillstream.embedded.registry.DevelopmentRegistry;
import io.stillstream.local.StillstreamMain;
import io.stillstream.local.topics.TopicsAdmin;
import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.runtime.records.RecordValueSerializer;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.ImageEvent;
import io.stillstream.schemas.ImageLabel;
import io.stillstream.schemas.Lineage;
import io.stillstream.schemas.Mix;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.Recipe;
import io.stillstream.schemas.ReviewReason;
import io.stillstream.schemas.ReviewRequest;
import io.stillstream.schemas.topics.Topics;
import io.stillstream.schemas.values.Sha256;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The forget command on images by reference; no trainer is known, so that none has to answer. */
class ForgetCommandIT {
  private static final byte[] IMAGE = "an image".getBytes(UTF_8);

  @TempDir static Path directory;
  private static EmbeddedKafka kafka;
  private static DevelopmentRegistry registry;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void start() {
    kafka = EmbeddedKafka.start(directory.resolve("kafka"), 0);
    registry = DevelopmentRegistry.start(directory.resolve("registry.json"), 0);
    try (TopicsAdmin admin = new TopicsAdmin(clients())) {
      admin.create(Topics.catalogue(), Optional.of(1));
    }
  }

  @AfterAll
  static void stop() {
    registry.close();
    kafka.close();
  }

  @Test
  void shouldTellOfTheObjectAndLeaveItUnlessToldToDeleteIt() throws Exception {
    // given: records of an image in every topic, and one of another that it is mixed into
    Path object = object("cat.jpg", IMAGE);
    String uri = "file://" + object;
    send(Topics.IMAGES, "cat", event("cat", uri));
    send(Topics.VIEWS, "cat", view("cat", uri, null));
    send(Topics.VIEWS, "dog", view("dog", "file:///data/dog.jpg", "cat"));
    send(Topics.LABELS, "cat", new ImageLabel("cat", 3, null, "test", Instant.EPOCH));
    send(Topics.REVIEW_REQUESTS, "cat", request("cat", uri));
    // when
    assertThat(forget("cat")).isZero();
    // then
    assertThat(out.toString())
        .contains("topic     images: 1 records, not possible to remove; deleted by age between ")
        .contains("topic     views: 1 records and 1 of others that it is mixed into, not possible")
        .contains("topic     labeled-views: holds none\n")
        .contains("topic     labels: 1 records, not possible to remove; deleted by age between ")
        .contains("topic     review-requests: 1 records, not possible to remove; deleted by age")
        .contains("object    " + uri + ": not erased; --delete-objects deletes it\n")
        .doesNotContain("dog.jpg");
    assertThat(object).exists();

    // when, then: an address outside of what is allowed
    Path elsewhere = settings("[\"file:///data/\"]", "");
    assertThat(forget("cat", "--delete-objects=" + elsewhere)).isEqualTo(3);
    assertThat(out.toString()).contains("object    " + uri + ": not deleted, not_allowed: ");
    assertThat(object).exists();

    // when, then
    Path here = settings("[\"file://" + object.getParent() + "/\"]", "");
    assertThat(forget("cat", "--delete-objects=" + here)).isZero();
    assertThat(out.toString()).contains("object    " + uri + ": deleted, and found no more\n");
    assertThat(object).doesNotExist();
    assertThat(forget("cat", "--delete-objects=" + here)).isZero();
    assertThat(out.toString()).contains("object    " + uri + ": is gone already\n");
  }

  @Test
  void shouldDeleteNoObjectThatIsAnotherByNow() throws Exception {
    // given
    Path object = object("changed.jpg", "another image".getBytes(UTF_8));
    send(Topics.IMAGES, "changed", event("changed", "file://" + object));
    Path settings = settings("[\"file://" + object.getParent() + "/\"]", "");
    // when, then
    assertThat(forget("changed", "--delete-objects=" + settings)).isEqualTo(3);
    assertThat(out.toString())
        .contains(": not deleted, changed: it is another object now, its SHA-256 is ");
    assertThat(object).exists();
  }

  @Test
  void shouldFollowALinkWithinThePrefixOnly() throws Exception {
    // given
    Path object = object("linked.jpg", IMAGE);
    Path link = Files.createSymbolicLink(object.resolveSibling("link.jpg"), object);
    Path outside = Files.write(directory.resolve("outside.jpg"), IMAGE);
    Path out = Files.createSymbolicLink(object.resolveSibling("out.jpg"), outside);
    send(Topics.IMAGES, "link", event("link", "file://" + link));
    send(Topics.IMAGES, "out", event("out", "file://" + out));
    Path settings = settings("[\"file://" + object.getParent() + "/\"]", "");
    // when, then
    assertThat(forget("link", "--delete-objects=" + settings)).isZero();
    assertThat(object).doesNotExist();
    assertThat(Files.isSymbolicLink(link)).isFalse();
    assertThat(forget("out", "--delete-objects=" + settings)).isEqualTo(3);
    assertThat(outside).exists();
  }

  @Test
  void shouldDeleteAnObjectOfABucketThatOnlyViewsStillName() throws Exception {
    // given
    Path data = directory.resolve("data");
    try (S3ProxyProcess store = S3ProxyProcess.start(directory.resolve("s3proxy"), data, false)) {
      Path bucket = store.createBucket("pictures");
      Path object =
          Files.write(Files.createDirectories(bucket.resolve("a")).resolve("b.jpg"), IMAGE);
      send(Topics.VIEWS, "kept", view("kept", "s3://pictures/a/b.jpg", null));
      Path settings =
          settings(
              "[\"s3://pictures/a/\"]",
              "store: {endpoint: \"%s\", credentials: {access-key: %s, secret-key: %s}}"
                  .formatted(
                      store.endpoint(), S3ProxyProcess.ACCESS_KEY, S3ProxyProcess.SECRET_KEY));
      // when
      assertThat(forget("kept", "--delete-objects=" + settings)).isZero();
      // then
      assertThat(out.toString())
          .contains("object    s3://pictures/a/b.jpg: deleted, and found no more\n");
      assertThat(object).doesNotExist();
    }
    // when, then: the store is away
    Path away =
        settings(
            "[\"s3://pictures/a/\"]",
            "store: {endpoint: \"http://127.0.0.1:1\", credentials: {access-key: a, secret-key: b}}");
    assertThat(forget("kept", "--delete-objects=" + away)).isEqualTo(3);
    assertThat(out.toString())
        .contains("object    s3://pictures/a/b.jpg: not deleted, unavailable: ");
  }

  @Test
  void shouldRefuseWhatCannotBeMeant() throws Exception {
    Path nothing = settings("[]", "");
    // when, then
    assertThat(forget("x", "--delete-objects=" + nothing)).isEqualTo(2);
    assertThat(forget("x", "--delete-objects=" + nothing, "--no-scan")).isEqualTo(2);
    assertThat(forget("x", "--delete-objects=none.yaml")).isEqualTo(2);
    assertThat(err.toString())
        .contains(
            "--delete-objects " + nothing + ": fetch.allow names no prefix, so nothing may be")
        .contains("--delete-objects and --no-scan exclude each other: records say where the object")
        .contains("none.yaml: there is no such file");
    assertThat(forget("x", "--no-scan", "--json")).isZero();
    assertThat(JsonLines.of(out))
        .allSatisfy(
            place ->
                assertThat(place.fieldNames())
                    .toIterable()
                    .containsExactly("place", "name", "text"))
        .anySatisfy(place -> assertThat(place.path("name").asText()).isEqualTo("labels"))
        .anySatisfy(place -> assertThat(place.path("place").asText()).isEqualTo("weights"));
    out.getBuffer().setLength(0);
    assertThat(forget("x", "--no-scan")).isZero();
    assertThat(out.toString())
        .contains("topic     labels: if it holds the image, deleted by age between ")
        .contains("object    if the image is by reference, its object stays; a scan tells");
  }

  private static Path object(String name, byte[] bytes) throws Exception {
    Path store = Files.createDirectories(directory.toRealPath().resolve("store"));
    return Files.write(store.resolve(name), bytes);
  }

  private static Path settings(String allow, String more) throws Exception {
    return Files.writeString(
        Files.createTempFile(directory, "objects", ".yaml"),
        "fetch:\n  allow: " + allow + "\n  timeout: 5s\n  " + more + "\n");
  }

  private int forget(String imageId, String... args) {
    List<String> all = new ArrayList<>(List.of("forget", imageId));
    all.addAll(List.of(args));
    all.add("--bootstrap-server=" + kafka.bootstrapServers());
    all.add("--schema-registry=" + registry.url());
    return StillstreamMain.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(all.toArray(String[]::new));
  }

  private static ImageEvent event(String imageId, String uri) {
    return ImageEvent.newBuilder()
        .setImageId(imageId)
        .setSource("test")
        .setCapturedAt(Instant.EPOCH)
        .setContentType("image/jpeg")
        .setPayloadUri(uri)
        .setPayloadSha256(Sha256.hex(IMAGE))
        .build();
  }

  /**
   * @param partner what is mixed in; null for nothing
   */
  private static AugmentedView view(String imageId, String uri, String partner) {
    Mix mix =
        partner == null
            ? null
            : Mix.newBuilder()
                .setKind("mixup")
                .setPartnerTopic(Topics.IMAGES)
                .setPartnerPartition(0)
                .setPartnerOffset(0)
                .setPartnerImageId(partner)
                .setLambda(0.5)
                .build();
    Lineage lineage =
        Lineage.newBuilder()
            .setOriginTopic(Topics.IMAGES)
            .setOriginPartition(0)
            .setOriginOffset(0)
            .setImageId(imageId)
            .setViewIndex(0)
            .setViewCount(1)
            .setSeed(0)
            .setPolicyHash("")
            .setPayloadUri(uri)
            .setPayloadSha256(Sha256.hex(IMAGE))
            .build();
    return AugmentedView.newBuilder()
        .setLineage(lineage)
        .setRecipe(new Recipe(1, List.of(), mix))
        .setEncoding(PixelEncoding.RAW)
        .setHeight(1)
        .setWidth(1)
        .setChannels(1)
        .setPixels(ByteBuffer.allocate(1))
        .setCapturedAt(Instant.EPOCH)
        .setAugmentedAt(Instant.EPOCH)
        .build();
  }

  private static ReviewRequest request(String imageId, String uri) {
    return ReviewRequest.newBuilder()
        .setImageId(imageId)
        .setStudent("cnn")
        .setStep(1)
        .setReason(ReviewReason.DISAGREEMENT)
        .setPriority(1)
        .setTeacherTop(List.of())
        .setStudentTop(List.of())
        .setPayloadUri(uri)
        .setCapturedAt(Instant.EPOCH)
        .setRequestedAt(Instant.EPOCH)
        .build();
  }

  private static <T> void send(String topic, String key, T value) throws Exception {
    try (RecordValueSerializer<T> writer =
            new RecordValueSerializer<>(clients(), new SimpleMeterRegistry());
        KafkaProducer<byte[], byte[]> producer =
            new KafkaProducer<>(KafkaSettings.producer(clients(), Map.of()))) {
      byte[] bytes = writer.serialize(topic, value);
      var unused = producer.send(new ProducerRecord<>(topic, key.getBytes(UTF_8), bytes)).get();
    }
  }

  private static Map<String, String> clients() {
    return Map.of(
        "bootstrap.servers",
        kafka.bootstrapServers(),
        "schema.registry.url",
        registry.url().toString());
  }
}
