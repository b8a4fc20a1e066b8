package io.stillstream.local.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.embedded.kafka.EmbeddedKafka;
import io.stillstream.embedded.registry.DevelopmentRegistry;
import io.stillstream.local.StillstreamMain;
import io.stillstream.local.exit.ExitCodes;
import io.stillstream.local.topics.TopicsAdmin;
import io.stillstream.runtime.lookup.TopicReader;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.schemas.ImageLabel;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.image.PixelCodec;
import io.stillstream.schemas.topics.Topics;
import io.stillstream.schemas.values.ByteArrays;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Labels from the command line, as they stand in the topic. */
class LabelCommandIT {
  @TempDir private static Path state;
  private static EmbeddedKafka kafka;
  private static DevelopmentRegistry registry;

  @TempDir private Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private int before;

  @BeforeAll
  static void start() {
    kafka = EmbeddedKafka.start(state.resolve("kafka"), 0);
    registry = DevelopmentRegistry.start(state.resolve("registry.json"), 0);
    assertThat(TopicsAdmin.createAll(clients(), 1)).isNotEmpty();
  }

  @AfterAll
  static void stop() {
    registry.close();
    kafka.close();
  }

  @BeforeEach
  void count() {
    before = all().size();
  }

  @Test
  void shouldSendTheLabelOfOneImage() {
    // when
    int code = label("cat/1.jpg", "dog", "--classes=cat,dog", "--source=alice");

    // then
    assertThat(code).as(err.toString()).isZero();
    assertThat(out.toString()).contains("label of cat/1.jpg sent to labels");
    assertThat(sent())
        .singleElement()
        .satisfies(
            label -> {
              assertThat(label.getImageId()).isEqualTo("cat/1.jpg");
              assertThat(label.getLabel()).isEqualTo(1);
              assertThat(label.getMask()).isNull();
              assertThat(label.getSource()).isEqualTo("alice");
              assertThat(label.getLabeledAt()).isBeforeOrEqualTo(Instant.now());
            });
  }

  @Test
  void shouldSendAMask() throws Exception {
    // given
    Path file = directory.resolve("mask.png");
    Files.write(file, png(new byte[] {0, 1, (byte) 255, 1}));

    // when
    int code = label("a", "--mask=" + file, "--classes=sky,cat");
    int wrong = label("a", "--mask=" + file, "--classes=sky");

    // then
    assertThat(code).isZero();
    assertThat(wrong).isEqualTo(ExitCodes.BAD_START);
    assertThat(err.toString())
        .contains("--mask " + file + ": its values must be below 1, or 255, was 1");
    assertThat(sent())
        .singleElement()
        .satisfies(
            label -> {
              assertThat(label.getLabel()).isNull();
              assertThat(label.getSource()).isEqualTo(System.getProperty("user.name"));
              assertThat(label.getMask()).isEqualTo(ByteBuffer.wrap(Files.readAllBytes(file)));
            });
  }

  @Test
  void shouldSendThoseOfAFileInTheirOrder() throws Exception {
    // given
    int images = 3_000;
    Path file = directory.resolve("labels.csv");
    Files.writeString(
        file,
        IntStream.range(0, images)
            .mapToObj(i -> "image-%d,%d".formatted(i % 100, i % 10))
            .collect(Collectors.joining("\n", "imageId,label\n", "\n")));

    // when
    int code = label("--csv=" + file);

    // then
    assertThat(code).as(err.toString()).isZero();
    assertThat(out.toString()).contains("3000 labels sent to labels, 0 lines skipped");
    assertThat(sent())
        .extracting(ImageLabel::getImageId)
        .containsExactlyElementsOf(
            IntStream.range(0, images).mapToObj(i -> "image-" + i % 100).toList());
  }

  @Test
  void shouldSendNothingOfAFileWithABadLineUnlessItMaySkipIt() throws Exception {
    // given
    Path file = directory.resolve("labels.csv");
    Files.writeString(file, "a,1\nb,dog\nc\nd,2\n");

    // when, then
    assertThat(label("--csv=" + file)).isEqualTo(ExitCodes.BAD_START);
    assertThat(err.toString())
        .contains(file + " line 2: label must be a class index, was \"dog\"")
        .contains(file + " line 3: must be imageId,label")
        .contains("nothing was sent; --skip-bad-lines");
    assertThat(sent()).isEmpty();
    assertThat(label("--csv=" + file, "--skip-bad-lines")).isEqualTo(ExitCodes.PARTIAL);
    assertThat(err.toString()).contains("skipped " + file + " line 2");
    assertThat(out.toString()).contains("2 labels sent to labels, 2 lines skipped");
    assertThat(sent()).extracting(ImageLabel::getImageId).containsExactly("a", "d");
  }

