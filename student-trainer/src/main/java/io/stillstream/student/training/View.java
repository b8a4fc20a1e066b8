package io.stillstream.student.training;

import io.stillstream.schemas.PixelEncoding;
import java.util.Optional;

/** A view to learn from, its pixels still encoded: small enough to keep many of. */
public final class View {
  private final PixelEncoding encoding;
  private final byte[] pixels;
  private final float[] logits;
  private final Target target;
  private final boolean original;

  /**
   * Keeps the arrays, which must not change any more.
   *
   * @param logits of the teacher, or null
   * @param target or null
   * @param original whether this is the image itself and not an augmentation of it
   */
  public View(
      PixelEncoding encoding, byte[] pixels, float[] logits, Target target, boolean original) {
    this.encoding = encoding;
    this.pixels = pixels;
    this.logits = logits;
    this.target = target;
    this.original = original;
  }

  PixelEncoding encoding() {
    return encoding;
  }

  byte[] pixels() {
    return pixels;
  }

  /** Null where the teacher was not asked. */
  float[] logits() {
    return logits;
  }

  Optional<Target> target() {
    return Optional.ofNullable(target);
  }

  boolean isOriginal() {
    return original;
  }

  /** False if neither a teacher nor a label says anything about it. */
  public boolean teaches() {
    return logits != null || target != null;
  }
}
