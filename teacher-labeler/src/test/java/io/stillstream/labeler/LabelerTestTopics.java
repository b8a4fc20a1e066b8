package io.stillstream.labeler;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stillstream.labeler.config.AnswerSettings;
import io.stillstream.labeler.config.LabelBudgetSettings;
import io.stillstream.labeler.config.LabelerConfig;
import io.stillstream.labeler.config.LabelerConfig.BatchSettings;
import io.stillstream.labeler.config.LabelerConfig.ReloadSettings;
import io.stillstream.labeler.config.LabelerConfig.TopicNames;
import io.stillstream.labeler.config.TeacherSettings;
import io.stillstream.labeler.torch.TeacherModelFixtures;
import io.stillstream.runtime.http.ManagementSettings;
import io.stillstream.runtime.metrics.MetricsSettings;
import io.stillstream.runtime.startup.StartSettings;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.Lineage;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.Recipe;
import io.stillstream.schemas.wire.AvroDeserializer;
import io.stillstream.schemas.wire.AvroSerializer;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The three topics of one test, and what a test does with them. */
public record LabelerTestTopics(TopicNames names, String group, LabelerTestCluster cluster) {
  /** Stands for a record without a value. */
  static final Object NO_VALUE = new Object();

  private static final LabelBudgetSettings ALL = new LabelBudgetSettings(1, Optional.empty());
  private static final AnswerSettings WHOLE = new AnswerSettings(Optional.empty());
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  static LabelerTestTopics named(String id, LabelerTestCluster cluster) {
    return new LabelerTestTopics(
        new TopicNames("", "views-" + id, "labeled-" + id, "progress-" + id, "letters-" + id),
        "labeler-" + id,
        cluster);
  }

  LabelerConfig config(String model, int instance, int batch, Map<String, String> kafka) {
    return config(model, instance, batch, kafka, ALL);
  }

  LabelerConfig config(String model, int instance, int batch, AnswerSettings labels) {
    return config(
        only(model), Duration.ZERO, instance, batches(batch, List.of()), Map.of(), ALL, labels);
  }

  LabelerConfig config(
      String model, int instance, int batch, Map<String, String> kafka, LabelBudgetSettings label) {
    return config(
        only(model), Duration.ZERO, instance, batches(batch, List.of()), kafka, label, WHOLE);
  }

  LabelerConfig config(
      List<TeacherSettings> teachers,
      Duration reload,
      int instance,
      int batch,
      Map<String, String> kafka) {
    return config(teachers, reload, instance, batches(batch, List.of()), kafka, ALL, WHOLE);
  }

  /** A teacher that is asked batches of one size only, padded. */
  LabelerConfig paddedConfig(Path teacher, int batch) {
    return config(
        List.of(new TeacherSettings(teacher, 1)),
        Duration.ofSeconds(10),
        0,
        batches(batch, List.of(batch)),
        Map.of(),
        ALL,
        WHOLE);
  }

  private static BatchSettings batches(int size, List<Integer> buckets) {
    return new BatchSettings(size, Duration.ofMillis(20), buckets, Duration.ofMinutes(1));
  }

  private static List<TeacherSettings> only(String model) {
    return List.of(new TeacherSettings(TeacherModelFixtures.directory(model), 1));
  }

  private LabelerConfig config(
      List<TeacherSettings> teachers,
      Duration reload,
      int instance,
      BatchSettings batch,
      Map<String, String> kafka,
      LabelBudgetSettings label,
      AnswerSettings labels) {
    Map<String, String> settings = new HashMap<>(cluster.kafka());
    settings.putAll(kafka);
    return new LabelerConfig(
        settings,
        names,
        group,
        Integer.toString(instance),
        Optional.empty(),
        teachers,
        new ReloadSettings(reload),
        List.of(),
        batch,
        label,
        labels,
        Duration.ofMillis(100),
        1,
        new ManagementSettings("127.0.0.1", 0),
        "auto",
        1,
        1,
        cluster.directory().resolve("labeler"),
        100,
        StartSettings.defaults(),
        MetricsSettings.ofEndpoint(),
        Optional.empty());
  }

