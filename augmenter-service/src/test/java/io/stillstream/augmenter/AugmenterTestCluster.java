package io.stillstream.augmenter;

import io.stillstream.augmenter.config.AugmenterConfig;
import io.stillstream.augmenter.image.TestImages;
import io.stillstream.augmenter.image.TestMasks;
import io.stillstream.containers.KafkaTestEnvironment;
import io.stillstream.runtime.records.RecordCoordinates;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.ImageEvent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A broker and a registry with the topics of one augmenter; both can be stopped and started again.
 */
final class AugmenterTestCluster implements AutoCloseable {
  static final int PARTITIONS = 2;

  private final KafkaTestEnvironment environment;
  private final TestRecordCodec wire;
  private final Map<String, ConsumedRecordCounter> counts = new HashMap<>();

  AugmenterTestCluster(Path directory) {
    environment = KafkaTestEnvironment.start(directory);
    wire = new TestRecordCodec(environment.kafka());
  }

  /** Settings of clients. */
  Map<String, String> kafka() {
    return environment.kafka();
  }

  /** Names of the three topics of a test, made here. */
  AugmenterConfig.AugmenterTopics topics(String test) throws Exception {
    return topics(test, PARTITIONS);
  }

  /** The same with another number of partitions. */
  AugmenterConfig.AugmenterTopics topics(String test, int partitions) throws Exception {
    AugmenterConfig.AugmenterTopics topics =
        new AugmenterConfig.AugmenterTopics(
            "", "images-" + test, "views-" + test, "dead-letters-" + test);
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", environment.bootstrapServers()))) {
      admin
          .createTopics(
              Stream.of(topics.images(), topics.views(), topics.deadLetters())
                  .map(name -> new NewTopic(name, partitions, (short) 1))
                  .toList())
          .all()
          .get();
    }
    return topics;
  }

  /** Sends small grey images with ids from {@code first} on, and returns when all are there. */
  void sendImages(String topic, int first, int count)
      throws ExecutionException, InterruptedException {
    byte[] png = TestImages.file(TestImages.picture(28, 28, 1), "png");
    List<byte[]> values = new ArrayList<>();
    for (int i = first; i < first + count; i++) {
      values.add(wire.image(topic, TestRecordCodec.event("image-" + i, png, i % 10)));
    }
    send(topic, values);
  }

  /**
   * Sends RGB images of several sizes, no two alike, three of four with a mask, with ids from
   * {@code first} on, and returns when all are there.
   */
  void sendPictures(String topic, int first, int count)
      throws ExecutionException, InterruptedException {
    List<byte[]> values = new ArrayList<>();
    for (int i = first; i < first + count; i++) {
      byte[] file = TestImages.file(TestImages.picture(20 + i % 7 * 5, 20 + i % 5 * 6, i), "png");
      ImageEvent event = TestRecordCodec.event("image-" + i, file, i % 9 == 0 ? null : i % 10);
      if (i % 4 != 0) {
        event.setMask(TestMasks.png(TestMasks.random(20 + i % 7 * 5, 20 + i % 5 * 6, i)));
      }
      values.add(wire.image(topic, event));
    }
    send(topic, values);
  }

  /** Records and their bytes. */
  TestRecordCodec codec() {
    return wire;
  }

  /** The image event of a record, as of a dead letter of this topic. */
  ImageEvent image(String topic, ConsumerRecord<byte[], byte[]> record) {
    return wire.image(topic, record);
  }

  /** All image events of a topic by their coordinates. */
  Map<RecordCoordinates, ImageEvent> images(String topic) {
    return read(topic, "read_committed").stream()
        .collect(Collectors.toMap(RecordCoordinates::of, record -> wire.image(topic, record)));
  }

  /** Settings of a topic. */
  Map<String, String> settings(String topic) throws ExecutionException, InterruptedException {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", environment.bootstrapServers()))) {
      ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
      Map<String, String> settings = new TreeMap<>();
      admin
          .describeConfigs(List.of(resource))
          .all()
          .get()
          .get(resource)
          .entries()
          .forEach(entry -> settings.put(entry.name(), entry.value()));
      return settings;
    }
  }

  /** Sends bytes as they are, and returns when all are there. */
  void send(String topic, List<byte[]> values) throws ExecutionException, InterruptedException {
    // One request at a time: of several to a partition whose leader is just being made, a later one
    // may get in before
    // the first, which then is out of order for ever.
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers",
            environment.bootstrapServers(),
            "linger.ms",
            5,
            "max.in.flight.requests.per.connection",
            1);
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      List<Future<RecordMetadata>> sent = new ArrayList<>();
      for (int i = 0; i < values.size(); i++) {
        byte[] key = ("key-" + i).getBytes(StandardCharsets.UTF_8);
        sent.add(producer.send(new ProducerRecord<>(topic, key, values.get(i))));
      }
      for (Future<RecordMetadata> record : sent) {
        record.get();
      }
    }
  }

  /** All views of a topic that are committed. */
  List<AugmentedView> views(String topic) {
    return read(topic, "read_committed").stream()
        .map(record -> wire.view(topic, record.value()))
        .toList();
  }

  /**
   * All records of a topic that are committed ({@code read_committed}), or all ({@code
   * read_uncommitted}).
   */
  List<ConsumerRecord<byte[], byte[]>> read(String topic, String isolation) {
    try (Consumer<byte[], byte[]> consumer = consumer(topic, isolation)) {
      Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
      List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        consumer.poll(Duration.ofMillis(100)).forEach(records::add);
      }
      return records;
    }
  }

  /** How many records {@link #read} would give; none is fetched twice, so it can be asked often. */
  int count(String topic, String isolation) {
    return counts
        .computeIfAbsent(
            topic + " " + isolation, key -> new ConsumedRecordCounter(consumer(topic, isolation)))
        .get();
  }

  /** At the beginning of all partitions. */
  private Consumer<byte[], byte[]> consumer(String topic, String isolation) {
    Consumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers", environment.bootstrapServers(), "isolation.level", isolation),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    List<TopicPartition> partitions =
        consumer.partitionsFor(topic).stream()
            .map(info -> new TopicPartition(topic, info.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    return consumer;
  }

  void stopRegistry() {
    environment.stopRegistry();
  }

  void startRegistry() {
    environment.startRegistry();
  }

  void restartBroker(Runnable whileStopped) {
    environment.withoutBroker(whileStopped);
  }

  @Override
  public void close() {
    counts.values().forEach(ConsumedRecordCounter::close);
    environment.close();
  }
}
