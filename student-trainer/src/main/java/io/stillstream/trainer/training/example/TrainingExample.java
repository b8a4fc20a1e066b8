package io.stillstream.trainer.training.example;

import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.schemas.values.Logits;
import java.util.Optional;

/**
 * A view to learn from, its pixels still encoded: small enough to keep many of. A view that waits
 * for its batch may have a decoded copy beside them, until it is {@link #released}.
 */
public final class TrainingExample {
  private final PixelEncoding encoding;
  private final byte[] pixels;
  private final PackedAnswer answer;
  private final LabelTarget target;
  private final byte[] mask;
  private final boolean original;
  private final long teacher;
  private final ViewIdentity identity;
  private final boolean mirrored;
  private final boolean cropped;
  private final DecodedView decoded;

  /** A view of which neither teacher nor images are known. */
  public TrainingExample(
      PixelEncoding encoding, byte[] pixels, float[] logits, LabelTarget target, boolean original) {
    this(encoding, pixels, logits, target, original, 0, ViewIdentity.UNKNOWN);
  }

  /** A view for a classification, with the logits of a teacher, or null. */
  public TrainingExample(
      PixelEncoding encoding,
      byte[] pixels,
      float[] logits,
      LabelTarget target,
      boolean original,
      long teacher,
      ViewIdentity identity) {
    this(
        encoding,
        pixels,
        logits == null ? null : PackedAnswer.ofLogits(logits),
        target,
        null,
        original,
        teacher,
        identity);
  }

  /**
   * Keeps the arrays, which must not change any more.
   *
   * @param answer of the teacher, or null
   * @param target or null
   * @param mask the true class of each pixel as a PNG file, or null
   * @param original whether this is the image itself and not an augmentation of it
   * @param teacher fingerprint of the teacher; 0 if it is not known
   * @param identity which view of which image it is
   */
  public TrainingExample(
      PixelEncoding encoding,
      byte[] pixels,
      PackedAnswer answer,
      LabelTarget target,
      byte[] mask,
      boolean original,
      long teacher,
      ViewIdentity identity) {
    this.encoding = encoding;
    this.pixels = pixels;
    this.answer = answer;
    this.target = target;
    this.mask = mask;
    this.original = original;
    this.teacher = teacher;
    this.identity = identity;
    this.mirrored = false;
    this.cropped = false;
    this.decoded = DecodedView.NONE;
  }

  private TrainingExample(
      TrainingExample other,
      LabelTarget target,
      byte[] mask,
      boolean original,
      boolean mirrored,
      boolean cropped,
      DecodedView decoded) {
    this.encoding = other.encoding;
    this.pixels = other.pixels;
    this.answer = other.answer;
    this.target = target;
    this.mask = mask;
    this.original = original;
    this.teacher = other.teacher;
    this.identity = other.identity;
    this.mirrored = mirrored;
    this.cropped = cropped;
    this.decoded = decoded;
  }

  /** The same view with left and right exchanged, in mask and answer too; shares the arrays. */
  public TrainingExample mirror() {
    return new TrainingExample(this, target, mask, original, !mirrored, cropped, decoded);
  }

  /** The same view as one that is no original; shares the arrays. */
  public TrainingExample asAugmentation() {
    return new TrainingExample(this, target, mask, false, mirrored, cropped, decoded);
  }

  /** The same view as one that shows the middle of its image; shares the arrays. */
  public TrainingExample asCropped() {
    return new TrainingExample(this, target, mask, original, mirrored, true, decoded);
  }

  /** The same view with another label; shares the arrays. */
  public TrainingExample withTarget(LabelTarget truth) {
    return new TrainingExample(this, truth, mask, original, mirrored, cropped, decoded);
  }

  /** The same view with another mask, as it is before mirroring; shares the other arrays. */
  public TrainingExample withMask(byte[] truth) {
    return truth == mask
        ? this
        : new TrainingExample(
            this, target, truth, original, mirrored, cropped, decoded.withoutMask());
  }

  /** The same view without what is decoded of it; shares the arrays. */
  public TrainingExample released() {
    return decoded.pixels() == null ? this : withDecoded(DecodedView.NONE);
  }

  TrainingExample withDecoded(DecodedView view) {
    return new TrainingExample(this, target, mask, original, mirrored, cropped, view);
  }

  DecodedView decoded() {
    return decoded;
  }

  public PixelEncoding encoding() {
    return encoding;
  }

  public byte[] pixels() {
    return pixels;
  }

  /** Whether a teacher answered. */
  public boolean hasAnswer() {
    return answer != null;
  }

  /** As it was before mirroring; null where the teacher was not asked. */
  PackedAnswer answer() {
    return answer;
  }

  /** The answer as a row, see {@link PackedAnswer#row}; not to be changed; null without one. */
  public float[] logits() {
    return answer == null ? null : mirrored ? answer.mirroredRow() : decoded.row(answer);
  }

  /** The teacher's logits [K] for a classification; null without, and for other tasks. */
  public float[] classLogits() {
    return answer == null ? null : answer.classRow();
  }

  public Optional<LabelTarget> target() {
    return Optional.ofNullable(target);
  }

  /** Whether the true class of each pixel is known. */
  public boolean hasMask() {
    return mask != null;
  }

  /** As it was before mirroring: a PNG file, or null. */
  byte[] maskFile() {
    return mask;
  }

  /** The true class of each pixel, decoded now if it is not yet; null if it is not known. */
  public SegmentationMask mask() {
    SegmentationMask plain = mask == null ? null : decoded.mask(mask);
    return plain != null && mirrored ? plain.mirrored() : plain;
  }

  public boolean isOriginal() {
    return original;
  }

  public long teacher() {
    return teacher;
  }

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

  /** Whether it shows the middle of its image alone, as view 0 of a policy that crops. */
  public boolean isCropped() {
    return cropped;
  }

  /** Whether the pixels, once decoded, are to be mirrored. */
  public boolean isMirrored() {
    return mirrored;
  }

  /** Whether it has a label or a mask. */
  public boolean hasTruth() {
    return target != null || mask != null;
  }

  /** Whether it has an answer, and not from this teacher. */
  public boolean isFromAnother(long thanTeacher) {
    return answer != null && teacher != thanTeacher;
  }

  /** The class that its label names, or else {@link #answeredClass}. */
  public int category() {
    return target != null ? target.top() : answeredClass();
  }

  /** The class that the teacher favours for the whole view; −1 if it names none. */
  public int answeredClass() {
    float[] logits = classLogits();
    return logits == null ? -1 : Logits.top(logits);
  }

  /** What it takes on the heap, near enough, without what is decoded. */
  public long bytes() {
    return ExampleFootprint.of(pixels, answer, mask);
  }
}
