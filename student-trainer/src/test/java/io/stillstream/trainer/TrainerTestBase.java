package io.stillstream.trainer;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.runtime.records.RecordValueSerializer;
import io.stillstream.schemas.LabeledView;
import io.stillstream.trainer.config.TrainerConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Trainers of a small CNN in this JVM, the topics around them, and a labeler's part of the work.
 */
public abstract class TrainerTestBase {
  @RegisterExtension public static final TrainerTestCluster CLUSTER = new TrainerTestCluster();
  public static final Duration PATIENCE = Duration.ofMinutes(2);
  public static final int BATCH = 16;

  @TempDir public Path directory;
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final List<TrainerService> started = new ArrayList<>();
  public Producer<byte[], byte[]> producer;
  RecordValueSerializer<LabeledView> writer;

  /**
   * Of the topics that trainers and this test use; {@link TrainerTestCluster#topics} makes them.
   */
  public String suffix;

  @BeforeEach
  public void open() {
    producer = new KafkaProducer<>(KafkaSettings.producer(CLUSTER.kafka(), Map.of()));
    writer = new RecordValueSerializer<>(CLUSTER.kafka(), meters);
  }

  @AfterEach
  void close() {
    started.forEach(TrainerService::close);
    producer.close();
    writer.close();
  }

  /** Starts a trainer; what {@code more}, YAML, says of these goes before what is usual here. */
  public final TrainerService start(String more) {
    String yaml =
        more.contains("kafka:") ? TrainerTestCluster.topicsYaml(suffix) : CLUSTER.yaml(suffix);
    yaml += more.contains("student:") ? "" : "student: src/test/resources/students/cnn\n";
    yaml += more.contains("buffer:") ? "" : "buffer: {views: 100}\n";
    yaml += more.contains("batch:") ? "" : "batch: {size: 16}\n";
    yaml += more.contains("directory:") ? "" : "directory: " + directory + "\n";
    TrainerConfig config = YamlSettings.parse(yaml + more + "\n", TrainerConfig.class, Map.of());
    TrainerService trainer = new TrainerService(config, meters);
    trainer.start();
    started.add(trainer);
    return trainer;
  }

  public final void sendView(LabeledView view) {
    String topic = "labeled-" + suffix;
    byte[] key = view.getView().getLineage().getImageId().getBytes(UTF_8);
    Future<?> unused =
        producer.send(new ProducerRecord<>(topic, key, writer.serialize(topic, view)));
  }

  public final <T> List<T> read(String topic, Class<T> type) {
    try (RecordValueDeserializer<T> reader =
        new RecordValueDeserializer<>(type, CLUSTER.kafka(), meters)) {
      return records(topic).stream()
          .map(record -> reader.deserialize(topic, record.headers(), record.value()))
          .toList();
    }
  }

  static List<ConsumerRecord<byte[], byte[]>> records(String topic) {
    TopicPartition partition = new TopicPartition(topic, 0);
    try (Consumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(KafkaSettings.consumer(CLUSTER.kafka(), Map.of()))) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).get(partition);
      List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
      while (consumer.position(partition) < end) {
        consumer.poll(Duration.ofMillis(100)).forEach(records::add);
      }
      return records;
    }
  }

  public static Path newest(Path trainer) throws IOException {
    return TrainerDirectoryReader.newest(trainer).orElseThrow();
  }
}
