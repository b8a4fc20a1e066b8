package io.stillstream.labeler.metrics;

import io.stillstream.labeler.result.MaskTruth;
import io.stillstream.schemas.answer.ConfusionMatrix;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * True and answered classes of the pixels of the most recent views. It forgets the oldest tenth at
 * once, so that its memory does not grow with the number of views. Safe for several threads.
 */
final class ConfusionWindow {
  private static final int PARTS = 10;

  private final int viewsOfPart;
  private final Deque<ConfusionMatrix> parts = new ArrayDeque<>();
  private int viewsOfNewest;

  /** Null before the first view. */
  private ConfusionMatrix total;

  /**
   * @param views how many count at most, and nine tenths of them at least
   */
  ConfusionWindow(int views) {
    this.viewsOfPart = Math.max(1, views / PARTS);
  }

  /** Adds a view; all have the same number of classes. */
  synchronized void add(MaskTruth.Evaluation view) {
    if (total == null) {
      total = new ConfusionMatrix(view.classes());
    }
    if (parts.isEmpty() || viewsOfNewest == viewsOfPart) {
      if (parts.size() == PARTS) {
        total.add(parts.removeFirst(), -1);
      }
      parts.addLast(new ConfusionMatrix(view.classes()));
      viewsOfNewest = 0;
    }
    parts.getLast().add(view.truth(), view.answer());
    total.add(view.truth(), view.answer());
    viewsOfNewest++;
  }

  /** Share of pixels; NaN before the first view. */
  synchronized double pixelAccuracy() {
    return total == null ? Double.NaN : total.pixelAccuracy();
  }

  /** See {@link ConfusionMatrix#meanIou}; NaN before the first view. */
  synchronized double meanIou() {
    return total == null ? Double.NaN : total.meanIou();
  }
}
