package io.stillstream.labeler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.embedded.registry.DevelopmentRegistry;
import io.stillstream.embedded.registry.RegistryAccess;
import io.stillstream.labeler.torch.TeacherModelFixtures;
import io.stillstream.runtime.health.Health.Check;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.wire.AvroSerializer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(LabelerTestCluster.Extension.class)
class LabelerOutageIT {
  private static final Duration POLL_INTERVAL = Duration.ofSeconds(3);

  @Test
  void shouldWaitForARegistryThatIsAway(LabelerTestCluster cluster, @TempDir Path directory)
      throws Exception {
    // given
    Path ids = directory.resolve("registry.json");
    LabelerTestTopics topics = cluster.topics(1);
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    Map<String, String> kafka = new HashMap<>();
    byte[] foreign;
    int port;
    try (DevelopmentRegistry registry = DevelopmentRegistry.start(ids, 0)) {
      port = registry.url().getPort();
      kafka.putAll(cluster.kafka(registry.url().toString()));
      topics.send(IntStream.range(0, 3).mapToObj(LabelerOutageIT::view).toList(), kafka);
      foreign = underAnotherSchema(view(3), registry.url(), kafka);
    }
    kafka.put("max.poll.interval.ms", Long.toString(POLL_INTERVAL.toMillis()));
    kafka.put("session.timeout.ms", "6000");
    kafka.put("heartbeat.interval.ms", "500");
    kafka.put("producer.transaction.timeout.ms", "3000");

    try (LabelerService service =
        new LabelerService(topics.config("linear", 0, 8, kafka), meters)) {
      // when
      service.start();

      // then
      await().until(() -> fails(service, "registry"));

      // when: it is back, and wants credentials that the labeler has not been given
      RegistryAccess guarded = RegistryAccess.open().withToken("another");
      try (DevelopmentRegistry denying = DevelopmentRegistry.start(ids, port, guarded)) {
        String reason = denying.url() + " answered 401 to no credentials";
        await().atMost(Duration.ofSeconds(90)).until(() -> detail(service).contains(reason));
        assertThat(fails(service, "registry")).isTrue();
        assertThat(labeled(meters)).isZero();
      }

      // when
      try (DevelopmentRegistry back = DevelopmentRegistry.start(ids, port)) {
        await().atMost(Duration.ofSeconds(90)).until(() -> labeled(meters) == 3);
        await().until(() -> service.health().ready());
        assertThat(back.url().getPort()).isEqualTo(port);
      }
      topics.send(List.of(foreign), kafka);

      // then
      await().until(() -> fails(service, "registry"));
      await()
          .during(POLL_INTERVAL.plusSeconds(1))
          .atMost(POLL_INTERVAL.plusSeconds(2))
          .until(() -> service.health().live() && labeled(meters) == 3);

      // when
      try (DevelopmentRegistry back = DevelopmentRegistry.start(ids, port)) {
        await().atMost(Duration.ofSeconds(90)).until(() -> labeled(meters) == 4);
        await().until(() -> service.health().ready());
        assertThat(back.url().getPort()).isEqualTo(port);
      }
      assertThat(rebalances(meters)).isEqualTo(1);
    }

    // then
    assertThat(topics.all(topics.names().labeledViews())).hasSize(4);
    assertThat(topics.all(topics.names().deadLetters())).isEmpty();
    assertThat(meters.find("teacher.recoveries").counters()).allMatch(c -> c.count() == 0);
  }

  @Test
  void shouldNameThePartitionWhoseOffsetATransactionHoldsBack(LabelerTestCluster cluster)
      throws Exception {
    // given: offsets of the labeler's group in a transaction that nobody ends
    LabelerTestTopics topics = cluster.topics(1);
    topics.sendViews(0, 3);
    TopicPartition partition = new TopicPartition(topics.names().views(), 0);
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    String servers = cluster.kafka().get("bootstrap.servers");
    try (KafkaConsumer<byte[], byte[]> stranger =
            new KafkaConsumer<>(
                Map.of("bootstrap.servers", servers, "group.id", topics.group()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        KafkaProducer<byte[], byte[]> hanging =
            new KafkaProducer<>(
                Map.of("bootstrap.servers", servers, "transactional.id", topics.group() + "-hangs"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        LabelerService service =
            new LabelerService(topics.config("linear", 0, 8, Map.of()), meters)) {
      hanging.initTransactions();
      hanging.beginTransaction();
      hanging.sendOffsetsToTransaction(
          Map.of(partition, new OffsetAndMetadata(2)), stranger.groupMetadata());

      // when
      service.start();

      // then
      await().atMost(Duration.ofSeconds(90)).until(() -> fails(service, "offsets"));
      assertThat(service.health().checks())
          .filteredOn(check -> check.name().equals("offsets"))
          .singleElement()
          .satisfies(check -> assertThat(check.detail()).contains(partition.toString()));
      assertThat(labeled(meters)).isZero();

      // when
      hanging.abortTransaction();

      // then
      await().atMost(Duration.ofSeconds(90)).until(() -> labeled(meters) == 3);
      await().until(() -> service.health().ready());
    }
  }

  /** The same bytes under the id of a schema that differs by a property, so has to be looked up. */
  private static byte[] underAnotherSchema(
      AugmentedView view, URI registry, Map<String, String> kafka) throws Exception {
    Schema other = new Schema.Parser().parse(AugmentedView.getClassSchema().toString());
    other.addProp("origin", "elsewhere");
    ObjectMapper json = new ObjectMapper();
    String answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(registry.resolve("/subjects/elsewhere-value/versions"))
                    .header("Content-Type", "application/vnd.schemaregistry.v1+json")
                    .POST(
                        HttpRequest.BodyPublishers.ofString(
                            json.writeValueAsString(Map.of("schema", other.toString()))))
                    .build(),
                HttpResponse.BodyHandlers.ofString())
            .body();
    try (AvroSerializer serializer = new AvroSerializer()) {
      serializer.configure(kafka, false);
      byte[] bytes = serializer.serialize("elsewhere-views", view);
      int known = ByteBuffer.wrap(bytes).getInt(1);
      int id = json.readTree(answer).get("id").asInt();
      assertThat(id).isNotEqualTo(known);
      ByteBuffer.wrap(bytes).putInt(1, id);
      return bytes;
    }
  }

  private static AugmentedView view(int n) {
    return LabelerTestTopics.view(n, TeacherModelFixtures.view(n));
  }

  private static double rebalances(SimpleMeterRegistry meters) {
    return meters.get("kafka.consumer.coordinator.rebalance.total").functionCounter().count();
  }

  private static boolean fails(LabelerService service, String check) {
    return service.health().live()
        && service.health().checks().stream()
            .filter(c -> c.name().equals(check))
            .noneMatch(Check::ok);
  }

  private static String detail(LabelerService service) {
    return service.health().checks().stream()
        .filter(check -> check.name().equals("registry"))
        .map(Check::detail)
        .collect(Collectors.joining());
  }

  private static double labeled(SimpleMeterRegistry meters) {
    return meters.counter("teacher.labeled").count();
  }
}
