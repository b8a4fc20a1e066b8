package io.stillstream.embedded.kafka;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Main class of a process that stores one record and ends as after kill -9: no shutdown hook runs,
 * and the broker does not deregister from the controller.
 */
final class KilledBrokerMain {
  static final int EXIT_CODE = 37;

  private KilledBrokerMain() {}

  /** Arguments: directory, topic, value. */
  public static void main(String[] args) throws Exception {
    EmbeddedKafka kafka = EmbeddedKafka.start(Path.of(args[0]), 0);
    Map<String, Object> settings = Map.of("bootstrap.servers", kafka.bootstrapServers());
    try (Admin admin = Admin.create(settings);
        KafkaProducer<byte[], byte[]> producer =
            new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      admin
          .createTopics(List.of(new NewTopic(args[1], Optional.of(1), Optional.empty())))
          .all()
          .get();
      producer.send(new ProducerRecord<>(args[1], args[2].getBytes(StandardCharsets.UTF_8))).get();
    }
    Runtime.getRuntime().halt(EXIT_CODE);
  }
}
