package io.stillstream.augmenter.topology;

import io.stillstream.augmenter.config.StreamsSettings;
import io.stillstream.augmenter.fetch.prefetch.ObjectFetcher;
import io.stillstream.augmenter.metrics.AugmenterMetrics;
import io.stillstream.augmenter.store.RecentImageBuffer;
import io.stillstream.augmenter.store.RecentImageLimits;
import io.stillstream.runtime.records.BadRecordException;
import io.stillstream.runtime.records.DeadLetterFactory;
import io.stillstream.runtime.records.RecordCoordinates;
import io.stillstream.runtime.records.TraceContext;
import io.stillstream.runtime.records.UnexpectedFailurePolicy;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Processes one record: forwards all of its views to {@link #VIEWS}, or exactly one dead letter to
 * {@link #DEAD_LETTERS}, in one transaction with the offset. Nothing is forwarded until all views
 * are serialized, so a record never gives both.
 */
public final class AugmentProcessor implements Processor<byte[], byte[], byte[], byte[]> {
  /** Name of the sink of views. */
  public static final String VIEWS = "views";

  /** Name of the sink of dead letters. */
  public static final String DEAD_LETTERS = "dead-letters";

  private static final String STAGE = "augment";
  private static final Logger LOG = LoggerFactory.getLogger(AugmentProcessor.class);

  private final Supplier<RecordAugmenter> factory;
  private final Optional<RecentImageLimits> limits;
  private final ObjectFetcher objects;
  private final DeadLetterFactory deadLetters;
  private final UnexpectedFailurePolicy failures;
  private final AugmenterMetrics metrics;
  private final Clock clock;
  private RecordAugmenter augmenter;
  private Optional<RecentImageBuffer> recent = Optional.empty();
  private ProcessorContext<byte[], byte[]> context;

  /**
   * @param factory creates the augmenter of each task
   * @param limits of the store of recent images; empty if there is no such store
   * @param objects told which records are done with
   */
  public AugmentProcessor(
      Supplier<RecordAugmenter> factory,
      Optional<RecentImageLimits> limits,
      ObjectFetcher objects,
      DeadLetterFactory deadLetters,
      UnexpectedFailurePolicy failures,
      AugmenterMetrics metrics,
      Clock clock) {
    this.factory = factory;
    this.limits = limits;
    this.objects = objects;
    this.deadLetters = deadLetters;
    this.failures = failures;
    this.metrics = metrics;
    this.clock = clock;
  }

  @Override
  public void init(ProcessorContext<byte[], byte[]> processorContext) {
    context = processorContext;
    augmenter = factory.get();
    recent =
        limits.map(
            some ->
                new RecentImageBuffer(
                    context.getStateStore(StreamsSettings.RECENT_IMAGES), some, metrics));
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    long start = System.nanoTime();
    RecordCoordinates at = coordinates();
    recent.ifPresent(images -> images.rewindTo(at.offset()));
    Augmented augmented;
    try {
      augmented = failures.run(at, () -> augment(record, at));
    } catch (BadRecordException e) {
      objects.processed(at);
      forwardDeadLetter(record, at, e);
      return;
    }
    objects.processed(at);
    failures.succeeded();
    // From here on, only Kafka can fail.
    augmented.records().forEach(view -> context.forward(view, VIEWS));
    // After forwarding, since an exception does not undo what was put into the store.
    recent.ifPresent(images -> images.add(augmented.recent()));
    count(augmented, Duration.ofNanos(System.nanoTime() - start));
  }

  private RecordCoordinates coordinates() {
    RecordMetadata metadata =
        context
            .recordMetadata()
            .orElseThrow(() -> new IllegalStateException("a record without coordinates"));
    return new RecordCoordinates(metadata.topic(), metadata.partition(), metadata.offset());
  }

  /**
   * The result for one record.
   *
   * @param records of the views, to be forwarded
   * @param recent the image as the store keeps it; empty if there is no store
   */
  @SuppressWarnings("ArrayRecordComponent") // created here, read once
  private record Augmented(
      RecordAugmenter.SerializedViews views, List<Record<byte[], byte[]>> records, byte[] recent) {}

  /** Everything that a bad record can make fail; it changes no state and may be repeated. */
  private Augmented augment(Record<byte[], byte[]> record, RecordCoordinates at) {
    RecordCoordinates origin = at.origin(record.headers());
    RecordAugmenter.SerializedViews views =
        augmenter.augment(at, record.headers(), record.value(), origin, recent);
    TraceContext trace =
        TraceContext.of(record.headers()).orElseGet(() -> TraceContext.start(origin));
    List<Record<byte[], byte[]>> records = new ArrayList<>();
    for (byte[] value : views.values()) {
      Headers headers = new RecordHeaders();
      if (!origin.equals(at)) {
        origin.writeOrigin(headers);
      }
      trace.write(headers);
      records.add(new Record<>(views.key(), value, record.timestamp(), headers));
    }
    return new Augmented(
        views, records, recent.isEmpty() ? new byte[0] : views.image().serialize());
  }

  private void count(Augmented augmented, Duration duration) {
    metrics.mixed(augmented.views().mixed());
    metrics.augmented(
        augmented.records().size(),
        duration,
        Duration.between(augmented.views().capturedAt(), clock.instant()));
  }

  private void forwardDeadLetter(
      Record<byte[], byte[]> record, RecordCoordinates at, BadRecordException cause) {
    ProducerRecord<byte[], byte[]> deadLetter =
        deadLetters.create(at, record.key(), record.value(), record.headers(), STAGE, cause);
    context.forward(
        new Record<>(
            deadLetter.key(), deadLetter.value(), record.timestamp(), deadLetter.headers()),
        DEAD_LETTERS);
    metrics.rejected(cause.reason());
    LOG.atWarn()
        .addKeyValue("record", at)
        .addKeyValue("reason", cause.reason())
        .addKeyValue("problem", cause.getMessage())
        .log("record is sent to dead letters");
  }

  @Override
  public void close() {
    objects.revoked(context.taskId().partition());
    recent.ifPresent(RecentImageBuffer::close);
    recent = Optional.empty();
    if (augmenter != null) {
      augmenter.close();
    }
  }
}
