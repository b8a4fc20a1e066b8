package io.stillstream.augmenter;

import io.stillstream.augmenter.config.AugmenterConfig.AugmenterTopics;
import io.stillstream.augmenter.metrics.AugmenterMetrics;
import io.stillstream.augmenter.store.RecentImageLimits;
import io.stillstream.augmenter.store.RecentImageStore;
import io.stillstream.augmenter.topology.AugmentProcessor;
import io.stillstream.augmenter.topology.RecordAugmenterFactory;
import io.stillstream.augmenter.topology.RecordTimestampExtractor;
import io.stillstream.runtime.records.DeadLetterFactory;
import io.stillstream.runtime.records.UnexpectedFailurePolicy;
import java.time.Clock;
import java.util.Optional;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;

/**
 * The topology as a value: images → augment → views | dead-letters, with a store of recent images
 * if the policy mixes images. All edges carry bytes, and {@link AugmentProcessor} deserializes: an
 * exception of Kafka Streams' own deserializer does not tell an unavailable registry from a broken
 * record.
 */
public final class AugmenterTopology {
  static final String IMAGES = "images";
  static final String AUGMENT = "augment";

  private AugmenterTopology() {}

  /**
   * @param augmenters creates one augmenter per task
   * @param store of recent images; empty if the policy mixes none
   */
  static Topology of(
      AugmenterTopics topics,
      RecordAugmenterFactory augmenters,
      Optional<RecentImageStore> store,
      DeadLetterFactory deadLetters,
      UnexpectedFailurePolicy failures,
      AugmenterMetrics metrics,
      Clock clock) {
    Optional<RecentImageLimits> limits = store.map(RecentImageStore::limits);
    Topology topology =
        new Topology()
            .addSource(
                (AutoOffsetReset) null, // as the consumer's settings say
                IMAGES,
                new RecordTimestampExtractor(clock),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer(),
                topics.images())
            .addProcessor(
                AUGMENT,
                () ->
                    new AugmentProcessor(
                        augmenters,
                        limits,
                        augmenters.objects(),
                        deadLetters,
                        failures,
                        metrics,
                        clock),
                IMAGES)
            .addSink(
                AugmentProcessor.VIEWS,
                topics.views(),
                new ByteArraySerializer(),
                new ByteArraySerializer(),
                AUGMENT)
            .addSink(
                AugmentProcessor.DEAD_LETTERS,
                topics.deadLetters(),
                new ByteArraySerializer(),
                new ByteArraySerializer(),
                AUGMENT);
    store.ifPresent(recent -> topology.addStateStore(recent.builder(), AUGMENT));
    return topology;
  }
}
