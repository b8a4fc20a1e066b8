package io.stillstream.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.embedded.kafka.EmbeddedKafka;
import io.stillstream.embedded.registry.DevelopmentRegistry;
import io.stillstream.local.command.JsonLines;
import io.stillstream.runtime.lookup.TopicReader;
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
        .contains("class 0: class-0\nclass 1: class-1\n")
        .contains("20 images sent to images, 0 were there before, 0 files skipped")
        .contains("1 images sent to images, 20 were there before, 1 files skipped");
    assertThat(err.toString())
        .contains(
            "skipped class-0/notes.txt: not an image file: neither JPEG, PNG, GIF, WebP nor BMP");
    out.getBuffer().setLength(0);
    assertThat(ingest(folder, "--resume", "--json")).isEqualTo(3);
    assertThat(JsonLines.one(out))
        .hasToString("{\"topic\":\"images\",\"sent\":0,\"before\":21,\"skipped\":1}");
    assertThat(keys()).hasSize(21).doesNotHaveDuplicates().contains("photos/class-0/new.png");
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
