package io.stillstream.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.augmenter.fetch.ObjectAddress;
import io.stillstream.containers.store.S3ProxyProcess;
import io.stillstream.embedded.kafka.EmbeddedKafka;
import io.stillstream.embedded.registry.DevelopmentRegistry;
import io.stillstream.local.topics.TopicValueReader;
import io.stillstream.local.topics.TopicsAdmin;
import io.stillstream.schemas.ImageEvent;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.schemas.image.MaskCodec;
import io.stillstream.schemas.image.PixelCodec;
import io.stillstream.schemas.topics.Topics;
import io.stillstream.schemas.values.ByteArrays;
import io.stillstream.schemas.values.Sha256;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ingest --by-reference} against a broker, a directory and a server that speaks S3. */
class IngestByReferenceIT {
  private static final String BUCKET = "pictures";

  @TempDir Path directory;
  private EmbeddedKafka kafka;
  private DevelopmentRegistry registry;
  private Path photos;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void start() {
    kafka = EmbeddedKafka.start(directory.resolve("kafka"), 0);
    registry = DevelopmentRegistry.start(directory.resolve("registry.json"), 0);
    try (TopicsAdmin admin = new TopicsAdmin(clients())) {
      admin.create(Topics.catalogue(), Optional.of(1));
    }
    photos = directory.resolve("photos");
  }

  @AfterEach
  void stop() {
    registry.close();
    kafka.close();
  }

  @Test
  void shouldPutImagesIntoADirectoryOnceHoweverOftenItIsResumed() throws Exception {
    // given: a file that fits no record among others, and a mask for one of them
    for (int i = 0; i < 20; i++) {
      png(photos.resolve("class-" + i % 2).resolve(i + " ü.png"), i);
    }
    Files.write(photos.resolve("class-0/large.bmp"), bmp(1600, 2000));
    Path masks = Files.createDirectories(directory.resolve("masks/class-0"));
    byte[] mask = ByteArrays.copyOf(MaskCodec.encode(new SegmentationMask(4, 4, new byte[16])));
    Files.write(masks.resolve("large.png"), mask);
    String to = "--to=file://" + directory + "/store/";
    // when
    assertThat(ingest(photos.toString(), to, "--masks=" + masks.getParent())).isZero();
    png(photos.resolve("class-0/new.png"), 99);
    Files.writeString(photos.resolve("class-0/notes.txt"), "no image");
    assertThat(ingest(photos.toString(), to, "--resume")).isEqualTo(3);
    // then
    assertThat(out.toString())
        .contains("class 0: class-0\nclass 1: class-1\n")
        .contains("21 images sent to images, 0 were there before, 0 files skipped")
        .contains("1 image sent to images, 21 were there before, 1 file skipped");
    assertThat(err.toString()).contains("skipped class-0/notes.txt: not an image file");
    List<ImageEvent> events = events();
    assertThat(events).hasSize(22);
    for (ImageEvent event : events) {
      byte[] file = Files.readAllBytes(photos.resolve(event.getImageId().substring(7)));
      assertThat(event.getPayload().remaining()).isZero();
      assertThat(event.getPayloadSize()).isEqualTo(file.length);
      assertThat(event.getPayloadSha256()).isEqualTo(Sha256.hex(file));
      assertThat(event.getLabel()).isEqualTo(event.getImageId().contains("class-0") ? 0 : 1);
      Path object = Path.of(ObjectAddress.parse(event.getPayloadUri()).path());
      assertThat(object).hasBinaryContent(file);
      assertThat(event.getMask() != null).isEqualTo(event.getImageId().endsWith("large.bmp"));
    }

    // when: a file has changed, while events refer to what it was
    png(photos.resolve("class-0/new.png"), 100);
    // then: the object stays, and nothing is sent of it
    assertThat(ingest(photos.toString(), to)).isEqualTo(3);
    assertThat(err.toString())
        .contains("skipped class-0/new.png: file://")
        .contains("/store/photos/class-0/new.png is there already, and is another image");
    assertThat(events()).hasSize(22 + 21);
  }

