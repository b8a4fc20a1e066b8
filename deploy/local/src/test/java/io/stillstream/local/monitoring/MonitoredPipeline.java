package io.stillstream.local.monitoring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.local.broker.StateDirectory;
import io.stillstream.local.data.IdxLabeledImages;
import io.stillstream.local.demo.pipeline.DemoPipeline;
import io.stillstream.local.demo.settings.DemoSettings;
import io.stillstream.local.demo.settings.PersistedDemoSettings;
import io.stillstream.local.ingest.ImageSender;
import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.runtime.records.RecordValueSerializer;
import io.stillstream.runtime.records.TraceContext;
import io.stillstream.schemas.ImageEvent;
import io.stillstream.schemas.ImageLabel;
import io.stillstream.schemas.topics.Topics;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/**
 * The demo's pipeline, and what happens to one in its life: images with and without labels, records
 * that no service can read, late labels, requests for predictions. It has been restarted once, so
 * that there is a release.
 */
final class MonitoredPipeline implements AutoCloseable {
  static final int BATCH = 32;
  static final int VIEWS = 4;
  static final TraceContext TRACE =
      TraceContext.parse("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "v=1")
          .orElseThrow();

  private final DemoSettings settings =
      new DemoSettings(
          Path.of("../..").toAbsolutePath().normalize(),
          new PersistedDemoSettings(
              "classification", VIEWS, "cnn", "", 1, "", "fashion-mnist-mild", "", 1.0),
          OptionalLong.empty(),
          true,
          new DemoSettings.Ports(0, 0, 0),
          false);
  private final HttpClient http = HttpClient.newHttpClient();
  private final IdxLabeledImages images =
      IdxLabeledImages.load(settings.data(), IdxLabeledImages.Split.TRAIN);
  private final StateDirectory state;
  private DemoPipeline pipeline;
  private int sent;

  MonitoredPipeline(Path directory) {
    state = StateDirectory.open(directory);
    pipeline = DemoPipeline.start(settings, state);
    try {
      sendImages(2 * BATCH, true);
      // The demo makes a release when it stops.
      pipeline.close();
      pipeline = DemoPipeline.start(settings, state);
      sendImages(2 * BATCH, true);
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /** How long a test waits for it at most. */
  static ConditionFactory await() {
    return Awaitility.await().atMost(Duration.ofMinutes(2));
  }

  DemoPipeline running() {
    return pipeline;
  }

  /** Images that are sent by now. */
  int sent() {
    return sent;
  }

  /** Sends images, and waits until all of their views are trained. */
  void sendImages(int count, boolean labeled) {
    try (ImageSender sender =
        new ImageSender(pipeline.clients(), Topics.IMAGES, pipeline.meters(), Optional.of(TRACE))) {
      for (int i = 0; i < count; i++) {
        sender.send(
            ImageEvent.newBuilder()
                .setImageId("image-" + sent)
                .setSource("watch-it")
                .setCapturedAt(Instant.now())
                .setContentType("image/png")
                .setPayload(images.png(sent))
                .setLabel(labeled ? images.label(sent) : null)
                .build());
        sent++;
      }
      sender.flush();
    }
    await()
        .failFast(() -> pipeline.failure().isPresent())
        .until(() -> pipeline.trainer().viewsSeen() == (long) sent * VIEWS);
  }

  /** Sends each service a record that it cannot read, and the trainer a label for an old image. */
  void sendUnusualRecords() {
    Map<String, String> kafka = pipeline.clients();
    byte[] label =
        new RecordValueSerializer<ImageLabel>(kafka, pipeline.meters())
            .serialize(
                Topics.LABELS,
                ImageLabel.newBuilder()
                    .setImageId("image-0")
                    .setLabel(images.label(0))
                    .setSource("watch-it")
                    .setLabeledAt(Instant.now())
                    .build());
    try (KafkaProducer<byte[], byte[]> producer =
        KafkaSettings.client(() -> new KafkaProducer<>(KafkaSettings.producer(kafka, Map.of())))) {
      byte[] unreadable = {0, 1, 2};
      for (String topic : new String[] {Topics.IMAGES, Topics.VIEWS, Topics.LABELED_VIEWS}) {
        send(producer, topic, unreadable);
      }
      send(producer, Topics.LABELS, label);
    }
  }

  /** Asks the champion. */
  void predict() throws Exception {
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(URI.create(pipeline.managementUrl() + "/predict"))
                .POST(HttpRequest.BodyPublishers.ofByteArray(images.png(0).array()))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  /** What Prometheus would read now. */
  String scrape() throws Exception {
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(URI.create(pipeline.managementUrl() + "/metrics")).build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(200);
    return answer.body();
  }

  @Override
  public void close() {
    try (StateDirectory held = state) {
      pipeline.close();
      assertThat(held.root()).isDirectory();
    }
  }

  private static void send(KafkaProducer<byte[], byte[]> producer, String topic, byte[] value) {
    var record = new ProducerRecord<>(topic, "image-0".getBytes(UTF_8), value);
    TRACE.write(record.headers());
    var unused = producer.send(record);
  }
}
