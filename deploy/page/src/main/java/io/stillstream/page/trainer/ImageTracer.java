package io.stillstream.page.trainer;

import java.util.Optional;

/** Traces one image, from its raw record to the releases that learned from it. */
public interface ImageTracer {
  /**
   * The trace, as values that Jackson can write as JSON: records, maps, lists. May take seconds, and be
   * called by several threads at a time.
   *
   * @return empty if nothing is known of the image
   * @throws org.apache.kafka.common.KafkaException if a broker or the registry is away
   */
  Optional<Object> trace(String imageId) throws InterruptedException;
}
