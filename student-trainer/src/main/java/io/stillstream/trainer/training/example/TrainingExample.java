package io.stillstream.trainer.training.example;

import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.answer.ModelTask;
import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.schemas.values.Logits;
import java.util.Optional;

/**
 * A view to learn from, its pixels still encoded: small enough to keep many of. A view that waits
 * for its batch may have a decoded copy beside them, until it is {@link #released}.
 */
public final class TrainingExample {
  /**
   * What a view takes on the heap besides pixels, answer and mask, references compressed: itself
   * (48), its identity (40) and label (24), the header of the pixels (16), padding and the buffer's
   * reference (8). The reference to what is decoded is left out: which views a buffer keeps depends
   * on this number, and must not change for training that goes on.
   */
  private static final int OVERHEAD = 136;

  /** What a mask takes besides its bytes. */
  private static final int ARRAY_HEADER = 16;

  private final PixelEncoding encoding;
  private final byte[] pixels;
  private final PackedAnswer answer;
  private final LabelTarget target;
  private final byte[] mask;
  private final boolean original;
  private final long teacher;
  private final ViewIdentity identity;
  private final boolean mirrored;
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
    this.decoded = DecodedView.NONE;
  }

  private TrainingExample(
      TrainingExample other, boolean original, boolean mirrored, DecodedView decoded) {
    this.encoding = other.encoding;
    this.pixels = other.pixels;
    this.answer = other.answer;
    this.target = other.target;
    this.mask = other.mask;
    this.original = original;
    this.teacher = other.teacher;
    this.identity = other.identity;
    this.mirrored = mirrored;
    this.decoded = decoded;
  }

  /** The same view with left and right exchanged, in mask and answer too; shares the arrays. */
  public TrainingExample mirror() {
    return new TrainingExample(this, original, !mirrored, decoded);
  }

  /** The same view as one that is no original; shares the arrays. */
  public TrainingExample asAugmentation() {
    return new TrainingExample(this, false, mirrored, decoded);
  }

  /** The same view without what is decoded of it; shares the arrays. */
  public TrainingExample released() {
    return decoded.pixels() == null ? this : withDecoded(DecodedView.NONE);
  }

  TrainingExample withDecoded(DecodedView view) {
    return new TrainingExample(this, original, mirrored, view);
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

  /**
   * The teacher's answer as a row, see {@link io.stillstream.schemas.answer.OutputShape}: unpacked
   * anew at each call unless it is decoded, and not to be changed. Null without an answer.
   */
  public float[] logits() {
    return answer == null ? null : mirrored ? answer.mirroredRow() : decoded.row(answer);
  }

  /** The teacher's logits [K] for a classification; null without, and for other tasks. */
  public float[] classLogits() {
    return answer == null || answer.shape().task() != ModelTask.CLASSIFICATION
        ? null
        : answer.row();
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

  /**
   * The true class of each pixel, decoded anew at each call unless it is decoded; null if it is not
   * known.
   */
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

  /** False if neither a teacher nor a label nor a mask says anything about it. */
  public boolean hasTrainingSignal() {
    return answer != null || hasTruth();
  }

  /** Whether it has a label or a mask. */
  public boolean hasTruth() {
    return target != null || mask != null;
  }

  /** Whether it has an answer, and not from this teacher. */
  public boolean isFromAnother(long thanTeacher) {
    return answer != null && teacher != thanTeacher;
  }

  /**
   * The class that its label names, or else the one that the teacher favours; −1 for neither, and
   * where the teacher does not name one class for the whole view.
   */
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
    return OVERHEAD
        + pixels.length
        + (answer == null ? 0 : answer.bytes())
        + (mask == null ? 0 : ARRAY_HEADER + mask.length);
  }
}
