package io.stillstream.augmenter;

import io.stillstream.runtime.BadRecordException;
import io.stillstream.runtime.Coordinates;
import io.stillstream.runtime.DeadLetters;
import io.stillstream.runtime.TraceContext;
import java.time.Clock;
import java.time.Duration;
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
 * The one step of the topology: a record goes to {@link AugmenterTopology#VIEWS} as all of its
 * views, or to {@link AugmenterTopology#DEAD_LETTERS} as exactly one letter, in the same
 * transaction as everything else. Nothing is forwarded until all views are there, so a record never
 * does both.
 */
final class AugmentProcessor implements Processor<byte[], byte[], byte[], byte[]> {
  private static final String STAGE = "augment";
  private static final Logger LOG = LoggerFactory.getLogger(AugmentProcessor.class);

  private final Supplier<ImageToViews> factory;
  private final Optional<PartnerLimits> limits;
  private final DeadLetters deadLetters;
  private final AugmenterMetrics metrics;
  private final Clock clock;
  private ImageToViews converter;
  private Optional<RecentImages> recent = Optional.empty();
  private ProcessorContext<byte[], byte[]> context;

  /**
   * @param limits of the store of recent images; empty if there is no such store
   */
  AugmentProcessor(
      Supplier<ImageToViews> factory,
      Optional<PartnerLimits> limits,
      DeadLetters deadLetters,
      AugmenterMetrics metrics,
      Clock clock) {
    this.factory = factory;
    this.limits = limits;
    this.deadLetters = deadLetters;
    this.metrics = metrics;
    this.clock = clock;
  }

  @Override
  public void init(ProcessorContext<byte[], byte[]> processorContext) {
    context = processorContext;
    converter = factory.get();
    recent =
        limits.map(
            some -> new RecentImages(context.getStateStore(PartnerStore.NAME), some, metrics));
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    long start = System.nanoTime();
    RecordMetadata at =
        context
            .recordMetadata()
            .orElseThrow(() -> new IllegalStateException("a record without coordinates"));
    Coordinates source = new Coordinates(at.topic(), at.partition(), at.offset());
    Coordinates origin = source.origin(record.headers());
    ImageToViews.Batch batch;
    try {
      recent.ifPresent(images -> images.before(source.offset()));
      batch = converter.convert(source, record.headers(), record.value(), origin, recent);
    } catch (BadRecordException e) {
      reject(record, source, e);
      return;
    }
    TraceContext trace =
        TraceContext.of(record.headers()).orElseGet(() -> TraceContext.start(origin));
    for (byte[] value : batch.values()) {
      Headers headers = new RecordHeaders();
      if (!origin.equals(source)) {
        origin.writeOrigin(headers);
      }
      trace.write(headers);
      context.forward(
          new Record<>(batch.key(), value, record.timestamp(), headers), AugmenterTopology.VIEWS);
    }
    // Last of all: what is put into a store before an exception stays there.
    recent.ifPresent(images -> images.add(batch.image()));
    metrics.mixed(batch.mixed());
    metrics.augmented(
        batch.values().size(),
        Duration.ofNanos(System.nanoTime() - start),
        Duration.between(batch.capturedAt(), clock.instant()));
  }

  private void reject(Record<byte[], byte[]> record, Coordinates source, BadRecordException cause) {
    ProducerRecord<byte[], byte[]> letter =
        deadLetters.letter(source, record.key(), record.value(), record.headers(), STAGE, cause);
    context.forward(
        new Record<>(letter.key(), letter.value(), record.timestamp(), letter.headers()),
        AugmenterTopology.DEAD_LETTERS);
    metrics.rejected(cause.reason());
    LOG.atWarn()
        .addKeyValue("record", source)
        .addKeyValue("reason", cause.reason())
        .addKeyValue("problem", cause.getMessage())
        .log("record goes to dead letters");
  }

  @Override
  public void close() {
    recent.ifPresent(RecentImages::close);
    recent = Optional.empty();
    if (converter != null) {
      converter.close();
    }
  }
}
