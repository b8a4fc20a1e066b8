package io.stillstream.page;

import io.stillstream.runtime.config.Default;
import io.stillstream.runtime.config.SettingRanges;
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
    SettingRanges.requireText("title", title);
    SettingRanges.requireWithin(1, 256, "readers", readers);
    SettingRanges.requireAtLeast(Duration.ofSeconds(1), "sample-every", sampleEvery);
  }
}
