package io.stillstream.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.embedded.kafka.EmbeddedKafka;
import io.stillstream.embedded.registry.DevelopmentRegistry;
import io.stillstream.local.command.JsonLines;
import io.stillstream.runtime.lookup.TopicReader;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.schemas.ImageEvent;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.image.PixelCodec;
import io.stillstream.schemas.topics.Topics;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Topics and ingest against a broker. */
class TopicsAndIngestIT {
  @TempDir Path directory;
  private EmbeddedKafka kafka;
  private DevelopmentRegistry registry;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void start() {
    kafka = EmbeddedKafka.start(directory.resolve("kafka"), 0);
    registry = DevelopmentRegistry.start(directory.resolve("registry.json"), 0);
  }

  @AfterEach
  void stop() {
    registry.close();
    kafka.close();
  }

  @Test
  void shouldCreateTopicsAndSayHowExistingOnesDiffer() {
    // when, then
    assertThat(topics("list")).isEqualTo(3);
    assertThat(out.toString()).contains("missing");
    assertThat(topics("create", "--partitions=3")).isZero();
    assertThat(out.toString().lines().filter(line -> line.endsWith(" created"))).hasSize(11);
    out.getBuffer().setLength(0);
    assertThat(topics("create", "--partitions=3")).isZero();
    assertThat(out.toString().lines())
        .hasSize(12)
        .contains("replication factor 1, min.insync.replicas 1 (1 broker)")
        .filteredOn(line -> line.endsWith(" exists"))
        .hasSize(11);
    assertThat(err.toString()).contains("warning: each partition has one copy");
    out.getBuffer().setLength(0);
    assertThat(topics("create", "--partitions=4")).isEqualTo(3);
    assertThat(out.toString())
        .contains("exists and differs: partitions is 3, should be 4")
        .contains("dead-letters        exists\n");

    // when, then: the same for scripts
    out.getBuffer().setLength(0);
    assertThat(topics("create", "--partitions=4", "--json")).isEqualTo(3);
    assertThat(JsonLines.of(out))
        .anySatisfy(
            topic -> {
              assertThat(topic.path("topic").asText()).isEqualTo("images");
              assertThat(topic.path("created").asBoolean(true)).isFalse();
              assertThat(topic.path("differences").path(0).asText()).contains("should be 4");
            });
    out.getBuffer().setLength(0);
    assertThat(topics("list", "--partitions=3", "--json")).isZero();
    assertThat(JsonLines.of(out))
        .allSatisfy(topic -> assertThat(topic.path("exists").asBoolean()).isTrue())
        .allSatisfy(topic -> assertThat(topic.path("differences")).isEmpty());
  }

  @Test
  void shouldSendAFolderOnceHoweverOftenItIsResumed() throws Exception {
    // given
    topics("create", "--partitions=2");
    Path folder = directory.resolve("photos");
    for (int i = 0; i < 20; i++) {
      image(folder.resolve("class-" + i % 2).resolve(i + ".png"), i);
    }
    // when
    assertThat(ingest(folder)).isZero();
    image(folder.resolve("class-0/new.png"), 99);
    Files.writeString(folder.resolve("class-0/notes.txt"), "no image");
    assertThat(ingest(folder, "--resume")).isEqualTo(3);
    // then
    assertThat(out.toString())
        .contains(
            "class 0: class-0\nclass 1: class-1\nclasses are numbered by the sorted names of the"
                + " folders; name those of your models with --student or --classes\n")
        .contains("20 images sent to images, 0 were there before, 0 files skipped")
        .contains("1 image sent to images, 20 were there before, 1 file skipped");
    assertThat(err.toString())
        .contains(
            "skipped class-0/notes.txt: not an image file: neither JPEG, PNG, GIF, WebP nor BMP");
    out.getBuffer().setLength(0);
    assertThat(ingest(folder, "--resume", "--json")).isEqualTo(3);
    assertThat(JsonLines.one(out))
        .hasToString("{\"topic\":\"images\",\"sent\":0,\"before\":21,\"skipped\":1}");
    assertThat(keys()).hasSize(21).doesNotHaveDuplicates().contains("photos/class-0/new.png");
  }

  /** A state file of a version that sent by path has no order either: what was sent decides. */
  @Test
  void shouldResumeInAnotherOrderThanItBegan() throws Exception {
    // given: half of the folder was sent by path
    topics("create", "--partitions=2");
    Path folder = directory.resolve("photos");
    for (int i = 0; i < 20; i++) {
      image(folder.resolve("class-" + i / 10).resolve(i + ".png"), i);
    }
    Path rest = directory.resolve("rest");
    Files.move(folder.resolve("class-1"), rest);
    assertThat(ingest(folder, "--order=path")).isZero();
    assertThat(Files.readString(directory.resolve("photos.ingest.json"))).doesNotContain("order");
    Files.move(rest, folder.resolve("class-1"));
    // when
    assertThat(ingest(folder, "--resume")).isZero();
    // then
    assertThat(out.toString()).contains("10 images sent to images, 10 were there before");
    assertThat(keys()).hasSize(20).doesNotHaveDuplicates();
    // when, then: and a shuffled one by path
    out.getBuffer().setLength(0);
    assertThat(ingest(folder, "--resume", "--order=path")).isZero();
    assertThat(out.toString()).contains("0 images sent to images, 20 were there before");
  }

