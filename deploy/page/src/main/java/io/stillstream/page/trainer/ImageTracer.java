package io.stillstream.page.trainer;

import java.util.Optional;

/** Tells the story of one image, from its raw record to the releases that learned from it. */
public interface ImageTracer {
  /**
   * The story as whatever Jackson makes JSON of: records, maps, lists. May take seconds, and be
   * called by several threads at a time.
   *
   * @return empty if nothing is known of the image
   * @throws org.apache.kafka.common.KafkaException if a broker or the registry is away
   */
  Optional<Object> trace(String imageId) throws InterruptedException;
}
