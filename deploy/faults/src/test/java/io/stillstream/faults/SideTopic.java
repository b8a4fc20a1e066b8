package io.stillstream.faults;

import static org.awaitility.Awaitility.await;

import io.stillstream.local.topics.TopicReader;
import io.stillstream.runtime.KafkaSettings;
import io.stillstream.schemas.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** A topic beside the pipeline's, with copies of its labelled views, for a trainer of its own. */
final class SideTopic implements AutoCloseable {
  private final String name;
  private final Admin admin;
  private final Producer<byte[], byte[]> producer;
  private final List<ConsumerRecord<byte[], byte[]>> originals = new ArrayList<>();

  SideTopic(String name, Map<String, String> clients) {
    this.name = name;
    this.admin = Admin.create(KafkaSettings.admin(clients));
    this.producer = new KafkaProducer<>(KafkaSettings.producer(clients, Map.of()));
    try (TopicReader reader = new TopicReader(clients, Topics.LABELED_VIEWS)) {
      reader.readAll(originals::add);
    }
  }

  /** Makes it, also in the place of one of that name. */
  void make(int partitions) {
    await("topic " + name)
        .atMost(Site.PATIENCE)
        .ignoreExceptionsInstanceOf(ExecutionException.class)
        .until(
            () -> {
              if (admin.listTopics().names().get().contains(name)) {
                admin.deleteTopics(List.of(name)).all().get();
              }
              admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1))).all().get();
              return true;
            });
  }

  /**
   * Fills each partition, one after the other.
   *
   * @param more bytes in a header of each record
   */
  void fill(int partitions, int each, int more) {
    byte[] header = new byte[more];
    int next = 0;
    for (int partition = 0; partition < partitions; partition++) {
      for (int i = 0; i < each; i++) {
        ConsumerRecord<byte[], byte[]> original = originals.get(next++ % originals.size());
        ProducerRecord<byte[], byte[]> copy =
            new ProducerRecord<>(name, partition, original.key(), original.value());
        original.headers().forEach(copy.headers()::add);
        copy.headers().add("more", header);
        Future<?> unused = producer.send(copy);
      }
    }
    producer.flush();
  }

  /** Makes room for others. */
  void delete() {
    await("topic " + name + " is gone")
        .atMost(Site.PATIENCE)
        .ignoreExceptionsInstanceOf(ExecutionException.class)
        .until(
            () -> {
              admin.deleteTopics(List.of(name)).all().get();
              return true;
            });
  }

  @Override
  public void close() {
    producer.close();
    admin.close();
  }
}
