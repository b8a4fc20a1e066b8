package io.stillstream.trainer.training.example;

import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.values.Logits;
import java.util.Optional;

/** A view to learn from, its pixels still encoded: small enough to keep many of. */
public final class TrainingExample {
  /** What a view takes on the heap besides pixels and logits: objects, headers, references. */
  private static final int OVERHEAD = 150;

  private final PixelEncoding encoding;
  private final byte[] pixels;
  private final float[] logits;
  private final LabelTarget target;
  private final boolean original;
  private final long teacher;
  private final ViewIdentity identity;
  private final boolean mirrored;

  /** A view of which neither teacher nor images are known. */
  public TrainingExample(
      PixelEncoding encoding, byte[] pixels, float[] logits, LabelTarget target, boolean original) {
    this(encoding, pixels, logits, target, original, 0, ViewIdentity.UNKNOWN);
  }

  /**
   * Keeps the arrays, which must not change any more.
   *
   * @param logits of the teacher, or null
   * @param target or null
   * @param original whether this is the image itself and not an augmentation of it
   * @param teacher fingerprint of the teacher; 0 if it is not known
   * @param identity which view of which image it is
   */
  public TrainingExample(
      PixelEncoding encoding,
      byte[] pixels,
      float[] logits,
      LabelTarget target,
      boolean original,
      long teacher,
      ViewIdentity identity) {
    this(encoding, pixels, logits, target, original, teacher, identity, false);
  }

  private TrainingExample(
      PixelEncoding encoding,
      byte[] pixels,
      float[] logits,
      LabelTarget target,
      boolean original,
      long teacher,
      ViewIdentity identity,
      boolean mirrored) {
    this.encoding = encoding;
    this.pixels = pixels;
    this.logits = logits;
    this.target = target;
    this.original = original;
    this.teacher = teacher;
    this.identity = identity;
    this.mirrored = mirrored;
  }

  /** The same view with left and right exchanged, and with the same targets; shares the arrays. */
  public TrainingExample mirror() {
    return new TrainingExample(
        encoding, pixels, logits, target, original, teacher, identity, !mirrored);
  }

  public PixelEncoding encoding() {
    return encoding;
  }

  public byte[] pixels() {
    return pixels;
  }

  /** Null where the teacher was not asked. */
  public float[] logits() {
    return logits;
  }

  public Optional<LabelTarget> target() {
    return Optional.ofNullable(target);
  }

  public boolean isOriginal() {
    return original;
  }

  public long teacher() {
    return teacher;
  }

  /** Which view of which image it is. */
  public ViewIdentity identity() {
    return identity;
  }

  /** The image that it is a view of; 0 if it is not known. */
  public long image() {
    return identity.image();
  }

  /** The image that is mixed in; 0 if none is, or it is not known. */
  public long partner() {
    return identity.partner();
  }

  /** Whether the pixels, once decoded, are to be mirrored. */
  public boolean isMirrored() {
    return mirrored;
  }

  /** False if neither a teacher nor a label says anything about it. */
  public boolean hasTrainingSignal() {
    return logits != null || target != null;
  }

  /** Whether it has logits, and not from this teacher. */
  public boolean isFromAnother(long thanTeacher) {
    return logits != null && teacher != thanTeacher;
  }

  /** The class that its label names, or else the one that the teacher favours; −1 for neither. */
  public int category() {
    if (target != null) {
      return target.top();
    }
    return logits == null ? -1 : Logits.top(logits);
  }

  /** What it takes on the heap, near enough. */
  public long bytes() {
    return OVERHEAD + pixels.length + (logits == null ? 0L : (long) Float.BYTES * logits.length);
  }
}
