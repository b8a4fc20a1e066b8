package io.stillstream.student;

import io.micrometer.core.instrument.MeterRegistry;
import io.stillstream.runtime.DeadLetters;
import io.stillstream.runtime.KafkaSettings;
import io.stillstream.runtime.Metrics;
import io.stillstream.runtime.ModelSpec;
import io.stillstream.runtime.RecordReader;
import io.stillstream.runtime.RecordWriter;
import io.stillstream.runtime.StartupException;
import io.stillstream.runtime.TopicLimit;
import io.stillstream.schemas.LabeledView;
import io.stillstream.student.checkpoint.CheckpointStore;
import io.stillstream.student.checkpoint.DirectoryLock;
import io.stillstream.student.checkpoint.Disk;
import io.stillstream.student.checkpoint.Ledger;
import io.stillstream.student.checkpoint.UnsupportedFormatException;
import io.stillstream.student.release.ReleaseStore;
import io.stillstream.student.release.Releases;
import io.stillstream.student.training.BatchBuilder;
import io.stillstream.student.training.TrainerMetrics;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Everything that one run of the trainer holds open, and closes in the opposite order. */
final class Workshop implements AutoCloseable {
  static final String RELEASES = "releases";
  private static final Logger LOG = LoggerFactory.getLogger(Workshop.class);
  private static final String SERVICE = "student-trainer";
  private static final String CHECKPOINTS = "checkpoints";
  private static final String LEDGER = "ledger.jsonl";

  /** Training waits for it at most this long when brokers are away. */
  private static final String MAX_BLOCK_MILLIS = "10000";

  private static final Duration OUTBOX_PATIENCE = Duration.ofSeconds(10);

  /** New partitions are noticed after this time. */
  private static final String METADATA_MILLIS = "30000";

  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final TrainerConfig config;
  private LabeledStream stream;
  private RecordReader<LabeledView> reader;
  private RecordWriter<Object> writer;
  private TrainerLoop loop;

  private Workshop(TrainerConfig config) {
    this.config = config;
  }

  /**
   * Opens everything; to be called, used and closed by one thread.
   *
   * @throws StartupException if it cannot run as configured
   */
  static Workshop open(
      TrainerConfig config,
      ModelSpec model,
      MeterRegistry registry,
      Progress progress,
      CountDownLatch stopping,
      InstantSource clock) {
    Workshop workshop = new Workshop(config);
    try {
      workshop.fill(model, registry, progress, stopping, clock);
      return workshop;
    } catch (IOException | IllegalStateException | UnsupportedFormatException e) {
      workshop.close();
      throw new StartupException("directory: " + e.getMessage(), e);
    } catch (OffsetGapException e) {
      workshop.close();
      throw new StartupException("directory: " + e.getMessage(), e);
    } catch (RuntimeException | Error e) {
      workshop.close();
      throw e;
    }
  }

  private void fill(
      ModelSpec model,
      MeterRegistry registry,
      Progress progress,
      CountDownLatch stopping,
      InstantSource clock)
      throws IOException {
    Disk disk = new Disk();
    Path directory = config.directory();
    DirectoryLock lock = opened(DirectoryLock.acquire(directory, disk));
    CheckpointStore checkpoints =
        new CheckpointStore(directory.resolve(CHECKPOINTS), config.checkpoint().keep(), lock, disk);
    Releases releases =
        new Releases(
            new ReleaseStore(directory.resolve(RELEASES), config.release().keep(), disk),
            model,
            config.trainingSettings(),
            clock);
    TrainerMetrics metrics =
        new MicrometerTrainerMetrics(registry, config.optimiser().learningRate(), clock);
    BatchBuilder batches = new BatchBuilder(model, config.loss().alpha());
    Trainee trainee = opened(Trainee.open(config, model, batches, checkpoints, metrics));
    Ledger ledger =
        opened(new Ledger(directory.resolve(LEDGER), trainee.begin().ledgerBytes(), disk));
    reader = opened(new RecordReader<>(LabeledView.class, config.kafka(), registry));
    writer = opened(new RecordWriter<>(config.kafka(), registry));
    boolean teacherFits = teacherFits(model, registry) || trainee.begin().viewsSeen() > 0;

    Consumer<byte[], byte[]> consumer = consumer();
    stream =
        opened(new LabeledStream(consumer, config.topics().labeledViews(), config.onOffsetGap()));
    opened(Metrics.bindKafka(consumer, registry));
    Producer<byte[], byte[]> producer =
        KafkaSettings.client(() -> new KafkaProducer<>(producerSettings()));
    Outbox outbox = opened(new Outbox(producer, deadLetters(registry), OUTBOX_PATIENCE, stopping));
    opened(Metrics.bindKafka(producer, registry));
    loop =
        new TrainerLoop(
            config,
            trainee,
            stream,
            new Intake(reader, new Examiner(model, batches), outbox, metrics, teacherFits),
            outbox,
            checkpoints,
            lock.epoch(),
            ledger,
            releases,
            new Announcer(config.topics(), writer, outbox, releases, clock),
            metrics,
            progress,
            stopping);
    loop.begin();
    LOG.atInfo()
        .addKeyValue("student", model.name())
        .addKeyValue("resumed", trainee.isResumed())
        .addKeyValue("steps", trainee.begin().steps())
        .addKeyValue("views", trainee.begin().viewsSeen())
        .addKeyValue("epoch", lock.epoch())
        .log("Trainer is ready");
  }

  private boolean teacherFits(ModelSpec model, MeterRegistry registry) {
    // A reader of its own: that of the stream says later whether the registry answers.
    try (Consumer<byte[], byte[]> consumer = consumer();
        RecordReader<LabeledView> first =
            new RecordReader<>(LabeledView.class, config.kafka(), registry)) {
      return new TeacherCheck(consumer, first, model).check(config.topics().labeledViews());
    }
  }

  private Consumer<byte[], byte[]> consumer() {
    return KafkaSettings.client(() -> new KafkaConsumer<>(consumerSettings(config)));
  }

  static Map<String, Object> consumerSettings(TrainerConfig config) {
    Map<String, Object> overrides = new HashMap<>();
    overrides.put(ConsumerConfig.GROUP_ID_CONFIG, config.groupId());
    // No silent reset: where to read is in the checkpoint.
    overrides.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    // Only what counts, and only as far as it has been trained on.
    overrides.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    overrides.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    if (!config.kafka().containsKey(ConsumerConfig.METADATA_MAX_AGE_CONFIG)) {
      overrides.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, METADATA_MILLIS);
    }
    return KafkaSettings.consumer(config.kafka(), overrides);
  }

  private DeadLetters deadLetters(MeterRegistry registry) {
    int largest =
        new ProducerConfig(producerSettings()).getInt(ProducerConfig.MAX_REQUEST_SIZE_CONFIG);
    String topic = config.topics().deadLetters();
    return new DeadLetters(topic, SERVICE, registry, TopicLimit.of(topic, config.kafka(), largest));
  }

  private Map<String, Object> producerSettings() {
    return KafkaSettings.producer(
        config.kafka(), Map.of(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK_MILLIS));
  }

  TrainerLoop loop() {
    return loop;
  }

  boolean isConnected() {
    return stream.isConnected();
  }

  boolean registryAnswers() {
    return reader.registryAvailable() && writer.registryAvailable();
  }

  private <T extends AutoCloseable> T opened(T resource) {
    open.push(resource);
    return resource;
  }

  @Override
  public void close() {
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (Exception e) {
        LOG.atWarn().addKeyValue("cause", e.toString()).log("Could not be closed");
      }
    }
  }
}
