package io.stillstream.page.label;

import io.stillstream.runtime.config.Default;
import io.stillstream.runtime.config.SettingRanges;

/**
 * Labels that readers of the page give.
 *
 * @param write whether they are taken
 * @param perMinute how many are taken in a minute, from all readers together
 */
public record PageLabelSettings(@Default("false") boolean write, @Default("120") int perMinute) {
  public PageLabelSettings {
    SettingRanges.requireWithin(1, 10_000, "per-minute", perMinute);
  }
}
