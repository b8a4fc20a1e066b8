package io.stillstream.trainer.label;

import io.stillstream.trainer.training.example.ViewMask;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongPredicate;

/**
 * What is known of the images that came last, in the order in which their first views came, and of
 * those for which a label waits. The same calls in the same order give the same table.
 */
final class TruthTable {
  private final LabelLimits limits;

  /** By image; numbers increase. */
  private final Map<Long, KnownImage> images = new LinkedHashMap<>();

  /** Masks that came apart, by image in the table, the latest last. */
  private final Map<Long, ViewMask> masks = new LinkedHashMap<>();

  private long next;
  private long maskBytes;
  private int waiting;
  private int compared;
  private int teacherRight;

  TruthTable(LabelLimits limits) {
    this.limits = limits;
  }

  /** What is known of an image; null if it is not in the table. */
  KnownImage get(long image) {
    return images.get(image);
  }

  /** The mask of an image that came apart; null for none. */
  ViewMask mask(long image) {
    return masks.get(image);
  }

  /** Whether a label waits for the first view of its image. */
  boolean isWaiting(long image) {
    return isWaiting(image, images.get(image));
  }

  private boolean isWaiting(long image, KnownImage known) {
    return known != null
        && !known.seen()
        && (known.late() != KnownImage.NONE || masks.containsKey(image));
  }

  /** Labels that wait. */
  int waiting() {
    return waiting;
  }

  /** Images with a class that came apart, and the teacher's. */
  int compared() {
    return compared;
  }

  /** Of them, those where both are the same. */
  int teacherRight() {
    return teacherRight;
  }

  /** Images in the table. */
  int size() {
    return images.size();
  }

  /** What its masks take. */
  long maskBytes() {
    return maskBytes;
  }

  /**
   * The first view of an image has come: it goes to the end.
   *
   * @param own class that came with it; −1 for none
   * @return labels that found nothing before they left the table
   */
  int see(long image, int own) {
    KnownImage known = take(image);
    put(image, (known == null ? KnownImage.begin(next) : known).seen(next++, own));
    return shrink();
  }

  /** Views of an image in the table have come. */
  void seenBefore(long image) {
    put(image, images.get(image).seenBefore());
  }

  /** The teacher favours a class for view 0 of an image in the table. */
  void answer(long image, int teacher) {
    put(image, images.get(image).withTeacher(teacher));
  }

  /** A class came apart from its image; returns as {@link #see}. */
  int label(long image, int label) {
    put(image, known(image).withLate(label));
    return shrink();
  }

  /** A mask came apart from its image; returns as {@link #see}. */
  int mask(long image, ViewMask mask) {
    KnownImage known = known(image);
    uncount(image, images.get(image));
    removeMask(image);
    masks.put(image, mask);
    maskBytes += mask.bytes();
    images.put(image, known);
    count(image, known, 1);
    return shrink();
  }

  private KnownImage known(long image) {
    KnownImage known = images.get(image);
    return known == null ? KnownImage.begin(next++) : known;
  }

  /** Removes images of which nothing may be known any more. */
  void erase(LongPredicate image) {
    for (long each : images.keySet().stream().filter(image::test).toList()) {
      remove(each);
    }
  }

  /** Puts an image where it is, or to the end. */
  private void put(long image, KnownImage known) {
    uncount(image, images.get(image));
    images.put(image, known);
    count(image, known, 1);
  }

  /** Its mask stays. */
  private KnownImage take(long image) {
    KnownImage known = images.get(image);
    uncount(image, known);
    images.remove(image);
    return known;
  }

  private void uncount(long image, KnownImage known) {
    if (known != null) {
      count(image, known, -1);
    }
  }

  private void count(long image, KnownImage known, int times) {
    waiting += isWaiting(image, known) ? times : 0;
    compared += known.isCompared() ? times : 0;
    teacherRight += known.isTeacherRight() ? times : 0;
  }

  private void removeMask(long image) {
    ViewMask mask = masks.remove(image);
    maskBytes -= mask == null ? 0 : mask.bytes();
  }

  /** Returns how many labels waited in vain. */
  private int shrink() {
    int before = waiting;
    // The latest stays: it may be more than all that is allowed.
    while (maskBytes > limits.maskBytes() && masks.size() > 1) {
      long oldest = masks.keySet().iterator().next();
      KnownImage known = images.get(oldest);
      uncount(oldest, known);
      removeMask(oldest);
      count(oldest, known, 1);
    }
    while (!images.isEmpty() && oldest().getValue().number() < next - limits.images()) {
      remove(oldest().getKey());
    }
    return before - waiting;
  }

  private void remove(long image) {
    KnownImage unused = take(image);
    removeMask(image);
  }

  private Map.Entry<Long, KnownImage> oldest() {
    return images.entrySet().iterator().next();
  }

  /**
   * What is known of an image that came into the table so shortly before another one's first view,
   * or after it, that it is there as long as views of the other one wait in memory. After a restart
   * they are read again, and must find what they found before.
   *
   * @param other null if that is not in the table: its views do not wait
   * @return null if nothing is known, or the image came too long before
   */
  KnownImage near(long image, KnownImage other) {
    KnownImage known = images.get(image);
    return known == null || (other != null && known.number() < other.number() - limits.images() / 2)
        ? null
        : known;
  }

  LabelSnapshot snapshot() {
    return new LabelSnapshot(next, new LinkedHashMap<>(images), new LinkedHashMap<>(masks));
  }

  /** Continues with a snapshot, or the latest part of it. */
  void restore(LabelSnapshot saved) {
    images.clear();
    masks.clear();
    maskBytes = 0;
    waiting = 0;
    compared = 0;
    teacherRight = 0;
    next = saved.next();
    masks.putAll(saved.masks());
    masks.values().forEach(mask -> maskBytes += mask.bytes());
    saved.images().forEach(this::put);
    int unused = shrink();
  }
}
