package io.stillstream.bench.augmenter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.augmenter.AugmenterService;
import io.stillstream.augmenter.config.AugmenterConfig;
import io.stillstream.augmenter.topology.OfflineAugmenter;
import io.stillstream.bench.comparison.JavaWorkload;
import io.stillstream.bench.comparison.Workload;
import io.stillstream.bench.comparison.WorkloadResult;
import io.stillstream.bench.testbed.KafkaTestbed;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.runtime.records.RecordCoordinates;
import io.stillstream.schemas.ImageEvent;
import io.stillstream.schemas.topics.Topics;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * The same images through the same conversion twice: called in a loop, and by the service with
 * exactly-once over a broker in this virtual machine, two partitions and one stream thread.
 */
final class AugmenterTestbed implements AutoCloseable {
  private static final YAMLMapper YAML = new YAMLMapper();

  /** Images of the first turn, before any rate is known. */
  private static final long FIRST = 100;

  /** The first fifth of each filling is let pass: joining the group, first fetches. */
  private static final int WARM_UP = 5;

  private final KafkaTestbed kafka;
  private final AugmenterConfig config;
  private final OfflineAugmenter conversion;
  private final List<byte[]> events;
  private double rate = FIRST;

  /**
   * @param directory for broker and registry
   * @param images files that become image events
   */
  AugmenterTestbed(Path directory, JsonNode policy, List<byte[]> images) {
    kafka = new KafkaTestbed(directory);
    config = config(directory, kafka.clients(), policy);
    conversion = new OfflineAugmenter(config, new SimpleMeterRegistry());
    events = kafka.serialize(Topics.IMAGES, images.stream().map(AugmenterTestbed::event).toList());
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
    Workload loop = new JavaWorkload<>(events, (event, number) -> convert(event, number));
    return time -> {
      WorkloadResult work = loop.run(time);
      rate = work.perCpuSecond();
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
      kafka.send(Topics.IMAGES, events, images);
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
    return conversion.augment(event, new RecordCoordinates(Topics.IMAGES, 0, number)).size();
  }

  private static ImageEvent event(byte[] file) {
    return new ImageEvent(
        "image-00000000",
        "bench",
        Instant.now(),
        "image/jpeg",
        ByteBuffer.wrap(file),
        null,
        null,
        null,
        null,
        1,
        null,
        Map.of());
  }

  @Override
  public void close() {
    conversion.close();
    kafka.close();
  }
}
