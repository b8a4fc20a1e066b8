package io.stillstream.schemas.answer;

import java.util.Locale;

/** What a model answers for an image. */
public enum ModelTask {
  /** One class for the whole image: logits [K]. */
  CLASSIFICATION,
  /** A class for each cell of a grid over the image: logits [K, h, w]. */
  SEGMENTATION,
  /** A vector: [D]. */
  EMBEDDING;

  /** As settings and records name it: in lower case. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
