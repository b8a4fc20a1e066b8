package io.stillstream.bench.labeler;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.bench.input.SettingsOverrides;
import io.stillstream.embedded.kafka.EmbeddedKafka;
import io.stillstream.embedded.registry.DevelopmentRegistry;
import io.stillstream.labeler.LabelerService;
import io.stillstream.labeler.config.LabelerConfig;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.runtime.records.RecordValueSerializer;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.Lineage;
import io.stillstream.schemas.Recipe;
import io.stillstream.schemas.image.PixelCodec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * The labeler with exactly-once over a broker in this virtual machine, two partitions, and the
 * views that it reads. Broker and registry run in a thread group of their own, so that what they
 * cost can be told from what the labeler does.
 */
final class KafkaLabelerTestbed implements AutoCloseable {
  private static final String VIEWS = "views";
  private static final int PARTITIONS = 2;
  private static final JsonMapper JSON = new JsonMapper();

  private final ThreadGroup neighbours = new ThreadGroup("neighbours");
  private final EmbeddedKafka broker;
  private final DevelopmentRegistry registry;
  private final LabelerConfig config;
  private final KafkaProducer<byte[], byte[]> producer;
  private final List<byte[]> views;
  private long sent;

  /**
   * Starts broker and registry.
   *
   * @param directory for them
   * @param settings of the labeler, added to what the subject asks for and winning over it
   */
  KafkaLabelerTestbed(Path directory, InferenceSetup subject, Map<String, String> settings) {
    broker = in(neighbours, () -> EmbeddedKafka.start(directory.resolve("broker"), 0));
    registry =
        in(neighbours, () -> DevelopmentRegistry.start(directory.resolve("registry.json"), 0));
    Map<String, String> kafka =
        Map.of(
            "bootstrap.servers",
            broker.bootstrapServers(),
            "schema.registry.url",
            registry.url().toString());
    createTopics(kafka);
    config = config(directory, kafka, subject, settings);
    producer = new KafkaProducer<>(KafkaSettings.producer(kafka, Map.of()));
    RecordValueSerializer<AugmentedView> writer =
        new RecordValueSerializer<>(kafka, new SimpleMeterRegistry());
    views =
        subject.images().stream()
            .map(image -> writer.serialize(VIEWS, view(subject, image)))
            .toList();
    writer.close();
  }

  /** Threads that do not belong to the labeler. */
  ThreadGroup dependencyThreads() {
    return neighbours;
  }

  /** A new labeler, not started yet. */
  LabelerService labeler(MeterRegistry meters) {
    return new LabelerService(config, meters);
  }

  /** Views sent so far. */
  long sent() {
    return sent;
  }

  /** Sends more views, and returns when the broker has them. */
  void send(long count) {
    List<Future<?>> sends = new ArrayList<>();
    for (long i = 0; i < count; i++, sent++) {
      byte[] key = ("image-" + sent).getBytes(StandardCharsets.UTF_8);
      byte[] view = views.get((int) (sent % views.size()));
      int partition = (int) (sent / views.size() % PARTITIONS);
      sends.add(producer.send(new ProducerRecord<>(VIEWS, partition, key, view)));
    }
    producer.flush();
    sends.forEach(KafkaLabelerTestbed::await);
  }

  /** All that a service's file would say; the rest are the service's own defaults. */
  private static LabelerConfig config(
      Path directory,
      Map<String, String> kafka,
      InferenceSetup subject,
      Map<String, String> settings) {
    ObjectNode tree = JSON.createObjectNode();
    tree.put("teacher", subject.teacher().file().toString());
    tree.put("threads", subject.threads());
    tree.put("devices", subject.gpu() ? "gpu0" : "cpu");
    tree.put("state-directory", directory.resolve("labeler").toString());
    tree.putObject("batch").put("max-size", subject.batch());
    tree.set("kafka", JSON.valueToTree(kafka));
    String yaml = SettingsOverrides.with(tree.toString(), settings);
    return YamlSettings.parse(yaml, LabelerConfig.class, Map.of());
  }

  private static AugmentedView view(InferenceSetup subject, byte[] image) {
    int height = subject.teacher().height();
    int width = subject.teacher().width();
    int channels = subject.teacher().channels();
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    return AugmentedView.newBuilder()
        .setLineage(new Lineage("images", 0, 0L, "image-00000000", 0, 1, 42L, "policy"))
        .setRecipe(new Recipe(1, List.of(), null))
        .setEncoding(subject.encoding())
        .setHeight(height)
        .setWidth(width)
        .setChannels(channels)
        .setPixels(PixelCodec.encode(subject.encoding(), height, width, channels, image))
        .setCapturedAt(now)
        .setAugmentedAt(now)
        .build();
  }

  private static void createTopics(Map<String, String> kafka) {
    try (Admin admin = Admin.create(KafkaSettings.admin(kafka))) {
      await(
          admin
              .createTopics(
                  Stream.of(VIEWS, "labeled-views", "dead-letters")
                      .map(name -> new NewTopic(name, PARTITIONS, (short) 1))
                      .toList())
              .all());
    }
  }

  /** Threads that the work starts belong to the group of the thread that it runs on. */
  private static <T> T in(ThreadGroup group, Callable<T> work) {
    FutureTask<T> task = new FutureTask<>(work);
    new Thread(group, task, group.getName()).start();
    return await(task);
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
    registry.close();
    broker.close();
  }
}
