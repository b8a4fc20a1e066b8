package io.stillstream.page.bottleneck;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How what waits before a stage changes. */
enum BacklogTrend {
  GROWING,
  STEADY,
  SHRINKING;

  @JsonValue
  String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
