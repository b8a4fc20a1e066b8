package io.stillstream.local.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.stillstream.local.broker.StateDirectory;
import io.stillstream.local.data.IdxLabeledImages;
import io.stillstream.local.demo.pipeline.DemoPipeline;
import io.stillstream.local.demo.pipeline.ImageFeeder;
import io.stillstream.local.demo.settings.DemoSettings;
import io.stillstream.local.demo.settings.PersistedDemoSettings;
import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.runtime.lookup.TopicReader;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.runtime.records.RecordValueSerializer;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.StudentRelease;
import io.stillstream.schemas.image.FixedShapeResizer;
import io.stillstream.schemas.image.PixelCodec;
import io.stillstream.schemas.topics.Topics;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.awaitility.Awaitility;

/** The demo's own pipeline with quick models, after its first release and at rest. */
final class TrainedDemo implements AutoCloseable {
  /** A little more than the first release takes, in whole batches. */
  static final int IMAGES = 2_112;

  static final int VIEWS = 4;

  private static final Duration PATIENCE = Duration.ofMinutes(15);

  private final StateDirectory state;
  private final DemoPipeline pipeline;
  private final IdxLabeledImages images;

  private TrainedDemo(StateDirectory state, DemoPipeline pipeline, IdxLabeledImages images) {
    this.state = state;
    this.pipeline = pipeline;
    this.images = images;
  }

  /** Starts it, and trains. */
  static TrainedDemo start(Path directory) {
    Path home = Path.of("../..").toAbsolutePath().normalize();
    String teacher = home.resolve("deploy/models/fashion-mnist-mlp128").toString();
    DemoSettings settings =
        new DemoSettings(
            home,
            new PersistedDemoSettings(
                "classification", VIEWS, "cnn", "", 1, teacher, "fashion-mnist-mild", "", 1.0),
            OptionalLong.empty(),
            false,
            new DemoSettings.Ports(0, 0, 0),
            false);
    IdxLabeledImages images = IdxLabeledImages.load(settings.data(), IdxLabeledImages.Split.TRAIN);
    StateDirectory state = StateDirectory.open(directory);
    TrainedDemo demo = new TrainedDemo(state, DemoPipeline.start(settings, state), images);
    demo.train(settings.dataName());
    return demo;
  }

  private void train(String dataName) {
    try (ImageFeeder feeder =
        new ImageFeeder(
            images,
            dataName,
            pipeline.clients(),
            pipeline.meters(),
            IMAGES,
            false,
            () -> pipeline.trainer().viewsSeen() / VIEWS)) {
      feeder.start();
      await(() -> feeder.complete() || feeder.failure() != null);
      assertThat(feeder.failure()).isNull();
    }
    await(() -> pipeline.trainer().viewsSeen() == IMAGES * VIEWS);
    await(() -> keys(Topics.STUDENT_RELEASES).size() == 1);
  }

  Map<String, String> clients() {
    return pipeline.clients();
  }

  /** The trainer's directory. */
  Path trainer() {
    return state.trainer();
  }

  /** An image that it has not seen. */
  byte[] png(int number) {
    return bytes(images.png(IMAGES + number));
  }

  /** The same in another size, and in colour. */
  byte[] jpeg(int number, int height, int width) {
    byte[] pixels = new FixedShapeResizer(height, width, 3, 1_000_000).ofFile(png(number));
    return bytes(PixelCodec.encode(PixelEncoding.JPEG, height, width, 3, pixels));
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  /** What the trainer says of an image. */
  JsonNode predict(byte[] file) throws Exception {
    return PredictProcess.json(
        PredictProcess.post(URI.create(pipeline.managementUrl() + "/predict"), file).body());
  }

  /** Labels that found their image in buffer or window. */
  double lateLabels() {
    return pipeline.meters().get("student.labels").tag("match", "late").counter().count();
  }

  /** Keys of all records of a topic, oldest first. */
  List<String> keys(String topic) {
    return raw(topic).stream().map(record -> new String(record.key(), UTF_8)).toList();
  }

  /** All records of a topic, oldest first. */
  <T> List<T> records(String topic, Class<T> type) {
    try (RecordValueDeserializer<T> values =
        new RecordValueDeserializer<>(type, clients(), pipeline.meters())) {
      return raw(topic).stream()
          .map(record -> values.deserialize(topic, record.headers(), record.value()))
          .toList();
    }
  }

  private List<ConsumerRecord<byte[], byte[]>> raw(String topic) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (TopicReader reader = new TopicReader(clients(), topic)) {
      reader.readAll(records::add);
    }
    return records;
  }

  /** Sends the record of a release, as another writer would. */
  void send(StudentRelease release) throws Exception {
    String topic = Topics.STUDENT_RELEASES;
    try (RecordValueSerializer<StudentRelease> values =
            new RecordValueSerializer<>(clients(), pipeline.meters());
        KafkaProducer<byte[], byte[]> producer =
            new KafkaProducer<>(KafkaSettings.producer(clients(), Map.of()))) {
      byte[] key = release.getStudent().getBytes(UTF_8);
      producer.send(new ProducerRecord<>(topic, key, values.serialize(topic, release))).get();
    }
  }

  /** Waits for a condition while all services run. */
  void await(Callable<Boolean> condition) {
    Awaitility.await()
        .atMost(PATIENCE)
        .failFast(() -> pipeline.failure().isPresent())
        .until(condition);
  }

  @Override
  public void close() {
    try (StateDirectory held = state) {
      pipeline.close();
      assertThat(held.root()).isNotNull();
    }
  }
}
