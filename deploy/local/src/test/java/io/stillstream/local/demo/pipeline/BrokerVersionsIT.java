package io.stillstream.local.demo.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.containers.KafkaTestEnvironment;
import io.stillstream.containers.tools.ExternalTool;
import io.stillstream.containers.tools.RequiresTool;
import io.stillstream.local.broker.StateDirectory;
import io.stillstream.local.data.IdxLabeledImages;
import io.stillstream.local.demo.cluster.OpenDemoCluster;
import io.stillstream.local.demo.report.RecordCounts;
import io.stillstream.local.demo.settings.DemoSettings;
import io.stillstream.local.demo.settings.PersistedDemoSettings;
import io.stillstream.local.ingest.ImageSender;
import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.schemas.ImageEvent;
import io.stillstream.schemas.topics.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The three services beside brokers of other versions: from image to gradient exactly once, across
 * a restart in the midst of the stream and a transaction that a dead producer has left open.
 */
@Tag("containers")
@RequiresTool(ExternalTool.DOCKER)
class BrokerVersionsIT {
  private static final int IMAGES = 400;
  private static final int VIEWS = 3;
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @TempDir private Path directory;

  static List<String> versions() {
    return KafkaTestEnvironment.otherBrokers();
  }

  @ParameterizedTest
  @MethodSource("versions")
  void shouldTrainOnEveryViewOnce(String version) throws Exception {
    try (KafkaTestEnvironment environment =
            KafkaTestEnvironment.ofBroker(version, directory.resolve("environment"));
        StateDirectory state = StateDirectory.open(directory.resolve("state"))) {
      // given: a pipeline that stops while half of what was sent is on its way
      try (DemoPipeline pipeline = start(environment, state)) {
        send(pipeline, 0, IMAGES / 2);
        awaitViews(pipeline, 1);
      }
      try (KafkaProducer<byte[], byte[]> dead = transactional(environment)) {
        dead.initTransactions();
        dead.beginTransaction();
        for (String topic : List.of(Topics.VIEWS, Topics.LABELED_VIEWS)) {
          dead.send(new ProducerRecord<>(topic, 0, "dead".getBytes(UTF_8), new byte[0])).get();
        }

        // when
        try (DemoPipeline pipeline = start(environment, state)) {
          send(pipeline, IMAGES / 2, IMAGES);
          awaitViews(pipeline, IMAGES * VIEWS);
          pipeline.closeServices();

          // then
          assertThat(pipeline.failure()).isEmpty();
          assertThat(pipeline.trainer().viewsSeen()).isEqualTo(IMAGES * VIEWS);
          Map<String, String> clients = pipeline.clients();
          assertThat(RecordCounts.ofViews(clients, pipeline.meters())).isEqualTo(counts(Set.of()));
          assertThat(RecordCounts.ofLabeledViews(clients, pipeline.meters()))
              .isEqualTo(counts(Set.of("pytorch_libtorch")));
          assertThat(RecordCounts.records(clients, Topics.DEAD_LETTERS)).isZero();
          assertThat(RecordCounts.records(clients, Topics.STUDENT_RELEASES)).isPositive();
        }
      }
    }
  }

  private static DemoPipeline start(KafkaTestEnvironment environment, StateDirectory state) {
    return DemoPipeline.start(
        settings(), state, Optional.of(new OpenDemoCluster(environment.kafka(), () -> {})));
  }

  private static DemoSettings settings() {
    return new DemoSettings(
        Path.of("../..").toAbsolutePath().normalize(),
        new PersistedDemoSettings(
            "classification", VIEWS, "cnn", "", 2, "", "fashion-mnist-mild", "", 1.0),
        OptionalLong.empty(),
        true,
        new DemoSettings.Ports(0, 0, 0),
        false);
  }

  private static void send(DemoPipeline pipeline, int from, int to) throws Exception {
    IdxLabeledImages images =
        IdxLabeledImages.load(settings().data(), IdxLabeledImages.Split.TRAIN);
    try (ImageSender sender =
        new ImageSender(pipeline.clients(), Topics.IMAGES, pipeline.meters(), Optional.empty())) {
      for (int i = from; i < to; i++) {
        sender.send(
            ImageEvent.newBuilder()
                .setImageId("image-" + i)
                .setSource("broker-versions-it")
                .setCapturedAt(Instant.now())
                .setContentType("image/png")
                .setPayload(images.png(i))
                .setLabel(images.label(i))
                .build());
      }
      sender.flush();
    }
  }

  private static void awaitViews(DemoPipeline pipeline, long atLeast) {
    Awaitility.await()
        .atMost(PATIENCE)
        .failFast(() -> pipeline.failure().isPresent())
        .untilAsserted(
            () -> assertThat(pipeline.trainer().viewsSeen()).isGreaterThanOrEqualTo(atLeast));
  }

  private static KafkaProducer<byte[], byte[]> transactional(KafkaTestEnvironment environment) {
    return new KafkaProducer<>(
        KafkaSettings.producer(
            environment.kafka(),
            Map.of(
                ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                "dead",
                // Nothing but the pipeline's start is to end it.
                ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                Long.toString(Duration.ofMinutes(10).toMillis()))));
  }

  private static RecordCounts counts(Set<String> platforms) {
    int all = IMAGES * VIEWS;
    return new RecordCounts(all, all, 0, new TreeSet<>(platforms));
  }
}
