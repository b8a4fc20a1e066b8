package io.stillstream.local.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.containers.KafkaTestEnvironment;
import io.stillstream.containers.tools.ExternalTool;
import io.stillstream.containers.tools.RequiresTool;
import io.stillstream.embedded.process.JavaProcess;
import io.stillstream.local.examples.PythonPrograms.Packages;
import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.runtime.records.RecordValueSerializer;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.ImageLabel;
import io.stillstream.schemas.Label;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.Lineage;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.Recipe;
import io.stillstream.schemas.answer.LabeledAnswers;
import io.stillstream.schemas.answer.OutputShape;
import io.stillstream.schemas.image.PixelCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code labeled_views.py} on records of every kind, good and bad, from several partitions. */
@RequiresTool(ExternalTool.PYTHON_EXAMPLES)
final class PythonRecordsIT {
  private static final int CLASSES = 12;
  private static final int PARTITIONS = 3;
  private static final Duration PATIENCE = Duration.ofMinutes(15);
  private static final List<Label> LABELS =
      Arrays.asList(null, new Label(3, null, 1.0), new Label(4, 5, 0.75));

  @TempDir private static Path directory;
  private static KafkaTestEnvironment cluster;
  private static PythonPrograms programs;
  private static KafkaProducer<byte[], byte[]> producer;

