package io.stillstream.trainer.training.buffer;

import io.stillstream.trainer.training.example.TrainingExample;

/**
 * How much a buffer holds at most. A view that is larger than all of {@code bytes} is not kept.
 *
 * @param views at least 1
 * @param bytes on the heap, as {@link TrainingExample#bytes} counts them, and 24 for each view
 */
public record BufferLimits(int views, long bytes) {
  /** A limit in views alone. */
  public static BufferLimits views(int views) {
    return new BufferLimits(views, Long.MAX_VALUE);
  }

  /** Whether a view can be kept at all. */
  boolean fits(TrainingExample view) {
    return view.bytes() + BufferedView.OVERHEAD <= bytes;
  }
}