  @Test
  void shouldPutImagesIntoABucket() throws Exception {
    // given
    Path data = directory.resolve("data");
    for (int i = 0; i < 20; i++) {
      png(photos.resolve(i + " ü+%20?#.png"), i);
    }
    try (S3ProxyProcess store = S3ProxyProcess.start(directory.resolve("s3proxy"), data, false)) {
      Path bucket = store.createBucket(BUCKET);
      Path config = config(store.endpoint(), S3ProxyProcess.SECRET_KEY);
      String to = "--to=s3://" + BUCKET + "/2026/";
      // when
      assertThat(ingest(photos.toString(), to, "--config=" + config)).isZero();
      assertThat(ingest(photos.toString(), to, "--config=" + config)).isZero();
      // then
      List<ImageEvent> events = events();
      assertThat(events).hasSize(40);
      for (ImageEvent event : events) {
        byte[] file = Files.readAllBytes(photos.resolve(event.getImageId().substring(7)));
        assertThat(event.getPayloadUri())
            .isEqualTo("s3://" + BUCKET + "/2026/" + event.getImageId());
        assertThat(event.getPayloadSha256()).isEqualTo(Sha256.hex(file));
        assertThat(bucket.resolve("2026").resolve(event.getImageId())).hasBinaryContent(file);
      }

      // when, then: another image of the same name, a wrong key, a bucket that is not there
      png(photos.resolve("0 ü+%20?#.png"), 200);
      assertThat(ingest(photos.toString(), to, "--config=" + config)).isEqualTo(3);
      assertThat(err.toString()).contains("is there already, and is another image");
      Path wrong = config(store.endpoint(), "wrong-secret");
      assertThat(ingest(photos.toString(), to, "--config=" + wrong)).isEqualTo(1);
      assertThat(err.toString())
          .contains("stillstream ingest: the upload failed, --resume goes on after what was sent: ")
          .contains("cannot be written: SignatureDoesNotMatch, status 403")
          .doesNotContain("wrong-secret", S3ProxyProcess.SECRET_KEY);
      assertThat(ingest(photos.toString(), "--to=s3://none-of-these/", "--config=" + config))
          .isEqualTo(1);
      assertThat(err.toString()).contains("NoSuchBucket, status 404");
    }
  }

  @Test
  void shouldSendAddressesAndReadNothing() throws Exception {
    // given: of a host that is not there
    String hash = "0123456789abcdef".repeat(4);
    Path file =
        Files.writeString(
            directory.resolve("june.csv"),
            "uri,label,sha256\ns3://none/a.jpg,shoe,"
                + hash
                + "\nhttps://images.invalid/b.png?sig=1,bag,\nfile:///data/c.webp,,\n");
    // when
    assertThat(ingest("--uris=" + file)).isZero();
    Files.writeString(file, Files.readString(file) + "s3://none/d.jpg,shoe,\n");
    assertThat(ingest("--uris=" + file, "--resume")).isZero();
    // then
    assertThat(out.toString())
        .contains("class 0: bag\nclass 1: shoe\n")
        .contains("3 images sent to images, 0 were there before, 0 files skipped")
        .contains("1 image sent to images, 3 were there before, 0 files skipped");
    assertThat(events())
        .extracting(
            ImageEvent::getImageId,
            ImageEvent::getPayloadUri,
            ImageEvent::getLabel,
            ImageEvent::getPayloadSha256,
            ImageEvent::getContentType)
        .containsExactlyInAnyOrder(
            tuple("june.csv/none/a.jpg", "s3://none/a.jpg", 1, hash, "image/jpeg"),
            tuple(
                "june.csv/images.invalid/b.png",
                "https://images.invalid/b.png?sig=1",
                0,
                null,
                "image/png"),
            tuple("june.csv/data/c.webp", "file:///data/c.webp", null, null, "image/webp"),
            tuple("june.csv/none/d.jpg", "s3://none/d.jpg", 1, null, "image/jpeg"));

    // when, then: the trace of an image tells its address, and reads nothing either
    Path trainer =
        Files.writeString(
            directory.resolve("trainer.yaml"),
            """
            kafka: {bootstrap.servers: "%s", schema.registry.url: "%s"}
            student: "%s"
            directory: "%s"
            """
                .formatted(
                    kafka.bootstrapServers(),
                    registry.url(),
                    Path.of("../models/mlp").toAbsolutePath().normalize(),
                    directory.resolve("trainer")));
    assertThat(trace("june.csv/images.invalid/b.png", "--config=" + trainer)).isZero();
    assertThat(out.toString())
        .contains(", image/png, captured ", "object     https://images.invalid/b.png?…\n");
    Path files = directory.resolve("traced");
    assertThat(trace("june.csv/none/a.jpg", "--config=" + trainer, "--json", "--out=" + files))
        .isZero();
    assertThat(out.toString()).contains("\"bytes\":null,\"uri\":\"s3://none/a.jpg\"");
    assertThat(files).isEmptyDirectory();
  }