  @BeforeAll
  static void start() throws Exception {
    cluster = KafkaTestEnvironment.start(directory.resolve("cluster"));
    producer = new KafkaProducer<>(KafkaSettings.producer(cluster.kafka(), Map.of()));
    programs = PythonPrograms.in(directory, Packages.DEBIAN, cluster.kafka());
    Files.writeString(directory.resolve("write_all.py"), ViewLines.WRITE_ALL);
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()))) {
      admin
          .createTopics(
              List.of(
                  new NewTopic("good", PARTITIONS, (short) 1),
                  new NewTopic("bad", 1, (short) 1),
                  new NewTopic("late", 1, (short) 1)))
          .all()
          .get();
    }
  }

  @AfterAll
  static void stop() {
    producer.close();
    cluster.close();
  }

  @Test
  void shouldGiveThePixelsAndLogitsOfTheJavaServices() throws Exception {
    // given
    List<LabeledView> views = new ArrayList<>();
    for (PixelEncoding encoding : PixelEncoding.values()) {
      for (int channels : new int[] {1, 3}) {
        for (int quality : new int[] {PixelCodec.DEFAULT_QUALITY, 40}) {
          views.add(view(encoding, 28, 28, channels, quality, views.size()));
          views.add(view(encoding, 37, 53, channels, quality, views.size()));
          views.add(view(encoding, 224, 160, channels, quality, views.size()));
          views.add(view(encoding, 1, 1, channels, quality, views.size()));
        }
      }
    }
    for (int i = 0; i < views.size(); i++) {
      send("good", i % PARTITIONS, serialized("good", views.get(i)));
    }
    List<String> expected = views.stream().map(ViewLines::of).toList();

    // when
    List<String> alone = readWithPython("good", 0);
    List<String> shared = readWithPython("good", 2);

    // then
    assertThat(alone).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(shared).containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void shouldReportAndSkipBadRecords() throws Exception {
    // given
    LabeledView good = view(PixelEncoding.RAW, 28, 28, 1, 0, 0);
    LabeledView short1 = view(PixelEncoding.RAW, 28, 28, 1, 0, 0);
    short1.getView().setHeight(29);
    LabeledView otherSize = view(PixelEncoding.PNG, 28, 28, 1, 0, 0);
    otherSize.getView().setWidth(27);
    LabeledView otherChannels = view(PixelEncoding.JPEG, 28, 28, 1, 90, 0);
    otherChannels.getView().setChannels(3);
    LabeledView noImage = view(PixelEncoding.PNG, 28, 28, 1, 0, 0);
    noImage.getView().setPixels(ByteBuffer.wrap("no image".getBytes(UTF_8)));
    byte[] bytes = serialized("bad", good);
    byte[] otherMagic = bytes.clone();
    otherMagic[0] = 7;
    byte[] unknownSchema = bytes.clone();
    unknownSchema[1] = 100;
    ImageLabel label = new ImageLabel("a", 1, null, "test", Instant.EPOCH);
    List<byte[]> records =
        Arrays.asList(
            bytes,
            otherMagic,
            unknownSchema,
            serialized("other", label),
            Arrays.copyOf(bytes, 100),
            Arrays.copyOf(bytes, 3),
            new byte[0],
            null,
            serialized("bad", short1),
            serialized("bad", otherSize),
            serialized("bad", otherChannels),
            serialized("bad", noImage),
            bytes);
    for (byte[] record : records) {
      send("bad", 0, record);
    }

    // when
    List<String> said =
        programs.run("python3 write_all.py bad %s 0".formatted(directory.resolve("bad")));

    // then: all but the one without a value, which only deletes its key
    assertThat(said)
        .satisfiesExactly(
            line -> assertThat(line).isEqualTo("bad-0@1 is skipped: its first byte is 7, not 0"),
            line ->
                assertThat(line)
                    .startsWith("bad-0@2 is skipped: " + cluster.registryUrl() + "/schemas/ids/")
                    .contains("404"),
            line ->
                assertThat(line)
                    .isEqualTo("bad-0@3 is skipped: it is of type ImageLabel, not LabeledView"),
            line -> assertThat(line).startsWith("bad-0@4 is skipped: "),
            line -> assertThat(line).startsWith("bad-0@5 is skipped: "),
            line -> assertThat(line).startsWith("bad-0@6 is skipped: "),
            line -> assertThat(line).startsWith("bad-0@8 is skipped: ").contains("784", "29"),
            line ->
                assertThat(line)
                    .isEqualTo(
                        "bad-0@9 is skipped: its PNG file is uint8 [28, 28], and the record says"
                            + " [28, 27, 1]"),
            line ->
                assertThat(line)
                    .isEqualTo(
                        "bad-0@10 is skipped: its JPEG file is uint8 [28, 28], and the record says"
                            + " [28, 28, 3]"),
            line ->
                assertThat(line).startsWith("bad-0@11 is skipped: its PNG file cannot be decoded"));
    assertThat(Files.readAllLines(directory.resolve("bad")))
        .containsExactly(ViewLines.of(good), ViewLines.of(good));
  }

  @Test
  void shouldWaitForARegistryThatIsAway() throws Exception {
    // given
    send("late", 0, serialized("late", view(PixelEncoding.RAW, 28, 28, 1, 0, 2)));
    cluster.stopRegistry();
    try (JavaProcess program = programs.start("python3 write_all.py late late-views 0")) {
      // when
      await().atMost(PATIENCE).until(() -> program.output().contains("asked again in 5 seconds"));
      cluster.startRegistry();

      // then
      assertThat(program.awaitEnd(PATIENCE)).isZero();
    }
    assertThat(Files.readAllLines(directory.resolve("late-views"))).hasSize(1);
  }

  @Test
  void shouldNameATopicThatIsNotThere() throws Exception {
    // when
    List<String> said = programs.run("python3 write_all.py nowhere nothing 0", 1);

    // then
    assertThat(said).containsExactly("there is no topic nowhere at " + cluster.bootstrapServers());
  }

  private static List<String> readWithPython(String topic, int workers) throws IOException {
    Path file = directory.resolve("%s-%d".formatted(topic, workers));
    assertThat(programs.run("python3 write_all.py %s %s %d".formatted(topic, file, workers)))
        .isEmpty();
    return Files.readAllLines(file);
  }

  /** A picture with structure and noise; answers and labels of each kind by the number. */
  private static LabeledView view(
      PixelEncoding encoding, int height, int width, int channels, int quality, int number) {
    Random random = new Random(number);
    byte[] hwc = WavyPicture.hwc(height, width, channels, random);
    AugmentedView view =
        AugmentedView.newBuilder()
            .setLineage(
                new Lineage("images", 0, (long) number, "a", 0, 1, 7L, "policy", null, null))
            .setRecipe(new Recipe(1, List.of(), null))
            .setEncoding(encoding)
            .setHeight(height)
            .setWidth(width)
            .setChannels(channels)
            .setPixels(PixelCodec.encode(encoding, height, width, channels, hwc, quality))
            .setLabel(LABELS.get(number % LABELS.size()))
            .setCapturedAt(Instant.EPOCH)
            .setAugmentedAt(Instant.EPOCH)
            .build();
    float[] row = new float[CLASSES];
    for (int k = 0; k < CLASSES; k++) {
      row[k] = (float) (5 * random.nextGaussian());
    }
    OutputShape output = OutputShape.classification(CLASSES);
    return switch (number % 4) {
      case 0 -> LabeledAnswers.passedOver(view, Instant.EPOCH);
      case 1 ->
          LabeledAnswers.labeled(view, List.of(), row, output, OptionalInt.of(3), Instant.EPOCH);
      default ->
          LabeledAnswers.labeled(view, List.of(), row, output, OptionalInt.empty(), Instant.EPOCH);
    };
  }

  private static <T extends SpecificRecord> byte[] serialized(String topic, T record) {
    try (RecordValueSerializer<T> values =
        new RecordValueSerializer<>(cluster.kafka(), new SimpleMeterRegistry())) {
      return values.serialize(topic, record);
    }
  }

  private static void send(String topic, int partition, byte[] value) throws Exception {
    producer.send(new ProducerRecord<>(topic, partition, "a".getBytes(UTF_8), value)).get();
  }
}
