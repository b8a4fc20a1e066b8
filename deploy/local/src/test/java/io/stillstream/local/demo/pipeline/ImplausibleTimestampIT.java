package io.stillstream.local.demo.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.local.broker.StateDirectory;
import io.stillstream.local.data.IdxLabeledImages;
import io.stillstream.local.demo.report.RecordCounts;
import io.stillstream.local.demo.settings.DemoSettings;
import io.stillstream.local.demo.settings.PersistedDemoSettings;
import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.runtime.records.RecordValueSerializer;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.ImageEvent;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.Lineage;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.Recipe;
import io.stillstream.schemas.Teacher;
import io.stillstream.schemas.topics.Topics;
import io.stillstream.schemas.values.FloatArrays;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures that were captured when none can have been, between ordinary ones, in each topic. */
class ImplausibleTimestampIT {
  private static final int VIEWS = 2;
  private static final int ROUNDS = 3;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** What a year 1 is to .NET and Go, 0 to Unix, and the ends of milliseconds to Avro. */
  private final List<Instant> odd =
      List.of(
          Instant.parse("0001-01-01T00:00:00Z"),
          Instant.parse("1732-01-01T00:00:00Z"),
          Instant.EPOCH,
          Instant.ofEpochMilli(Long.MIN_VALUE),
          Instant.ofEpochMilli(Long.MAX_VALUE),
          Instant.now().plus(Duration.ofDays(300)));

  @TempDir Path directory;
  private IdxLabeledImages images;
  private int number;

  @Test
  void shouldLabelAndTrainAllOfThemAndAllOthers() throws Exception {
    // given
    Path home = Path.of("../..").toAbsolutePath().normalize();
    DemoSettings settings =
        new DemoSettings(
            home,
            new PersistedDemoSettings(
                "classification", VIEWS, "cnn", "", 2, "", "fashion-mnist-mild", "", 1.0),
            OptionalLong.empty(),
            false,
            new DemoSettings.Ports(0, 0, 0),
            false);
    images = IdxLabeledImages.load(settings.data(), IdxLabeledImages.Split.TRAIN);
    try (StateDirectory state = StateDirectory.open(directory);
        DemoPipeline pipeline = DemoPipeline.start(settings, state)) {
      assertThat(state.root()).isEqualTo(directory);
      // when
      for (int round = 0; round < ROUNDS; round++) {
        send(pipeline);
      }

      // then
      long each = 2L * ROUNDS * odd.size();
      long expected = each * (VIEWS + 1 + 1);
      Awaitility.await("views are trained")
          .atMost(PATIENCE)
          .failFast(() -> assertThat(pipeline.failure()).isEmpty())
          .until(() -> pipeline.trainer().viewsSeen() >= expected);
      assertThat(pipeline.trainer().viewsSeen()).isEqualTo(expected);
      assertThat(RecordCounts.records(pipeline.clients(), Topics.DEAD_LETTERS)).isZero();
      assertThat(RecordCounts.ofLabeledViews(pipeline.clients(), pipeline.meters()).records())
          .isEqualTo(expected);
      Awaitility.await("the labeler has counted what it has committed")
          .atMost(PATIENCE)
          .untilAsserted(() -> assertCounted(pipeline));
    }
  }

  private static void assertCounted(DemoPipeline pipeline) {
    assertThat(implausible(pipeline, "augmented", "past")).isEqualTo(4.0 * ROUNDS);
    assertThat(implausible(pipeline, "augmented", "future")).isEqualTo(2.0 * ROUNDS);
    assertThat(implausible(pipeline, "labeled", "past")).isEqualTo(4.0 * ROUNDS * (VIEWS + 1));
    assertThat(implausible(pipeline, "labeled", "future")).isEqualTo(2.0 * ROUNDS * (VIEWS + 1));
    assertThat(implausible(pipeline, "trained", "past")).isEqualTo(4.0 * ROUNDS * (VIEWS + 2));
    assertThat(implausible(pipeline, "trained", "future")).isEqualTo(2.0 * ROUNDS * (VIEWS + 2));
  }

  /** Each odd moment between ordinary ones, as an image, as a view and as a labelled view. */
  private void send(DemoPipeline pipeline) throws Exception {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (RecordValueSerializer<SpecificRecord> writer =
            new RecordValueSerializer<>(pipeline.clients(), pipeline.meters());
        KafkaProducer<byte[], byte[]> producer =
            new KafkaProducer<>(KafkaSettings.producer(pipeline.clients(), Map.of()))) {
      for (Instant moment : odd) {
        for (Instant captured : List.of(moment, Instant.now())) {
          number++;
          records.add(record(writer, Topics.IMAGES, image(captured)));
          records.add(record(writer, Topics.VIEWS, view(captured)));
          records.add(record(writer, Topics.LABELED_VIEWS, labeled(captured)));
        }
      }
      for (ProducerRecord<byte[], byte[]> record : records) {
        producer.send(record).get();
      }
    }
  }

  private ProducerRecord<byte[], byte[]> record(
      RecordValueSerializer<SpecificRecord> writer, String topic, SpecificRecord value) {
    return new ProducerRecord<>(
        topic, ("image-" + number).getBytes(UTF_8), writer.serialize(topic, value));
  }

  private ImageEvent image(Instant captured) {
    return ImageEvent.newBuilder()
        .setImageId("image-" + number)
        .setSource("test")
        .setCapturedAt(captured)
        .setContentType("image/png")
        .setPayload(images.png(number))
        .setLabel(images.label(number))
        .build();
  }

  private AugmentedView view(Instant captured) {
    return AugmentedView.newBuilder()
        .setLineage(
            new Lineage(
                "images", 0, 1_000_000L + number, "view-" + number, 0, 1, 0L, "policy", null, null))
        .setRecipe(new Recipe(1, List.of(), null))
        .setEncoding(PixelEncoding.RAW)
        .setHeight(images.height())
        .setWidth(images.width())
        .setChannels(1)
        .setPixels(ByteBuffer.wrap(images.pixels(number)))
        .setLabel(null)
        .setCapturedAt(captured)
        .setAugmentedAt(Instant.now())
        .build();
  }

  private LabeledView labeled(Instant captured) {
    float[] logits = new float[10];
    logits[images.label(number)] = 5;
    return new LabeledView(
        view(captured),
        List.of(new Teacher("teacher", "1", "00", 1.0, null)),
        FloatArrays.of(logits),
        null,
        null,
        null,
        Instant.now());
  }

  private static double implausible(DemoPipeline pipeline, String stage, String kind) {
    return pipeline
        .meters()
        .get("stillstream.pipeline.age.implausible")
        .tag("stage", stage)
        .tag("kind", kind)
        .counter()
        .count();
  }
}
