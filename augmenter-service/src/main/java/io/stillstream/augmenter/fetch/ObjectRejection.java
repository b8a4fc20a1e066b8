package io.stillstream.augmenter.fetch;

import java.util.Locale;

/** Why an object cannot be used, whatever time passes: a tag of metrics and of dead letters. */
public enum ObjectRejection {
  /** There is no such object. */
  NOT_FOUND,
  /** It has another size or another SHA-256 than the event says. */
  CHANGED,
  /** It has more bytes than the settings allow. */
  TOO_LARGE,
  /** The settings do not allow its address, or the store refuses access to it alone. */
  NOT_ALLOWED;

  /** The reason as it appears in tags and headers. */
  public String tag() {
    return name().toLowerCase(Locale.ROOT);
  }
}
