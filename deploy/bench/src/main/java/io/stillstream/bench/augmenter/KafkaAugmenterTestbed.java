package io.stillstream.bench.augmenter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.augmenter.AugmenterService;
import io.stillstream.augmenter.config.AugmenterConfig;
import io.stillstream.augmenter.config.AugmenterConfig.AugmenterTopics;
import io.stillstream.augmenter.topology.OfflineAugmenter;
import io.stillstream.bench.comparison.JavaWorkload;
import io.stillstream.bench.comparison.Workload;
import io.stillstream.bench.comparison.WorkloadResult;
import io.stillstream.embedded.kafka.EmbeddedKafka;
import io.stillstream.embedded.registry.DevelopmentRegistry;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.runtime.records.RecordCoordinates;
import io.stillstream.runtime.records.RecordValueSerializer;
import io.stillstream.schemas.ImageEvent;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * The same images through the same conversion twice: called in a loop, and by the service with
 * exactly-once over a broker in this virtual machine, two partitions and one stream thread.
 */
final class KafkaAugmenterTestbed implements AutoCloseable {
  private static final AugmenterTopics TOPICS =
      new AugmenterTopics("images", "views", "dead-letters");
  private static final int PARTITIONS = 2;
  private static final YAMLMapper YAML = new YAMLMapper();

  /** Images of the first turn, before any rate is known. */
  private static final long FIRST = 100;

  /** The first fifth of each filling is let pass: joining the group, first fetches. */
  private static final int WARM_UP = 5;

  private final EmbeddedKafka broker;
  private final DevelopmentRegistry registry;
  private final AugmenterConfig config;
  private final OfflineAugmenter conversion;
  private final KafkaProducer<byte[], byte[]> producer;
  private final List<byte[]> events;
  private double rate = FIRST;
  private long sent;

  /**
   * @param directory for broker and registry
   * @param images files that become image events
   */
  KafkaAugmenterTestbed(Path directory, JsonNode policy, List<byte[]> images) {
    broker = EmbeddedKafka.start(directory.resolve("broker"), 0);
    registry = DevelopmentRegistry.start(directory.resolve("registry.json"), 0);
    Map<String, String> kafka =
        Map.of(
            "bootstrap.servers",
            broker.bootstrapServers(),
            "schema.registry.url",
            registry.url().toString());
    createTopics(kafka);
    config = config(directory, kafka, policy);
    conversion = new OfflineAugmenter(config, new SimpleMeterRegistry());
    producer = new KafkaProducer<>(KafkaSettings.producer(kafka, Map.of()));
    RecordValueSerializer<ImageEvent> writer =
        new RecordValueSerializer<>(kafka, new SimpleMeterRegistry());
    events = images.stream().map(image -> writer.serialize(TOPICS.images(), event(image))).toList();
    writer.close();
  }

  /** All that a service's file would say; the rest are the service's own defaults. */
  private static AugmenterConfig config(
      Path directory, Map<String, String> kafka, JsonNode policy) {
    ObjectNode tree = YAML.createObjectNode();
    tree.put("application-id", "bench").put("state-dir", directory.resolve("streams").toString());
    tree.set("kafka", YAML.valueToTree(kafka));
    tree.set("policy", policy);
    try {
      return YamlSettings.parse(YAML.writeValueAsString(tree), AugmenterConfig.class, Map.of());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** From the bytes of an image event to the bytes of its views, on the calling thread. */
  Workload inProcess() {
    Workload side = new JavaWorkload<>(events, (event, number) -> convert(event, number));
    return time -> {
      WorkloadResult work = side.run(time);
      rate = work.imagesPerCpuSecond();
      return work;
    };
  }

  /**
   * Images of a filled topic through the service, which starts for the turn and stops after it.
   * Counts the processor's time of the stream threads alone, while they have something to do.
   */
  Workload throughKafka() {
    return time -> {
      long images = Math.max(FIRST, Math.round(rate * time.toNanos() / 1e9));
      fill(images);
      SimpleMeterRegistry meters = new SimpleMeterRegistry();
      try (AugmenterService service = new AugmenterService(config, meters)) {
        service.start();
        StreamThreadMonitor threads = new StreamThreadMonitor(meters, service::health);
        StreamThreadMonitor.Sample first = threads.await(images / WARM_UP);
        return threads.await(images).since(first);
      }
    };
  }

  private int convert(byte[] event, long number) {
    return conversion.augment(event, new RecordCoordinates(TOPICS.images(), 0, number)).size();
  }

  private void fill(long images) {
    List<Future<?>> sends = new ArrayList<>();
    for (long i = 0; i < images; i++, sent++) {
      byte[] key = ("image-" + sent).getBytes(StandardCharsets.UTF_8);
      byte[] event = events.get((int) (sent % events.size()));
      sends.add(
          producer.send(
              new ProducerRecord<>(TOPICS.images(), (int) (sent % PARTITIONS), key, event)));
    }
    sends.forEach(KafkaAugmenterTestbed::await);
  }

  private static void await(Future<?> done) {
    try {
      done.get();
    } catch (ExecutionException e) {
      throw new StartupException("the embedded broker refused: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartupException("interrupted", e);
    }
  }

  private static ImageEvent event(byte[] file) {
    return new ImageEvent(
        "image-00000000",
        "bench",
        Instant.now(),
        "image/jpeg",
        ByteBuffer.wrap(file),
        null,
        1,
        Map.of());
  }

  private static void createTopics(Map<String, String> kafka) {
    try (Admin admin = Admin.create(KafkaSettings.admin(kafka))) {
      await(
          admin
              .createTopics(
                  Stream.of(TOPICS.images(), TOPICS.views(), TOPICS.deadLetters())
                      .map(name -> new NewTopic(name, PARTITIONS, (short) 1))
                      .toList())
              .all());
    }
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(5));
    conversion.close();
    registry.close();
    broker.close();
  }
}