  /** A view of image n with these pixels, made now. */
  public static AugmentedView view(int n, byte[] pixels) {
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    return AugmentedView.newBuilder()
        .setLineage(
            new Lineage("images", 0, (long) n, "image-" + n, 0, 1, 42L, "policy", null, null))
        .setRecipe(new Recipe(1, List.of(), null))
        .setEncoding(PixelEncoding.RAW)
        .setHeight(4)
        .setWidth(4)
        .setChannels(1)
        .setPixels(ByteBuffer.wrap(pixels))
        .setCapturedAt(now)
        .setAugmentedAt(now)
        .build();
  }

  /** Sends count views from number first on, the first pixel of each being n modulo 200. */
  void sendViews(int first, int count) {
    List<Object> views = new ArrayList<>();
    for (int n = first; n < first + count; n++) {
      views.add(view(n, TeacherModelFixtures.view(n % 200)));
    }
    send(views, cluster.kafka());
  }

  /** Sends records, byte arrays as they are, everything else through the serialiser. */
  void send(List<?> values, Map<String, String> kafka) {
    try (AvroSerializer serializer = new AvroSerializer();
        KafkaProducer<byte[], byte[]> producer =
            new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.get("bootstrap.servers"), "linger.ms", "5"),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
      serializer.configure(kafka, false);
      for (int n = 0; n < values.size(); n++) {
        Headers headers = new RecordHeaders();
        headers.add("stillstream.origin.topic", ("origin-" + n).getBytes(UTF_8));
        headers.add("stillstream.attempt", "1".getBytes(UTF_8));
        byte[] bytes = bytes(values.get(n), serializer);
        var unused =
            producer.send(new ProducerRecord<>(names.views(), null, null, key(n), bytes, headers));
      }
      producer.flush();
    }
  }

  private byte[] bytes(Object value, AvroSerializer serializer) {
    if (value == NO_VALUE) {
      return null;
    }
    if (value instanceof byte[] bytes) {
      return bytes;
    }
    // What is no view is registered elsewhere: the registry would not have it here.
    return serializer.serialize(
        value instanceof AugmentedView ? names.views() : names.views() + "-others", value);
  }

  public static byte[] key(int n) {
    return ("image-" + n).getBytes(UTF_8);
  }

  /** Labelled views read committed, as they come, until told to stop. */
  List<LabeledView> labeled(Enough<List<LabeledView>> enough) {
    return labeled(enough, PATIENCE);
  }

  /** The same with another patience than a minute's. */
  List<LabeledView> labeled(Enough<List<LabeledView>> enough, Duration patience) {
    List<LabeledView> views = new ArrayList<>();
    try (AvroDeserializer deserializer = new AvroDeserializer()) {
      Map<String, Object> settings = new HashMap<>(cluster.kafka());
      settings.put("specific.avro.reader", "true");
      deserializer.configure(settings, false);
      read(
          names.labeledViews(),
          record ->
              views.add(
                  (LabeledView) deserializer.deserialize(names.labeledViews(), record.value())),
          () -> enough.test(views),
          patience);
    }
    return views;
  }

  /** Records of a topic read committed until there is none left. */
  List<ConsumerRecord<byte[], byte[]>> all(String topic) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    read(topic, records::add, null, PATIENCE);
    return records;
  }

  private void read(
      String topic,
      java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> sink,
      BooleanSupplier enough,
      Duration patience) {
    Map<String, Object> settings = new HashMap<>(cluster.kafka());
    settings.remove("schema.registry.url");
    settings.put("isolation.level", "read_committed");
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      long deadline = System.nanoTime() + patience.toNanos();
      while (enough == null
          ? partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))
          : !enough.getAsBoolean()) {
        if (System.nanoTime() > deadline) {
          throw new AssertionError("timed out reading " + topic);
        }
        consumer.poll(Duration.ofMillis(50)).forEach(sink);
      }
    }
  }

  /** A condition on what has been read so far. */
  interface Enough<T> {
    boolean test(T soFar);
  }
}
