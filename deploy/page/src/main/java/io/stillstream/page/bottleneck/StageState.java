package io.stillstream.page.bottleneck;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How a stage gets along with what arrives. */
enum StageState {
  /** There is no evidence. */
  UNKNOWN,
  /** It has not been observed for long enough. */
  MEASURING,
  /** Nothing arrives, and nothing waits. */
  IDLE,
  /** It finishes what arrives. */
  KEEPS_UP,
  /** Records have waited all the time, so it works as fast as it can. */
  BEHIND,
  /** Records have waited all the time, and it has finished none. */
  STOPPED;

  /** Whether this can be shown at once: it claims nothing about the stage. */
  boolean isNoClaim() {
    return this == UNKNOWN || this == MEASURING;
  }

  @JsonValue
  String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
