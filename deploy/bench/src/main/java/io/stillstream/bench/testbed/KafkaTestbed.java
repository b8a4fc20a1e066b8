package io.stillstream.bench.testbed;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.local.broker.LocalBroker;
import io.stillstream.local.topics.TopicsAdmin;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.runtime.records.RecordValueSerializer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * A broker and a registry in this JVM, all topics with two partitions, and a producer of the
 * records that a service reads. Broker and registry run in a thread group of their own, so that
 * their processor time can be told from the service's.
 */
public final class KafkaTestbed implements AutoCloseable {
  private static final int PARTITIONS = 2;

  private final ThreadGroup serverThreads = new ThreadGroup("servers");
  private final LocalBroker servers;
  private final KafkaProducer<byte[], byte[]> producer;
  private long sent;

  /** Starts broker and registry, which store below this directory. */
  public KafkaTestbed(Path directory) {
    FutureTask<LocalBroker> start =
        new FutureTask<>(
            () ->
                LocalBroker.start(
                    directory.resolve("broker"), 0, directory.resolve("registry.json"), 0));
    // Threads that these start belong to the group of the thread that they start on.
    new Thread(serverThreads, start, "servers").start();
    servers = await(start);
    TopicsAdmin.createAll(clients(), PARTITIONS);
    producer = new KafkaProducer<>(KafkaSettings.producer(clients(), Map.of()));
  }

  /** Settings of clients and serialisers. */
  public Map<String, String> clients() {
    return servers.clients();
  }

  /** The threads of broker and registry. */
  public ThreadGroup serverThreads() {
    return serverThreads;
  }

  /** Record values of a topic. */
  public <T> List<byte[]> serialize(String topic, List<T> records) {
    try (RecordValueSerializer<T> writer =
        new RecordValueSerializer<>(clients(), new SimpleMeterRegistry())) {
      return records.stream().map(value -> writer.serialize(topic, value)).toList();
    }
  }

  /** Records sent so far. */
  public long sent() {
    return sent;
  }

  /** Sends so many records, these values over and over; returns when the broker has them. */
  public void send(String topic, List<byte[]> values, long count) {
    List<Future<?>> sends = new ArrayList<>();
    for (long i = 0; i < count; i++, sent++) {
      byte[] key = ("image-" + sent).getBytes(StandardCharsets.UTF_8);
      byte[] value = values.get((int) (sent % values.size()));
      sends.add(producer.send(new ProducerRecord<>(topic, (int) (sent % PARTITIONS), key, value)));
    }
    producer.flush();
    sends.forEach(KafkaTestbed::await);
  }

  private static <T> T await(Future<T> done) {
    try {
      return done.get();
    } catch (ExecutionException e) {
      throw new StartupException("the embedded broker: " + e.getCause().getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartupException("interrupted", e);
    }
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(5));
    servers.close();
  }
}
