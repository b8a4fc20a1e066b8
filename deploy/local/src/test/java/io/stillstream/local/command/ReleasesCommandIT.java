package io.stillstream.local.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.stillstream.embedded.kafka.EmbeddedKafka;
import io.stillstream.embedded.registry.DevelopmentRegistry;
import io.stillstream.local.StillstreamMain;
import io.stillstream.local.release.ReleaseTopic;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.runtime.http.ManagementServer;
import io.stillstream.runtime.http.ManagementSettings;
import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.runtime.records.RecordValueSerializer;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.Label;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.Lineage;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.Recipe;
import io.stillstream.schemas.StudentRelease;
import io.stillstream.schemas.Teacher;
import io.stillstream.schemas.values.FloatArrays;
import io.stillstream.trainer.TrainerService;
import io.stillstream.trainer.config.TrainerConfig;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The releases command on what a trainer made, while it is at work. */
class ReleasesCommandIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int BATCH = 16;
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private EmbeddedKafka kafka;
  private DevelopmentRegistry registry;
  private Path settings;
  private TrainerService trainer;
  private ManagementServer management;

  @BeforeEach
  void start() throws Exception {
    kafka = EmbeddedKafka.start(directory.resolve("kafka"), 0);
    registry = DevelopmentRegistry.start(directory.resolve("registry.json"), 0);
    assertThat(run("topics", "create", "--partitions=1", "--bootstrap-server=" + servers()))
        .isZero();
    settings = directory.resolve("trainer.yaml");
    Files.writeString(
        settings,
        """
        kafka: {bootstrap.servers: "%s", schema.registry.url: "%s"}
        student: "%s"
        directory: "%s"
        batch: {size: %d}
        buffer: {views: 100}
        updates: 1
        release: {every-steps: 4}
        """
            .formatted(
                servers(),
                registry.url(),
                Path.of("../models/mlp").toAbsolutePath().normalize(),
                directory.resolve("trainer"),
                BATCH));
    trainer =
        new TrainerService(
            YamlSettings.load(settings, TrainerConfig.class, Map.of()), new SimpleMeterRegistry());
    management =
        ManagementServer.start(
            new ManagementSettings("127.0.0.1", 0),
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
            trainer::health,
            Map.of());
    management.add(trainer.endpoints());
    trainer.start();
  }

  @AfterEach
  void stop() {
    trainer.close();
    management.close();
    registry.close();
    kafka.close();
  }

  @Test
  void shouldListPromoteAndRollBackWhileTheTrainerRuns() throws Exception {
    // given: one release after the other, since steps do not wait for a release being written
    for (int version = 1; version <= 3; version++) {
      int expected = version;
      send((version - 1) * 4 * BATCH, version * 4 * BATCH);
      await().atMost(PATIENCE).until(() -> trainer.releaseVersion() == expected);
    }
    await().atMost(PATIENCE).until(() -> announced() == 3);

    // when, then: list
    assertThat(releases("list")).isZero();
    assertThat(out.toString().lines())
        .hasSize(4)
        .anyMatch(line -> line.startsWith("* mlp") && line.endsWith("announced"))
        .anyMatch(line -> line.matches("  mlp +1  champion +4 .*"));
    assertThat(releases("list", "--json")).isZero();
    assertThat(JsonLines.of(out))
        .hasSize(3)
        .last()
        .satisfies(
            release -> {
              assertThat(release.path("version").asInt()).isEqualTo(3);
              assertThat(release.path("current").asBoolean()).isTrue();
              assertThat(release.path("announced").asBoolean()).isTrue();
              assertThat(release.path("sha256").asText()).hasSize(64);
            });
    String url = "--url=http://127.0.0.1:" + management.port();
    assertThat(run("releases", "list", url)).isZero();
    assertThat(out.toString().lines())
        .hasSize(4)
        .anyMatch(line -> line.matches("\\* mlp +3  champion +12 .*"));
    assertThat(run("releases", "list", url, "--json")).isZero();
    assertThat(JsonLines.of(out)).extracting(each -> each.path("version").asInt()).contains(1, 3);
    Path file = directory.resolve("fetched.pt");
    assertThat(run("releases", "download", "3", url, "--out=" + file, "--json")).isZero();
    assertThat(JsonLines.one(out).path("file").asText()).isEqualTo(file.toString());
    assertThat(file).hasSameBinaryContentAs(release(3).resolve("student.pt"));
    assertThat(run("releases", "promote", "1", url)).isEqualTo(2);
    assertThat(err.toString()).contains(" answers 403: changes by HTTP need management.basic");
    assertThat(trainer.releaseVersion()).isEqualTo(3);
    await().atMost(PATIENCE).until(() -> predictedBy() == 3);
    HttpResponse<String> refused = predict("", "image/png", giant());
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.body()).contains("was 60000 x 60000");

    // when, then: the trace of an image whose raw record is not there
    Path traced = directory.resolve("traced");
    assertThat(run("trace", "image-3", "--config=" + settings, "--out=" + traced)).isZero();
    assertThat(out.toString())
        .contains("origin     images-0@3 is not there")
        .contains("view 0     labeled-views-0@3\n")
        .contains("  steps    1 to 1, the first on this view among 16 fresh ones; epoch ")
        .containsPattern("release    1, made as champion after step 4, [^\n]*Z: in it\n")
        .containsPattern("release    3, made as champion after step 12, [^\n]*served now: in it\n");
    assertThat(traced.resolve("images-0@3-view0.png")).isNotEmptyFile();
    assertThat(run("trace", "image-20", "--config=" + settings, "--json")).isZero();
    assertThat(JSON.readTree(out.toString()).at("/views/0/step/first").asInt()).isEqualTo(2);
    assertThat(run("trace", "nobody", "--config=" + settings)).isEqualTo(3);
    assertThat(err.toString()).contains("nothing is known of an image nobody: ");
    assertThat(run("trace", "image-3", "--config=" + settings, "--search=0")).isEqualTo(2);

    // when, then: roll back, and the trainer, its predictions and the topic follow
    assertThat(releases("rollback")).isZero();
    assertThat(out.toString())
        .isEqualTo("mlp: version 2 is champion, before it was 3\nannounced\n");
    assertThat(announced()).isEqualTo(2);
    await().atMost(PATIENCE).until(() -> trainer.releaseVersion() == 2);
    await().atMost(PATIENCE).until(() -> predictedBy() == 2);
    assertThat(trainer.currentRelease().toRealPath()).hasFileName("2");

    // when, then: what is damaged or not there is refused
    Files.write(directory.resolve("trainer/releases/1/student.pt"), new byte[] {1, 2});
    assertThat(releases("promote", "1")).isEqualTo(2);
    assertThat(err.toString()).contains("releases/1/student.pt is damaged: its sha256 is ");
    assertThat(releases("rollback")).isEqualTo(2);
    assertThat(releases("promote", "9")).isEqualTo(2);
    assertThat(err.toString()).contains("there is no version 9 in ");
    assertThat(releases("promote", "3", "--student=cnn")).isEqualTo(2);
    assertThat(err.toString()).contains("--student: the releases are of mlp, was cnn");
    assertThat(trainer.currentRelease().toRealPath()).hasFileName("2");

    // when, then: promote
    assertThat(releases("promote", "3", "--json")).isZero();
    assertThat(JsonLines.one(out).path("version").asInt()).isEqualTo(3);
    assertThat(JsonLines.one(out).path("before").asInt()).isEqualTo(2);
    assertThat(announced()).isEqualTo(3);
    await().atMost(PATIENCE).until(() -> trainer.releaseVersion() == 3);
    assertThat(releases("promote", "2")).isZero();
    await().atMost(PATIENCE).until(() -> trainer.releaseVersion() == 2);

    // when, then: the next challenger is measured against that choice, and numbers go on
    send(12 * BATCH, 16 * BATCH);
    await().atMost(PATIENCE).until(() -> Files.isDirectory(release(4)));
    assertThat(release(4).resolve("model-card.json")).content().contains("\"baseline\" : 2");

    // when, then: an image is forgotten, and the trainer says so
    String newest = "image-" + (16 * BATCH - 1);
    assertThat(forget(newest)).isZero();
    assertThat(out.toString())
        .containsPattern("trainer   mlp: removed [01] views at step \\d+; its buffer and its")
        .containsPattern(
            "topic     labeled-views: 1 records, not possible to remove; deleted by age")
        .contains("topic     images: holds none\n", "weights   not unlearned");
    assertThat(forget(newest, "--withdraw")).isZero();
    trainer.close();
    assertThat(forget(newest, "--student=mlp", "--wait=0", "--no-scan")).isEqualTo(3);
    assertThat(out.toString()).contains("trainer   mlp: no answer within 0 s; a trainer that is");

    // when, then: without a trainer, and without brokers
    assertThat(releases("promote", "3", "--no-event")).isZero();
    assertThat(trainer.currentRelease().toRealPath()).hasFileName("3");
    assertThat(run("releases", "promote", "2", "--directory=" + directory.resolve("trainer")))
        .isEqualTo(2);
    assertThat(err.toString()).contains("say --config or --bootstrap-server, or --no-event");
    assertThat(run("releases", "list", "--directory=" + directory.resolve("nothing"))).isEqualTo(2);
    assertThat(err.toString()).contains("--directory: there are no releases in ");
  }

  private int releases(String... args) {
    List<String> all = new ArrayList<>(List.of("releases"));
    all.addAll(List.of(args));
    all.add("--config=" + settings);
    return run(all.toArray(String[]::new));
  }

  private int forget(String imageId, String... args) {
    List<String> all = new ArrayList<>(List.of("forget", imageId));
    all.addAll(List.of(args));
    all.add("--bootstrap-server=" + servers());
    all.add("--schema-registry=" + registry.url());
    return run(all.toArray(String[]::new));
  }

  private int run(String... args) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    return StillstreamMain.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(args);
  }

  private String servers() {
    return kafka.bootstrapServers();
  }

  private Path release(int version) {
    return directory.resolve("trainer/releases").resolve(Integer.toString(version));
  }

  /** The version that consumers of the topic follow; 0 before the first. */
  private long announced() {
    StudentRelease latest = new ReleaseTopic(clients(), "student-releases").latest().get("mlp");
    return latest == null ? 0 : latest.getVersion();
  }

  /** The version that answers; 0 while none does. */
  private long predictedBy() throws Exception {
    HttpResponse<String> reply =
        predict("?height=28&width=28&channels=1", "application/x-raw-pixels", new byte[28 * 28]);
    return reply.statusCode() == 200 ? JSON.readTree(reply.body()).get("version").asLong() : 0;
  }

  private HttpResponse<String> predict(String query, String type, byte[] body) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + management.port() + "/predict" + query);
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .header("Content-Type", type)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
  }

  /** The header of a PNG of 60,000 x 60,000 pixels, and the chunk that ends it. */
  private static byte[] giant() {
    return ByteBuffer.allocate(45)
        .putLong(0x89504E470D0A1A0AL)
        .putInt(13)
        .putInt(0x49484452)
        .putInt(60_000)
        .putInt(60_000)
        .putInt(0x08020000)
        .put((byte) 0)
        .putInt(0)
        .putInt(0)
        .putInt(0x49454E44)
        .putInt(0xAE426082)
        .array();
  }

  private Map<String, String> clients() {
    return Map.of("bootstrap.servers", servers(), "schema.registry.url", registry.url().toString());
  }

  private void send(int from, int to) {
    try (RecordValueSerializer<LabeledView> writer =
            new RecordValueSerializer<>(clients(), new SimpleMeterRegistry());
        KafkaProducer<byte[], byte[]> producer =
            new KafkaProducer<>(KafkaSettings.producer(clients(), Map.of()))) {
      for (int i = from; i < to; i++) {
        byte[] value = writer.serialize("labeled-views", view(i));
        byte[] key = ("image-" + i).getBytes(UTF_8);
        Future<?> unused = producer.send(new ProducerRecord<>("labeled-views", key, value));
      }
    }
  }

  /** An original whose brightness says its class. */
  private static LabeledView view(long number) {
    Random random = new Random(number);
    int label = random.nextInt(10);
    byte[] pixels = new byte[28 * 28];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (25 * label + random.nextInt(5));
    }
    float[] logits = new float[10];
    logits[label] = 6;
    return LabeledView.newBuilder()
        .setView(
            AugmentedView.newBuilder()
                .setLineage(
                    new Lineage(
                        "images", 0, number, "image-" + number, 0, 1, number, "policy", null, null))
                .setRecipe(new Recipe(1, List.of(), null))
                .setEncoding(PixelEncoding.RAW)
                .setHeight(28)
                .setWidth(28)
                .setChannels(1)
                .setPixels(ByteBuffer.wrap(pixels))
                .setLabel(new Label(label, null, 1.0))
                .setCapturedAt(Instant.ofEpochSecond(1_700_000_000))
                .setAugmentedAt(Instant.ofEpochSecond(1_700_000_001))
                .build())
        .setTeachers(List.of(new Teacher("teacher", "1", "ab".repeat(32), 1.0, null)))
        .setLogits(FloatArrays.of(logits))
        .setLabeledAt(Instant.ofEpochSecond(1_700_000_002))
        .build();
  }
}
