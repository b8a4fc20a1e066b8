package io.stillstream.augmenter.store;

import io.stillstream.augmenter.config.StreamsSettings;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * The store of recent images, in memory and with a changelog: part of the topology only if the
 * policy mixes.
 *
 * @param limits of each partition
 * @param changelog settings of the changelog topic
 */
public record RecentImageStore(RecentImageLimits limits, Map<String, String> changelog) {
  /** The store with the topic settings that its records need. */
  public static RecentImageStore of(RecentImageLimits limits, Map<String, String> kafka) {
    int request = StreamsSettings.maxRequestSize(kafka);
    Map<String, String> changelog = new HashMap<>();
    changelog.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(request));
    // A segment is compacted only when it is full, and restoring reads it all; it must hold the
    // largest batch.
    changelog.put(
        TopicConfig.SEGMENT_BYTES_CONFIG,
        Long.toString(Math.min(Integer.MAX_VALUE, Math.max(1L << 20, 2L * request))));
    changelog.keySet().removeIf(key -> kafka.containsKey(StreamsConfig.TOPIC_PREFIX + key));
    return new RecentImageStore(limits, Map.copyOf(changelog));
  }

  public StoreBuilder<KeyValueStore<Integer, byte[]>> builder() {
    return Stores.keyValueStoreBuilder(
            Stores.inMemoryKeyValueStore(StreamsSettings.RECENT_IMAGES),
            Serdes.Integer(),
            Serdes.ByteArray())
        .withLoggingEnabled(changelog)
        .withCachingDisabled();
  }
}
