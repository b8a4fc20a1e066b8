package io.stillstream.bench.load.delivery;

import java.util.Locale;

/** How far an image has come. */
public enum DeliveryStage {
  /** All of its views can be read. */
  VIEWED,
  /** All of its labels can be read. */
  LABELED,
  /** The student has learned from them. */
  TRAINED;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