  @Test
  void shouldPrintNothingButJsonWhereItIsAskedFor() throws Exception {
    // given
    Path file = directory.resolve("labels.csv");
    Files.writeString(file, "a,1\nb,dog\n");

    // when
    int code = label("--csv=" + file, "--skip-bad-lines", "--json");

    // then
    assertThat(code).isEqualTo(ExitCodes.PARTIAL);
    JsonNode document = JsonLines.one(out);
    assertThat(document.path("topic").asText()).isEqualTo("labels");
    assertThat(document.path("sent").asInt()).isEqualTo(1);
    assertThat(document.path("skipped").asInt()).isEqualTo(1);
    assertThat(err.toString()).contains("skipped " + file + " line 2");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | IMAGE_ID and either CLASS or --mask are required, or --csv",
        "a | IMAGE_ID and either CLASS or --mask are required, or --csv",
        "a 1 --mask=m.png | IMAGE_ID and either CLASS or --mask are required, or --csv",
        "a 1 --csv=f | --csv: must be without",
        "a 1 --skip-bad-lines | --skip-bad-lines: is for --csv",
        "a cat | CLASS: label must be a class index, was \"cat\"",
        "a 1 --source= | --source: must be given",
        "a --mask=absent.png | --mask absent.png: cannot be read",
        "a 1 --topic=absent | absent",
        "--csv=absent.csv | --csv absent.csv: cannot be read",
        "--csv=/dev/null | --csv /dev/null: must be a file, as it is read twice"
      })
  void shouldSayInOneLineWhatIsWrong(String arguments, String message) {
    // when
    int code = label(arguments.isEmpty() ? new String[0] : arguments.split(" "));

    // then
    assertThat(code).isEqualTo(ExitCodes.BAD_START);
    assertThat(err.toString()).startsWith("stillstream label: ").contains(message);
    assertThat(sent()).isEmpty();
  }

  @Test
  void shouldRefuseAFileWithoutLabels() throws Exception {
    // given
    Path file = directory.resolve("labels.csv");
    Files.writeString(file, "imageId,label\n\n");

    // when, then
    assertThat(label("--csv=" + file)).isEqualTo(ExitCodes.BAD_START);
    assertThat(err.toString()).contains("has no label");
  }

  private int label(String... arguments) {
    List<String> all = new ArrayList<>(List.of("label"));
    all.addAll(List.of(arguments));
    all.add("--bootstrap-server=" + kafka.bootstrapServers());
    all.add("--schema-registry=" + registry.url());
    return StillstreamMain.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(all.toArray(String[]::new));
  }

  /** Those of this test. */
  private List<ImageLabel> sent() {
    List<ImageLabel> labels = all();
    return labels.subList(before, labels.size());
  }

  private static List<ImageLabel> all() {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (TopicReader reader = new TopicReader(clients(), Topics.LABELS)) {
      reader.readAll(records::add);
    }
    try (RecordValueDeserializer<ImageLabel> values =
        new RecordValueDeserializer<>(ImageLabel.class, clients(), new SimpleMeterRegistry())) {
      List<ImageLabel> labels = new ArrayList<>();
      for (ConsumerRecord<byte[], byte[]> record : records) {
        ImageLabel label = values.deserialize(record.topic(), record.headers(), record.value());
        assertThat(new String(record.key(), UTF_8)).isEqualTo(label.getImageId());
        labels.add(label);
      }
      return labels;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static Map<String, String> clients() {
    return Map.of(
        "bootstrap.servers",
        kafka.bootstrapServers(),
        "schema.registry.url",
        registry.url().toString(),
        "specific.avro.reader",
        "true");
  }

  private static byte[] png(byte[] classes) {
    return ByteArrays.copyOf(PixelCodec.encode(PixelEncoding.PNG, 2, 2, 1, classes));
  }
}
