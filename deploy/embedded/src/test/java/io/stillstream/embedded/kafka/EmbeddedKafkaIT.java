package io.stillstream.embedded.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.embedded.EmbeddedException;
import io.stillstream.embedded.LoopbackPorts;
import io.stillstream.embedded.process.JavaProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedKafkaIT {
  private static final TopicPartition TOPIC = new TopicPartition("letters", 0);

  @TempDir Path directory;

  @Test
  void shouldKeepRecordsAcrossARestart() throws Exception {
    // given
    byte[] large = new byte[7 * 1024 * 1024];
    try (EmbeddedKafka kafka = EmbeddedKafka.start(directory.resolve("kafka"), 0)) {
      createTopic(kafka);
      produceInOneTransaction(kafka, "a".getBytes(StandardCharsets.UTF_8), large);
    }
    // when
    List<byte[]> values;
    try (EmbeddedKafka kafka = EmbeddedKafka.start(directory.resolve("kafka"), 0)) {
      values = readCommitted(kafka, 2);
    }
    // then
    assertThat(values).hasSize(2);
    assertThat(values.get(0)).isEqualTo("a".getBytes(StandardCharsets.UTF_8));
    assertThat(values.get(1)).hasSize(large.length);
  }

  @Test
  void shouldTakeOverFromAKilledBrokerWithoutWaitingForItsSession() throws Exception {
    // given: a broker that the controller will take for alive for ten minutes
    Path log = directory.resolve("killed.log");
    try (JavaProcess killed =
        JavaProcess.ofMain(
            "killed",
            log,
            List.of(),
            KilledBrokerMain.class,
            List.of(directory.resolve("kafka").toString(), TOPIC.topic(), "a"))) {
      killed.start();
      assertThat(killed.awaitEnd()).as(killed::output).isEqualTo(KilledBrokerMain.EXIT_CODE);
    }
    // when
    List<byte[]> values;
    try (EmbeddedKafka kafka = EmbeddedKafka.start(directory.resolve("kafka"), 0)) {
      produceInOneTransaction(kafka, "b".getBytes(StandardCharsets.UTF_8));
      values = readCommitted(kafka, 2);
    }
    // then
    assertThat(values)
        .containsExactly(
            "a".getBytes(StandardCharsets.UTF_8), "b".getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void shouldListenOnTheRequestedLoopbackPort() throws Exception {
    // given
    int port = LoopbackPorts.free(0, "test");
    // when
    try (EmbeddedKafka kafka = EmbeddedKafka.start(directory, port);
        Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      // then
      assertThat(kafka.bootstrapServers()).isEqualTo("127.0.0.1:" + port);
      assertThat(admin.describeCluster().nodes().get())
          .singleElement()
          .satisfies(node -> assertThat(node.host()).isEqualTo("127.0.0.1"));
    }
  }

  @Test
  void shouldRefuseAPortInUse() throws IOException {
    // given
    try (ServerSocket taken =
        new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
      // when, then
      assertThatThrownBy(() -> EmbeddedKafka.start(directory, taken.getLocalPort()))
          .isInstanceOf(EmbeddedException.class)
          .hasMessage("Kafka port %d is in use on 127.0.0.1", taken.getLocalPort());
    }
  }

  @Test
  void shouldRefuseADirectoryThatHoldsSomethingElse() throws IOException {
    // given
    Files.writeString(directory.resolve("holiday.jpg"), "not a log");
    // when, then
    assertThatThrownBy(() -> EmbeddedKafka.start(directory, 0))
        .isInstanceOf(EmbeddedException.class)
        .hasMessageContaining(directory + " is neither empty nor a broker's directory");
  }

  @Test
  void shouldRefuseADirectoryOfAnotherNode() throws IOException {
    // given
    Files.writeString(
        directory.resolve("meta.properties"), "version=1\nnode.id=7\ncluster.id=abc\n");
    // when, then
    assertThatThrownBy(() -> EmbeddedKafka.start(directory, 0))
        .isInstanceOf(EmbeddedException.class)
        .hasMessageContaining("the Kafka directory " + directory + " cannot be used")
        .hasMessageContaining("node");
  }

  @Test
  void shouldRefuseADirectoryInUse() {
    // given
    try (EmbeddedKafka first = EmbeddedKafka.start(directory, 0)) {
      // when, then
      assertThat(first.bootstrapServers()).isNotEmpty();
      assertThatThrownBy(() -> EmbeddedKafka.start(directory, 0))
          .isInstanceOf(EmbeddedException.class)
          .hasMessage("the Kafka directory " + directory + " is in use by another broker");
    }
  }

  private static void createTopic(EmbeddedKafka kafka) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      admin
          .createTopics(List.of(new NewTopic(TOPIC.topic(), Optional.of(1), Optional.empty())))
          .all()
          .get();
    }
  }

  private static void produceInOneTransaction(EmbeddedKafka kafka, byte[]... values) {
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers",
            kafka.bootstrapServers(),
            "transactional.id",
            "letters-writer",
            "max.request.size",
            8 * 1024 * 1024);
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.initTransactions();
      producer.beginTransaction();
      for (byte[] value : values) {
        var unused = producer.send(new ProducerRecord<>(TOPIC.topic(), value));
      }
      producer.commitTransaction();
    }
  }

  private static List<byte[]> readCommitted(EmbeddedKafka kafka, int expected) {
    Map<String, Object> settings =
        Map.of("bootstrap.servers", kafka.bootstrapServers(), "isolation.level", "read_committed");
    List<byte[]> values = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(List.of(TOPIC));
      consumer.seekToBeginning(List.of(TOPIC));
      long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      while (values.size() < expected && System.nanoTime() < deadline) {
        consumer.poll(Duration.ofMillis(200)).forEach(record -> values.add(record.value()));
      }
    }
    return values;
  }
}