  @Test
  void shouldRefuseOptionsThatContradict() throws Exception {
    Path file = Files.writeString(directory.resolve("uris"), "s3://bucket/a.jpg\n");
    // when, then
    assertThat(ingest(photos.toString())).isEqualTo(2);
    assertThat(ingest("--uris=" + file, "--to=file:///a/")).isEqualTo(2);
    assertThat(ingest("--to=file:///a/")).isEqualTo(2);
    assertThat(ingest(photos.toString(), "--uris=" + file)).isEqualTo(2);
    assertThat(ingest("--uris=" + file, "--labels=" + file)).isEqualTo(2);
    assertThat(ingest(photos.toString(), "--to=https://h/a/")).isEqualTo(2);
    assertThat(ingest(photos.toString(), "--to=file:///a/", "--max-bytes=0")).isEqualTo(2);
    assertThat(ingest(photos.toString(), "--to=file:///a/", "--upload-threads=257")).isEqualTo(2);
    assertThat(run(List.of("ingest", photos.toString(), "--to=file:///a/"))).isEqualTo(2);
    assertThat(err.toString().lines().map(line -> line.replaceFirst("^stillstream ingest: ", "")))
        .containsExactly(
            "--by-reference goes with --to, which uploads, or --uris, which sends addresses only",
            "give one of --to and --uris, not both",
            "PATH is missing: a folder, or an idx file",
            "PATH and --uris exclude each other",
            "--labels and --masks are for files: labels of addresses are a column of --uris",
            "--to must be s3://bucket/folder/ or file:///folder/, with a slash at its end, was"
                + " https://h/a/",
            "--max-bytes must be at least 1, was 0",
            "--upload-threads must be within 1 and 256, was 257",
            "--by-reference goes with --to, which uploads, or --uris, which sends addresses only");
  }

  private Path config(String endpoint, String secret) throws Exception {
    return Files.writeString(
        Files.createTempFile(directory, "ingest", ".yaml"),
        """
        store:
          endpoint: %s
          credentials: {access-key: %s, secret-key: %s}
        """
            .formatted(endpoint, S3ProxyProcess.ACCESS_KEY, secret));
  }

  private int ingest(String... args) {
    List<String> all = new ArrayList<>(List.of("ingest", "--by-reference"));
    all.addAll(List.of(args));
    all.add("--bootstrap-server=" + kafka.bootstrapServers());
    all.add("--schema-registry=" + registry.url());
    return run(all);
  }

  private int trace(String... args) {
    List<String> all = new ArrayList<>(List.of("trace"));
    all.addAll(List.of(args));
    return run(all);
  }

  private int run(List<String> all) {
    return StillstreamMain.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(all.toArray(String[]::new));
  }

  private List<ImageEvent> events() {
    List<ImageEvent> events = new ArrayList<>();
    long unused =
        TopicValueReader.readAll(
            clients(), new SimpleMeterRegistry(), Topics.IMAGES, ImageEvent.class, events::add);
    return events;
  }

  private Map<String, String> clients() {
    return Map.of(
        "bootstrap.servers",
        kafka.bootstrapServers(),
        "schema.registry.url",
        registry.url().toString());
  }

  private static void png(Path file, int shade) throws Exception {
    Files.createDirectories(file.getParent());
    byte[] pixels = new byte[16];
    Arrays.fill(pixels, (byte) shade);
    Files.write(file, ByteArrays.copyOf(PixelCodec.encode(PixelEncoding.PNG, 4, 4, 1, pixels)));
  }

  /** Three bytes for each pixel, not compressed. */
  private static byte[] bmp(int width, int height) {
    int pixels = 3 * width * height;
    ByteBuffer file = ByteBuffer.allocate(54 + pixels).order(ByteOrder.LITTLE_ENDIAN);
    file.put("BM".getBytes(UTF_8)).putInt(54 + pixels).putInt(0).putInt(54);
    file.putInt(40).putInt(width).putInt(height).putShort((short) 1).putShort((short) 24);
    file.putInt(0).putInt(pixels);
    return file.array();
  }
}
