package io.stillstream.faults.pipeline;

import static io.stillstream.faults.pipeline.PipelineUnderTest.await;

import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.runtime.lookup.TopicReader;
import io.stillstream.schemas.topics.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/** A topic beside the pipeline's, with copies of its labelled views, for a trainer of its own. */
public final class LabeledViewTopicCopy implements AutoCloseable {
  private final String name;
  private final Admin admin;
  private final Producer<byte[], byte[]> producer;
  private final List<ConsumerRecord<byte[], byte[]>> originals = new ArrayList<>();

  public LabeledViewTopicCopy(String name, Map<String, String> clients) {
    this.name = name;
    this.admin = Admin.create(KafkaSettings.admin(clients));
    this.producer = new KafkaProducer<>(KafkaSettings.producer(clients, Map.of()));
    try (TopicReader reader = new TopicReader(clients, Topics.LABELED_VIEWS)) {
      reader.readAll(originals::add);
    }
  }

  /** Makes it, also in the place of one of that name. */
  public void make(int partitions) {
    await("topic " + name)
        .ignoreExceptionsInstanceOf(ExecutionException.class)
        .until(
            () -> {
              if (admin.listTopics().names().get().contains(name)) {
                admin.deleteTopics(List.of(name)).all().get();
              }
              admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1))).all().get();
              return true;
            });
    // An idempotent producer that is faster than the leaders gets its sequence wrong for ever.
    Map<TopicPartition, OffsetSpec> all =
        IntStream.range(0, partitions)
            .boxed()
            .collect(
                Collectors.toMap(
                    partition -> new TopicPartition(name, partition),
                    partition -> OffsetSpec.earliest()));
    await("leaders of topic " + name)
        .ignoreExceptionsInstanceOf(ExecutionException.class)
        .until(() -> admin.listOffsets(all).all().get().size() == partitions);
  }

  /**
   * Fills each partition, one after the other, and waits until brokers have all of it.
   *
   * @param more bytes in a header of each record
   */
  public void fill(int partitions, int each, int more) {
    byte[] header = new byte[more];
    int next = 0;
    List<Future<?>> sent = new ArrayList<>();
    for (int partition = 0; partition < partitions; partition++) {
      for (int i = 0; i < each; i++) {
        ConsumerRecord<byte[], byte[]> original = originals.get(next++ % originals.size());
        ProducerRecord<byte[], byte[]> copy =
            new ProducerRecord<>(name, partition, original.key(), original.value());
        original.headers().forEach(copy.headers()::add);
        copy.headers().add("more", header);
        sent.add(producer.send(copy));
      }
    }
    for (Future<?> record : sent) {
      awaitTaken(record);
    }
  }

  private static void awaitTaken(Future<?> record) {
    try {
      record.get(PipelineUnderTest.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError("a record was not taken: " + e, e);
    }
  }

  /** Makes room for others. */
  public void delete() {
    await("topic " + name + " is gone")
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
