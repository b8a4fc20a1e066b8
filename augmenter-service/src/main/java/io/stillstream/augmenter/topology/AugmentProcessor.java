package io.stillstream.augmenter.topology;

import io.stillstream.augmenter.config.StreamsSettings;
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
 * The one step of the topology: a record goes to {@link #VIEWS} as all of its views, or to {@link
 * #DEAD_LETTERS} as exactly one letter, in the same transaction as everything else. Nothing is
 * forwarded until all views are there, so a record never does both.
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
  private final DeadLetterFactory deadLetters;
  private final UnexpectedFailurePolicy failures;
  private final AugmenterMetrics metrics;
  private final Clock clock;
  private RecordAugmenter converter;
  private Optional<RecentImageBuffer> recent = Optional.empty();
  private ProcessorContext<byte[], byte[]> context;

  /**
   * Creates an augment processor.
   *
   * @param limits of the store of recent images; empty if there is no such store
   */
  public AugmentProcessor(
      Supplier<RecordAugmenter> factory,
      Optional<RecentImageLimits> limits,
      DeadLetterFactory deadLetters,
      UnexpectedFailurePolicy failures,
      AugmenterMetrics metrics,
      Clock clock) {
    this.factory = factory;
    this.limits = limits;
    this.deadLetters = deadLetters;
    this.failures = failures;
    this.metrics = metrics;
    this.clock = clock;
  }

  @Override
  public void init(ProcessorContext<byte[], byte[]> processorContext) {
    context = processorContext;
    converter = factory.get();
    recent =
        limits.map(
            some ->
                new RecentImageBuffer(
                    context.getStateStore(StreamsSettings.RECENT_IMAGES), some, metrics));
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    long start = System.nanoTime();
    RecordMetadata at =
        context
            .recordMetadata()
            .orElseThrow(() -> new IllegalStateException("a record without coordinates"));
    RecordCoordinates source = new RecordCoordinates(at.topic(), at.partition(), at.offset());
    recent.ifPresent(images -> images.rewindTo(source.offset()));
    Augmented made;
    try {
      made = failures.run(source, () -> augment(record, source));
    } catch (BadRecordException e) {
      reject(record, source, e);
      return;
    }
    failures.succeeded();
    // From here on, only Kafka fails.
    made.records().forEach(view -> context.forward(view, VIEWS));
    // Last of all: what is put into a store before an exception stays there.
    recent.ifPresent(images -> images.add(made.recent()));
    metrics.mixed(made.batch().mixed());
    metrics.augmented(
        made.records().size(),
        Duration.ofNanos(System.nanoTime() - start),
        Duration.between(made.batch().capturedAt(), clock.instant()));
  }

  /**
   * All that is made of one record, to be handed on.
   *
   * @param recent the image as the store keeps it; empty if there is no store
   */
  @SuppressWarnings("ArrayRecordComponent") // made here, read once
  private record Augmented(
      RecordAugmenter.SerializedViews batch, List<Record<byte[], byte[]>> records, byte[] recent) {}

  /** Everything that can fail for the record's sake; it changes nothing and may be done again. */
  private Augmented augment(Record<byte[], byte[]> record, RecordCoordinates source) {
    RecordCoordinates origin = source.origin(record.headers());
    RecordAugmenter.SerializedViews batch =
        converter.augment(source, record.headers(), record.value(), origin, recent);
    TraceContext trace =
        TraceContext.of(record.headers()).orElseGet(() -> TraceContext.start(origin));
    List<Record<byte[], byte[]>> records = new ArrayList<>();
    for (byte[] value : batch.values()) {
      Headers headers = new RecordHeaders();
      if (!origin.equals(source)) {
        origin.writeOrigin(headers);
      }
      trace.write(headers);
      records.add(new Record<>(batch.key(), value, record.timestamp(), headers));
    }
    return new Augmented(
        batch, records, recent.isEmpty() ? new byte[0] : batch.image().serialize());
  }

  private void reject(
      Record<byte[], byte[]> record, RecordCoordinates source, BadRecordException cause) {
    ProducerRecord<byte[], byte[]> letter =
        deadLetters.create(source, record.key(), record.value(), record.headers(), STAGE, cause);
    context.forward(
        new Record<>(letter.key(), letter.value(), record.timestamp(), letter.headers()),
        DEAD_LETTERS);
    metrics.rejected(cause.reason());
    LOG.atWarn()
        .addKeyValue("record", source)
        .addKeyValue("reason", cause.reason())
        .addKeyValue("problem", cause.getMessage())
        .log("record goes to dead letters");
  }

  @Override
  public void close() {
    recent.ifPresent(RecentImageBuffer::close);
    recent = Optional.empty();
    if (converter != null) {
      converter.close();
    }
  }
}
