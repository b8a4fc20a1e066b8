package io.stillstream.augmenter.topology;

import io.stillstream.augmenter.fetch.prefetch.ObjectFetcher;
import io.stillstream.augmenter.policy.Policy;
import java.time.Clock;
import java.util.function.Supplier;

/**
 * Creates the {@link RecordAugmenter} of each task, from what all of them share. Thread-safe.
 *
 * @param maxPixels largest height × width that is decoded
 * @param serdes not closed here
 * @param objects gives the images that events name by an address; not closed here
 * @param registryRetry waits for the registry
 * @param storeRetry waits for the stores of objects
 * @param maxBytes largest record that producer and topic allow
 */
public record RecordAugmenterFactory(
    Policy policy,
    long maxPixels,
    AugmenterSerdes serdes,
    ObjectFetcher objects,
    DependencyRetry registryRetry,
    DependencyRetry storeRetry,
    String viewsTopic,
    int maxBytes,
    Clock clock)
    implements Supplier<RecordAugmenter> {

  @Override
  public RecordAugmenter get() {
    return new RecordAugmenter(this);
  }
}