  @Test
  void shouldTakeClassesOfAStudentAndSettingsOfATrainer() throws Exception {
    // given
    Path settings = directory.resolve("trainer.yaml");
    Files.writeString(
        settings,
        """
        kafka:
          bootstrap.servers: %s
          schema.registry.url: %s
        topics: {prefix: team-a., views: other-views}
        student: ${STUDENT_THAT_IS_NOT_SET}
        directory: /var/lib/trainer
        labels: {enabled: true}
        store: {bucket: students, credentials: {access-key: a, secret-key: b}}
        """
            .formatted(kafka.bootstrapServers(), registry.url()));
    topics("create", "--partitions=1", "--topics-prefix=team-a.");
    Path folder = directory.resolve("photos");
    image(folder.resolve("Bag/1.png"), 1);
    image(folder.resolve("Ankle boot/2.png"), 2);
    String config = "--config=" + settings;
    // when
    assertThat(run(List.of("ingest", folder.toString(), config, "--student=../models/mlp")))
        .as(err.toString())
        .isZero();
    // then
    assertThat(out.toString())
        .contains("class 9: Ankle boot\n")
        .contains("2 images sent to team-a.images, 0 were there before, 0 files skipped")
        .doesNotContain("are numbered by");
    assertThat(labels("team-a.images"))
        .containsOnly(Map.entry("photos/Bag/1.png", 8), Map.entry("photos/Ankle boot/2.png", 9));

    // when, then: a folder that is no class prevents all
    image(folder.resolve("Hat/3.png"), 3);
    assertThat(run(List.of("ingest", folder.toString(), config, "--student=../models/mlp")))
        .isEqualTo(2);
    assertThat(err.toString()).contains("no class is called \"Hat\"; classes are 0 to 9, or ");
    assertThat(labels("team-a.images")).hasSize(2);

    // when, then: the others read the file, too
    assertThat(run(List.of("label", "photos/Bag/1.png", "3", config))).as(err.toString()).isZero();
    assertThat(out.toString()).contains("label of photos/Bag/1.png sent to team-a.labels");
    assertThat(run(List.of("dead-letters", "list", config))).as(err.toString()).isZero();

    // when, then: but a key that no service has is refused
    Files.writeString(settings, "kafak: {}\n");
    for (String command : List.of("ingest photos", "label a 3", "dead-letters list")) {
      err.getBuffer().setLength(0);
      List<String> args = new ArrayList<>(List.of(command.split(" ")));
      args.add(config);
      assertThat(run(args)).isEqualTo(2);
      assertThat(err.toString()).contains(settings + ": kafak: unknown key");
    }
  }

  private int topics(String... args) {
    List<String> all = new ArrayList<>(List.of("topics"));
    all.addAll(List.of(args));
    all.add("--bootstrap-server=" + kafka.bootstrapServers());
    return run(all);
  }

  private int ingest(Path folder, String... args) {
    List<String> all = new ArrayList<>(List.of("ingest", folder.toString()));
    all.addAll(List.of(args));
    all.add("--bootstrap-server=" + kafka.bootstrapServers());
    all.add("--schema-registry=" + registry.url());
    return run(all);
  }

  private int run(List<String> args) {
    CommandLine commandLine =
        StillstreamMain.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true));
    return commandLine.execute(args.toArray(String[]::new));
  }

  private List<String> keys() {
    List<String> keys = new ArrayList<>();
    try (TopicReader reader =
        new TopicReader(Map.of("bootstrap.servers", kafka.bootstrapServers()), Topics.IMAGES)) {
      reader.readAll(record -> keys.add(new String(record.key(), UTF_8)));
    }
    return keys;
  }

  /** Class index by image. */
  private Map<String, Integer> labels(String topic) {
    Map<String, String> clients =
        Map.of(
            "bootstrap.servers",
            kafka.bootstrapServers(),
            "schema.registry.url",
            registry.url().toString());
    Map<String, Integer> labels = new TreeMap<>();
    try (TopicReader reader = new TopicReader(clients, topic);
        RecordValueDeserializer<ImageEvent> values =
            new RecordValueDeserializer<>(ImageEvent.class, clients, new SimpleMeterRegistry())) {
      reader.readAll(
          record -> {
            ImageEvent event = values.deserialize(topic, record.headers(), record.value());
            labels.put(event.getImageId(), event.getLabel());
          });
    }
    return labels;
  }

  private static void image(Path file, int shade) throws Exception {
    Files.createDirectories(file.getParent());
    byte[] pixels = new byte[16];
    java.util.Arrays.fill(pixels, (byte) shade);
    ByteBuffer png = PixelCodec.encode(PixelEncoding.PNG, 4, 4, 1, pixels);
    byte[] bytes = new byte[png.remaining()];
    png.get(bytes);
    Files.write(file, bytes);
  }
}
