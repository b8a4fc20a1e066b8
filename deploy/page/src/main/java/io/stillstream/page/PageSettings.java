package io.stillstream.page;

import io.stillstream.runtime.config.Default;
import java.time.Duration;

/**
 * The {@code page:} part of a configuration.
 *
 * @param enabled whether there is a page
 * @param title what stands above it
 * @param readers how many browsers may have it open
 * @param sampleEvery how often some recent images are looked at, at most
 */
public record PageSettings(
    @Default("false") boolean enabled,
    @Default("stillstream") String title,
    @Default("16") int readers,
    @Default("3s") Duration sampleEvery) {
  public PageSettings {
    if (title.isBlank()) {
      throw new IllegalArgumentException("title must not be empty");
    }
    if (readers < 1 || readers > 256) {
      throw new IllegalArgumentException("readers must be within 1 and 256, was " + readers);
    }
    if (sampleEvery.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException(
          "sample-every must be at least 1s, was " + sampleEvery.toMillis() + "ms");
    }
  }
}
